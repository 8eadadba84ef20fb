//! A policy without the conditions that say when and from where a call may come.
//!
//! Whoever holds a permission under such a condition holds it: they need only wait, or go there. Conditions on what is granted
//! (`iam:PolicyARN`, `iam:PermissionsBoundary`, `iam:PassedToService`, tags) are another matter, and stay.

use iameval::json::{Member, Node, Value};
use iameval::{ConditionOperator, Effect, Operator, PolicyDocument};

/// Keys of time, place and protection, and of what all callers and resources of an account have in common; in lower case.
const CIRCUMSTANCES: [&str; 19] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:useragent",
    "aws:vpcsourceip",
];

/// The document with each Allow as wide as it is when circumstances are right. Statements keep their numbers.
pub(crate) fn without_circumstances(document: &PolicyDocument) -> Option<PolicyDocument> {
    let mut tree = document.to_json();
    let list = member(&mut tree, "Statement")?;
    let nodes = match &mut list.value {
        Value::Array(nodes) => nodes.as_mut_slice(),
        _ => std::slice::from_mut(list),
    };
    for (node, statement) in nodes.iter_mut().zip(document.statements()) {
        if statement.effect() == Effect::Allow
            && let Some(condition) = member(node, "Condition")
        {
            members(condition).iter_mut().for_each(loosen);
        }
    }
    PolicyDocument::from_tree(&tree).value
}

/// Leaves out keys of an operator that limit nothing of what is granted.
fn loosen(operator: &mut Member<'_>) {
    let base = ConditionOperator::parse(&operator.key).map(|operator| operator.base);
    let takes_wildcards = base.is_some_and(|base| base.takes_wildcards() && !base.is_negated());
    let any = |node: &Node<'_>| matches!(node.as_str(), Some("*" | "*.amazonaws.com"));
    let has_any = |values: &Node<'_>| match &values.value {
        Value::Array(values) => values.iter().any(any),
        _ => any(values),
    };
    // Credentials that are too old can be renewed; ones that are too new never grow old enough.
    let needs_newer = matches!(base, Some(Operator::DateGreaterThan | Operator::DateGreaterThanEquals));
    let is_circumstance = |test: &Member<'_>| {
        let key = test.key.to_ascii_lowercase();
        CIRCUMSTANCES.contains(&&*key) || (needs_newer && key == "aws:tokenissuetime")
    };
    // A tag with any value is still one that not everything has.
    let is_any = |test: &Member<'_>| takes_wildcards && !test.key.contains('/') && has_any(&test.value);
    let limits_nothing = |test: &Member<'_>| is_circumstance(test) || is_any(test);
    if let Value::Object(tests) = &mut operator.value.value {
        tests.retain(|test| !limits_nothing(test));
    }
}

fn members<'n, 'a>(node: &'n mut Node<'a>) -> &'n mut [Member<'a>] {
    match &mut node.value {
        Value::Object(members) => members,
        _ => &mut [],
    }
}

fn member<'n, 'a>(node: &'n mut Node<'a>, name: &str) -> Option<&'n mut Node<'a>> {
    members(node).iter_mut().find(|member| member.key == name).map(|member| &mut member.value)
}
