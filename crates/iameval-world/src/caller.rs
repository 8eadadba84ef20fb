//! Who asks, on what and through which endpoint, when someone names them.

use crate::codes;
use crate::model::endpoint::WorldEndpoint;
use crate::model::principal::{PROVIDERS, WorldPrincipal};
use crate::world::World;
use iameval::suggest::{did_you_mean, did_you_mean_name, names_around};
use iameval::{Arn, Principal, PrincipalClass, Problem};
use std::collections::BTreeMap;

/// How many names to list at most.
const MANY: usize = 12;

/// How principals that have an ARN are named.
const ARNS: &str =
    "users and roles are `arn:aws:iam::ACCOUNT:user/NAME`, sessions `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`";

impl World {
    /// Whom a text means: a principal of the world, or someone whose policies do not matter: a service, an identity
    /// provider, root, an anonymous caller.
    ///
    /// # Errors
    /// When no one is called so, or the world would have to know what is attached to whom it means.
    ///
    /// ```
    /// use iameval_world::{Example, World};
    ///
    /// let example = Example::find("force-mfa").unwrap();
    /// let world = World::load(example, &[example.world().into()]).unwrap();
    /// assert!(world.caller("john.doe").is_ok());
    /// assert_eq!(world.caller("jon.doe").unwrap_err().help(), Some("did you mean `john.doe`?"));
    /// ```
    pub fn caller(&self, text: &str) -> Result<WorldPrincipal, Problem> {
        let found = self.anyone(text)?;
        let principal = found.principal();
        // Root needs nothing attached.
        let needs_policies = principal.has_policies() && principal.class() != Some(PrincipalClass::Root);
        if needs_policies && self.principal(text).is_none() {
            let message = format!("the world does not contain `{text}`, so nothing is attached to it");
            return Err(self.unknown_principal(text, message));
        }
        Ok(found)
    }

    /// Whom a text means: a principal of the world, or anyone else whom an ARN names, to whom nothing is attached.
    ///
    /// # Errors
    /// When no one is called so, and it is no ARN.
    pub fn anyone(&self, text: &str) -> Result<WorldPrincipal, Problem> {
        if let Some(found) = self.principal(text) {
            return Ok(found);
        }
        let long_names = [format!("user/{text}"), format!("role/{text}")];
        if long_names.iter().all(|long| self.principal(long).is_some()) {
            let message = format!("a user and a role in the world are named `{text}`");
            let help = format!("write `{}`", long_names.join("` or `"));
            return Err(Problem::new(codes::UNKNOWN_NAME, message).with_help(help));
        }
        // A name without a colon is one of the world, or that of a service or of one of the few providers that have no
        // ARN; anything else is a typing slip, also with a dot in it.
        if let Some(problem) = self.ambiguous_name(text) {
            return Err(problem);
        }
        let bare = (!text.contains(':') || is_of_code(text)) && text != "anonymous" && !text.contains(".amazonaws.");
        if bare && !PROVIDERS.contains(&text) {
            return Err(self.unknown_principal(text, format!("the world has no principal `{text}`")));
        }
        let principal = text.parse::<Principal>().map_err(|error| {
            let help = self.similar_principal(text).unwrap_or_else(|| ARNS.into());
            Problem::new(codes::INVALID_CALLER, error.to_string()).with_help(help)
        })?;
        Ok(self.stranger(principal))
    }

    /// That a further name means several things.
    fn ambiguous_name(&self, text: &str) -> Option<Problem> {
        let several = self.ambiguous(text);
        let message = format!("`{text}` means several things");
        let help = format!("write `{}`", several.join("` or `"));
        (!several.is_empty()).then(|| Problem::new(codes::UNKNOWN_NAME, message).with_help(help))
    }

    /// What to say of someone whom the world does not know.
    fn unknown_principal(&self, text: &str, message: String) -> Problem {
        let near = self.similar_principal(text);
        Problem::new(codes::UNKNOWN_NAME, message).with_any_help(near.or_else(|| self.names_in_words()))
    }

