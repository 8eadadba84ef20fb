//! The changes that a policy can undergo, one at a time.
//!
//! They are made in the tree of the document, in which everything keeps its place.

use super::Mutation;
use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use iameval::{AccountId, ActionPattern, ConditionOperator, Effect, Operator, PolicyDocument};
use std::borrow::Cow;

/// A change of a policy.
#[derive(Debug)]
pub(super) struct PolicyChange<'d> {
    /// The position of the changed statement.
    pub(super) statement: usize,
    /// What is changed in it.
    pub(super) edit: Edit<Node<'d>>,
}

/// A change of something that may become another such thing, or nothing.
#[derive(Debug)]
pub(super) struct Edit<T> {
    pub(super) mutation: Mutation,
    pub(super) place: Span,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    becomes: Option<T>,
}

/// Everything that can be changed in a policy, statement by statement. `account` replaces `*`.
pub(super) fn changes<'d>(tree: &Node<'d>, account: Option<AccountId>) -> Vec<PolicyChange<'d>> {
    let statements = tree.get("Statement").map(items).unwrap_or_default().iter().enumerate();
    let of_statement = |(number, node)| {
        let edits = statement(node, account).into_iter();
        edits.map(move |edit| PolicyChange { statement: number, edit })
    };
    statements.flat_map(of_statement).collect()
}

impl<'d> PolicyChange<'d> {
    /// The policy after the change; `None` when it is no longer a policy.
    pub(super) fn document(&self, tree: &Node<'d>) -> Option<PolicyDocument> {
        let at = tree.members()?.iter().position(|member| member.key == "Statement")?;
        let member = tree.members()?.get(at)?;
        let value = with_item(&member.value, self.statement, self.edit.becomes.clone());
        PolicyDocument::from_tree(&with_member(tree, at, Some(Member { value, ..member.clone() }))).value
    }
}

impl<T> Edit<T> {
    /// The same as a change of what it is a part of.
    fn within<U>(self, whole: impl FnOnce(Option<T>) -> Option<U>) -> Edit<U> {
        let Self { mutation, place, before, after, becomes } = self;
        Edit { mutation, place, before, after, becomes: whole(becomes) }
    }
}

fn statement<'d>(node: &Node<'d>, account: Option<AccountId>) -> Vec<Edit<Node<'d>>> {
    let mut edits = vec![Edit {
        mutation: Mutation::DropStatement,
        place: node.span,
        before: Some(node.to_string()),
        after: None,
        becomes: Some(about_nothing()),
    }];
    for (at, member) in node.members().unwrap_or_default().iter().enumerate() {
        let of_member = element(member, account).into_iter();
        edits.extend(of_member.map(|edit| edit.within(|member| Some(with_member(node, at, member)))));
    }
    edits
}

/// A statement that never applies. It replaces one that is dropped, so that the numbers of the others stay: a case may
/// name the statement that decides by its number.
fn about_nothing() -> Node<'static> {
    let nothing = || Node::array([]);
    Node::object([("Effect", Node::string("Deny")), ("Action", nothing()), ("Resource", nothing())])
}

/// The changes of an element of a statement.
fn element<'d>(member: &Member<'d>, account: Option<AccountId>) -> Vec<Edit<Member<'d>>> {
    let of_value = |edits: Vec<Edit<Node<'d>>>| -> Vec<Edit<Member<'d>>> {
        let member = |value: Option<Node<'d>>| Some(Member { value: value?, ..member.clone() });
        edits.into_iter().map(|edit| edit.within(member)).collect()
    };
    match &*member.key {
        "Effect" => of_value(vec![flip_effect(&member.value)]),
        "NotAction" => of_value(not_action(&member.value)),
        "Resource" | "NotResource" => {
            let mut edits = vec![swap_resource(member)];
            edits.extend(of_value(swap_accounts(&member.value, account)));
            edits
        }
        "Principal" | "NotPrincipal" => of_value(principals(&member.value, account)),
        "Condition" => of_value(condition(&member.value)),
        _ => Vec::new(),
    }
}

fn flip_effect<'d>(node: &Node<'d>) -> Edit<Node<'d>> {
    let allows = node.as_str() == Some(Effect::Allow.as_str());
    let flipped = if allows { Effect::Deny } else { Effect::Allow };
    replace(Mutation::FlipEffect, node, Node::string(flipped.as_str()), Some)
}

