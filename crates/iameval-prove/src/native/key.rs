//! What a scope says of context keys.

use super::scope::{empty_scope, items, without_variables};
use crate::claim::{KeyScope, KeyState, ValueRange};
use iameval::json::fields::{boolean, fields, invalid};
use iameval::json::{Member, Node, Value};
use iameval::literal::{compare_numbers, is_network, is_number};
use iameval::native::{RequestError, read_context_text};
use iameval::suggest::did_you_mean;
use iameval::{ConditionOperator, ContextKey, DateTime, Diagnostic, Operator};
use std::cmp::Ordering;

type Result<T, E = Box<RequestError>> = std::result::Result<T, E>;

const MEMBERS: [&str; 13] = [
    "any_of",
    "none_of",
    "like",
    "not_like",
    "cidr",
    "not_cidr",
    "date_from",
    "date_to",
    "number_from",
    "number_to",
    "present",
    "absent",
    "list",
];

/// Words that people use for the members.
const WORDS: [(&str, &str); 22] = [
    ("after", "date_from"),
    ("before", "date_to"),
    ("eq", "any_of"),
    ("equals", "any_of"),
    ("exists", "present"),
    ("in", "any_of"),
    ("ip", "cidr"),
    ("is", "any_of"),
    ("matches", "like"),
    ("max", "number_to"),
    ("min", "number_from"),
    ("missing", "absent"),
    ("multivalued", "list"),
    ("ne", "none_of"),
    ("not", "none_of"),
    ("not_equals", "none_of"),
    ("not_in", "none_of"),
    ("null", "absent"),
    ("pattern", "like"),
    ("until", "date_to"),
    ("value", "any_of"),
    ("values", "any_of"),
];

pub(super) fn read_keys(node: &Node<'_>) -> Result<Vec<KeyScope>> {
    let Some(members) = node.members() else {
        return Err(invalid(node.span, format!("the context must be an object, found {}", node.kind())).into());
    };
    let mut keys: Vec<KeyScope> = Vec::new();
    for member in members {
        let key = read_key(member)?;
        if keys.iter().any(|other| other.key == key.key) {
            let error = invalid(member.key_span, format!("the context key `{}` is given twice", member.key));
            let help = "keys ignore case; put alternatives into a list under one key";
            return Err(error.with_help(help).into());
        }
        keys.push(key);
    }
    Ok(keys)
}

/// Reads what is said of one context key: an object, or a list of alternatives.
///
/// # Errors
/// When it is something else, or no value fits.
pub fn read_key(member: &Member<'_>) -> Result<KeyScope> {
    if member.key.is_empty() {
        return Err(invalid(member.key_span, "a context key is empty").into());
    }
    let key = ContextKey::new(&member.key);
    let (mut is_list, mut alternatives) = (None, Vec::new());
    for node in items(&member.value) {
        let (states, list) = alternative(node)?;
        alternatives.extend(states);
        if let Some((list, node)) = list {
            if is_list.is_some_and(|other| other != list) {
                return Err(invalid(node.span, format!("`{key}` cannot both hold a list and not hold one")).into());
            }
            if !list && key.is_multivalued() {
                let error = invalid(node.span, format!("`{key}` always holds a list"));
                return Err(error.with_help("remove `list`").into());
            }
            is_list = Some(list);
        }
    }
    if alternatives.is_empty() {
        let message = format!("an empty list matches no request: `{key}` is neither present nor absent");
        return Err(empty_scope(member.value.span, message, "remove it to leave the key free"));
    }
    Ok(KeyScope { key, is_list, alternatives })
}

/// The ways to be that an object names, and what it says of lists.
type Alternative<'n, 'a> = (Vec<KeyState>, Option<(bool, &'n Node<'a>)>);

fn alternative<'n, 'a>(node: &'n Node<'a>) -> Result<Alternative<'n, 'a>> {
    is_object(node)?;
    known_members(node)?;
    let [
        any_of,
        none_of,
        like,
        not_like,
        cidr,
        not_cidr,
        date_from,
        date_to,
        number_from,
        number_to,
        present,
        absent,
        list,
    ] = fields(node, "a context entry", MEMBERS)?;
    let of_values =
        [any_of, none_of, like, not_like, cidr, not_cidr, date_from, date_to, number_from, number_to, present];
    let speaks_of_value = of_values.iter().any(Option::is_some);
    let range = ValueRange {
        not_empty: false,
        any_of: any_of.map(|node| some(node, value)).transpose()?,
        none_of: all(none_of, value)?,
        like: like.map(|node| some(node, pattern)).transpose()?,
        not_like: all(not_like, pattern)?,
        cidr: cidr.map(|node| some(node, network)).transpose()?,
        not_cidr: all(not_cidr, network)?,
        date_from: date_from.map(date).transpose()?,
        date_to: date_to.map(date).transpose()?,
        number_from: number_from.map(number).transpose()?,
        number_to: number_to.map(number).transpose()?,
    };
    not_reversed([date_from, date_to], [range.date_from.as_ref(), range.date_to.as_ref()], |from, to| {
        Some(from.parse::<DateTime>().ok()?.cmp(&to.parse().ok()?))
    })?;
    not_reversed([number_from, number_to], [range.number_from.as_ref(), range.number_to.as_ref()], compare_numbers)?;
    true_only(present, "present", "absent")?;
    true_only(absent, "absent", "present")?;
    let list = list.map(|node| Ok::<_, Diagnostic>((boolean(node, "`list`")?, node))).transpose()?;
    let present = KeyState::Present(Box::new(range));
    let states = match (speaks_of_value, absent.is_some()) {
        (true, false) => vec![present],
        (false, true) => vec![KeyState::Absent],
        (true, true) => vec![present, KeyState::Absent],
        // A list of any kind, or none at all.
        (false, false) if list.is_some() => vec![present, KeyState::Absent],
        (false, false) => {
            let error = invalid(node.span, "the context entry is empty");
            return Err(error.with_help("remove it to leave the key free").into());
        }
    };
    Ok((states, list))
}

