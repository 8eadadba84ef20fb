//! Which of several things a value is, for each way in which what is not known can turn out.

use crate::value::{Entry, Switch, Text, Value, ValueKind};
use iameval::json::{self, Member, Node};
use iameval::symbol::{OnlyIf, Symbol, Symbols};
use std::borrow::Cow;

/// Which of the choices that depend on a symbol are taken. Choices of one number that depend on one symbol are taken alike.
pub(crate) type Way = Vec<Taken>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    on: Switch,
    of: usize,
    index: usize,
    /// Whether nothing else is asked about: what holds for all that exists under a condition depends on it no more.
    is_assumed: bool,
}

/// The way on which a condition holds: that of a resource which exists only then. Of the choices that depend on a
/// condition, the first is taken where it holds.
pub(crate) fn assuming(condition: Option<Symbol>) -> Way {
    condition.into_iter().map(|on| Taken { on: on.into(), of: 2, index: 0, is_assumed: true }).collect()
}

/// The choice of one of several.
pub(crate) fn taking(on: Switch, of: usize, index: usize) -> Taken {
    Taken { on, of, index, is_assumed: false }
}

/// How many ways are written out for one statement.
const MOST: usize = 64;

/// What decides between the ways, each symbol once.
pub(crate) fn symbols_of(way: &Way) -> Vec<Symbol> {
    let mut symbols: Vec<Symbol> = Vec::new();
    for taken in way.iter().filter(|taken| !taken.is_assumed) {
        if !symbols.contains(&taken.on.symbol()) {
            symbols.push(taken.on.symbol());
        }
    }
    symbols
}

/// What must be so for a way to be the one that is taken.
pub(crate) fn needed_by(way: &Way) -> Vec<OnlyIf> {
    let mut needed: Vec<OnlyIf> = Vec::new();
    for taken in way.iter().filter(|taken| !taken.is_assumed) {
        let only_if = taken.on.chooses(taken.index, taken.of);
        if !needed.contains(&only_if) {
            needed.push(only_if);
        }
    }
    needed
}

fn taken(way: &Way, on: Switch, of: usize) -> Option<usize> {
    way.iter().find(|taken| taken.on == on && taken.of == of).map(|taken| taken.index)
}

/// The choices that may be taken on a way, each with the way on which it is.
pub(crate) fn split<'v>(
    on: Switch,
    choices: &'v [Option<Value>],
    way: &Way,
) -> impl Iterator<Item = (Way, Option<&'v Value>)> {
    let of = choices.len();
    let only = taken(way, on, of);
    choices.iter().enumerate().filter(move |(index, _)| only.is_none_or(|only| only == *index)).map(
        move |(index, choice)| {
            let mut way = way.clone();
            if only.is_none() {
                way.push(Taken { on, of, index, is_assumed: false });
            }
            (way, choice.as_ref())
        },
    )
}

/// What a value is on a way on which every choice is taken; `None` where there is nothing.
pub(crate) fn chosen<'v>(value: &'v Value, way: &Way) -> Option<&'v Value> {
    match &value.kind {
        ValueKind::OneOf { on, choices } => match taken(way, *on, choices.len()) {
            Some(index) => chosen(choices.get(index)?.as_ref()?, way),
            None => chosen(choices.iter().flatten().next()?, way),
        },
        _ => Some(value),
    }
}

/// The first choice in a value that a way leaves open.
pub(crate) fn open(value: &Value, way: &Way) -> Option<(Switch, usize)> {
    match &value.kind {
        ValueKind::OneOf { on, choices } => match taken(way, *on, choices.len()) {
            Some(index) => open(choices.get(index)?.as_ref()?, way),
            None => Some((*on, choices.len())),
        },
        ValueKind::List(items) => items.iter().find_map(|item| open(item, way)),
        ValueKind::Map(entries) => entries.iter().find_map(|entry| open(&entry.value, way)),
        _ => None,
    }
}

/// Every way to go on from one, for all the choices in a value.
///
/// # Errors
/// A symbol that choices depend on, where there are too many ways.
pub(crate) fn ways(value: &Value, from: &Way) -> Result<Vec<Way>, Symbol> {
    let (mut done, mut left) = (Vec::new(), vec![from.clone()]);
    while let Some(way) = left.pop() {
        let Some((on, of)) = open(value, &way) else {
            done.push(way);
            continue;
        };
        if done.len() + left.len() + of > MOST {
            return Err(on.symbol());
        }
        for index in (0..of).rev() {
            let mut next = way.clone();
            next.push(Taken { on, of, index, is_assumed: false });
            left.push(next);
        }
    }
    Ok(done)
}

