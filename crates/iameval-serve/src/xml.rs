//! Writes XML as the AWS Query protocol has it: elements and text, in one pass into one text. Names are those of this
//! crate, so only text is escaped.

/// A text of XML as it grows.
#[derive(Debug, Default)]
pub(crate) struct Xml {
    out: String,
}

impl Xml {
    /// How many bytes there are so far.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.out
    }

    /// The beginning of an element.
    pub(crate) fn open(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    /// The beginning of a root element.
    pub(crate) fn open_root(&mut self, name: &str, suffix: &str, namespace: &str) {
        for part in ["<", name, suffix, " xmlns=\"", namespace, "\">"] {
            self.out.push_str(part);
        }
    }

    /// The end of an element.
    pub(crate) fn close(&mut self, name: &str) {
        self.close_with(name, "");
    }

    /// The end of an element whose name has a suffix.
    pub(crate) fn close_with(&mut self, name: &str, suffix: &str) {
        for part in ["</", name, suffix, ">"] {
            self.out.push_str(part);
        }
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str("/>");
    }

    /// An element that holds a text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.escaped(text);
        self.close(name);
    }

    /// An element that holds `true` or `false`.
    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.text(name, if value { "true" } else { "false" });
    }

    /// An element that holds a number.
    pub(crate) fn number(&mut self, name: &str, value: u32) {
        self.text(name, &value.to_string());
    }

    /// An element that holds others.
    pub(crate) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.open(name);
        content(self);
        self.close(name);
    }

    /// A list; an empty one is an empty element.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut member: impl FnMut(&mut Self, T),
    ) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return self.empty(name);
        }
        self.open(name);
        for item in items {
            self.open("member");
            member(self, item);
            self.close("member");
        }
        self.close(name);
    }

    /// A list of texts.
    pub(crate) fn texts<'t>(&mut self, name: &str, texts: impl IntoIterator<Item = &'t str>) {
        self.list(name, texts, Self::escaped);
    }

    /// A text, escaped. What XML cannot hold becomes the replacement character.
    fn escaped(&mut self, text: &str) {
        let mut from = 0;
        for (at, character) in text.char_indices() {
            let escape = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\r' => "&#xD;",
                '\t' | '\n' => continue,
                '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => "\u{fffd}",
                _ => continue,
            };
            self.out.push_str(text.get(from..at).unwrap_or_default());
            self.out.push_str(escape);
            from = at + character.len_utf8();
        }
        self.out.push_str(text.get(from..).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_empty_lists_are_empty_elements() {
        let mut xml = Xml::default();
        xml.text("a", "x<&>\"\r\n\u{1}é");
        xml.texts("b", []);
        xml.texts("c", ["1", "2"]);
        let text = "<a>x&lt;&amp;&gt;&quot;&#xD;\n\u{fffd}é</a><b/><c><member>1</member><member>2</member></c>";
        assert_eq!(xml.into_text(), text);
    }
}
