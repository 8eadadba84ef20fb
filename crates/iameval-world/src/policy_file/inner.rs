//! A text inside a text, and where each of its bytes stands in the outer one.

use crate::limits::Limits;
use crate::percent::percent_decoded;
use crate::yaml::Block;
use iameval::json::{self, Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, Parsed, PolicyDocument};

/// A text that is the value of a string in another text.
pub(super) struct Inner {
    text: String,
    /// Where each byte begins in the outer text, and last where the text ends there.
    // INVARIANT: one more than the text has bytes.
    places: Vec<u32>,
}

impl Inner {
    /// The value of a string node; `None` where its bytes cannot be found in the outer text, as in folded YAML.
    pub(super) fn of(outer: &str, node: &Node<'_>) -> Option<Self> {
        let value = node.as_str()?;
        let raw = outer.get(node.span.range())?;
        let from = node.span.start as usize;
        let in_quotes = |mark: char| raw.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        let verbatim = |raw: &str, from: usize| (raw == value).then(|| Self::verbatim(value, from));
        if let Some(raw) = in_quotes('"') {
            return Self::escaped(value, raw, from + 1);
        }
        if let Some(raw) = in_quotes('\'') {
            return verbatim(raw, from + 1);
        }
        verbatim(raw, from).or_else(|| {
            let block = Block::of(outer, node)?;
            let place = |at| block.span(Span::new(at, at)).start;
            Some(Self { text: value.to_owned(), places: (0..=value.len()).map(place).collect() })
        })
    }

    /// A text of which nothing is known but itself.
    pub(super) fn alone(value: &str) -> Self {
        Self::verbatim(value, 0)
    }

    fn verbatim(value: &str, from: usize) -> Self {
        Self { text: value.to_owned(), places: (from..=from + value.len()).map(offset).collect() }
    }

    /// A text that is written with the escapes of JSON, from `from` on.
    fn escaped(value: &str, raw: &str, from: usize) -> Option<Self> {
        let mut places = Vec::with_capacity(value.len() + 1);
        let mut at = 0;
        for character in value.chars() {
            places.extend(std::iter::repeat_n(offset(from + at), character.len_utf8()));
            let escape = raw.get(at..)?.strip_prefix('\\');
            at += match escape.map(|rest| rest.starts_with('u')) {
                None => character.len_utf8(),
                Some(false) => 2,
                Some(true) => 6 * character.len_utf16(),
            };
        }
        places.push(offset(from + at));
        (at == raw.len()).then(|| Self { text: value.to_owned(), places })
    }

    /// The text that this one spells: in percent-encoding, or with the quotes escaped once more, as API Gateway gives it.
    pub(super) fn decoded(self) -> Self {
        if self.text.starts_with("%7B") || self.text.starts_with("%7b") {
            return self.percent_decoded();
        }
        let escaped = || {
            let quoted = format!("\"{}\"", self.text);
            let value = json::parse(&quoted).ok()?;
            Self::escaped(value.as_str()?, &self.text, 0)
        };
        match escaped().filter(|_| self.text.starts_with("{\\\"")) {
            Some(inner) => self.around(inner),
            None => self,
        }
    }

    fn percent_decoded(self) -> Self {
        let decoded = percent_decoded(&self.text).map(|decoded| decoded.map(|(at, byte)| (offset(at), byte)));
        let Ok((mut places, bytes)) = decoded.collect::<Result<(Vec<u32>, Vec<u8>), String>>() else { return self };
        places.push(offset(self.text.len()));
        match String::from_utf8(bytes) {
            Ok(text) => self.around(Self { text, places }),
            Err(_) => self,
        }
    }

    /// A text inside this one, with places in the outermost.
    fn around(&self, inner: Self) -> Self {
        let places = inner.places.iter().map(|at| self.place(*at)).collect();
        Self { text: inner.text, places }
    }

    fn place(&self, at: u32) -> u32 {
        self.places.get(at as usize).or(self.places.last()).copied().unwrap_or_default()
    }

    fn span(&self, within: Span) -> Span {
        Span { start: self.place(within.start), end: self.place(within.end) }
    }

    /// The policy that the text is; its places are those of the outer text.
    ///
    /// # Errors
    /// When it has more statements than are read.
    pub(super) fn policy(&self, limits: Limits) -> Result<Parsed<PolicyDocument>, Diagnostic> {
        let mut tree = match json::parse(&self.text) {
            Ok(tree) => tree,
            Err(error) => {
                let span = self.span(error.span());
                return Ok(Parsed { value: None, diagnostics: vec![error.into_problem().at(span)] });
            }
        };
        self.put(&mut tree);
        if let Some((over, problem)) = limits.too_many(&tree) {
            return Err(problem.at(over.beginning()));
        }
        let Parsed { value, diagnostics } = PolicyDocument::from_tree(&tree);
        let value = value.map(|document| document.with_characters(&self.text, |span| self.span(span)));
        Ok(Parsed { value, diagnostics })
    }

    /// Gives a tree of the text its places in the outer one.
    fn put(&self, node: &mut Node<'_>) {
        node.span = self.span(node.span);
        match &mut node.value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.put(item)),
            Value::Object(members) => {
                for member in members {
                    member.key_span = self.span(member.key_span);
                    self.put(&mut member.value);
                }
            }
            _ => {}
        }
    }

    /// The text itself.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// An offset as spans have it.
fn offset(at: usize) -> u32 {
    Span::new(at, at).start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    /// Where `wanted`, a part of the inner text, stands in the outer one.
    fn found<'o>(outer: &'o str, tree: &Node<'_>, wanted: &str) -> &'o str {
        let inner = Inner::of(outer, tree.get("Policy").unwrap()).unwrap().decoded();
        let at = inner.text.find(wanted).unwrap();
        outer.get(inner.span(Span::new(at, at + wanted.len())).range()).unwrap()
    }

    #[test]
    fn escapes_of_json_are_counted() {
        let outer = r#"{"Policy": "{\"a\":\t\"\u00e9\ud83d\ude00x\"}"}"#;
        let tree = json::parse(outer).unwrap();
        assert_eq!(found(outer, &tree, "\"a\""), r#"\"a\""#);
        assert_eq!(found(outer, &tree, "é😀"), r"\u00e9\ud83d\ude00");
        assert_eq!(found(outer, &tree, "x"), "x");
    }

    #[test]
    fn percent_encoding_and_doubled_escapes_are_counted() {
        let outer = r#"{"Policy": "%7B%22a%22%3A%20%22x%22%7D"}"#;
        assert_eq!(found(outer, &json::parse(outer).unwrap(), "\"x\""), "%22x%22");
        let outer = r#"{"Policy": "{\\\"a\\\":\\\"x\\\"}"}"#;
        assert_eq!(found(outer, &json::parse(outer).unwrap(), "\"x\""), r#"\\\"x\\\""#);
    }

    #[test]
    fn texts_in_yaml_are_found_where_they_stand() {
        for outer in ["Policy: '{\"a\": \"x\"}'\n", "Policy: |\n  {\n    \"a\": \"x\"\n  }\n"] {
            assert_eq!(found(outer, &yaml::parse(outer).unwrap(), "\"x\""), "\"x\"");
        }
        let folded = "Policy: >\n  {\"a\":\n  \"x\"}\n";
        assert!(Inner::of(folded, yaml::parse(folded).unwrap().get("Policy").unwrap()).is_none());
    }
}
