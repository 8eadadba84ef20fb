//! Values of templates after their functions were evaluated: known, unknown, or one of several.

use iameval::symbol::{OnlyIf, Symbol};
use iameval::text::Span;
use std::ops::Range;

/// A value and where it stands in the template.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) span: Span,
    pub(crate) kind: ValueKind,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum ValueKind {
    Null,
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A text, which may hold symbols.
    Text(Text),
    List(Vec<Value>),
    /// Items of which neither the order nor the number is certain: a set in which something is not known, and what is
    /// made of one. Only Terraform's source has them.
    Unordered(Vec<Value>),
    /// The text of a number, a boolean or a text: which of them it is is not known. Only Terraform's source has them.
    Untyped(String),
    Map(Vec<Entry>),
    /// Nothing is known but what it is called.
    Unknown(Symbol),
    /// One of these, as what the symbol stands for tells; `None` where there is nothing then (`AWS::NoValue`).
    OneOf {
        on: Switch,
        choices: Vec<Option<Value>>,
    },
}

/// What decides which of several things a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    /// A symbol, which decides alike wherever there are as many choices: of a condition the first where it holds.
    Alike(Symbol),
    /// A symbol, in a way of which nothing else is known.
    Somehow(Symbol),
}

impl Switch {
    pub(crate) fn symbol(self) -> Symbol {
        match self {
            Self::Alike(symbol) | Self::Somehow(symbol) => symbol,
        }
    }

    /// That one of so many choices is taken.
    pub(crate) fn chooses(self, index: usize, of: usize) -> OnlyIf {
        match (self, u32::try_from(index), u32::try_from(of)) {
            (Self::Alike(on), Ok(index), Ok(of)) => OnlyIf::Choice { on, index, of },
            (on, ..) => OnlyIf::Symbol(on.symbol()),
        }
    }
}

impl From<Symbol> for Switch {
    fn from(symbol: Symbol) -> Self {
        Self::Alike(symbol)
    }
}

/// A text with the places of its parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Runs of bytes that stand in the template as they are here: where a run begins in the text, and its place in the
    /// template. Bytes before the first run and between two are of no place of their own.
    // INVARIANT: they ascend and do not overlap; a run is as long as its place.
    pub(crate) runs: Vec<(u32, Span)>,
}

/// An entry of a map.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Text,
    pub(crate) key_span: Span,
    pub(crate) value: Value,
}

impl Value {
    /// A value that is taken only if something is so that is not known, and otherwise another one or nothing.
    pub(crate) fn only_if(only_if: OnlyIf, value: &Self, otherwise: Option<&Self>) -> Self {
        Self::forked(only_if, value.span, Some(value), otherwise)
    }

    /// A value that is taken unless something is so that is not known.
    pub(crate) fn unless(only_if: OnlyIf, value: &Self) -> Self {
        Self::forked(only_if, value.span, None, Some(value))
    }

    fn forked(only_if: OnlyIf, span: Span, then: Option<&Self>, otherwise: Option<&Self>) -> Self {
        let (on, taken, of) = match only_if {
            OnlyIf::Symbol(symbol) => (Switch::Somehow(symbol), 0, 2),
            OnlyIf::Choice { on, index, of } => (Switch::Alike(on), index, of),
        };
        let choices = (0..of).map(|index| if index == taken { then } else { otherwise }.cloned());
        Self { span, kind: ValueKind::OneOf { on, choices: choices.collect() } }
    }

    /// A text that does not stand in the template as it is.
    pub(crate) fn text(span: Span, text: impl Into<String>) -> Self {
        Self { span, kind: ValueKind::Text(Text::from(text.into())) }
    }

