//! Which kind of policy a document is, when it is not given.

use crate::action::is_full_access;
use crate::condition::{KeyTest, tests};
use iameval::codes::INVALID_FIELD;
use iameval::{Effect, PolicyDocument, PolicyKind, PrincipalForm, PrincipalType, Problem, Statement};
use iameval_data::supports_rcps;

/// A kind of policy, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The kind.
    pub kind: PolicyKind,
    /// Why, in words that go on after "since".
    pub reason: &'static str,
}

/// Names of folders, or of files without their ending, that tell what they hold; a `-policy` or `-policies` after them is
/// left out of account. A word within a longer name tells nothing, but for [`ABBREVIATIONS`] and [`ENDINGS`]: kinds that
/// only limit have fewer findings, so a wrong guess would hide some.
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

/// What the longer name of a file may end with to tell it as well, as in `developer-boundary.json`.
const ENDINGS: [(&str, PolicyKind); 9] = [
    ("-boundary", PolicyKind::PermissionsBoundary),
    ("-boundaries", PolicyKind::PermissionsBoundary),
    ("-boundary-policy", PolicyKind::PermissionsBoundary),
    ("-boundary-policies", PolicyKind::PermissionsBoundary),
    ("-endpoint-policy", PolicyKind::Endpoint),
    ("-endpoint-policies", PolicyKind::Endpoint),
    ("-vpce-policy", PolicyKind::Endpoint),
    ("-service-control-policy", PolicyKind::ServiceControl),
    ("-resource-control-policy", PolicyKind::ResourceControl),
];

/// Keys of whose the resource is, in lower case. A policy of the resource itself has no use for them.
const OF_RESOURCE: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];

/// The most likely kind of a document in a file of this path: by its elements first, and where those leave a choice, by a
/// name in the path.
///
/// ```
/// use iameval::{PolicyDocument, PolicyKind};
///
/// let guess = |path: &str, text: &str| iameval_lint::guess_kind(&text.parse().unwrap(), path).kind;
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
            Some(kind) => Guess { kind, reason: "its path says so and no statement has a principal" },
            None => Guess { kind: PolicyKind::Identity, reason: "no statement has a principal" },
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
    let of_file = file_name(path).is_some_and(|name| named_by(name).is_some());
    if named == Some(PolicyKind::ResourceControl) && !of_file && statements.iter().all(|one| !may_be_of_rcp(one)) {
        return Guess {
            kind: PolicyKind::Resource,
            reason: "statements have principals, and none would be valid in a resource control policy, for which the folder is named",
        };
    }
    if let Some(kind) = named {
        return Guess { kind, reason: "its path says so and statements have principals" };
    }
    let everybody = statements.iter().all(is_about_everybody);
    let services = services(statements);
    let denies = statements.iter().all(|statement| statement.effect() == Effect::Deny);
    if everybody && denies && services.len() > 1 && statements.iter().all(may_be_of_rcp) {
        return Guess {
            kind: PolicyKind::ResourceControl,
            reason: "it only denies actions of several services to everyone",
        };
    }
    if everybody && !denies && (services.len() > 1 || statements.iter().any(limits_resources)) {
        return Guess {
            kind: PolicyKind::Endpoint,
            reason: "it allows everyone actions of several services, or limits resources by owner",
        };
    }
    Guess { kind: PolicyKind::Resource, reason: "statements have principals" }
}

/// The kind that two policies look like that are to be compared; each is given with what it is called.
///
/// # Errors
/// When they look like different kinds: what each looks like.
pub fn guess_same_kind(old: (&PolicyDocument, &str), new: (&PolicyDocument, &str)) -> Result<PolicyKind, Problem> {
    let [one, other] = [old, new].map(|(document, name)| guess_kind(document, name).kind);
    if one == other {
        return Ok(one);
    }
    let looks = |name: &str, kind: PolicyKind| format!("`{name}` looks like {}", kind.with_article());
    let message = format!("{}, and {}", looks(old.1, one), looks(new.1, other));
    Err(Problem::new(INVALID_FIELD, message).with_help("say with `type` as what both are to be compared"))
}

/// Whether a statement is about every principal, and says so.
fn is_about_everybody(statement: &Statement) -> bool {
    match statement.principal().map(|element| (element.is_negated(), element.form())) {
        Some((false, PrincipalForm::Everyone)) => true,
        Some((false, PrincipalForm::Map(lists))) => {
            lists.iter().all(|list| list.kind() == PrincipalType::Aws && list.values().eq(["*"]))
        }
        _ => false,
    }
}

/// The services whose actions the statements name, in lower case.
fn services(statements: &[Statement]) -> Vec<String> {
    let mut services: Vec<String> = Vec::new();
    for action in statements.iter().flat_map(|statement| statement.action().patterns()) {
        let Some((service, _)) = action.split_once(':').filter(|(service, _)| !service.contains('*')) else { continue };
        let service = service.to_ascii_lowercase();
        if !services.contains(&service) {
            services.push(service);
        }
    }
    services
}

