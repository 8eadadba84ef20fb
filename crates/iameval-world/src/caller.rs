//! Who asks, when somebody names them.

use crate::principal::PROVIDERS;
use crate::{World, WorldPrincipal};
use iameval::suggest::did_you_mean;
use iameval::text::Span;
use iameval::{Code, Diagnostic, Principal, PrincipalClass};

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
        if let Some(found) = self.principal(text) {
            return Ok(found);
        }
        let refuse = |message: String, help: Option<String>| {
            let mut diagnostic = Diagnostic::new(Code::UnknownName, Span::default(), message);
            diagnostic.help = help;
            Err(Box::new(diagnostic))
        };
        let long_names = [format!("user/{text}"), format!("role/{text}")];
        if long_names.iter().all(|long| self.principal(long).is_some()) {
            let help = format!("say `{}`", long_names.join("` or `"));
            return refuse(format!("a user and a role of the world are called `{text}`"), Some(help));
        }
        let known = || self.principals.keys().map(String::as_str);
        let help = || did_you_mean(text, known()).or_else(|| self.names_in_words());
        // A name without a colon is one of the world, or that of a service or of one of the few providers that have no
        // ARN; anything else is a typing slip, also with a dot in it.
        let bare = !text.contains(':') && text != "anonymous" && !text.contains(".amazonaws.");
        let principal = match text.parse::<Principal>() {
            Ok(principal) if !bare || PROVIDERS.contains(&text) => principal,
            _ => return refuse(format!("the world knows no principal `{text}`"), help()),
        };
        if principal.has_policies() && principal.class() != Some(PrincipalClass::Root) {
            return refuse(format!("the world does not know `{text}`, so nothing is attached to it"), help());
        }
        Ok(self.stranger(principal))
    }

    /// The names of the principals in a sentence, where they are not too many.
    fn names_in_words(&self) -> Option<String> {
        const MANY: usize = 12;
        let names: Vec<&str> = self.principals.keys().map(String::as_str).collect();
        (1..=MANY).contains(&names.len()).then(|| format!("the world knows {}", names.join(", ")))
    }
}