/// Says how to write a bare value.
fn is_object(node: &Node<'_>) -> Result<(), Diagnostic> {
    let help = match &node.value {
        Value::Object(_) => return Ok(()),
        Value::Null => r#"write {"absent": true} for a key that is not in the request"#.to_owned(),
        Value::Array(_) => "write one object for each alternative".to_owned(),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => format!(r#"write {{"any_of": [{node}]}}"#),
    };
    let message = format!("a context entry must be an object, found {}", node.kind());
    Err(invalid(node.span, message).with_help(help))
}

/// Says which member stands for an operator of policies, or for another word.
fn known_members(node: &Node<'_>) -> Result<(), Diagnostic> {
    for member in node.members().unwrap_or_default().iter().filter(|member| !MEMBERS.contains(&&*member.key)) {
        let word = WORDS.iter().find(|(word, _)| *word == member.key).map(|(_, meant)| *meant);
        let operator = ConditionOperator::parse(&member.key).map(|operator| member_of(operator.base));
        if let Some(meant) = word.or(operator) {
            let kind = if operator.is_some() { "a condition operator of policies, " } else { "" };
            let error = format!("`{}` is {kind}not a field of a context entry", member.key);
            return Err(invalid(member.key_span, error).with_help(format!("did you mean `{meant}`?")));
        }
        if let Some(help) = did_you_mean(&member.key, MEMBERS) {
            let error = format!("`{}` is not a field of a context entry", member.key);
            return Err(invalid(member.key_span, error).with_help(help));
        }
    }
    Ok(())
}

/// The member that is like an operator of policies.
fn member_of(operator: Operator) -> &'static str {
    match operator {
        Operator::StringLike | Operator::ArnLike | Operator::ArnEquals => "like",
        Operator::StringNotLike | Operator::ArnNotLike | Operator::ArnNotEquals => "not_like",
        Operator::IpAddress => "cidr",
        Operator::NotIpAddress => "not_cidr",
        Operator::DateGreaterThan | Operator::DateGreaterThanEquals => "date_from",
        Operator::DateLessThan | Operator::DateLessThanEquals => "date_to",
        Operator::NumericGreaterThan | Operator::NumericGreaterThanEquals => "number_from",
        Operator::NumericLessThan | Operator::NumericLessThanEquals => "number_to",
        Operator::Null => "absent",
        negated if negated.is_negated() => "none_of",
        _ => "any_of",
    }
}

/// One value or a list of at least one, of which some value must fit.
fn some(node: &Node<'_>, read: fn(&Node<'_>) -> Result<String, Diagnostic>) -> Result<Vec<String>> {
    let texts: Vec<String> = items(node).iter().map(read).collect::<Result<_, _>>()?;
    if texts.is_empty() {
        return Err(empty_scope(node.span, "an empty list matches no value", "remove the field, or add a value"));
    }
    Ok(texts)
}

/// One value or a list, also of none.
fn all(node: Option<&Node<'_>>, read: fn(&Node<'_>) -> Result<String, Diagnostic>) -> Result<Vec<String>, Diagnostic> {
    node.map_or(&[][..], items).iter().map(read).collect()
}

fn value(node: &Node<'_>) -> Result<String, Diagnostic> {
    read_context_text(node).map(str::to_owned)
}

fn pattern(node: &Node<'_>) -> Result<String, Diagnostic> {
    let text = value(node)?;
    without_variables(node, &text)?;
    Ok(text)
}

fn network(node: &Node<'_>) -> Result<String, Diagnostic> {
    let text = value(node)?;
    if is_network(&text) {
        return Ok(text);
    }
    let message =
        format!("`{text}` is not a network: expected an address, or one with a prefix as in `203.0.113.0/24`");
    let host_bits = text.contains(':') && text.contains('/');
    let help = host_bits.then(|| "an IPv6 network has no bits after its prefix: `2001:db8::/32`".to_owned());
    Err(invalid(node.span, message).with_any_help(help))
}

fn date(node: &Node<'_>) -> Result<String, Diagnostic> {
    let text = value(node)?;
    match text.parse::<DateTime>() {
        Ok(_) => Ok(text),
        Err(error) => Err(invalid(node.span, error.to_string())),
    }
}

fn number(node: &Node<'_>) -> Result<String, Diagnostic> {
    let text = value(node)?;
    if is_number(&text) { Ok(text) } else { Err(invalid(node.span, format!("`{text}` is not a number"))) }
}

/// Refuses a range that ends before it begins.
fn not_reversed(
    nodes: [Option<&Node<'_>>; 2],
    [from, to]: [Option<&String>; 2],
    compare: impl Fn(&str, &str) -> Option<Ordering>,
) -> Result<()> {
    if let ([_, Some(node)], Some(from), Some(to)) = (nodes, from, to)
        && compare(from, to) == Some(Ordering::Greater)
    {
        let message = format!("no value is in the range: it ends at `{to}`, before it begins at `{from}`");
        return Err(empty_scope(node.span, message, "swap the two, or remove one"));
    }
    Ok(())
}

/// Refuses `false`, which could be read in two ways.
fn true_only(node: Option<&Node<'_>>, name: &str, other: &str) -> Result<(), Diagnostic> {
    match node {
        Some(node) if !boolean(node, &format!("`{name}`"))? => {
            let error = invalid(node.span, format!("`{name}` can only be true"));
            Err(error.with_help(format!("leave it out, or write `\"{other}\": true`")))
        }
        _ => Ok(()),
    }
}