fn not_action<'d>(list: &Node<'d>) -> Vec<Edit<Node<'d>>> {
    let entries = items(list);
    let dropped = entries.iter().enumerate().filter(|_| entries.len() > 1).map(|(at, entry)| Edit {
        mutation: Mutation::DropNotAction,
        place: entry.span,
        before: Some(entry.to_string()),
        after: None,
        becomes: Some(with_item(list, at, None)),
    });
    let added = unlisted_services(entries).map(|(place, service)| {
        let entry = Node::string(format!("{service}:*"));
        Edit {
            mutation: Mutation::AddNotAction,
            place,
            before: None,
            after: Some(entry.to_string()),
            becomes: Some(Node::array(entries.iter().cloned().chain([entry]))),
        }
    });
    dropped.chain(added).collect()
}

/// The services of which some actions are listed and not all, each with the place of its first entry.
fn unlisted_services<'n>(entries: &'n [Node<'_>]) -> impl Iterator<Item = (Span, &'n str)> {
    let texts = || entries.iter().filter_map(|entry| Some((entry.span, entry.as_str()?)));
    let services = texts().filter_map(|(place, text)| Some((place, text.split_once(':')?.0)));
    let mut seen: Vec<&str> = Vec::new();
    services.filter(move |(_, service)| {
        let is_pattern = service.is_empty() || service.contains(['*', '?']);
        let is_new = !seen.iter().any(|known| known.eq_ignore_ascii_case(service));
        seen.push(service);
        !is_pattern && is_new && !texts().any(|(_, text)| covers_service(text, service))
    })
}

/// Whether a pattern of actions covers all actions of a service.
fn covers_service(pattern: &str, service: &str) -> bool {
    let name = pattern.split_once(':').map_or(pattern, |(_, name)| name);
    let any_name = !name.is_empty() && name.bytes().all(|byte| byte == b'*');
    any_name && ActionPattern::new(pattern).matches_lowercase(&service.to_ascii_lowercase(), "any")
}

fn swap_resource<'d>(member: &Member<'d>) -> Edit<Member<'d>> {
    let other = if member.key == "Resource" { "NotResource" } else { "Resource" };
    Edit {
        mutation: Mutation::SwapResource,
        place: member.key_span,
        before: Some(quoted(&member.key)),
        after: Some(quoted(other)),
        becomes: Some(Member { key: Cow::Borrowed(other), ..member.clone() }),
    }
}

fn principals<'d>(node: &Node<'d>, account: Option<AccountId>) -> Vec<Edit<Node<'d>>> {
    let mut edits = Vec::new();
    for (at, list) in node.members().unwrap_or_default().iter().enumerate() {
        let of_list = swap_accounts(&list.value, account).into_iter();
        edits.extend(of_list.map(|edit| {
            edit.within(|value| Some(with_member(node, at, Some(Member { value: value?, ..list.clone() }))))
        }));
    }
    edits
}

fn swap_accounts<'d>(list: &Node<'d>, account: Option<AccountId>) -> Vec<Edit<Node<'d>>> {
    let entries = items(list).iter().enumerate();
    let swap = |(at, entry): (usize, &Node<'d>)| {
        let other = other_account(entry.as_str()?, account)?;
        Some(replace(Mutation::SwapAccount, entry, Node::string(other), |entry| Some(with_item(list, at, Some(entry)))))
    };
    entries.filter_map(swap).collect()
}

/// The ARN with `*` in place of its account, or with the account in place of `*`.
fn other_account(arn: &str, account: Option<AccountId>) -> Option<String> {
    let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, _, _, field, _] = parts.as_mut_slice() else { return None };
    let account = account.as_ref().map(AccountId::as_str);
    *field = match field.parse::<AccountId>() {
        Ok(_) => "*",
        Err(_) if *field == "*" => account?,
        Err(_) => return None,
    };
    Some(parts.join(":"))
}