    /// The text, where it is one, with its symbols.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The text that functions make of it when they put it into one: numbers and booleans are as they are written.
    pub(crate) fn to_text(&self) -> Option<Text> {
        match &self.kind {
            ValueKind::Text(text) => Some(text.clone()),
            ValueKind::Number(text) | ValueKind::Untyped(text) => Some(Text::from(text.clone())),
            ValueKind::Bool(value) => Some(Text::from(value.to_string())),
            ValueKind::Unknown(symbol) => Some(Text::from(symbol.to_string())),
            ValueKind::Null
            | ValueKind::List(_)
            | ValueKind::Unordered(_)
            | ValueKind::Map(_)
            | ValueKind::OneOf { .. } => None,
        }
    }

    /// The items of a list, in whatever order.
    pub(crate) fn items(&self) -> Option<(&[Value], Order)> {
        match &self.kind {
            ValueKind::List(items) => Some((items, Order::Certain)),
            ValueKind::Unordered(items) => Some((items, Order::Open)),
            _ => None,
        }
    }

    /// The value of an entry of a map; of several of that name, the last.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        match &self.kind {
            ValueKind::Map(entries) => entries.iter().rfind(|entry| entry.key.text == key).map(|entry| &entry.value),
            _ => None,
        }
    }

    /// The first choice in it that is open: what decides, and among how many.
    pub(crate) fn first_choice(&self) -> Option<(Switch, usize)> {
        match &self.kind {
            ValueKind::OneOf { on, choices } => Some((*on, choices.len())),
            ValueKind::List(items) | ValueKind::Unordered(items) => items.iter().find_map(Value::first_choice),
            ValueKind::Map(entries) => entries.iter().find_map(|entry| entry.value.first_choice()),
            ValueKind::Null
            | ValueKind::Bool(_)
            | ValueKind::Number(_)
            | ValueKind::Text(_)
            | ValueKind::Untyped(_)
            | ValueKind::Unknown(_) => None,
        }
    }

    /// The value once it is known which choice `on` decides for; `None` where there is nothing then.
    pub(crate) fn chosen(&self, on: Switch, index: usize) -> Option<Value> {
        let kind = match &self.kind {
            ValueKind::OneOf { on: other, choices } if *other == on => {
                return choices.get(index)?.as_ref()?.chosen(on, index);
            }
            ValueKind::OneOf { on: other, choices } => {
                let choices = choices.iter().map(|choice| choice.as_ref()?.chosen(on, index)).collect();
                ValueKind::OneOf { on: *other, choices }
            }
            ValueKind::List(items) => ValueKind::List(items.iter().filter_map(|item| item.chosen(on, index)).collect()),
            ValueKind::Unordered(items) => {
                ValueKind::Unordered(items.iter().filter_map(|item| item.chosen(on, index)).collect())
            }
            ValueKind::Map(entries) => {
                let chosen = |entry: &Entry| Some(Entry { value: entry.value.chosen(on, index)?, ..entry.clone() });
                ValueKind::Map(entries.iter().filter_map(chosen).collect())
            }
            kind => kind.clone(),
        };
        Some(Value { span: self.span, kind })
    }

    /// The same value where something refers to it: nothing in it stands there as it is.
    #[must_use]
    pub(crate) fn placed(mut self, span: Span) -> Self {
        self.place(span);
        self
    }

    fn place(&mut self, span: Span) {
        self.span = span;
        match &mut self.kind {
            ValueKind::Text(text) => text.runs.clear(),
            ValueKind::List(items) | ValueKind::Unordered(items) => items.iter_mut().for_each(|item| item.place(span)),
            ValueKind::Map(entries) => {
                for entry in entries {
                    entry.key.runs.clear();
                    entry.key_span = span;
                    entry.value.place(span);
                }
            }
            ValueKind::OneOf { choices, .. } => {
                choices.iter_mut().flatten().for_each(|choice| choice.place(span));
            }
            ValueKind::Null
            | ValueKind::Bool(_)
            | ValueKind::Number(_)
            | ValueKind::Untyped(_)
            | ValueKind::Unknown(_) => {}
        }
    }

    /// How much a value counts beside its text.
    pub(crate) const SIZE: usize = 64;

    /// How much there is of it, in about the bytes that it takes.
    pub(crate) fn size(&self) -> usize {
        Self::SIZE
            + match &self.kind {
                ValueKind::Text(text) => text.text.len(),
                ValueKind::Untyped(text) => text.len(),
                ValueKind::List(items) | ValueKind::Unordered(items) => items.iter().map(Value::size).sum(),
                ValueKind::Map(entries) => entries.iter().map(|entry| entry.key.text.len() + entry.value.size()).sum(),
                ValueKind::OneOf { choices, .. } => choices.iter().flatten().map(Value::size).sum(),
                ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Unknown(_) => 0,
            }
    }

    /// What kind of value it is, in words for messages.
    pub(crate) fn kind_in_words(&self) -> &'static str {
        match &self.kind {
            ValueKind::Null => "null",
            ValueKind::Bool(_) => "a boolean",
            ValueKind::Number(_) => "a number",
            ValueKind::Text(_) => "a string",
            ValueKind::List(_) | ValueKind::Unordered(_) => "a list",
            ValueKind::Map(_) => "an object",
            ValueKind::Untyped(_) | ValueKind::Unknown(_) | ValueKind::OneOf { .. } => "not known yet",
        }
    }
}

