//! Texts that may hold what is not known: a string, or the `Fn::Join` that variables make of one.

use crate::cloudformation::tree::{Place, Tree, only, referred};
use iameval::json::Value;
use md5::{Digest, Md5};
use std::fmt::Write as _;

/// How long names may be.
pub(super) const LONGEST_NAME: usize = 64;

/// Whether a value was a text before its variables were replaced, and not a function of CloudFormation.
pub(super) fn is_text(node: &Tree) -> bool {
    node.as_str().is_some() || parts(node).is_some() || referred(node).is_some_and(|name| name.contains([':', '(']))
}

/// What a text begins with, as far as that is known.
pub(super) fn beginning(node: &Tree) -> Option<&str> {
    node.as_str().or_else(|| parts(node)?.first()?.as_str())
}

/// What a text ends with, as far as that is known.
fn ending(node: &Tree) -> Option<&str> {
    node.as_str().or_else(|| parts(node)?.last()?.as_str())
}

/// The parts of a text that variables were put into. All of it is at one place, which no list in another one is.
fn parts(node: &Tree) -> Option<&[Tree]> {
    let join = only(node).filter(|member| member.key == "Fn::Join")?;
    let Value::Array(arguments) = &join.value.value else { return None };
    let parts = arguments.get(1).filter(|parts| parts.span == node.span)?;
    match &parts.value {
        Value::Array(parts) => Some(parts),
        _ => None,
    }
}

/// The service in an ARN.
pub(super) fn service_of(arn: &Tree) -> Option<&str> {
    beginning(arn)?.split(':').nth(2)
}

/// The last part of what a value names: the id of a resource, or what stands last in an ARN.
pub(super) fn last_part(node: &Tree, between: char) -> String {
    let text = ending(node).map(str::to_owned).or_else(|| {
        let member = only(node)?;
        let argument = &member.value;
        match (&*member.key, &argument.value) {
            ("Fn::GetAtt", Value::Array(items)) => items.first()?.as_str().map(str::to_owned),
            ("Fn::GetAtt", Value::String(text)) => text.split('.').next().map(str::to_owned),
            ("Fn::Join", Value::Array(items)) => match &items.get(1)?.value {
                Value::Array(parts) => parts.last()?.as_str().map(str::to_owned),
                _ => None,
            },
            (_, Value::String(text)) => Some(text.clone().into_owned()),
            _ => None,
        }
    });
    let text = text.unwrap_or_default();
    text.rsplit(between).next().unwrap_or_default().to_owned()
}

/// Texts with something between them.
pub(super) fn joined(place: Place, between: &'static str, parts: impl IntoIterator<Item = Tree>) -> Tree {
    let mut all = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.push(place.text(between));
        }
        all.push(part);
    }
    place.joined(all)
}

/// A text of `Fn::Sub` with a name in it: what stands before and after.
pub(super) fn substituted(place: Place, before: &'static str, name: &Tree, after: &'static str) -> Tree {
    match name.as_str() {
        Some(name) => place.sub(format!("{before}{name}{after}"), Vec::new()),
        None => place.sub(format!("{before}${{Name}}{after}"), vec![place.member("Name", name.clone())]),
    }
}

/// A name as a part of a logical id.
pub(super) fn normalized(name: &str) -> String {
    upper_first(&name.replace('-', "Dash").replace('_', "Underscore"))
}

/// The letters and digits of a name, as a part of a logical id.
pub(super) fn alphanumeric(name: &str) -> String {
    upper_first(&name.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

pub(super) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A name as the framework shortens it where it is too long: a hash of it stands before what it ends with.
pub(super) fn shortened(name: &str, ending: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let hash = Md5::digest(name);
    let mut short: String = name.chars().take((LONGEST_NAME / 2).saturating_sub(ending.len())).collect();
    for byte in hash {
        let _ = write!(short, "{byte:02x}");
    }
    short + ending
}
