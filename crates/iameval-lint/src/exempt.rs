//! Denies for all but some principals, and whom they exempt.

use crate::codes;
use crate::condition::tests;
use crate::public::named;
use crate::subject::Subject;
use iameval::{Diagnostic, Effect, PolicyKind, PrincipalForm, PrincipalType};
use std::collections::HashSet;

/// Keys that tell callers apart, in lower case. A condition on one of them may exempt whom the list does not.
const OF_CALLERS: [&str; 3] = ["aws:principalarn", "aws:principaltag/", "aws:userid"];

/// A role and its sessions are listed apart (R-PRIN-12): a session is exempt where both it and its role are listed.
pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    let Some(element) = statement.principal().filter(|element| element.is_negated()) else { return };
    let takes_it = matches!(subject.kind, PolicyKind::Resource | PolicyKind::Endpoint);
    if statement.effect() != Effect::Deny || !takes_it || exempts_callers(subject) {
        return;
    }
    let listed = || named(element.form(), PrincipalType::Aws).map(|(value, _)| value);
    if listed().any(|value| value == "*") || matches!(element.form(), PrincipalForm::Everyone) {
        return;
    }
    let roles: HashSet<(&str, &str)> = listed().filter_map(role).collect();
    let with_sessions: HashSet<(&str, &str)> = listed().filter_map(session).collect();
    let help = "write `\"Principal\": \"*\"` with a condition `ArnNotEquals` on `aws:PrincipalArn` and the role's ARN, which \
                exempts the role's sessions";
    for (value, span) in named(element.form(), PrincipalType::Aws) {
        let message = if let Some(role) = role(value) {
            if with_sessions.contains(&role) {
                continue;
            }
            format!("`{value}` exempts none of the role's sessions, and only sessions make requests")
        } else if let Some(of) = session(value) {
            if roles.contains(&of) {
                continue;
            }
            format!("`{value}` exempts no one: the ARN of its role must be listed as well")
        } else {
            continue;
        };
        report(Diagnostic::new(codes::NOT_PRINCIPAL_WITHOUT_SESSION, span, message).with_help(help));
    }
}

fn exempts_callers(subject: &Subject<'_>) -> bool {
    tests(subject.statement).any(|test| {
        let key = test.key().to_ascii_lowercase();
        test.operator().base.is_negated() && OF_CALLERS.iter().any(|of_callers| key.starts_with(of_callers))
    })
}

/// The account and the name without its path, where the ARN is a role's.
fn role(arn: &str) -> Option<(&str, &str)> {
    let (account, resource) = account_and_resource(arn, "iam")?;
    Some((account, resource.strip_prefix("role/")?.rsplit('/').next()?))
}

/// The account and the name of the role, where the ARN is a role session's.
fn session(arn: &str) -> Option<(&str, &str)> {
    let (account, resource) = account_and_resource(arn, "sts")?;
    Some((account, resource.strip_prefix("assumed-role/")?.split('/').next()?))
}

fn account_and_resource<'a>(arn: &'a str, service: &str) -> Option<(&'a str, &'a str)> {
    let mut parts = arn.splitn(6, ':');
    let is_arn = parts.next()? == "arn" && parts.next().is_some() && parts.next()? == service;
    parts.next().filter(|_| is_arn)?;
    Some((parts.next()?, parts.next()?))
}