/// Whether the order and the number of items are certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Certain,
    Open,
}

impl Order {
    /// Items in such an order. A single one has no other.
    pub(crate) fn list(self, items: Vec<Value>) -> ValueKind {
        match self {
            Self::Open if items.len() > 1 => ValueKind::Unordered(items),
            _ => ValueKind::List(items),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, runs: Vec::new() }
    }
}

impl Text {
    /// Adds a text that has no place of its own.
    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a part of another text, with the places of its bytes.
    pub(crate) fn push_part(&mut self, other: &Text, part: Range<usize>) {
        let at = self.text.len();
        self.text.push_str(other.text.get(part.clone()).unwrap_or_default());
        for (start, span) in other.runs_within(&part) {
            self.runs.push((Span::new(at + start - part.start, 0).start, span));
        }
    }

    /// Adds another text, with the places of its bytes.
    pub(crate) fn push(&mut self, other: &Text) {
        self.push_part(other, 0..other.text.len());
    }

    /// A part of the text, with the places of its bytes.
    pub(crate) fn part(&self, part: Range<usize>) -> Text {
        let mut text = Text::default();
        text.push_part(self, part);
        text
    }

    /// Where a part of the text stands in the template, if all of it does.
    pub(crate) fn place(&self, part: Range<usize>) -> Option<Span> {
        let first = self.runs_within(&part).next().filter(|(start, _)| *start == part.start)?.1;
        let last = self.runs_within(&part).last()?.1;
        Some(Span { start: first.start, end: last.end })
    }

    /// The runs, cut to what of them is in a part of the text.
    fn runs_within(&self, part: &Range<usize>) -> impl Iterator<Item = (usize, Span)> {
        let end_of = |(start, span): &(u32, Span)| *start as usize + span.range().len();
        let first = self.runs.partition_point(|run| end_of(run) <= part.start);
        let part = part.clone();
        let until = part.end;
        let runs = self.runs.get(first..).unwrap_or_default().iter().take_while(move |run| (run.0 as usize) < until);
        runs.map(move |run| {
            let (start, end) = ((run.0 as usize).max(part.start), end_of(run).min(part.end));
            let place = run.1.start as usize + start - run.0 as usize;
            (start, Span::new(place, place + end - start))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_the_places_of_their_bytes() {
        let text = Text { text: "one two".into(), runs: vec![(0, Span::new(10, 13)), (4, Span::new(20, 23))] };
        let part = text.part(1..6);
        assert_eq!((&*part.text, &*part.runs), ("ne tw", &[(0, Span::new(11, 13)), (3, Span::new(20, 22))][..]));
        assert_eq!(text.place(5..7), Some(Span::new(21, 23)));
        assert_eq!(text.place(3..7), None);
        let mut joined = Text::from("x".to_owned());
        joined.push(&part);
        assert_eq!(joined.runs, [(1, Span::new(11, 13)), (4, Span::new(20, 22))]);
    }
}
