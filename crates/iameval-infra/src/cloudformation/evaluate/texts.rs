//! Functions that make texts: `Fn::Sub`, `Fn::Join`, `Fn::Base64`, `Fn::ToJsonString`.

use super::{At, Evaluated, Evaluator, Told, Tree};
use crate::value::{Text, Value, ValueKind};
use iameval::json;
use iameval::symbol::SymbolKind;
use std::collections::HashMap;
use std::ops::Range;

/// A part of the text of `Fn::Sub`.
enum Part {
    /// As it stands there.
    Literal(Range<usize>),
    /// The value of a name.
    Variable(Range<usize>),
}

impl<'t> Evaluator<'t> {
    /// `Fn::Sub`.
    pub(super) fn sub(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        const TAKES: &str = "a string, or a list of a string and an object of values";
        let (template, own) = match &argument.value {
            json::Value::Array(items) => match &**items {
                [template, own] if own.members().is_some() => (template, own.members().unwrap_or_default()),
                [template] => (template, &[][..]),
                _ => return Err(self.misused(at, argument.span, "Fn::Sub", TAKES)),
            },
            _ => (argument, &[][..]),
        };
        let Some(raw) = template.as_str() else { return Err(self.misused(at, template.span, "Fn::Sub", TAKES)) };
        let text = self.literal(at, raw, template.span);
        self.grow(at, node.span, raw.len())?;
        let parts = parts_of(raw);
        let own: HashMap<&str, &'t Tree> = own.iter().map(|member| (&*member.key, &member.value)).collect();
        let mut arguments = Vec::new();
        for part in &parts {
            let Part::Variable(range) = part else { continue };
            let name = raw.get(range.clone()).unwrap_or_default();
            let span = text.place(range.clone()).unwrap_or(template.span);
            arguments.push(match (own.get(name), name.split_once('.')) {
                (Some(node), _) => self.value(at, node)?,
                (None, Some((id, attribute))) => Some(self.attribute(at, id, attribute, span)?),
                (None, None) => self.refer(at, name, span)?,
            });
        }
        self.for_each_choice(at, node, "Fn::Sub", arguments, &mut |this, arguments| {
            let mut out = Text::default();
            let mut arguments = arguments.into_iter();
            for part in &parts {
                match part {
                    Part::Literal(range) => out.push_part(&text, range.clone()),
                    Part::Variable(range) => {
                        let Some(value) = arguments.next().flatten() else { continue };
                        let Some(value) = value.to_text() else {
                            let name = raw.get(range.clone()).unwrap_or_default();
                            let span = text.place(range.clone()).unwrap_or(template.span);
                            let takes = format!("texts, and `{name}` is {}", value.kind_in_words());
                            return Err(this.misused(at, span, "Fn::Sub", &takes));
                        };
                        out.push_str(&value.text);
                    }
                }
            }
            this.made(at, node, out)
        })
    }

    /// `Fn::Join`.
    pub(super) fn join(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let [delimiter, list] = self.operands(at, node, "Fn::Join", "a delimiter and a list")?;
        let Some(delimiter) = delimiter.as_str() else {
            return Err(self.misused(at, argument.span, "Fn::Join", "a delimiter that is a string"));
        };
        let list = self.value(at, list)?;
        self.for_each_choice(at, node, "Fn::Join", vec![list], &mut |this, mut lists| {
            let items = match lists.pop().flatten().map(|list| list.kind) {
                Some(ValueKind::List(items)) => items,
                // The text of an attribute, or a list that is not known.
                Some(ValueKind::Unknown(_) | ValueKind::Text(_)) => {
                    return this.unnamed(at, node, "Fn::Join").map(Some);
                }
                _ => return Err(this.misused(at, argument.span, "Fn::Join", "a list of texts")),
            };
            let items = items.into_iter().map(Some).collect();
            this.for_each_choice(at, node, "Fn::Join", items, &mut |this, items| {
                let mut out = Text::default();
                for (index, item) in items.into_iter().flatten().enumerate() {
                    let Some(text) = item.to_text() else {
                        let takes = format!("a list of texts, and this is {}", item.kind_in_words());
                        return Err(this.misused(at, item.span, "Fn::Join", &takes));
                    };
                    if index > 0 {
                        out.push_str(delimiter);
                    }
                    out.push(&text);
                }
                this.made(at, node, out)
            })
        })
    }

    /// A text that a function made.
    fn made(&mut self, at: At, node: &'t Tree, text: Text) -> Evaluated {
        self.grow(at, node.span, text.text.len())?;
        let text = self.without_references(at, text)?;
        Ok(Some(Value { span: node.span, kind: ValueKind::Text(text) }))
    }

    /// `Fn::Base64`.
    pub(super) fn base64(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let argument = self.value(at, argument)?;
        self.for_each_choice(at, node, "Fn::Base64", vec![argument], &mut |this, mut arguments| {
            let text = arguments.pop().flatten().and_then(|argument| argument.to_text());
            match text.filter(|text| this.symbols.within(&text.text).next().is_none()) {
                Some(text) => {
                    this.grow(at, node.span, text.text.len() * 2)?;
                    Ok(Some(Value::text(node.span, encoded(text.text.as_bytes()))))
                }
                None => this.unnamed(at, node, "Fn::Base64").map(Some),
            }
        })
    }

