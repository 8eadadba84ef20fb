//! Single statements: every way to read them, and what becomes of parts that are not known.

use super::Reader;
use super::choices::{self, Way, chosen, needed_by};
use super::draft::{Piece, at};
use crate::value::{Entry, Value, ValueKind};
use iameval::PolicyKind;
use iameval::json::{self, Member, Node};
use iameval::symbol::{OnlyIf, Symbol};
use iameval::text::Span;
use std::borrow::Cow;

impl Reader<'_> {
    /// The statement, once for each way to read it.
    pub(super) fn statement(self, entries: &[Entry], whole: &Value, way: &Way) -> Vec<Piece> {
        let ways = match choices::ways(whole, way) {
            Ok(ways) => ways,
            Err(symbol) => {
                let mut only_if = needed_by(way);
                only_if.push(symbol.into());
                return unknown_statements(self.kind, symbol, whole.span, &only_if);
            }
        };
        let mut pieces = Vec::new();
        if ways.len() > 1
            && let Some(core) = core(entries, way)
        {
            let certain = self.one(&core, whole.span, way);
            pieces.extend(certain.into_iter().map(|piece| Piece { is_written: false, ..piece }));
        }
        pieces.extend(ways.iter().flat_map(|way| self.one(entries, whole.span, way)));
        pieces
    }

    /// The statement on a way on which every choice is taken: two where its effect is not known.
    fn one(self, entries: &[Entry], span: Span, way: &Way) -> Vec<Piece> {
        let mut only_if = needed_by(way);
        let (mut members, mut effect): (Vec<Member<'static>>, _) = (Vec::new(), None);
        for entry in entries {
            if let Some(symbol) = self.first_in(&entry.key.text) {
                only_if.push(symbol.into());
                return unknown_statements(self.kind, symbol, span, &only_if);
            }
            let Some(value) = chosen(&entry.value, way) else { continue };
            let name = entry.key.text.as_str();
            let member = match name {
                "Effect" => {
                    if let Some(symbol) = self.unknown_in(value) {
                        effect = Some((symbol, members.len()));
                    }
                    choices::node(value, way).map(|node| choices::member(entry, node))
                }
                "Principal" | "NotPrincipal" => match self.unknown_principal(value) {
                    Some(symbol) => {
                        only_if.push(symbol.into());
                        let anyone = anyone(symbol, value.span);
                        Some(Member { key: Cow::Borrowed("Principal"), key_span: entry.key_span, value: anyone })
                    }
                    None => choices::node(value, way).map(|node| choices::member(entry, node)),
                },
                "Condition" => self.condition(value, way, &mut only_if).map(|node| choices::member(entry, node)),
                "Sid" if matches!(value.kind, ValueKind::Unknown(_)) => None,
                _ => choices::node(value, way).map(|node| choices::member(entry, node)),
            };
            members.extend(member);
        }
        let piece = |members, only_if| Piece::new(Node { value: json::Value::Object(members), span }, only_if);
        let Some((symbol, at)) = effect else { return vec![piece(members, only_if)] };
        only_if.push(symbol.into());
        let with_effect = |effect: &'static str| {
            let mut members = members.clone();
            if let Some(member) = members.get_mut(at) {
                member.value.value = json::Value::String(Cow::Borrowed(effect));
            }
            piece(members, only_if.clone())
        };
        effects(self.kind).iter().map(|effect| with_effect(effect)).collect()
    }

    /// The symbol that keeps a principal element from being known, where it is not only that of a name in it.
    fn unknown_principal(self, value: &Value) -> Option<Symbol> {
        match &value.kind {
            ValueKind::Map(entries) => entries.iter().find_map(|entry| self.first_in(&entry.key.text)),
            _ => self.unknown_in(value),
        }
    }

    /// The condition without the operators that are not known; `None` where nothing is left.
    fn condition(self, value: &Value, way: &Way, only_if: &mut Vec<OnlyIf>) -> Option<Node<'static>> {
        let entries = match &value.kind {
            ValueKind::Unknown(symbol) => {
                only_if.push((*symbol).into());
                return None;
            }
            ValueKind::Map(entries) => entries,
            _ => return choices::node(value, way),
        };
        let mut members: Vec<Member<'static>> = Vec::new();
        for entry in entries {
            let Some(block) = chosen(&entry.value, way) else { continue };
            let symbol = self.first_in(&entry.key.text).or_else(|| self.unknown_in(block));
            if let Some(symbol) = symbol {
                only_if.push(symbol.into());
                continue;
            }
            let Some(node) = choices::node(block, way) else { continue };
            let is_emptied = node.members().is_some_and(<[_]>::is_empty)
                && matches!(&block.kind, ValueKind::Map(keys) if !keys.is_empty());
            if !is_emptied {
                members.push(choices::member(entry, node));
            }
        }
        let is_emptied = members.is_empty() && !entries.is_empty();
        (!is_emptied).then_some(Node { value: json::Value::Object(members), span: value.span })
    }
}

