//! The change as JSON.

use super::{DiffNames, Direction};
use crate::access::{action_count, group_to_json};
use crate::json::{list, number, optional, text};
use crate::undecided::{because, other, undecided_to_json};
use iameval::json::{Node, Value};
use iameval_ask::{Diff, DiffPart, DiffUndecided, Presence, Unheld};

/// The change as one document; print it with `{:#}`.
pub fn diff_to_json<'a>(diff: &'a Diff, names: DiffNames<'_>) -> Node<'a> {
    let boolean = |value| Node::new(Value::Bool(value));
    let kind = optional(diff.beside.map(|beside| Node::string(beside.kind.as_str())));
    let full_access = boolean(diff.beside.is_some_and(|beside| beside.full_access));
    Node::object([
        ("schema", Node::string("iameval/diff/1")),
        ("old", text(names.old)),
        ("new", text(names.new)),
        ("type", kind),
        ("beside_full_access", full_access),
        ("gained", boolean(diff.has_gained())),
        ("lost", boolean(diff.has_lost())),
        ("undecided", boolean(diff.has_undecided())),
        ("principals", number(diff.principals)),
        ("compared", number(diff.compared)),
        ("only_old", list(diff.only(Presence::OnlyOld).map(text))),
        ("only_new", list(diff.only(Presence::OnlyNew).map(text))),
        ("unknown_layers", list(diff.unknown_layers.iter().map(|layer| Node::string(layer.as_str())))),
        ("parts", Node::array(diff.parts.iter().map(part))),
    ])
}

fn part(part: &DiffPart) -> Node<'_> {
    let mut members = vec![
        ("principals", list(part.principals.iter().map(text))),
        ("presence", Node::string(part.presence.id())),
        ("unheld", optional(part.unheld.as_ref().map(unheld))),
        ("resource", optional(part.resource.as_ref().map(text))),
        ("condition", optional(part.condition.map(|condition| Node::string(condition.id())))),
    ];
    for direction in Direction::ALL {
        let (groups, by, against) = direction.of(part);
        let all = Node::object([
            ("count", action_count(groups)),
            ("groups", Node::array(groups.iter().map(|group| group_to_json(group, by, Some(against))))),
        ]);
        members.push((direction.id(), if groups.is_empty() { Node::new(Value::Null) } else { all }));
    }
    members.push(("undecided", list(part.undecided.iter().map(undecided))));
    Node::object(members)
}

fn unheld(unheld: &Unheld) -> Node<'_> {
    Node::object([("kind", Node::string(unheld.id())), ("name", text(unheld.name()))])
}

fn undecided(reason: &DiffUndecided) -> Node<'static> {
    match reason {
        DiffUndecided::Proof(reason) => undecided_to_json(reason),
        DiffUndecided::UnknownPolicy(name) => because("unknown_policy", ("policy", text(name))),
        DiffUndecided::Fact(fact) => because("fact", ("fact", text(fact.id()))),
        DiffUndecided::Context(key) => because("context", ("key", text(key))),
        _ => other(),
    }
}
