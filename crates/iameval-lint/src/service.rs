//! Services as principals: on whose behalf they call, and keys that their calls never have.

use crate::codes;
use crate::condition::{KeyTest, tests};
use crate::public::{is_tied, named};
use crate::subject::Subject;
use iameval::text::Span;
use iameval::{Diagnostic, Effect, PolicyKind, PrincipalType};

/// Keys that say on whose behalf a service calls (R-CTX-11), and those with which services say the same to AWS KMS (*Encrypt
/// log data in `CloudWatch` Logs using AWS KMS*), in lower case.
const BEHALF: [&str; 6] = [
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "kms:calleraccount",
    "kms:encryptioncontext:",
];

/// Keys of a user's or role's account and sign-in, which a service that calls as itself does not have (R-CTX-03), and the
/// key of the same sense that it does, if any. In lower case; one that ends in `/` is what names of keys begin with.
const OF_ACCOUNTS: [(&str, &str); 9] = [
    ("aws:multifactorauthage", ""),
    ("aws:multifactorauthpresent", ""),
    ("aws:principalaccount", "aws:SourceAccount"),
    ("aws:principalorgid", "aws:SourceOrgID"),
    ("aws:principalorgpaths", "aws:SourceOrgPaths"),
    ("aws:principaltag/", ""),
    ("aws:sourceidentity", ""),
    ("aws:tokenissuetime", ""),
    ("aws:username", ""),
];

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    let of_resource = matches!(subject.kind, PolicyKind::Resource | PolicyKind::RoleTrust);
    let Some(principal) = statement.principal().filter(|element| of_resource && !element.is_negated()) else { return };
    let mut services = named(principal.form(), PrincipalType::Service).peekable();
    if services.peek().is_none() {
        return;
    }
    if let Some((instead, test)) = tests(statement).find_map(|test| Some((instead(&test)?, test))) {
        for (service, span) in services {
            report(never_applies(subject, &test, service, span, instead));
        }
    } else if statement.effect() == Effect::Allow && subject.kind == PolicyKind::Resource && !is_tied(subject, &BEHALF)
    {
        for (service, span) in services {
            let message = format!("`{service}` may use this on behalf of any of its customers");
            let help =
                "add a condition on `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`, if the service sends it";
            report(Diagnostic::new(codes::CONFUSED_DEPUTY, span, message).with_help(help));
        }
    }
}

/// What to write instead of a key that a service does not have, where the statement needs that key; empty where nothing
/// has that sense.
fn instead(test: &KeyTest<'_>) -> Option<&'static str> {
    let key = test.key().to_ascii_lowercase();
    let is_it = |(known, _): &&(&str, _)| key == *known || (known.ends_with('/') && key.starts_with(known));
    OF_ACCOUNTS.iter().find(is_it).filter(|_| test.needs_key()).map(|(_, instead)| *instead)
}

fn never_applies(subject: &Subject<'_>, test: &KeyTest<'_>, service: &str, span: Span, instead: &str) -> Diagnostic {
    let verb = match subject.statement.effect() {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
    };
    let key = test.key();
    let message = format!("a call by `{service}` itself has no `{key}`, so the statement never {verb} it anything");
    let help = if instead.is_empty() {
        format!("use a separate statement for the service, without `{key}`")
    } else {
        format!(
            "write `{instead}`, which identifies the resource that the service calls for, if the service sends that key"
        )
    };
    let finding = Diagnostic::new(codes::NEVER_MATCHES, span, message).with_help(help);
    finding.with_label(test.key_span(), "this key")
}