/// What a value is on a way, as a tree; `None` where there is nothing. What is not known is the text of its symbol.
pub(crate) fn node(value: &Value, way: &Way) -> Option<Node<'static>> {
    let value = chosen(value, way)?;
    let kind = match &value.kind {
        ValueKind::Null => json::Value::Null,
        ValueKind::Bool(value) => json::Value::Bool(*value),
        // CloudFormation passes numbers on as texts.
        ValueKind::Number(text) | ValueKind::Untyped(text) => json::Value::String(Cow::Owned(text.clone())),
        ValueKind::Text(Text { text, .. }) => json::Value::String(Cow::Owned(text.clone())),
        ValueKind::List(items) | ValueKind::Unordered(items) => {
            json::Value::Array(items.iter().filter_map(|item| node(item, way)).collect())
        }
        ValueKind::Map(entries) => json::Value::Object(members(entries, way)),
        ValueKind::Unknown(symbol) => json::Value::String(Cow::Owned(symbol.to_string())),
        ValueKind::OneOf { .. } => return None,
    };
    Some(Node { value: kind, span: value.span })
}

fn members(entries: &[Entry], way: &Way) -> Vec<Member<'static>> {
    entries.iter().filter_map(|entry| Some(member(entry, node(&entry.value, way)?))).collect()
}

pub(crate) fn member(entry: &Entry, value: Node<'static>) -> Member<'static> {
    Member { key: Cow::Owned(entry.key.text.clone()), key_span: entry.key_span, value }
}

/// A part of a value, and the way on which it is there.
#[derive(Debug, Clone)]
pub(crate) struct Part<'v> {
    pub(crate) value: &'v Value,
    pub(crate) way: Way,
}

impl<'v> Part<'v> {
    pub(crate) fn new(value: &'v Value, way: Way) -> Self {
        Self { value, way }
    }

    /// The parts at a path: names of entries, and `*` for every item of a list. What is under something that is not known
    /// is not known either.
    pub(crate) fn at(&self, path: &[&str]) -> Vec<Self> {
        let Some((step, rest)) = path.split_first() else { return self.alternatives() };
        let mut found = Vec::new();
        for part in self.alternatives() {
            let below: Vec<&Value> = match (&part.value.kind, *step) {
                (ValueKind::Unknown(_), _) => {
                    found.push(part);
                    continue;
                }
                (ValueKind::List(items), "*") => items.iter().collect(),
                (_, "*") => vec![part.value],
                (ValueKind::Map(entries), name) => {
                    entries.iter().filter(|entry| entry.key.text == name).map(|entry| &entry.value).collect()
                }
                _ => continue,
            };
            let below = below.into_iter().map(|value| Self { value, way: part.way.clone() });
            found.extend(below.flat_map(|part| part.at(rest)));
        }
        found
    }

    /// What it may be; nothing where it may be absent.
    pub(crate) fn alternatives(&self) -> Vec<Self> {
        match &self.value.kind {
            ValueKind::OneOf { on, choices } => {
                let choices = split(*on, choices, &self.way);
                choices
                    .filter_map(|(way, value)| Some(Part { value: value?, way }))
                    .flat_map(|part| part.alternatives())
                    .collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// The text, that of the symbol where it is not known.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.value.kind {
            ValueKind::Text(text) => Some(text.text.clone()),
            ValueKind::Number(text) => Some(text.clone()),
            ValueKind::Bool(value) => Some(value.to_string()),
            ValueKind::Unknown(symbol) => Some(symbol.to_string()),
            _ => None,
        }
    }

    /// Whether there may be nothing.
    pub(crate) fn may_be_absent(&self) -> bool {
        match &self.value.kind {
            ValueKind::OneOf { on, choices } => split(*on, choices, &self.way)
                .any(|(way, value)| value.is_none_or(|value| Self { value, way }.may_be_absent())),
            _ => false,
        }
    }

    /// The symbols that it depends on.
    pub(crate) fn only_if(&self) -> Vec<Symbol> {
        symbols_of(&self.way)
    }

    /// What it needs to be there.
    pub(crate) fn needs(&self) -> Vec<OnlyIf> {
        needed_by(&self.way)
    }
}

/// Whether two texts may be the same, as far as their known beginnings and ends tell.
pub(crate) fn may_be_same(left: &str, right: &str, symbols: &Symbols) -> bool {
    if left == right {
        return true;
    }
    let lone = |text: &str| {
        let mut characters = text.chars();
        let symbol = characters.next().and_then(|character| symbols.of_char(character));
        symbol.filter(|_| characters.next().is_none())
    };
    if let (Some(left), Some(right)) = (lone(left), lone(right)) {
        return !symbols.differ(left, right);
    }
    let is_known = |character: &char| symbols.of_char(*character).is_none();
    if left.chars().chain(right.chars()).all(|character| is_known(&character)) {
        return false;
    }
    agree(left.chars().take_while(is_known), right.chars().take_while(is_known))
        && agree(left.chars().rev().take_while(is_known), right.chars().rev().take_while(is_known))
}

fn agree(left: impl Iterator<Item = char>, right: impl Iterator<Item = char>) -> bool {
    left.zip(right).all(|(left, right)| left == right)
}
