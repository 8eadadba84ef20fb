//! Documents that stand as JSON text inside a text.

use crate::value::{Entry, Text, Value, ValueKind};
use iameval::Diagnostic;
use iameval::json::{self, Node};
use iameval::symbol::{Symbol, Symbols};
use iameval::text::Span;

/// What a text spells.
pub(crate) enum Inside {
    Value(Value),
    /// It cannot be told, because of something that is not known.
    Unknown(Symbol),
}

/// The value that a text spells in JSON. A symbol outside of the strings of that JSON is a value that is not known.
///
/// CHOICE: a symbol inside a string stands for what does not end the string.
///
/// # Errors
/// Where the text is no JSON, and nothing in it that is not known could be the reason.
pub(crate) fn read(text: &Text, whole: Span, symbols: &Symbols) -> Result<Inside, Vec<Diagnostic>> {
    let quoted = Quoted::of(&text.text, symbols);
    let places = Places { text, whole, quoted: &quoted };
    match json::parse(&quoted.text) {
        Ok(tree) => Ok(Inside::Value(places.value(&tree))),
        Err(error) => {
            if let Some((_, symbol)) = quoted.bare.first() {
                return Ok(Inside::Unknown(*symbol));
            }
            let span = places.span(error.span());
            Err(vec![error.into_problem().at(span)])
        }
    }
}

/// A text with quotation marks around the symbols that stand outside of strings.
struct Quoted {
    text: String,
    /// Where they begin, and the symbols.
    bare: Vec<(usize, Symbol)>,
}

impl Quoted {
    fn of(text: &str, symbols: &Symbols) -> Self {
        let mut quoted = Self { text: String::with_capacity(text.len()), bare: Vec::new() };
        let (mut in_string, mut is_escaped) = (false, false);
        for character in text.chars() {
            if let Some(symbol) = symbols.of_char(character).filter(|_| !in_string) {
                quoted.bare.push((quoted.text.len(), symbol));
                quoted.text.extend(['"', character, '"']);
            } else {
                if character == '"' && !is_escaped {
                    in_string = !in_string;
                }
                is_escaped = in_string && character == '\\' && !is_escaped;
                quoted.text.push(character);
            }
        }
        quoted
    }

    /// Where a byte of the quoted text stands in the text.
    fn original(&self, at: usize) -> usize {
        let added = self.bare.iter().take_while(|(start, _)| *start < at).map(|(start, symbol)| {
            let end = start + 1 + symbol.as_char().len_utf8();
            if at > end { 2 } else { 1 }
        });
        at - added.sum::<usize>()
    }
}

/// From places in the text to places in the template.
struct Places<'t> {
    text: &'t Text,
    whole: Span,
    quoted: &'t Quoted,
}

impl Places<'_> {
    fn value(&self, node: &Node<'_>) -> Value {
        let kind = match &node.value {
            json::Value::Null => ValueKind::Null,
            json::Value::Bool(value) => ValueKind::Bool(*value),
            json::Value::Number(text) => ValueKind::Number(text.to_string()),
            json::Value::String(text) => {
                let start = node.span.start as usize;
                match self.quoted.bare.iter().find(|(at, _)| *at == start) {
                    Some((_, symbol)) => ValueKind::Unknown(*symbol),
                    None => ValueKind::Text(self.inner(text, node.span)),
                }
            }
            json::Value::Array(items) => ValueKind::List(items.iter().map(|item| self.value(item)).collect()),
            json::Value::Object(members) => {
                let entry = |member: &json::Member<'_>| Entry {
                    key: self.inner(&member.key, member.key_span),
                    key_span: self.span(member.key_span),
                    value: self.value(&member.value),
                };
                ValueKind::Map(members.iter().map(entry).collect())
            }
        };
        Value { span: self.span(node.span), kind }
    }

    /// A string of the JSON, with the places of its parts where nothing in it is escaped.
    fn inner(&self, text: &str, span: Span) -> Text {
        let (start, end) = (self.original(span.start) + 1, self.original(span.end).saturating_sub(1));
        let is_plain = self.text.text.get(start..end) == Some(text);
        let within = |(from, place): &(u32, Span)| {
            let (from, length) = (*from as usize, place.range().len());
            let (first, last) = (from.max(start), (from + length).min(end));
            let begin = place.start as usize + (first - from);
            (first < last).then(|| (Span::new(first - start, 0).start, Span::new(begin, begin + (last - first))))
        };
        let runs = if is_plain { self.text.runs.iter().filter_map(within).collect() } else { Vec::new() };
        Text { text: text.to_owned(), runs }
    }

    fn original(&self, at: u32) -> usize {
        self.quoted.original(at as usize)
    }

    fn span(&self, span: Span) -> Span {
        let (start, end) = (self.original(span.start), self.original(span.end));
        let start = self.place(start, false);
        let end = self.place(end, true);
        if start <= end { Span { start, end } } else { self.whole }
    }

    /// Where a byte of the text stands in the template, or where what stands there instead does.
    fn place(&self, at: usize, is_end: bool) -> u32 {
        let runs = self.text.runs.iter();
        let before =
            runs.clone().take_while(|(from, _)| (*from as usize) < at || (!is_end && *from as usize == at)).last();
        let after = || runs.clone().find(|(from, _)| *from as usize >= at);
        match before {
            Some((from, place)) => {
                let reached = place.start.saturating_add(Span::new(at - *from as usize, 0).start);
                match after().filter(|_| is_end && reached > place.end) {
                    Some((_, next)) => next.start,
                    None => reached.min(place.end),
                }
            }
            None => after().map_or(if is_end { self.whole.end } else { self.whole.start }, |(_, next)| next.start),
        }
    }
}
