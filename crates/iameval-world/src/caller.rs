//! Who asks, on what and through which endpoint, when somebody names them.

use crate::model::endpoint::WorldEndpoint;
use crate::model::principal::{PROVIDERS, WorldPrincipal};
use crate::world::World;
use iameval::suggest::did_you_mean_name;
use iameval::text::Span;
use iameval::{Arn, Code, Diagnostic, Principal, PrincipalClass};
use std::collections::BTreeMap;

/// How many names to list at most.
const MANY: usize = 12;

/// How principals that have an ARN are named.
const ARNS: &str =
    "users and roles are `arn:aws:iam::ACCOUNT:user/NAME`, sessions `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`";

impl World {
    /// Whom a text means: a principal of the world, or somebody whose policies do not matter: a service, an identity
    /// provider, root, an anonymous caller.
    ///
    /// # Errors
    /// When nobody is called so, or the world would have to know what is attached to whom it means. The diagnostic has no
    /// place.
    ///
    /// ```
    /// use iameval_world::{Example, World};
    ///
    /// let example = Example::find("force-mfa").unwrap();
    /// let world = World::load(example, &[example.world().into()]).unwrap();
    /// assert!(world.caller("john.doe").is_ok());
    /// assert_eq!(world.caller("jon.doe").unwrap_err().help.as_deref(), Some("did you mean `john.doe`?"));
    /// ```
    pub fn caller(&self, text: &str) -> Result<WorldPrincipal, Box<Diagnostic>> {
        let found = self.anyone(text)?;
        let principal = found.principal();
        // Root needs nothing attached.
        let needs_policies = principal.has_policies() && principal.class() != Some(PrincipalClass::Root);
        if needs_policies && self.principal(text).is_none() {
            let message = format!("the world does not know `{text}`, so nothing is attached to it");
            return Err(self.unknown_principal(text, message));
        }
        Ok(found)
    }

    /// Whom a text means: a principal of the world, or anybody else whom an ARN names, to whom nothing is attached.
    ///
    /// # Errors
    /// When nobody is called so, and it is no ARN. The diagnostic has no place.
    pub fn anyone(&self, text: &str) -> Result<WorldPrincipal, Box<Diagnostic>> {
        if let Some(found) = self.principal(text) {
            return Ok(found);
        }
        let long_names = [format!("user/{text}"), format!("role/{text}")];
        if long_names.iter().all(|long| self.principal(long).is_some()) {
            let message = format!("a user and a role of the world are called `{text}`");
            let help = format!("say `{}`", long_names.join("` or `"));
            return Err(Box::new(Diagnostic::new(Code::UnknownName, Span::default(), message).with_help(help)));
        }
        // A name without a colon is one of the world, or that of a service or of one of the few providers that have no
        // ARN; anything else is a typing slip, also with a dot in it.
        let bare = !text.contains(':') && text != "anonymous" && !text.contains(".amazonaws.");
        if bare && !PROVIDERS.contains(&text) {
            return Err(self.unknown_principal(text, format!("the world knows no principal `{text}`")));
        }
        let principal = text.parse::<Principal>().map_err(|error| {
            let near = did_you_mean_name(text, &self.principals);
            let help = near.unwrap_or_else(|| ARNS.into());
            Box::new(Diagnostic::new(Code::InvalidCaller, Span::default(), error.to_string()).with_help(help))
        })?;
        Ok(self.stranger(principal))
    }

    /// What to say of somebody whom the world does not know.
    fn unknown_principal(&self, text: &str, message: String) -> Box<Diagnostic> {
        let mut diagnostic = Box::new(Diagnostic::new(Code::UnknownName, Span::default(), message));
        let near = did_you_mean_name(text, &self.principals);
        diagnostic.help = near.or_else(|| self.names_in_words());
        diagnostic
    }

    /// What a text means as a resource: an ARN, `*`, `self` for the caller's own ARN, the name of a resource of the world,
    /// or such a name with a suffix after a slash.
    ///
    /// # Errors
    /// When it is none of these. The diagnostic has no place.
    pub fn named_resource(&self, text: &str, caller: &Principal) -> Result<String, Box<Diagnostic>> {
        let refuse = |code, message: String, help: String| {
            Err(Box::new(Diagnostic::new(code, Span::default(), message).with_help(help)))
        };
        if text == "self" {
            let id = caller.id().filter(|id| id.starts_with("arn:"));
            let message = format!("`self` means the caller's own ARN, and `{caller}` has none");
            let help = "leave such callers out, or name a resource".to_owned();
            return id.map_or_else(|| refuse(Code::InvalidResource, message, help), |id| Ok(id.to_owned()));
        }
        if text == "*" {
            return Ok(text.to_owned());
        }
        if let Some(arn) = self.resource_arn(text) {
            return Ok(arn);
        }
        let form = "an ARN reads `arn:aws:s3:::bucket/key`; `*` and `self` are taken as well";
        let known = &self.resources;
        match text.parse::<Arn>() {
            _ if text.starts_with("tf:") => {
                let message = "resources of a Terraform plan cannot be named yet".to_owned();
                refuse(Code::InvalidResource, message, "name the ARN".to_owned())
            }
            Err(_) if !known.is_empty() && !text.starts_with("arn:") => {
                let name = text.split('/').next().unwrap_or(text);
                let help = did_you_mean_name(name, known).unwrap_or_else(|| match known.len() {
                    1..=MANY => format!("the world knows {}; {form}", names(known)),
                    _ => form.into(),
                });
                refuse(Code::UnknownName, format!("the world knows no resource `{name}`"), help)
            }
            Err(error) => refuse(Code::InvalidResource, error.to_string(), form.into()),
            Ok(_) => refuse(Code::InvalidResource, format!("`{text}` is no ARN"), form.into()),
        }
    }

    /// The VPC endpoint of that name.
    ///
    /// # Errors
    /// When none is called so. The diagnostic has no place.
    pub fn named_endpoint(&self, name: &str) -> Result<&WorldEndpoint, Box<Diagnostic>> {
        self.endpoints.get(name).ok_or_else(|| {
            let help = did_you_mean_name(name, &self.endpoints).unwrap_or_else(|| match self.endpoints.len() {
                0 => "define it under `endpoints` in the world file".into(),
                1..=MANY => format!("the world knows {}", names(&self.endpoints)),
                many => format!("the world knows {many}, and none has a similar name"),
            });
            let message = format!("the world knows no endpoint `{name}`");
            Box::new(Diagnostic::new(Code::UnknownName, Span::default(), message).with_help(help))
        })
    }

    /// The names of the principals in a sentence, where they are not too many.
    fn names_in_words(&self) -> Option<String> {
        let few = (1..=MANY).contains(&self.principals.len());
        few.then(|| format!("the world knows {}", names(&self.principals)))
    }
}

fn names<V>(known: &BTreeMap<String, V>) -> String {
    known.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}