/// Whether AWS would take the statement in a resource control policy (R-ORG-05, R-ORG-06).
fn may_be_of_rcp(statement: &Statement) -> bool {
    // The one that allows is AWS's own, `RCPFullAWSAccess`.
    if is_full_access(statement) && is_about_everybody(statement) {
        return true;
    }
    let action = statement.action();
    let supported = |pattern: &str| pattern.split_once(':').is_some_and(|(service, _)| supports_rcps(service));
    statement.effect() == Effect::Deny && !action.is_negated() && action.patterns().all(supported)
}

/// Whether the statement allows something by a condition on whose the resource is.
fn limits_resources(statement: &Statement) -> bool {
    let limits = |test: &KeyTest<'_>| test.needs_value() && OF_RESOURCE.contains(&&*test.key().to_ascii_lowercase());
    statement.effect() == Effect::Allow && tests(statement).any(|test| limits(&test))
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
    let ending = file_name(path)
        .map(plain)
        .and_then(|stem| ENDINGS.iter().find(|(ending, _)| stem.ends_with(ending)).map(|(_, kind)| *kind));
    ending.or_else(|| path.rsplit(['/', '\\']).find_map(named_by))
}

/// The last part of a path.
fn file_name(path: &str) -> Option<&str> {
    path.rsplit(['/', '\\']).next()
}

/// A name without its ending, in lower case and with hyphens alone.
fn plain(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace(['_', ' '], "-");
    lower.strip_suffix(".json").map(str::to_owned).unwrap_or(lower)
}

/// What one name of a path says.
fn named_by(name: &str) -> Option<PolicyKind> {
    let known = |text: &str| NAMES.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind);
    let stem = plain(name);
    let whole = stem.strip_suffix("-policy").or_else(|| stem.strip_suffix("-policies")).unwrap_or(&stem);
    let abbreviation = |word: &&str| ABBREVIATIONS.contains(word);
    known(whole).or_else(|| stem.split(['-', '.']).find(abbreviation).and_then(known))
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
        for path in ["iam/permissions_boundary.json", "developer-boundary.json", "iam/ci_boundary_policy.json"] {
            check(path, grant, PolicyKind::PermissionsBoundary);
        }
        for path in
            ["scp/a.json", "deny_regions_scp.json", "resource_perimeter_scp.json", "service-control-policies/a.json"]
        {
            check(path, grant, PolicyKind::ServiceControl);
        }
        let bucket = r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#;
        for path in ["bucket-vpce.json", "s3-endpoint-bucket.json", "trust-center.json"] {
            check(path, bucket, PolicyKind::Resource);
        }
        for path in
            ["vpce/bucket.json", "endpoint-policy.json", "vpc_endpoint_policies/s3.json", "s3_endpoint_policy.json"]
        {
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

    #[test]
    fn a_reading_that_contradicts_itself_does_not_win() {
        let deny =
            |actions: &str| format!(r#""Effect": "Deny", "Principal": "*", "Action": {actions}, "Resource": "*""#);
        check("a.json", &deny(r#"["s3:*", "sqs:*"]"#), PolicyKind::ResourceControl);
        // Services without resource control policies, and a star that they do not take.
        check("a.json", &deny(r#"["sns:*", "glue:*"]"#), PolicyKind::Resource);
        check("a.json", &deny(r#"["s3:*", "glue:*"]"#), PolicyKind::Resource);
        check("a.json", &deny(r#"["s3:*", "*"]"#), PolicyKind::Resource);
        check("a.json", &deny(r#"["*", "s3:*", "sqs:*"]"#), PolicyKind::Resource);
        check("rcp/bucket.json", &deny(r#""*""#), PolicyKind::Resource);
        let full = r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*""#;
        check("rcp/full.json", full, PolicyKind::ResourceControl);
        check("rcp/topic.json", &deny(r#""sns:Publish""#), PolicyKind::Resource);
        check("rcp/bucket.json", &deny(r#"["s3:*", "sqs:*"]"#), PolicyKind::ResourceControl);
        // The name of the file itself is not an accident.
        check("rcp/bad-rcp.json", &deny(r#""*""#), PolicyKind::ResourceControl);
    }

    #[test]
    fn what_no_policy_of_one_resource_says_is_an_endpoint_policy() {
        let allow = |actions: &str, condition: &str| {
            format!(r#""Effect": "Allow", "Principal": "*", "Action": {actions}, "Resource": "*"{condition}"#)
        };
        let own = r#", "Condition": {"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}"#;
        let callers = r#", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#;
        check("a.json", &allow(r#"["ec2:*", "iam:PassRole"]"#, ""), PolicyKind::Endpoint);
        check("a.json", &allow(r#""*""#, own), PolicyKind::Endpoint);
        check("a.json", &allow(r#""*""#, callers), PolicyKind::Resource);
        check("a.json", &allow(r#""s3:*""#, ""), PolicyKind::Resource);
        check("a.json", &allow(r#"["s3:*", "*"]"#, ""), PolicyKind::Resource);
    }
}
