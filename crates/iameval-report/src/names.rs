//! The names of what is not known, in texts that leave the program.
//!
//! Renderers that have an answer or a world at hand name symbols themselves, where width counts. Everything else is named
//! when it leaves: a symbol is one character that stands for nothing else, so that whole texts can be gone through.

use iameval::json::{Node, Value};
use iameval::symbol::Symbols;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

/// How a text is written, which says what a name in it must not hold as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// Lines for people, Markdown, CSV.
    Plain,
    /// JSON.
    Json,
    /// HTML and XML.
    Markup,
}

/// The names of the symbols of all worlds that texts may be about.
#[derive(Debug, Clone, Default)]
pub struct Names(Vec<Arc<Symbols>>);

impl Names {
    /// Those of one world.
    pub fn of(symbols: Option<&Arc<Symbols>>) -> Self {
        let mut names = Self::default();
        names.add(symbols);
        names
    }

    /// Adds those of a world.
    pub fn add(&mut self, symbols: Option<&Arc<Symbols>>) {
        if let Some(symbols) = symbols.filter(|symbols| !self.0.iter().any(|known| Arc::ptr_eq(known, symbols))) {
            self.0.push(symbols.clone());
        }
    }

    /// The text with `${unknown:NAME}` in the place of each symbol.
    ///
    /// ```
    /// use iameval::symbol::{SymbolKind, Symbols};
    /// use iameval_report::{Names, Writing};
    ///
    /// let mut symbols = Symbols::new();
    /// let logs = symbols.define("Logs", SymbolKind::Name)?;
    /// let mut names = Names::default();
    /// names.add(Some(&symbols.into()));
    /// assert_eq!(names.shown(&format!("arn:aws:s3:::{logs}"), Writing::Plain), "arn:aws:s3:::${unknown:Logs}");
    /// # Ok::<(), iameval::symbol::TooManySymbols>(())
    /// ```
    pub fn shown<'t>(&self, text: &'t str, writing: Writing) -> Cow<'t, str> {
        // What goes out is seldom about what is not known, and a byte tells.
        if self.0.is_empty() || !text.as_bytes().contains(&LEAD) {
            return text.into();
        }
        let Some(first) = text.char_indices().find(|(_, character)| self.symbol(*character).is_some()) else {
            return text.into();
        };
        let (head, rest) = text.split_at_checked(first.0).unwrap_or(("", text));
        let mut shown = String::with_capacity(text.len() + 64);
        shown.push_str(head);
        for character in rest.chars() {
            match self.symbol(character) {
                Some(name) => {
                    let _ = write!(shown, "${{unknown:{}}}", spelled(name, writing));
                }
                None => shown.push(character),
            }
        }
        shown.into()
    }

    /// What the symbol is called that a character stands for; worlds that do not agree leave it without a name.
    fn symbol(&self, character: char) -> Option<&str> {
        if character < FIRST {
            return None;
        }
        let mut names = self.0.iter().filter_map(|symbols| Some(symbols.name(symbols.of_char(character)?)));
        let name = names.next()?;
        Some(if names.all(|other| other == name) { name } else { "of one side" })
    }
}

/// No symbol comes before it.
const FIRST: char = '\u{100000}';

/// The byte that characters from there on begin with.
const LEAD: u8 = 0xF4;

fn spelled(name: &str, writing: Writing) -> Cow<'_, str> {
    match writing {
        Writing::Plain => name.into(),
        Writing::Json => {
            let quoted = Node::string(name).to_string();
            quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned().into()
        }
        Writing::Markup => {
            name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").into()
        }
    }
}

/// A text with the names of symbols in their place.
pub(crate) fn named<'t>(text: &'t str, symbols: Option<&Arc<Symbols>>) -> Cow<'t, str> {
    symbols.map_or(text.into(), |symbols| symbols.display(text))
}

/// A document with the names of symbols in their place.
pub(crate) fn named_in<'a>(mut node: Node<'a>, symbols: Option<&Arc<Symbols>>) -> Node<'a> {
    let Some(symbols) = symbols else { return node };
    name_in(&mut node, symbols);
    node
}

fn name_in(node: &mut Node<'_>, symbols: &Symbols) {
    let name = |text: &mut Cow<'_, str>| {
        if symbols.within(text).next().is_some() {
            *text = symbols.display(text).into_owned().into();
        }
    };
    match &mut node.value {
        Value::String(text) => name(text),
        Value::Array(items) => items.iter_mut().for_each(|item| name_in(item, symbols)),
        Value::Object(members) => {
            for member in members {
                name(&mut member.key);
                name_in(&mut member.value, symbols);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::symbol::{Symbol, SymbolKind};

    fn of(name: &str) -> (Names, Symbol) {
        let mut symbols = Symbols::new();
        let symbol = symbols.define(name, SymbolKind::Input).unwrap();
        let mut names = Names::default();
        names.add(Some(&Arc::new(symbols)));
        (names, symbol)
    }

    #[test]
    fn names_are_written_as_the_text_is() {
        let (names, symbol) = of("a\"<b>\\");
        let text = format!("é{symbol}.");
        assert_eq!(names.shown(&text, Writing::Plain), "é${unknown:a\"<b>\\}.");
        assert_eq!(names.shown(&text, Writing::Json), "é${unknown:a\\\"<b>\\\\}.");
        assert_eq!(names.shown(&text, Writing::Markup), "é${unknown:a&quot;&lt;b&gt;\\}.");
    }

    #[test]
    fn other_characters_of_the_plane_stay() {
        let (names, _) = of("a");
        assert_eq!(names.shown("\u{10fffd}", Writing::Plain), "\u{10fffd}");
        assert_eq!(Names::default().shown("\u{100000}", Writing::Plain), "\u{100000}");
    }

    #[test]
    fn what_two_worlds_call_differently_has_no_name() {
        let (mut names, symbol) = of("a");
        let (other, _) = of("b");
        names.add(other.0.first());
        assert_eq!(names.shown(&symbol.to_string(), Writing::Plain), "${unknown:of one side}");
        let (same, _) = of("a");
        let (mut names, _) = of("a");
        names.add(same.0.first());
        assert_eq!(names.shown(&symbol.to_string(), Writing::Plain), "${unknown:a}");
    }
}