/// What is in a statement however its choices are taken: it without the entries of its lists that may be absent. `None`
/// where other parts depend on a choice, too.
fn core(entries: &[Entry], way: &Way) -> Option<Vec<Entry>> {
    let mut entries = entries.to_vec();
    for entry in &mut entries {
        match entry.key.text.as_str() {
            "Action" | "Resource" => without_choices(&mut entry.value, way),
            "Principal" => {
                if let ValueKind::Map(types) = &mut entry.value.kind {
                    for of_type in types.iter_mut() {
                        without_choices(&mut of_type.value, way);
                    }
                    types.retain(|of_type| {
                        !is_empty_list(&of_type.value) && choices::open(&of_type.value, way).is_none()
                    });
                    if types.is_empty() {
                        return None;
                    }
                }
            }
            _ => {}
        }
        if choices::open(&entry.value, way).is_some() || is_empty_list(&entry.value) {
            return None;
        }
    }
    Some(entries)
}

fn without_choices(value: &mut Value, way: &Way) {
    if let ValueKind::List(items) = &mut value.kind {
        items.retain(|item| choices::open(item, way).is_none());
    }
}

fn is_empty_list(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::List(items) if items.is_empty())
}

/// The effects that statements of a kind may have.
fn effects(kind: PolicyKind) -> &'static [&'static str] {
    if kind == PolicyKind::ResourceControl { &["Deny"] } else { &["Allow", "Deny"] }
}

/// Whoever a principal element may name that is not known.
fn anyone(symbol: Symbol, span: Span) -> Node<'static> {
    let text = |text: String| Node { span, ..Node::string(text) };
    let listed = ["Service", "Federated", "CanonicalUser"].map(|kind| (kind, text(symbol.to_string())));
    let node = Node::object([("AWS", text("*".to_owned()))].into_iter().chain(listed));
    at(node, span)
}

/// Statements that together say whatever a statement of that kind may say.
pub(crate) fn unknown_statements(kind: PolicyKind, symbol: Symbol, span: Span, only_if: &[OnlyIf]) -> Vec<Piece> {
    let text = |text: &'static str| Node::string(text);
    let statement = |effect: &&'static str| {
        let principal = match kind {
            PolicyKind::Resource | PolicyKind::RoleTrust => Some(("Principal", anyone(symbol, span))),
            PolicyKind::Endpoint | PolicyKind::ResourceControl => Some(("Principal", text("*"))),
            _ => None,
        };
        let is_trust = kind == PolicyKind::RoleTrust;
        let action = ("Action", text(if is_trust { "sts:*" } else { "*" }));
        let resource = (!is_trust).then(|| ("Resource", text("*")));
        let members = [("Effect", text(effect))].into_iter().chain(principal).chain([action]).chain(resource);
        Piece::made(at(Node::object(members), span), only_if.to_vec())
    };
    effects(kind).iter().map(statement).collect()
}
