//! What connectors make, by the types of their ends, from `data/sam-connectors.txt`.

use super::tree::{Place, Tree};
use iameval::json::{self, Node, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../../../data/sam-connectors.txt")));

#[derive(Debug, Default)]
struct Table {
    ends: HashMap<&'static str, End>,
    profiles: HashMap<(&'static str, &'static str), Profile>,
}

/// A type that connectors connect.
#[derive(Debug)]
pub(super) struct End {
    /// The property that is its role; `Targets` for that of the target of a rule.
    pub(super) role: Option<&'static str>,
    outputs: &'static str,
}

/// What a connector makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Makes {
    ManagedPolicy,
    QueuePolicy,
    TopicPolicy,
    Permission,
}

/// What a connector between two types makes.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) makes: Makes,
    /// Whether it is the source that gets the policy.
    pub(super) is_of_source: bool,
    /// The permissions that may be asked for together; none where all may.
    pub(super) together: Vec<Vec<&'static str>>,
    access: &'static str,
}

/// What is known of a type.
pub(super) fn end(kind: &str) -> Option<&'static End> {
    TABLE.ends.get(kind)
}

/// What a connector between two types makes.
pub(super) fn profile(from: &str, to: &str) -> Option<&'static Profile> {
    TABLE.profiles.iter().find(|((source, destination), _)| *source == from && *destination == to).map(|(_, made)| made)
}

/// The types that a type can be connected to.
pub(super) fn destinations(from: &str) -> Vec<&'static str> {
    let mut all: Vec<_> =
        TABLE.profiles.keys().filter(|(source, _)| *source == from).map(|(_, destination)| *destination).collect();
    all.sort_unstable();
    all
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((kind, rest)) = line.split_once(' ') else { continue };
            let Some((second, rest)) = rest.split_once(' ') else { continue };
            if second.contains("::") {
                table.profiles.extend(Profile::read(rest).map(|profile| ((kind, second), profile)));
            } else {
                let role = Some(second).filter(|role| *role != "-");
                table.ends.insert(kind, End { role, outputs: rest });
            }
        }
        table
    }
}

impl End {
    /// What the resource of that id is by a name such as `Arn`.
    pub(super) fn output(&self, place: Place, id: &str, name: &str) -> Option<Tree> {
        let outputs = json::parse(self.outputs).ok()?;
        let output = place.put(outputs.get(name)?.clone());
        filled(&output, &|variable| (variable == "logicalId").then(|| Some(place.text(id.to_owned()))))
    }
}

impl Profile {
    fn read(line: &'static str) -> Option<Self> {
        let (makes, rest) = line.split_once(' ')?;
        let (side, rest) = rest.split_once(' ')?;
        let (together, access) = match rest.strip_prefix("only=") {
            Some(rest) => rest.split_once(' ').map(|(together, access)| (Some(together), access))?,
            None => (None, rest),
        };
        let makes = match makes {
            "policy" => Makes::ManagedPolicy,
            "queue" => Makes::QueuePolicy,
            "topic" => Makes::TopicPolicy,
            _ => Makes::Permission,
        };
        let together = together.map(|all| all.split(',').map(|one| one.split('+').collect()).collect());
        Some(Self { makes, is_of_source: side == "source", together: together.unwrap_or_default(), access })
    }

    /// What each permission allows, at a place.
    pub(super) fn access(&self, place: Place) -> Tree {
        json::parse(self.access).map_or_else(|_| place.object(Vec::new()), |access| place.put(access))
    }
}

/// A tree with the values of its variables, `%{Source.Arn}`, where each has one. The values are `None` for names that are no
/// variables.
pub(super) fn filled(node: &Tree, values: &dyn Fn(&str) -> Option<Option<Tree>>) -> Option<Tree> {
    let value = match &node.value {
        Value::String(text) => return filled_text(node, text, values),
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, values)).collect::<Option<Vec<_>>>()?),
        Value::Object(members) => {
            let member = |member: &json::Member<'static>| {
                Some(json::Member { value: filled(&member.value, values)?, ..member.clone() })
            };
            Value::Object(members.iter().map(member).collect::<Option<Vec<_>>>()?)
        }
        other => other.clone(),
    };
    Some(Node { value, span: node.span })
}

fn filled_text(node: &Tree, text: &str, values: &dyn Fn(&str) -> Option<Option<Tree>>) -> Option<Tree> {
    let place = Place(node.span);
    let mut out = String::new();
    let mut own = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("%{") {
        let (name, after) = after.split_once('}')?;
        let value = values(name)??;
        if before.is_empty() && after.is_empty() && out.is_empty() {
            return Some(value);
        }
        let variable: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        out.push_str(before);
        out.extend(["${", &*variable, "}"]);
        if !own.iter().any(|known: &json::Member<'static>| *known.key == *variable) {
            own.push(place.member(variable, value));
        }
        rest = after;
    }
    out.push_str(rest);
    Some(if out.contains("${") { place.sub(out, own) } else { place.text(out) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let text = include_str!("../../../data/sam-connectors.txt");
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(TABLE.ends.len() + TABLE.profiles.len(), lines);
        let has_members = |text: &str| json::parse(text).unwrap().members().is_some_and(|members| !members.is_empty());
        assert!(TABLE.profiles.values().all(|profile| has_members(profile.access)));
        assert!(TABLE.ends.values().all(|end| has_members(end.outputs)));
    }
}
