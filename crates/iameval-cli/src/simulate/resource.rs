//! Which resource an action is asked on.

use super::action::Asked;
use super::policies::Scene;
use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use crate::words::{listed, quoted};
use iameval::suggest::did_you_mean;
use iameval::text::Span;
use iameval::{Action, Arn, Code, Diagnostic, PolicySet, PrincipalClass};
use iameval_data::{ActionInfo, Asked as Follows, Catalogue};
use iameval_report::{Inferred, statement_name};
use iameval_world::Finding;
use std::collections::HashSet;
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
    pub(super) fn choose(
        &self,
        flags: &[String],
        actions: &[Asked<'_>],
        output: &mut Output,
    ) -> Outcome<Vec<Vec<Chosen>>> {
        let default = self.scene.defaults().resource.as_ref().filter(|_| flags.is_empty());
        if flags.is_empty() && default.is_none() {
            return self.infer_all(actions);
        }
        let mut named = Vec::new();
        for text in flags.iter().chain(default) {
            let resource = self.named(text)?;
            if let Some(misfits) = self.misfits(&resource, actions) {
                output.warn(&about_argument("--resource", text, misfits));
            }
            let name = (resource != *text && text != "self").then(|| text.clone());
            named.push(Chosen { resource, name, inferred: None });
        }
        Ok(vec![named; actions.len()])
    }

    fn named(&self, text: &str) -> Outcome<String> {
        if text == "self" {
            let id = self.scene.principal().id().filter(|id| self.scene.is_named && id.starts_with("arn:"));
            return id.map(str::to_owned).ok_or_else(|| {
                let help = "say who asks with `--as`, a name in the world or an ARN";
                let message = "`self` means the caller's own ARN, and nobody with one asks";
                Failure::argument("--resource", text, Code::InvalidResource, message, Some(help.into()))
            });
        }
        if text == "*" {
            return Ok(text.to_owned());
        }
        self.scene.world.resource_arn(text).ok_or_else(|| self.unknown(text))
    }

    /// No ARN, and no name in the world.
    fn unknown(&self, text: &str) -> Failure {
        let known: Vec<&str> = self.scene.world.resources().keys().map(String::as_str).collect();
        let form = "an ARN reads `arn:aws:s3:::bucket/key`; `*` and `self` are taken as well";
        let (code, message, help) = match text.parse::<Arn>() {
            Err(_) if !known.is_empty() && !text.starts_with("arn:") => {
                let name = text.split('/').next().unwrap_or(text);
                let help = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known.len() {
                    1..=FEW_NAMES => format!("the world knows {}; {form}", known.join(", ")),
                    _ => form.into(),
                });
                (Code::UnknownName, format!("the world knows no resource `{name}`"), help)
            }
            Err(error) => (Code::InvalidResource, error.to_string(), form.into()),
            Ok(_) => (Code::InvalidResource, format!("`{text}` is no ARN"), form.into()),
        };
        Failure::argument("--resource", text, code, message, Some(help))
    }

    /// The actions that are never asked on the resource, in one finding. What services ask with beside the resource
    /// types of the reference is nobody's slip.
    fn misfits(&self, resource: &str, actions: &[Asked<'_>]) -> Option<Diagnostic> {
        let follows = |asked: &Asked<'_>| {
            matches!(self.follows(asked), Some(Follows::Pattern(_) | Follows::OwnUser | Follows::OwnMfaDevice))
        };
        let mut seen = HashSet::new();
        let distinct = actions.iter().filter(|asked| seen.insert(&asked.action));
        let misfits = distinct.filter(|asked| asked.info.is_some_and(|info| !info.takes(resource)) && !follows(asked));
        let misfits: Vec<&Asked<'_>> = misfits.collect();
        let names: Vec<&str> = misfits.iter().map(|asked| &*asked.text).collect();
        let message = match names.as_slice() {
            [] => return None,
            [one] => format!("`{one}` is never asked on `{resource}`"),
            several => format!("these actions are never asked on `{resource}`: {}", quoted(several, FEW)),
        };
        let infos: Vec<ActionInfo<'_>> = misfits.iter().filter_map(|asked| asked.info).collect();
        let help = match (forms(&infos).as_slice(), infos.len()) {
            ([], _) => "there is no resource to name: ask on `*`".to_owned(),
            (forms, 1) => format!("it takes {}", quoted(forms, FEW)),
            (forms, _) => format!("they take {}", quoted(forms, FEW)),
        };
        Some(Diagnostic::new(Code::ResourceFitsNoAction, Span::default(), message).with_help(help))
    }

    /// Everything that needs a resource is named, not only the first.
    fn infer_all(&self, actions: &[Asked<'_>]) -> Outcome<Vec<Vec<Chosen>>> {
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

    fn infer(&self, asked: &Asked<'_>, policies: &PolicySet) -> Result<Chosen, Box<Finding>> {
        let found = |resource: String, inferred| Ok(Chosen { resource, name: None, inferred: Some(inferred) });
        let principal = self.scene.principal();
        let user = principal.id().filter(|_| principal.class() == Some(PrincipalClass::User));
        let follows = self.follows(asked);
        match (follows, user, principal.account()) {
            (Some(Follows::Nothing), ..) => return found("*".into(), Inferred::NoResource),
            (Some(Follows::OwnUser), Some(user), _) => return found(user.into(), Inferred::OwnUser),
            (Some(Follows::OwnMfaDevice), Some(user), Some(account)) => {
                let name = principal.user_name().unwrap_or_default();
                let arn = format!("arn:{}:iam::{account}:mfa/{name}", partition(user));
                return found(arn, Inferred::OwnMfaDevice);
            }
            (Some(Follows::Pattern(pattern)), ..) => {
                if let Ok(arn) = self.filled(pattern) {
                    return found(arn, Inferred::AskedByService);
                }
            }
            _ => {}
        }
        let guarded = self.guarded(asked);
        if guarded.is_empty() && !policies.tells_resources_apart(&asked.action) {
            return found("*".into(), Inferred::AnyResource);
        }
        Err(Box::new(self.needed(asked, follows, policies, &guarded)))
    }

    /// The resources of the world that have a policy and that the action can be asked on, or on something in them.
    fn guarded(&self, asked: &Asked<'_>) -> Vec<&str> {
        let takes = |arn: &Arn| match asked.info {
            Some(info) => info.takes(arn.as_str()) || info.takes(&format!("{arn}/x")),
            None => arn.service() == asked.action.service(),
        };
        let resources = self.scene.world.resources().iter();
        let guarded = resources.filter(|(_, resource)| resource.policy.is_some() && takes(&resource.arn));
        guarded.map(|(name, _)| name.as_str()).collect()
    }

    fn follows(&self, asked: &Asked<'_>) -> Option<Follows> {
        iameval_data::asked(&asked.action, self.catalogue)
    }

    /// The ARN that a service asks with, or the flags that would say what is not known of it.
    fn filled(&self, pattern: &str) -> Result<String, Vec<&'static str>> {
        let principal = self.scene.principal();
        let account = principal.account().map(|account| account.to_string());
        let partition = principal.id().map_or("aws", partition);
        let mut arn = pattern.replace("{partition}", partition);
        let mut missing = Vec::new();
        for (part, value, flag) in [("{account}", account.as_deref(), "--as"), ("{region}", self.region, "--region")] {
            match value {
                Some(value) => arn = arn.replace(part, value),
                None if arn.contains(part) => missing.push(flag),
                None => {}
            }
        }
        if missing.is_empty() { Ok(arn) } else { Err(missing) }
    }

    /// The answer depends on the resource, and none follows from the action.
    fn needed(&self, asked: &Asked<'_>, follows: Option<Follows>, policies: &PolicySet, guarded: &[&str]) -> Finding {
        let Asked { text, action, info } = asked;
        let telling = policies.statements_telling_resources(action);
        let origins = telling.iter().filter_map(|id| policies.origin(*id));
        let names: Vec<String> =
            origins.map(|origin| statement_name(origin.policy.as_str(), origin.sid, origin.statement_index)).collect();
        let what = if !names.is_empty() {
            format!("these statements tell resources apart: {}", listed(&names, "; ", 5))
        } else if guarded.is_empty() {
            "a rule of the service decides by the resource".to_owned()
        } else {
            format!("these have policies of their own: {}", quoted(guarded, FEW))
        };
        let message = format!("the answer for {action} depends on the resource: {what}");
        let forms = match (follows, info) {
            (Some(Follows::Pattern(pattern)), _) => format!("`{}`", pattern.replace('{', "${")),
            (_, Some(info)) => quoted(&forms(&[*info]), FEW),
            (_, None) => format!("`{}`", form_of_unknown(action)),
        };
        let mut help =
            format!("name it with `-r`: an ARN such as {forms}, `self` for the caller, or `*` for no resource");
        if let Some(Follows::Pattern(pattern)) = follows
            && let Err(flags) = self.filled(pattern)
        {
            let _ =
                write!(help, "; or give {} as well, for the service itself asks with that ARN", quoted(&flags, FEW));
        }
        about_argument("ACTION", text, Diagnostic::new(Code::ResourceNeeded, Span::default(), message).with_help(help))
    }
}

/// How many of something to name.
const FEW: usize = 3;
/// How many names of the world to list.
const FEW_NAMES: usize = 12;

/// The forms of the ARNs that actions take, each once, first what a call always needs, then the
/// shortest.
fn forms<'c>(actions: &[ActionInfo<'c>]) -> Vec<&'c str> {
    let mut taken: Vec<_> = actions.iter().flat_map(|info| info.resource_types()).collect();
    taken.sort_by_key(|taken| (!taken.required, taken.resource_type.arns().map(str::len).min()));
    let mut forms: Vec<&str> = Vec::new();
    for arn in taken.iter().flat_map(|taken| taken.resource_type.arns()) {
        if !forms.contains(&arn) {
            forms.push(arn);
        }
    }
    forms
}

fn form_of_unknown(action: &Action) -> String {
    match action.service() {
        "sts" => "arn:aws:iam::ACCOUNT:role/NAME".to_owned(),
        "s3" => "arn:aws:s3:::BUCKET/KEY".to_owned(),
        service => format!("arn:aws:{service}:…"),
    }
}

fn partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or("aws")
}