    /// `Fn::ToJsonString`.
    pub(super) fn json_string(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let value = self.value(at, argument)?;
        self.for_each_choice(at, node, "Fn::ToJsonString", vec![value], &mut |this, mut values| {
            let Some(value) = values.pop().flatten() else { return Ok(None) };
            this.grow(at, node.span, value.size())?;
            let mut out = Text::default();
            match write_json(&value, &mut out) {
                Ok(()) => Ok(Some(Value { span: node.span, kind: ValueKind::Text(out) })),
                Err(NotKnown) => this.unnamed(at, node, "Fn::ToJsonString").map(Some),
            }
        })
    }

    /// `Fn::Split`.
    pub(super) fn split(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let [delimiter, text] = self.operands(at, node, "Fn::Split", "a delimiter and a string")?;
        let Some(delimiter) = delimiter.as_str().filter(|delimiter| !delimiter.is_empty()) else {
            return Err(self.misused(at, argument.span, "Fn::Split", "a delimiter that is a string"));
        };
        let text = self.value(at, text)?;
        self.for_each_choice(at, node, "Fn::Split", vec![text], &mut |this, texts| match this
            .pieces(at, node, delimiter, texts)?
        {
            (pieces, true) => Ok(Some(Value { span: node.span, kind: ValueKind::List(pieces) })),
            (_, false) => this.unnamed(at, node, "Fn::Split").map(Some),
        })
    }

    /// What is certain of a piece of a text: it may be empty, and else holds what the text holds.
    pub(super) fn kind_of_pieces(&self, text: Option<&Value>) -> SymbolKind {
        let text = text.and_then(Value::as_text).filter(|text| !text.contains(['*', '?', ':', '$']));
        let is_narrow = |symbol| !matches!(self.symbols.kind(symbol), SymbolKind::Input | SymbolKind::Text);
        match text {
            Some(text) if self.symbols.within(text).all(is_narrow) => SymbolKind::Path,
            _ => SymbolKind::Input,
        }
    }

    /// The pieces of a text, up to where it may be split within something that is not known; and whether these are all.
    pub(super) fn pieces(
        &mut self,
        at: At,
        node: &'t Tree,
        delimiter: &str,
        mut texts: Vec<Option<Value>>,
    ) -> Result<(Vec<Value>, bool), Told> {
        let text = match texts.pop().flatten().map(|value| (value.to_text(), value.kind)) {
            Some((_, ValueKind::Unknown(_))) => return Ok((Vec::new(), false)),
            Some((Some(text), _)) => text,
            _ => return Err(self.misused(at, node.span, "Fn::Split", "a delimiter and a string")),
        };
        self.grow(at, node.span, text.text.len())?;
        let may_hold = |symbol| {
            let kind = self.symbols.kind(symbol);
            delimiter.chars().all(|letter| super::super::compare::may_hold(kind, letter))
        };
        let mut pieces = Vec::new();
        let mut start = 0;
        for piece in text.text.split(delimiter) {
            if self.symbols.within(piece).any(may_hold) {
                return Ok((pieces, false));
            }
            let part = text.part(start..start + piece.len());
            pieces.push(Value { span: node.span, kind: ValueKind::Text(part) });
            start += piece.len() + delimiter.len();
        }
        Ok((pieces, true))
    }
}

/// The parts of a text of `Fn::Sub`. `${!x}` is the text `${x}`.
fn parts_of(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = 0;
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("${")).map(|open| at + open) {
        let Some(close) = text.get(open..).and_then(|rest| rest.find('}')).map(|close| open + close) else { break };
        at = close + 1;
        let inside = open + 2..close;
        if text.get(inside.clone()).is_some_and(|inside| inside.starts_with('!')) {
            parts.push(Part::Literal(literal..inside.start));
            literal = inside.start + 1;
        } else {
            parts.push(Part::Literal(literal..open));
            parts.push(Part::Variable(inside));
            literal = at;
        }
    }
    parts.push(Part::Literal(literal..text.len()));
    parts
}

/// Something in a value is not known that is no text.
struct NotKnown;

fn write_json(value: &Value, out: &mut Text) -> Result<(), NotKnown> {
    match &value.kind {
        ValueKind::Null => out.push_str("null"),
        ValueKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        ValueKind::Number(number) => out.push_str(number),
        ValueKind::Text(text) => write_string(text, out),
        ValueKind::List(items) | ValueKind::Unordered(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "[" } else { "," });
                write_json(item, out)?;
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        ValueKind::Map(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                out.push_str(if index == 0 { "{" } else { "," });
                write_string(&entry.key, out);
                out.push_str(":");
                write_json(&entry.value, out)?;
            }
            out.push_str(if entries.is_empty() { "{}" } else { "}" });
        }
        ValueKind::Untyped(_) | ValueKind::Unknown(_) | ValueKind::OneOf { .. } => return Err(NotKnown),
    }
    Ok(())
}

/// A string of JSON; what needs no escape keeps its place.
fn write_string(text: &Text, out: &mut Text) {
    out.push_str("\"");
    let mut start = 0;
    for (at, letter) in text.text.char_indices() {
        if letter == '"' || letter == '\\' || letter.is_control() {
            out.push_part(text, start..at);
            let mut escape = String::new();
            let _ = json::write_string(letter.encode_utf8(&mut [0; 4]), &mut escape);
            let inside = escape.strip_prefix('"').and_then(|escape| escape.strip_suffix('"'));
            out.push_str(inside.unwrap_or(&escape));
            start = at + letter.len_utf8();
        }
    }
    out.push_part(text, start..text.text.len());
    out.push_str("\"");
}

/// Bytes in Base64.
fn encoded(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = [0; 3];
        three.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            let index = (bits >> (18 - 6 * place) & 63) as usize;
            let letter = LETTERS.get(index).copied().unwrap_or_default();
            text.push(if place > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    text
}