fn condition<'d>(node: &Node<'d>) -> Vec<Edit<Node<'d>>> {
    let mut edits = Vec::new();
    for (at, block) in node.members().unwrap_or_default().iter().enumerate() {
        let tests = block.value.members().unwrap_or_default();
        let only = tests.len() == 1;
        for (number, test) in tests.iter().enumerate() {
            let rest = without_test(node, at, number);
            let place = if only { block.key_span } else { test.key_span };
            edits.push(Edit {
                mutation: Mutation::DropCondition,
                place,
                before: Some(one_test(&block.key, test)),
                after: None,
                becomes: Some(Node { value: Value::Object(rest.clone()), span: node.span })
                    .filter(|_| !rest.is_empty()),
            });
            let Some((mutation, operator)) = other_operator(&block.key, &test.value) else { continue };
            let named = |operator: &str| if only { quoted(operator) } else { one_test(operator, test) };
            edits.push(Edit {
                mutation,
                place,
                before: Some(named(&block.key)),
                after: Some(named(&operator.to_string())),
                becomes: Some(Node { value: Value::Object(with_test(rest, operator, test)), span: node.span }),
            });
        }
    }
    edits
}

/// The operators of a condition without one of the keys, and without the operator where it has no other.
fn without_test<'d>(condition: &Node<'d>, block: usize, test: usize) -> Vec<Member<'d>> {
    let mut blocks = condition.members().unwrap_or_default().to_vec();
    if let Some(Member { value: Node { value: Value::Object(tests), .. }, .. }) = blocks.get_mut(block) {
        tests.remove(test);
        if tests.is_empty() {
            blocks.remove(block);
        }
    }
    blocks
}

/// The operators of a condition and one more key, under an operator that may be among them already.
fn with_test<'d>(mut blocks: Vec<Member<'d>>, operator: ConditionOperator, test: &Member<'d>) -> Vec<Member<'d>> {
    let same = blocks.iter_mut().find(|block| ConditionOperator::parse(&block.key) == Some(operator));
    match same.map(|block| &mut block.value.value) {
        Some(Value::Object(tests)) => tests.push(test.clone()),
        _ => blocks.push(Member {
            key: Cow::Owned(operator.to_string()),
            key_span: Span::START,
            value: Node::new(Value::Object(vec![test.clone()])),
        }),
    }
    blocks
}

/// The operator that the key is put under instead, where that can make a difference.
fn other_operator(name: &str, values: &Node<'_>) -> Option<(Mutation, ConditionOperator)> {
    let operator = ConditionOperator::parse(name)?;
    // R-VAR-07: what a variable stands for is not a pattern, so that texts without wildcards mean the same under both.
    let has_wildcards = || items(values).iter().filter_map(Node::as_str).any(|text| text.contains(['*', '?']));
    let base = match operator.base {
        // R-COND-16: with a set operator `IfExists` says nothing.
        Operator::Bool if operator.quantifier.is_none() => {
            return Some((Mutation::SwapIfExists, ConditionOperator { if_exists: !operator.if_exists, ..operator }));
        }
        Operator::StringLike if has_wildcards() => Operator::StringEquals,
        Operator::StringEquals if has_wildcards() => Operator::StringLike,
        _ => return None,
    };
    Some((Mutation::SwapLike, ConditionOperator { base, ..operator }))
}

fn replace<'d, T>(
    mutation: Mutation,
    old: &Node<'d>,
    new: Node<'d>,
    becomes: impl FnOnce(Node<'d>) -> Option<T>,
) -> Edit<T> {
    let new = Node { span: old.span, ..new };
    Edit {
        mutation,
        place: old.span,
        before: Some(old.to_string()),
        after: Some(new.to_string()),
        becomes: becomes(new),
    }
}

/// `"Bool":{"aws:SecureTransport":"true"}`
fn one_test(operator: &str, test: &Member<'_>) -> String {
    let test = Node::object([(&*test.key, test.value.clone())]);
    format!("{}:{test}", quoted(operator))
}

fn quoted(text: &str) -> String {
    Node::string(text).to_string()
}

/// One or several: the items of a list, or the one that stands without brackets.
fn items<'n, 'd>(node: &'n Node<'d>) -> &'n [Node<'d>] {
    match &node.value {
        Value::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// The list with another item in one place, or without it.
fn with_item<'d>(list: &Node<'d>, at: usize, item: Option<Node<'d>>) -> Node<'d> {
    if let (Some(item), false) = (&item, matches!(list.value, Value::Array(_))) {
        return item.clone();
    }
    let mut items = items(list).to_vec();
    items.splice(at..=at, item);
    Node { value: Value::Array(items), span: list.span }
}

/// The object with another member in one place, or without it.
fn with_member<'d>(object: &Node<'d>, at: usize, member: Option<Member<'d>>) -> Node<'d> {
    let mut members = object.members().unwrap_or_default().to_vec();
    members.splice(at..=at, member);
    Node { value: Value::Object(members), span: object.span }
}
