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

/// Words in the path of a file that tell what it holds.
const WORDS: [(&str, PolicyKind); 17] = [
    ("scp", PolicyKind::ServiceControl),
    ("scps", PolicyKind::ServiceControl),
    ("service-control-policies", PolicyKind::ServiceControl),
    ("service_control_policies", PolicyKind::ServiceControl),
    ("rcp", PolicyKind::ResourceControl),
    ("rcps", PolicyKind::ResourceControl),
    ("resource-control-policies", PolicyKind::ResourceControl),
    ("resource_control_policies", PolicyKind::ResourceControl),
    ("vpce", PolicyKind::Endpoint),
    ("endpoint", PolicyKind::Endpoint),
    ("endpoints", PolicyKind::Endpoint),
    ("trust", PolicyKind::RoleTrust),
    ("assume", PolicyKind::RoleTrust),
    ("boundary", PolicyKind::PermissionsBoundary),
    ("boundaries", PolicyKind::PermissionsBoundary),
    ("session", PolicyKind::Session),
    ("resource", PolicyKind::Resource),
];

/// The most likely kind of a document in a file of this path: by its elements first, and where those leave a choice, by a
/// word in the path.
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
    let named = word(path);
    if !statements.iter().any(|statement| statement.principal().is_some()) {
        let fits = |kind: &PolicyKind| {
            matches!(kind, PolicyKind::ServiceControl | PolicyKind::PermissionsBoundary | PolicyKind::Session)
        };
        return match named.filter(fits) {
            Some(kind) => Guess { kind, reason: "the path says so and no statement names a principal" },
            None => Guess { kind: PolicyKind::Identity, reason: "no statement names a principal" },
        };
    }
    let assumes = |statement: &Statement| {
        !statement.action().is_negated()
            && statement.action().patterns().all(|action| action.to_ascii_lowercase().starts_with("sts:"))
    };
    if statements.iter().all(|statement| statement.resource().is_none() && assumes(statement)) {
        return Guess { kind: PolicyKind::RoleTrust, reason: "it is about assuming a role and names no resource" };
    }
    let fits =
        |kind: &PolicyKind| matches!(kind, PolicyKind::ResourceControl | PolicyKind::Endpoint | PolicyKind::RoleTrust);
    if let Some(kind) = named.filter(fits) {
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

/// What the nearest telling word of the path says.
fn word(path: &str) -> Option<PolicyKind> {
    let lower = path.to_ascii_lowercase();
    let known = |text: &str| WORDS.iter().find(|(word, _)| *word == text).map(|(_, kind)| *kind);
    lower.rsplit(['/', '\\']).find_map(|part| {
        let stem = part.strip_suffix(".json").unwrap_or(part);
        known(stem).or_else(|| stem.split(['-', '_', '.', ' ']).find_map(known))
    })
}
