//! Which kind of policy a document is, when nobody says.

use iameval::{Effect, PolicyDocument, PolicyKind, PrincipalForm, PrincipalType, Statement};

/// A kind of policy, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The kind.
    pub kind: PolicyKind,
    /// Why, in words that go on after "since".
    pub reason: &'static str,
}

/// Names of folders, or of files without their ending, that tell what they hold; a `-policy` or `-policies` after them is
/// left out of account. A word within a longer name tells nothing: kinds that only limit have fewer findings, so a wrong
/// guess would hide some.
const NAMES: [(&str, PolicyKind); 20] = [
    ("service-control", PolicyKind::ServiceControl),
    ("scp", PolicyKind::ServiceControl),
    ("scps", PolicyKind::ServiceControl),
    ("resource-control", PolicyKind::ResourceControl),
    ("rcp", PolicyKind::ResourceControl),
    ("rcps", PolicyKind::ResourceControl),
    ("vpce", PolicyKind::Endpoint),
    ("endpoint", PolicyKind::Endpoint),
    ("endpoints", PolicyKind::Endpoint),
    ("vpc-endpoint", PolicyKind::Endpoint),
    ("vpc-endpoints", PolicyKind::Endpoint),
    ("trust", PolicyKind::RoleTrust),
    ("assume-role", PolicyKind::RoleTrust),
    ("boundary", PolicyKind::PermissionsBoundary),
    ("boundaries", PolicyKind::PermissionsBoundary),
    ("permissions-boundary", PolicyKind::PermissionsBoundary),
    ("permissions-boundaries", PolicyKind::PermissionsBoundary),
    ("session", PolicyKind::Session),
    ("scope-down", PolicyKind::ScopeDown),
    ("resource", PolicyKind::Resource),
];

/// Words that tell it within a longer name as well: they mean nothing else.
const ABBREVIATIONS: [&str; 4] = ["rcp", "rcps", "scp", "scps"];

/// The most likely kind of a document in a file of this path: by its elements first, and where those leave a choice, by a
/// name in the path.
///
/// ```
/// use iameval::{PolicyDocument, PolicyKind};
///
/// let guess = |path: &str, text: &str| iameval_lint::guess_kind(&PolicyDocument::parse(text).value.unwrap(), path).kind;
/// let deny = r#"{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
/// assert_eq!(guess("policy.json", deny), PolicyKind::Identity);
/// assert_eq!(guess("org/scp/region.json", deny), PolicyKind::ServiceControl);
/// let trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;
/// assert_eq!(guess("policy.json", trust), PolicyKind::RoleTrust);
/// ```
pub fn guess_kind(document: &PolicyDocument, path: &str) -> Guess {
    let statements = document.statements();
    let named = named(path);
    if !statements.iter().any(|statement| statement.principal().is_some()) {
        let fits = |kind: &PolicyKind| {
            *kind == PolicyKind::ServiceControl || (kind.is_of_principal() && *kind != PolicyKind::Identity)
        };
        return match named.filter(fits) {
            Some(kind) => Guess { kind, reason: "the path says so and no statement names a principal" },
            None => Guess { kind: PolicyKind::Identity, reason: "no statement names a principal" },
        };
    }
    let named =
        named.filter(|kind| matches!(kind, PolicyKind::ResourceControl | PolicyKind::Endpoint | PolicyKind::RoleTrust));
    let assumes = statements.iter().all(assumes_role);
    // AWS refuses resources there; written all the same, they leave room for other kinds.
    let allows = statements.iter().any(|statement| statement.effect() == Effect::Allow);
    let of_role = statements.iter().all(|statement| statement.resource().is_none());
    if assumes && (of_role || (allows && named.is_none())) {
        return Guess { kind: PolicyKind::RoleTrust, reason: "it is about assuming a role" };
    }
    if let Some(kind) = named {
        return Guess { kind, reason: "the path says so and statements name principals" };
    }
    let about_everybody =
        |statement: &Statement| match statement.principal().map(|element| (element.is_negated(), element.form())) {
            Some((false, PrincipalForm::Everyone)) => true,
            Some((false, PrincipalForm::Map(lists))) => {
                lists.iter().all(|list| list.kind() == PrincipalType::Aws && list.values().eq(["*"]))
            }
            _ => false,
        };
    let several_services = {
        let mut services: Vec<String> = Vec::new();
        for action in statements.iter().flat_map(|statement| statement.action().patterns()) {
            let service = action.split(':').next().unwrap_or_default().to_ascii_lowercase();
            if !services.contains(&service) {
                services.push(service);
            }
        }
        services.len() > 1
    };
    let denies = statements.iter().all(|statement| statement.effect() == Effect::Deny && about_everybody(statement));
    if denies && several_services {
        return Guess {
            kind: PolicyKind::ResourceControl,
            reason: "it only denies, to everybody, actions of several services",
        };
    }
    Guess { kind: PolicyKind::Resource, reason: "statements name principals" }
}

