//! Which resource an action is asked on.

use super::policies::Scene;
use crate::args::RequestFlags;
use crate::exit::{Failure, Outcome};
use iameval::{Action, Arn, Code, PrincipalClass};
use iameval_data::{Asked, Catalogue, asked};
use iameval_report::Inferred;

/// A resource, and why it was taken when nobody named it.
pub(super) struct Chosen {
    pub(super) resource: String,
    pub(super) inferred: Option<Inferred>,
}

/// The resources that the flags name, or the one that follows from the action.
pub(super) fn choose(flags: &RequestFlags, action: &Action, scene: &Scene) -> Outcome<Vec<Chosen>> {
    if flags.resource.is_empty() {
        return Ok(vec![infer(action, scene)?]);
    }
    flags.resource.iter().map(|text| named(text, scene)).collect()
}

fn named(text: &str, scene: &Scene) -> Outcome<Chosen> {
    let chosen = |resource: &str| Ok(Chosen { resource: resource.into(), inferred: None });
    if text == "self" {
        return if let Some(id) = scene.principal.id().filter(|id| scene.is_named && id.starts_with("arn:")) {
            chosen(id)
        } else {
            let help = "say who asks with `--as`, a name in the world or an ARN";
            let message = "`self` means the caller's own ARN, and nobody with one asks";
            Err(Failure::argument("--resource", text, Code::InvalidResource, message, Some(help.into())))
        };
    }
    if text == "*" {
        return chosen(text);
    }
    match text.parse::<Arn>() {
        Ok(_) => chosen(text),
        Err(error) => {
            let help = "an ARN reads `arn:aws:s3:::bucket/key`; `*` and `self` are taken as well";
            Err(Failure::argument("--resource", text, Code::InvalidResource, error.to_string(), Some(help.into())))
        }
    }
}

fn infer(action: &Action, scene: &Scene) -> Outcome<Chosen> {
    let found = |resource: String, inferred| Ok(Chosen { resource, inferred: Some(inferred) });
    let principal = &scene.principal;
    let user = principal.id().filter(|_| principal.class() == Some(PrincipalClass::User));
    match (asked(action, Catalogue::embedded()), user, principal.account()) {
        (Some(Asked::Nothing), ..) => return found("*".into(), Inferred::NoResource),
        (Some(Asked::OwnUser), Some(user), _) => return found(user.into(), Inferred::OwnUser),
        (Some(Asked::OwnMfaDevice), Some(user), Some(account)) => {
            let name = principal.user_name().unwrap_or_default();
            let arn = format!("arn:{}:iam::{account}:mfa/{name}", partition(user));
            return found(arn, Inferred::OwnMfaDevice);
        }
        (Some(Asked::Pattern(pattern)), _, account) => {
            if let Some(account) = account.map(|account| account.to_string()).or_else(|| no_account(pattern)) {
                let partition = principal.id().map_or("aws", partition);
                let arn = pattern.replace("{partition}", partition).replace("{account}", &account);
                return found(arn, Inferred::AskedByService);
            }
        }
        _ => {}
    }
    if !scene.policies.tells_resources_apart(action) {
        return found("*".into(), Inferred::AnyResource);
    }
    Err(resource_needed(action, scene, &scene.policies.statements_telling_resources(action)))
}

fn resource_needed(action: &Action, scene: &Scene, telling: &[iameval::StatementId]) -> Failure {
    const SHOWN: usize = 5;
    let origins = telling.iter().filter_map(|id| scene.policies.origin(*id));
    let mut names: Vec<String> = origins
        .map(|origin| match origin.sid {
            Some(sid) => format!("{}#{sid}", origin.policy),
            None => format!("{}, statement {}", origin.policy, origin.statement_index + 1),
        })
        .collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let what = if names.is_empty() {
        "a rule of the service decides by the resource".to_owned()
    } else {
        format!("these statements tell resources apart: {}{more}", names.join("; "))
    };
    let message = format!("the answer for {action} depends on the resource: {what}");
    let form = match action.service() {
        "sts" => "arn:aws:iam::ACCOUNT:role/NAME".to_owned(),
        "s3" => "arn:aws:s3:::BUCKET/KEY".to_owned(),
        service => format!("arn:aws:{service}:…"),
    };
    let help = format!("name it with `-r`: an ARN such as `{form}`, `self` for the caller, or `*` for no resource");
    Failure::argument("ACTION", action.as_str(), Code::ResourceNeeded, message, Some(help))
}

/// Patterns that name no account need none.
fn no_account(pattern: &str) -> Option<String> {
    (!pattern.contains("{account}")).then(String::new)
}

fn partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or("aws")
}
