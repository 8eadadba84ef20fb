//! What there is to say of an element of a statement, in words.

use iameval::analysis::Change;
use iameval::text::Position;
use iameval::{ContextKey, ContextValue, PrincipalClass, Request};
use iameval_ask::{Element, Hint, KeyState, Mark, Says};
use iameval_data::NeverThere;

/// What a mark says: `covers s3:GetObject`, `the request has "false"`; and what explains it.
pub fn says_in_words(mark: &Mark, request: &Request) -> String {
    let hint = mark.hint.as_ref().map(|hint| format!(": {}", hint_in_words(hint, mark)));
    let would = match &mark.says {
        Says::Key { wanted: Some(change), .. } => format!("; {} would match", change_in_words(change)),
        _ => String::new(),
    };
    says_alone(mark, request) + &hint.unwrap_or_default() + &would
}

/// What explains that an element does not match.
fn hint_in_words(hint: &Hint, mark: &Mark) -> String {
    let operator = match &mark.says {
        Says::Key { operator, .. } => operator.to_string(),
        _ => String::new(),
    };
    match hint {
        Hint::LetterCase => "they differ in letter case".into(),
        Hint::Partition => "they differ only in the partition of the ARN".into(),
        Hint::Path => "they differ only in the path".into(),
        Hint::SeveralValues => {
            format!("`{operator}` never matches a key with several values, `ForAnyValue:{operator}` does")
        }
        Hint::PlainWildcard => format!("`*` is a plain character under `{operator}`"),
        Hint::NoValue(key) => format!("`${{{key}}}` has no value in this request"),
        Hint::PlainVariables => "variables are plain text in a document without `\"Version\": \"2012-10-17\"`".into(),
        Hint::SessionNotListed => "it lists the role, but not its session".into(),
        Hint::NoArnMatchesAny => "no ARN matches `*`, on which actions without resources are evaluated".into(),
        _ => "see the documentation".into(),
    }
}

fn says_alone(mark: &Mark, request: &Request) -> String {
    let what = |element| match element {
        Element::Principal => request.principal().to_string(),
        Element::Action => request.action().to_string(),
        _ => request.resource().to_owned(),
    };
    let verb = match (&mark.says, mark.element) {
        (Says::Key { key, state, .. }, _) => return key_in_words(key, state, request),
        (Says::NoPrincipal, _) => return "no `Principal`: it applies to no one".into(),
        (Says::Matches, Element::Action) => "covers",
        (Says::Matches, _) => "fits",
        (Says::DoesNotMatch, Element::Principal) => "does not name",
        (Says::DoesNotMatch, Element::Action) => "does not cover",
        (Says::DoesNotMatch, _) => "does not fit",
        (Says::MayMatch, Element::Principal) => "may name",
        (Says::MayMatch, Element::Action) => "may cover",
        (Says::MayMatch, Element::Condition) => return "may be satisfied".into(),
        (Says::MayMatch, Element::Resource) => "may fit",
        (Says::Lists, _) => "lists",
        (Says::DoesNotList, _) => "does not list",
        (_, _) => "is about",
    };
    format!("{verb} {}", what(mark.element))
}

/// Why a Deny does not apply, in one line: `NotAction lists iam:ChangePassword`, `aws:SourceIp is "203.0.113.7"`.
pub(crate) fn exemption_in_words(mark: &Mark, request: &Request) -> String {
    if let Says::Key { operator, key, state, .. } = &mark.says {
        let hint = mark.hint.as_ref().map(|hint| format!(": {}", hint_in_words(hint, mark)));
        // What says that a key is missing names it.
        let on = if matches!(state, KeyState::Has(_)) { format!(" on {key}") } else { String::new() };
        let state = key_in_words(key, state, request);
        return format!("`{operator}`{on} does not hold: {state}{}", hint.unwrap_or_default());
    }
    let name = match (mark.element, &mark.says) {
        (_, Says::NoPrincipal) => return says_in_words(mark, request),
        (Element::Principal, Says::Lists) => "NotPrincipal",
        (Element::Principal, _) => "Principal",
        // A Deny that is about the action misses it by an exception only.
        (Element::Action, _) => "NotAction",
        (_, Says::Lists) => "NotResource",
        (_, _) => "Resource",
    };
    format!("`{name}` {}", says_in_words(mark, request))
}

/// The place to name for an exemption: of a list that does not fit as a whole, its name.
pub(crate) fn exemption_at(mark: &Mark) -> Option<Position> {
    if mark.says == Says::DoesNotMatch { mark.name_at } else { mark.at }
}

/// What the request has under a key.
fn key_in_words(key: &ContextKey, state: &KeyState, request: &Request) -> String {
    match state {
        KeyState::Has(value) => format!("the request has {}", value_in_words(value)),
        KeyState::IfExistsPasses => format!("the request has no {key}, which `IfExists` accepts"),
        KeyState::Absent => format!("the request has no {key}"),
        KeyState::NeverThere(why) => never_there_in_words(key, *why, request),
        _ => format!("{key} was not given"),
    }
}

/// Why no such request has the key.
pub(crate) fn never_there_in_words(key: &ContextKey, why: NeverThere, request: &Request) -> String {
    match why {
        NeverThere::ForPrincipal => {
            format!("requests of {} never have {key}", request.principal().class().map_or("this caller", kind_in_words))
        }
        NeverThere::ForNewResource => format!("{} creates the resource, which has no tags yet", request.action()),
        _ => format!("requests for {} never have {key}", request.action()),
    }
}

/// The principals of a class, in words.
fn kind_in_words(class: PrincipalClass) -> &'static str {
    match class {
        PrincipalClass::User => "an IAM user",
        PrincipalClass::Role | PrincipalClass::RoleSession => "a role session",
        PrincipalClass::FederatedUser => "a federated user",
        PrincipalClass::Root => "the root user",
        PrincipalClass::Service => "a service principal",
        PrincipalClass::WebIdentity | PrincipalClass::Saml => "an identity provider",
        PrincipalClass::CanonicalUser => "a canonical user",
        PrincipalClass::Anonymous => "an anonymous caller",
    }
}

/// `"false"`, or `["a", "b"]`.
pub(crate) fn value_in_words(value: &ContextValue) -> String {
    let texts: Vec<String> = value.texts().map(|text| format!("\"{text}\"")).collect();
    if value.is_list() { format!("[{}]", texts.join(", ")) } else { texts.concat() }
}

/// `aws:RequestedRegion=eu-central-1`, as `--context` takes it, or `no aws:SourceIp`.
pub(crate) fn change_in_words(change: &Change) -> String {
    let key = &change.key;
    let Some(value) = &change.value else { return format!("no {key}") };
    let texts: Vec<String> = value.texts().map(|text| format!("{key}={}", quoted(text))).collect();
    if texts.is_empty() { format!("{key}=[]") } else { texts.join(" ") }
}

/// The text, in quotes where it would not read as one word.
fn quoted(text: &str) -> String {
    let is_word = !text.is_empty() && !text.contains(|ch: char| ch.is_whitespace() || ch == '"' || ch == '\'');
    if is_word { text.to_owned() } else { format!("\"{text}\"") }
}
