//! What explains a mismatch better than the two texts side by side: a difference in letter case, a path that is missing, a
//! variable without a value. Found by evaluating a statement of one element, with that difference taken away.

use iameval::json::Node;
use iameval::{
    CompiledPolicy, ConditionOperator, ConditionTest, Context, ContextKey, ContextValue, Decision, Operator,
    OperatorFamily, PatternElement, PatternPart, PolicyDocument, PolicyId, PolicyKind, PolicySet, PrincipalElement,
    PrincipalForm, Request, Version,
};
use std::sync::Arc;

/// Why an element does not match, where more can be said than what it has and what the request has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// It differs from the request only in upper and lower case.
    LetterCase,
    /// It differs only in the partition: `arn:aws:…` for `arn:aws-cn:…`.
    Partition,
    /// It differs only in the path of a user or role: `role/deployer` for `role/ci/deployer`.
    Path,
    /// The key has several values, and the operator compares one (R-COND-17).
    SeveralValues,
    /// `*` is a plain character under the operator, and would match as a wildcard (R-COND-27).
    PlainWildcard,
    /// A policy variable has no value in the request (R-VAR-08).
    NoValue(ContextKey),
    /// Policy variables are plain text, since the document is not of version 2012-10-17 (R-VAR-02).
    PlainVariables,
    /// The role of the session is listed, and not the session (R-PRIN-12).
    SessionNotListed,
    /// The action has no resource, so no ARN matches it and only `*` does (R-RES-05).
    NoArnMatchesAny,
}

impl Hint {
    /// A stable code, such as `letter_case`.
    pub fn id(&self) -> &'static str {
        match self {
            Self::LetterCase => "letter_case",
            Self::Partition => "partition",
            Self::Path => "path",
            Self::SeveralValues => "several_values",
            Self::PlainWildcard => "plain_wildcard",
            Self::NoValue(_) => "no_value",
            Self::PlainVariables => "plain_variables",
            Self::SessionNotListed => "session_not_listed",
            Self::NoArnMatchesAny => "no_arn_matches_any",
        }
    }
}

/// Why a list of resources does not match the request.
pub(crate) fn of_resource(element: &PatternElement, version: Option<Version>, request: &Request) -> Option<Hint> {
    if request.resource() == "*" {
        return Some(Hint::NoArnMatchesAny);
    }
    let fits = |change: Remedy, resource: &str| {
        let resources = element.patterns().map(|pattern| Node::string(change(pattern, request.resource())));
        let statement = Node::object([("Resource", Node::array(resources.collect::<Vec<_>>()))]);
        applies(&statement, version, &Altered { request, resource, context: request.context().clone() })
    };
    let parts: Vec<Vec<PatternPart>> = element.parts(Some(Version::V2012)).collect();
    let of_variables = of_variables(&parts, version, request.context(), |change| fits(change, request.resource()));
    if of_variables.is_some() {
        return of_variables;
    }
    let resource = request.resource();
    if fits(lowercase, &resource.to_lowercase()) {
        return Some(Hint::LetterCase);
    }
    if fits(in_partition_of, resource) {
        return Some(Hint::Partition);
    }
    (fits(without_path, &without_path(resource, "")) && is_entity(resource)).then_some(Hint::Path)
}

/// Why a list of principals does not have the caller.
pub(crate) fn of_principal(element: &PrincipalElement, request: &Request) -> Option<Hint> {
    let PrincipalForm::Map(lists) = element.form() else { return None };
    let entries = || lists.iter().flat_map(iameval::PrincipalList::values);
    let own = request.principal().id();
    // Of a session the role, with the path that it is taken to have.
    let role = request.context().value(&ContextKey::new("aws:PrincipalArn")).and_then(|value| value.texts().next());
    if element.is_negated() {
        let lists_role = own != role && role.is_some_and(|role| entries().any(|entry| entry == role));
        return lists_role.then_some(Hint::SessionNotListed);
    }
    let names: Vec<&str> = own.into_iter().chain(role).collect();
    let near = |same: &dyn Fn(&str, &str) -> bool| entries().any(|entry| names.iter().any(|name| same(entry, name)));
    if near(&|entry, name| entry.eq_ignore_ascii_case(name)) {
        return Some(Hint::LetterCase);
    }
    if near(&|entry, name| in_partition_of(entry, name) == name) {
        return Some(Hint::Partition);
    }
    near(&|entry, name| is_entity(name) && without_path(entry, "") == without_path(name, "")).then_some(Hint::Path)
}