    /// The principal that is meant, most likely: written as the text is, as an ARN or as a name with its path or without.
    fn similar_principal(&self, text: &str) -> Option<String> {
        if is_of_code(text) {
            return did_you_mean(text, self.principals.keys().map(String::as_str).chain(self.aliases.iter()));
        }
        if !text.contains('/') {
            return did_you_mean_name(text, &self.principals);
        }
        let own_name = text.rsplit('/').next().unwrap_or(text);
        let around = names_around(own_name, &self.principals).filter_map(|name| self.principals.get(name));
        if text.starts_with("arn:") {
            return did_you_mean(text, around.filter_map(|known| known.principal().id()));
        }
        let with_path = |known: &WorldPrincipal| {
            let arn: Arn = known.principal().principal_arn()?.parse().ok()?;
            (arn.service() == "iam" && arn.resource().contains('/')).then(|| arn.resource().to_owned())
        };
        let with_path: Vec<String> = around.filter_map(with_path).collect();
        did_you_mean(text, names_around(text, &self.principals).chain(with_path.iter().map(String::as_str)))
    }

    /// What a text means as a resource: an ARN, `*`, `self` for the caller's own ARN, the name of a resource of the world,
    /// such a name with a suffix after a slash, or the name of a user or role.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn named_resource(&self, text: &str, caller: &Principal) -> Result<String, Problem> {
        let refuse = |code, message: String, help: String| Err(Problem::new(code, message).with_help(help));
        if text == "self" {
            let id = caller.id().filter(|id| id.starts_with("arn:"));
            let message = format!("`self` is the caller's ARN, but `{caller}` has none");
            let help = "exclude such callers, or name a resource".to_owned();
            return id.map_or_else(|| refuse(codes::INVALID_RESOURCE, message, help), |id| Ok(id.to_owned()));
        }
        if text == "*" {
            return Ok(text.to_owned());
        }
        if let Some(arn) = self.resource_arn(text) {
            return Ok(arn);
        }
        // A user or role is a resource too.
        if let Some(arn) = self.principal(text).as_ref().and_then(|known| known.principal().principal_arn()) {
            return Ok(arn.to_owned());
        }
        if let Some(problem) = self.ambiguous_name(text) {
            return Err(problem);
        }
        let form = "an ARN looks like `arn:aws:s3:::bucket/key`; `*` and `self` are accepted as well";
        let known = &self.resources;
        match text.parse::<Arn>() {
            Err(_) if !text.starts_with("arn:") && (!known.is_empty() || is_of_code(text)) => {
                let of_code = is_of_code(text);
                let name = if of_code { text } else { text.split('/').next().unwrap_or(text) };
                let near = || did_you_mean(text, known.keys().map(String::as_str).chain(self.aliases.iter()));
                let near = if of_code { near() } else { did_you_mean_name(name, known) };
                let help = near.unwrap_or_else(|| match known.len() {
                    1..=MANY => format!("the world has {}; {form}", names(known)),
                    _ => form.into(),
                });
                refuse(codes::UNKNOWN_NAME, format!("the world has no resource `{name}`"), help)
            }
            Err(error) => {
                let near = did_you_mean(text, self.resources.values().map(|known| known.arn.as_str()));
                refuse(codes::INVALID_RESOURCE, error.to_string(), near.unwrap_or_else(|| form.into()))
            }
            Ok(_) => refuse(codes::INVALID_RESOURCE, format!("`{text}` is not an ARN"), form.into()),
        }
    }

    /// The VPC endpoint of that name.
    ///
    /// # Errors
    /// When none is called so.
    pub fn named_endpoint(&self, name: &str) -> Result<&WorldEndpoint, Problem> {
        self.endpoints.get(name).ok_or_else(|| {
            let help = did_you_mean_name(name, &self.endpoints).unwrap_or_else(|| match self.endpoints.len() {
                0 => "define it under `endpoints` in the world file".into(),
                1..=MANY => format!("the world has {}", names(&self.endpoints)),
                many => format!("the world has {many}, and none has a similar name"),
            });
            let message = format!("the world has no endpoint `{name}`");
            Problem::new(codes::UNKNOWN_NAME, message).with_help(help)
        })
    }

    /// The names of the principals in a sentence, where they are not too many.
    fn names_in_words(&self) -> Option<String> {
        let few = (1..=MANY).contains(&self.principals.len());
        few.then(|| format!("the world has {}", names(&self.principals)))
    }
}

fn names<V>(known: &BTreeMap<String, V>) -> String {
    known.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Whether a text names something of infrastructure code: of a template, or of Terraform.
fn is_of_code(text: &str) -> bool {
    text.starts_with("cfn:") || text.starts_with("tf:")
}