/// What the calls are that assume a role, and what goes with them, in lower case.
const ASSUMING: [&str; 4] = ["sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext"];

/// Whether the statement is about nothing but assuming a role.
fn assumes_role(statement: &Statement) -> bool {
    let assumes = |action: &str| {
        let action = action.to_ascii_lowercase();
        ASSUMING.iter().any(|name| action.starts_with(name))
            || (statement.resource().is_none() && action.starts_with("sts:"))
    };
    !statement.action().is_negated() && statement.action().patterns().all(assumes)
}

/// What the nearest telling name of the path says.
fn named(path: &str) -> Option<PolicyKind> {
    let lower = path.to_ascii_lowercase().replace(['_', ' '], "-");
    let known = |text: &str| NAMES.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind);
    lower.rsplit(['/', '\\']).find_map(|part| {
        let stem = part.strip_suffix(".json").unwrap_or(part);
        let plain = stem.strip_suffix("-policy").or_else(|| stem.strip_suffix("-policies")).unwrap_or(stem);
        let abbreviation = |word: &&str| ABBREVIATIONS.contains(word);
        known(plain).or_else(|| stem.split(['-', '.']).find(abbreviation).and_then(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, statement: &str, expected: PolicyKind) {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": {{{statement}}}}}"#);
        let document = PolicyDocument::parse(&text).value.unwrap();
        assert_eq!(guess_kind(&document, path).kind, expected, "{path}");
    }

    #[test]
    fn a_word_within_a_name_switches_no_finding_off() {
        let grant = r#""Effect": "Allow", "Action": "iam:*", "Resource": "*""#;
        for path in ["g/session-manager.json", "boundary-conditions.json", "my-session/a.json", "endpoint.json"] {
            check(path, grant, PolicyKind::Identity);
        }
        for path in ["session.json", "session-policies/a.json", "Session_Policy.json", "a/session/b.json"] {
            check(path, grant, PolicyKind::Session);
        }
        for path in ["scope-down.json", "scope_down/agent.json", "Scope-Down-Policies/a.json"] {
            check(path, grant, PolicyKind::ScopeDown);
        }
        check("iam/permissions_boundary.json", grant, PolicyKind::PermissionsBoundary);
        for path in
            ["scp/a.json", "deny_regions_scp.json", "resource_perimeter_scp.json", "service-control-policies/a.json"]
        {
            check(path, grant, PolicyKind::ServiceControl);
        }
        let bucket = r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#;
        for path in ["bucket-vpce.json", "s3-endpoint-bucket.json", "trust-center.json"] {
            check(path, bucket, PolicyKind::Resource);
        }
        for path in ["vpce/bucket.json", "endpoint-policy.json", "vpc_endpoint_policies/s3.json"] {
            check(path, bucket, PolicyKind::Endpoint);
        }
    }

    #[test]
    fn a_policy_about_assuming_a_role_is_its_trust_policy_even_with_a_resource() {
        let trust = r#""Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sts:AssumeRole", "sts:TagSession"]"#;
        check("a.json", trust, PolicyKind::RoleTrust);
        check("a.json", &format!(r#"{trust}, "Resource": "*""#), PolicyKind::RoleTrust);
        check("vpce/sts.json", &format!(r#"{trust}, "Resource": "*""#), PolicyKind::Endpoint);
        let deny = r#""Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*""#;
        check("a.json", deny, PolicyKind::Resource);
        check("rcp/a.json", deny, PolicyKind::ResourceControl);
    }
}