/// Why a condition does not hold for the value that the request has.
pub(crate) fn of_condition(
    operator: ConditionOperator,
    test: &ConditionTest,
    version: Option<Version>,
    request: &Request,
) -> Option<Hint> {
    let key = ContextKey::new(test.key());
    let value = request.context().value(&key)?;
    if value.is_list() && operator.quantifier.is_none() && operator.base != Operator::Null {
        return Some(Hint::SeveralValues);
    }
    if !matches!(operator.base.family(), OperatorFamily::String | OperatorFamily::Arn) || operator.base.is_negated() {
        return None;
    }
    let one = value.texts().next()?;
    let holds = |base: Operator, change: Remedy, text: &dyn Fn(&str) -> String| {
        let values = test.values().map(|value| Node::string(change(value, one)));
        let keys = Node::object([(test.key(), Node::array(values.collect::<Vec<_>>()))]);
        let name = ConditionOperator { base, ..operator }.to_string();
        let conditions = Node::object([(name.as_str(), keys)]);
        let statement = Node::object([("Resource", Node::string("*")), ("Condition", conditions)]);
        let texts: Vec<String> = value.texts().map(text).collect();
        let texts = texts.iter().map(String::as_str);
        let changed =
            if value.is_list() { ContextValue::list(texts) } else { ContextValue::single(&texts.collect::<String>()) };
        let mut context = request.context().clone();
        context.remove(test.key());
        context.insert(test.key(), changed);
        applies(&statement, version, &Altered { request, resource: "*", context })
    };
    let same = |text: &str| text.to_owned();
    let like = if operator.base.family() == OperatorFamily::Arn { Operator::ArnLike } else { Operator::StringLike };
    let parts: Vec<Vec<PatternPart>> = test.parts(operator.base, Some(Version::V2012)).collect();
    let of_variables = of_variables(&parts, version, request.context(), |change| holds(like, change, &same));
    if of_variables.is_some() {
        return of_variables;
    }
    let has_wildcards = test.values().any(|value| value.contains('*'));
    if has_wildcards && !operator.base.takes_wildcards() && holds(Operator::StringLike, |value, _| value.into(), &same)
    {
        return Some(Hint::PlainWildcard);
    }
    if holds(operator.base, lowercase, &|text| text.to_lowercase()) {
        return Some(Hint::LetterCase);
    }
    if holds(operator.base, in_partition_of, &same) {
        return Some(Hint::Partition);
    }
    (is_entity(one) && holds(operator.base, without_path, &|text| without_path(text, ""))).then_some(Hint::Path)
}

/// What is wrong with the variables of texts, of which `fits` says whether they match once a variable may be anything.
fn of_variables(
    parts: &[Vec<PatternPart>],
    version: Option<Version>,
    context: &Context,
    fits: impl Fn(Remedy) -> bool,
) -> Option<Hint> {
    let variables = || {
        parts.iter().flatten().filter_map(|part| match part {
            PatternPart::Variable(variable) => Some(variable),
            _ => None,
        })
    };
    if variables().next().is_none() || !fits(without_variables) {
        return None;
    }
    if version != Some(Version::V2012) {
        return Some(Hint::PlainVariables);
    }
    let missing = variables().find(|variable| {
        let value = context.value(&ContextKey::new(&variable.key));
        variable.default.is_none() && value.is_none_or(ContextValue::is_list)
    });
    missing.map(|variable| Hint::NoValue(ContextKey::new(&variable.key)))
}

/// What takes away a difference: a text of the policy, in view of the text of the request.
type Remedy = fn(&str, &str) -> String;

/// A request with another resource and context.
struct Altered<'r> {
    request: &'r Request,
    resource: &'r str,
    context: Context,
}

/// Whether a statement that allows every action under these elements applies. Who asks does not matter.
fn applies(elements: &Node<'_>, version: Option<Version>, asked: &Altered<'_>) -> bool {
    let mut members = vec![("Effect", Node::string("Allow")), ("Action", Node::string("*"))];
    let own = elements.members().unwrap_or_default();
    members.extend(own.iter().map(|member| (&*member.key, member.value.clone())));
    let version = version.map(|version| ("Version", Node::string(version.as_str())));
    let document = Node::object(version.into_iter().chain([("Statement", Node::object(members))]));
    let Some(document) = PolicyDocument::from_tree(&document).ok() else { return false };
    let Ok(policy) = CompiledPolicy::new(PolicyId::new("element"), PolicyKind::Identity, &document) else {
        return false;
    };
    let request = Request::builder(asked.request.action().clone())
        .without_derived_context()
        .context(asked.context.clone())
        .resource(asked.resource)
        .build();
    let policies = PolicySet::builder().add(Arc::new(policy)).build().without_service_rules();
    policies.decide(&request) == Decision::Allowed
}

/// The text in lower case, the names in its variables included: they are the same in any case.
fn lowercase(text: &str, _: &str) -> String {
    text.to_lowercase()
}

/// The text with a wildcard in place of each variable.
fn without_variables(text: &str, _: &str) -> String {
    let mut pieces = text.split("${");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + "*" + piece.split_once('}').map_or("", |(_, rest)| rest))
}

/// The ARN in the partition of another one.
fn in_partition_of(text: &str, other: &str) -> String {
    let partition = |text: &'_ str| {
        text.strip_prefix("arn:").and_then(|rest| rest.split_once(':')).map(|(head, _)| head.to_owned())
    };
    match (text.strip_prefix("arn:").and_then(|rest| rest.split_once(':')), partition(other)) {
        (Some((_, rest)), Some(partition)) => format!("arn:{partition}:{rest}"),
        _ => text.to_owned(),
    }
}

/// Whether it is the ARN of what has a path: a user, a role, and so on.
fn is_entity(text: &str) -> bool {
    let mut parts = text.splitn(6, ':').skip(2);
    parts.next() == Some("iam") && text.contains('/')
}

/// The ARN of a user or role without its path.
fn without_path(text: &str, _: &str) -> String {
    match (text.split_once('/'), text.rsplit_once('/')) {
        (Some((head, _)), Some((_, name))) if text.contains(":iam:") => format!("{head}/{name}"),
        _ => text.to_owned(),
    }
}
