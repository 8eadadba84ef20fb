//! Which resource an action is asked on.

use super::action::Asked;
use super::policies::Scene;
use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use iameval::text::Span;
use iameval::{Code, Diagnostic, PolicySet};
use iameval_ask::words::quoted;
use iameval_ask::{depends_on_resource, never_asked};
use iameval_data::Catalogue;
use iameval_world::{Call, Finding, Inferred, Lacking, ResourceNeeded};
use std::fmt::Write;

/// A resource, and why it was taken when nobody named it.
#[derive(Clone)]
pub(super) struct Chosen {
    pub(super) resource: String,
    /// What the user called it, when that is a name in the world.
    pub(super) name: Option<String>,
    pub(super) inferred: Option<Inferred>,
}

/// What resources are chosen by.
pub(super) struct Resources<'a> {
    pub(super) scene: &'a Scene,
    pub(super) catalogue: &'a Catalogue,
    /// Where the request goes to, when that is known.
    pub(super) region: Option<&'a str>,
}

impl Resources<'_> {
    /// For each action the resources that the flags name, or the one that follows from the action.
    pub(super) fn choose(&self, flags: &[String], actions: &[Asked], output: &mut Output) -> Outcome<Vec<Vec<Chosen>>> {
        let default = self.scene.defaults().resource.as_ref().filter(|_| flags.is_empty());
        if flags.is_empty() && default.is_none() {
            return self.infer_all(actions);
        }
        let mut named = Vec::new();
        for text in flags.iter().chain(default) {
            let resource = self.named(text)?;
            let asked = actions.iter().map(|asked| (&*asked.text, &asked.action));
            if let Some(misfits) = never_asked(asked, &resource, self.catalogue) {
                output.warn(&about_argument("--resource", text, misfits));
            }
            let name = (resource != *text && text != "self").then(|| text.clone());
            named.push(Chosen { resource, name, inferred: None });
        }
        Ok(vec![named; actions.len()])
    }

    fn named(&self, text: &str) -> Outcome<String> {
        if text == "self" && !self.scene.is_named {
            let help = "say who asks with `--as`, a name in the world or an ARN";
            let message = "`self` means the caller's own ARN, and nobody with one asks";
            return Err(Failure::argument("--resource", text, Code::InvalidResource, message, Some(help.into())));
        }
        let named = self.scene.world.named_resource(text, self.scene.principal());
        named.map_err(|diagnostic| Failure(vec![about_argument("--resource", text, *diagnostic)]))
    }

    /// Everything that needs a resource is named, not only the first.
    fn infer_all(&self, actions: &[Asked]) -> Outcome<Vec<Vec<Chosen>>> {
        let (mut chosen, mut needed) = (Vec::new(), Vec::new());
        for action in actions {
            let policies = self.scene.anywhere(&action.action)?;
            self.scene.check(std::iter::once(&policies))?;
            match self.infer(action, &policies) {
                Ok(resource) => chosen.push(vec![resource]),
                Err(finding) => needed.push(*finding),
            }
        }
        if needed.is_empty() { Ok(chosen) } else { Err(Failure(needed)) }
    }

    fn infer(&self, asked: &Asked, policies: &PolicySet) -> Result<Chosen, Box<Finding>> {
        let call = Call { principal: self.scene.principal(), action: &asked.action, region: self.region };
        match self.scene.world.infer_resource(&call, policies, self.catalogue) {
            Ok((resource, inferred)) => Ok(Chosen { resource, name: None, inferred: Some(inferred) }),
            Err(needed) => Err(Box::new(about(asked, &needed, policies))),
        }
    }
}

/// The answer depends on the resource, and none follows from the action.
fn about(asked: &Asked, needed: &ResourceNeeded, policies: &PolicySet) -> Finding {
    let message = depends_on_resource(&asked.action, needed, policies);
    let forms = quoted(&needed.forms, FEW);
    let mut help = format!("name it with `-r`: an ARN such as {forms}, `self` for the caller, or `*` for no resource");
    let flags: Vec<&str> = needed.lacking.iter().map(|lacking| flag(*lacking)).collect();
    if !flags.is_empty() {
        let _ = write!(help, "; or give {} as well, for the service itself asks with that ARN", quoted(&flags, FEW));
    }
    let diagnostic = Diagnostic::new(Code::ResourceNeeded, Span::default(), message).with_help(help);
    about_argument("ACTION", &asked.text, diagnostic)
}

/// The flag that says what is not known of an ARN.
fn flag(lacking: Lacking) -> &'static str {
    match lacking {
        Lacking::Account => "--as",
        Lacking::Region => "--region",
    }
}

/// How many of something to name.
const FEW: usize = 3;
