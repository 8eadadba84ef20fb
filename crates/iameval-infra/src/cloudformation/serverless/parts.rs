//! The files that one service is written in.
//!
//! All of them are read as one text, one after the other, so that whatever is put together from several has places in one
//! text. Afterwards findings and resources are put back into the files that they stand in.

use crate::stack::Resource;
use crate::value::{Text, Value, ValueKind};
use iameval::Diagnostic;
use iameval::json::{Member, Node, Value as NodeValue};
use iameval::text::{LineIndex, Span};
use iameval_world::{Finding, Source};
use std::ops::Range;
use std::sync::Arc;

/// A file as a part of the whole.
#[derive(Debug)]
struct Part {
    source: Arc<Source>,
    /// Where it begins in the whole.
    start: usize,
    /// What brings it in: a place in the whole, in another part. The first part is brought in by nothing.
    by: Span,
    /// How many parts it is in.
    depth: usize,
}

/// The parts that were read so far.
#[derive(Debug)]
pub(in crate::cloudformation) struct Parts {
    // INVARIANT: there is at least one; they ascend by `start`.
    parts: Vec<Part>,
    /// Where the next begins.
    end: usize,
}

impl Parts {
    pub(super) fn new(main: Arc<Source>) -> Self {
        let end = main.text.len() + 1;
        Self { parts: vec![Part { source: main, start: 0, by: Span::START, depth: 0 }], end }
    }

    /// How long the whole is.
    pub(super) fn len(&self) -> usize {
        self.end
    }

    /// Adds a file that something at a place of the whole brings in. Where in the whole it begins.
    pub(super) fn add(&mut self, source: Arc<Source>, by: Span) -> usize {
        let start = self.end;
        self.end = start + source.text.len() + 1;
        let depth = self.part(self.number_of(by)).depth + 1;
        self.parts.push(Part { source, start, by, depth });
        start
    }

    /// All of the text, under the name of the first file.
    pub(super) fn whole(&self) -> Arc<Source> {
        let main = self.part(0);
        if self.parts.len() == 1 {
            return main.source.clone();
        }
        let texts: Vec<&str> = self.parts.iter().map(|part| &*part.source.text).collect();
        Arc::new(Source { text: texts.join("\n"), ..Source::clone(&main.source) })
    }

    /// The file that is named.
    pub(in crate::cloudformation) fn main(&self) -> &Arc<Source> {
        &self.part(0).source
    }

    /// The files that are brought in.
    pub(in crate::cloudformation) fn included(&self) -> impl Iterator<Item = &Arc<Source>> {
        self.parts.iter().skip(1).map(|part| &part.source)
    }

    fn part(&self, number: usize) -> &Part {
        #[expect(clippy::indexing_slicing, reason = "numbers are those of parts; there is a first one")]
        &self.parts[number]
    }

    fn number_of(&self, span: Span) -> usize {
        self.parts.partition_point(|part| part.start <= span.start as usize).saturating_sub(1)
    }

    /// A place as it is called in names of what stands there: its line and column, after the name of its file where that is
    /// not the first.
    pub(in crate::cloudformation) fn in_words(&self, span: Span) -> String {
        let number = self.number_of(span);
        let part = self.part(number);
        let position = LineIndex::new(&part.source.text).position(&part.source.text, moved(span, part.start).start);
        let place = format!("{}:{}", position.line, position.column);
        if number == 0 { place } else { format!("{}:{place}", part.source.name) }
    }

    /// What is found at a place of the whole, in the file that it is about.
    pub(in crate::cloudformation) fn finding(&self, found: Diagnostic) -> Finding {
        let place = found.place();
        let part = self.part(self.number_of(place));
        Finding::new(&part.source, found.into_problem().at(moved(place, part.start)))
    }

    /// The same resource in the file that holds all of it. What stands in a file that this one brings in is at the place
    /// that does so.
    pub(in crate::cloudformation) fn resource(&self, mut resource: Resource) -> Resource {
        if self.parts.len() == 1 {
            return resource;
        }
        let mut home = self.number_of(resource.id_span);
        for span in [resource.span, resource.properties.span] {
            home = self.common(home, self.number_of(span));
        }
        spans(&resource.properties, &mut |span| home = self.common(home, self.number_of(span)));
        resource.id_span = self.lifted(home, resource.id_span);
        resource.span = self.lifted(home, resource.span);
        self.lift(home, &mut resource.properties);
        resource.source = (home != 0).then(|| self.part(home).source.clone());
        resource
    }

    /// The innermost part that brings in both.
    fn common(&self, mut one: usize, mut other: usize) -> usize {
        while one != other {
            if self.part(one).depth >= self.part(other).depth {
                one = self.number_of(self.part(one).by);
            } else {
                other = self.number_of(self.part(other).by);
            }
        }
        one
    }

    /// A place of the whole as one of a part.
    fn lifted(&self, home: usize, mut span: Span) -> Span {
        let mut number = self.number_of(span);
        while number != home && number != 0 {
            span = self.part(number).by;
            number = self.number_of(span);
        }
        moved(span, self.part(home).start)
    }

    fn lift(&self, home: usize, value: &mut Value) {
        value.span = self.lifted(home, value.span);
        match &mut value.kind {
            ValueKind::Text(text) => self.lift_text(home, text),
            ValueKind::List(items) | ValueKind::Unordered(items) => {
                for item in items {
                    self.lift(home, item);
                }
            }
            ValueKind::Map(entries) => {
                for entry in entries {
                    self.lift_text(home, &mut entry.key);
                    entry.key_span = self.lifted(home, entry.key_span);
                    self.lift(home, &mut entry.value);
                }
            }
            ValueKind::OneOf { choices, .. } => choices.iter_mut().flatten().for_each(|choice| self.lift(home, choice)),
            ValueKind::Null
            | ValueKind::Bool(_)
            | ValueKind::Number(_)
            | ValueKind::Untyped(_)
            | ValueKind::Unknown(_) => {}
        }
    }

    /// What stands in another file does not stand in this one as it is.
    fn lift_text(&self, home: usize, text: &mut Text) {
        text.runs.retain(|(_, span)| self.number_of(*span) == home);
        for (_, span) in &mut text.runs {
            *span = moved(*span, self.part(home).start);
        }
    }
}

fn moved(span: Span, start: usize) -> Span {
    let Range { start: from, end: to } = span.range();
    Span::new(from.saturating_sub(start), to.saturating_sub(start))
}

fn spans(value: &Value, tell: &mut impl FnMut(Span)) {
    tell(value.span);
    match &value.kind {
        ValueKind::List(items) => items.iter().for_each(|item| spans(item, tell)),
        ValueKind::Map(entries) => entries.iter().for_each(|entry| spans(&entry.value, tell)),
        ValueKind::OneOf { choices, .. } => choices.iter().flatten().for_each(|choice| spans(choice, tell)),
        _ => {}
    }
}

/// The tree of a file as one of the whole.
pub(super) fn shifted(node: &Node<'static>, start: usize) -> Node<'static> {
    let shift = |span: Span| Span::new(span.start as usize + start, span.end as usize + start);
    let value = match &node.value {
        NodeValue::Array(items) => NodeValue::Array(items.iter().map(|item| shifted(item, start)).collect()),
        NodeValue::Object(members) => {
            let member = |member: &Member<'static>| Member {
                key: member.key.clone(),
                key_span: shift(member.key_span),
                value: shifted(&member.value, start),
            };
            NodeValue::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    };
    Node { value, span: shift(node.span) }
}
