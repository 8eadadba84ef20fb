//! Markdown of the page of codes, for people: what its signs say is said by colours and by the layout.

use crate::layout::columns;
use crate::style::Style;

/// The text with paragraphs and lists wrapped, blocks of code indented, and without the signs.
pub(crate) fn rendered(markdown: &str, style: Style) -> String {
    let texts: Vec<String> = blocks(markdown).iter().map(|block| block.rendered(style)).collect();
    texts.join("\n")
}

/// A line of Markdown, such as a title, with its literals and emphasis.
pub(crate) fn inline(line: &str, style: Style) -> String {
    pieces(line).map(|(look, text)| look.painted(text, style)).collect()
}

/// What stands between blank lines.
enum Block<'m> {
    Heading(&'m str),
    Paragraph(String),
    List(Vec<String>),
    Code(Vec<&'m str>),
}

impl Block<'_> {
    /// Its lines, each ended.
    fn rendered(&self, style: Style) -> String {
        match self {
            Self::Heading(title) => format!("{}\n", style.heading(&inline(title, Style { colour: false, ..style }))),
            Self::Paragraph(text) => wrapped(text, "", "", style),
            Self::List(items) => items.iter().map(|item| wrapped(item, "- ", "  ", style)).collect(),
            Self::Code(lines) => lines.iter().map(|line| code(line, style)).collect(),
        }
    }
}

fn code(line: &str, style: Style) -> String {
    if line.is_empty() { "\n".to_owned() } else { format!("    {}\n", style.literal(line)) }
}

fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut is_new = true;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            blocks.push(Block::Code(lines.by_ref().take_while(|line| !line.starts_with("```")).collect()));
            is_new = true;
        } else if line.trim().is_empty() {
            is_new = true;
        } else if line.starts_with('#') {
            blocks.push(Block::Heading(line.trim_start_matches('#').trim()));
            is_new = true;
        } else {
            let before = if is_new { None } else { blocks.last_mut() };
            match (before, line.strip_prefix("- ")) {
                (Some(Block::List(items)), Some(item)) => items.push(item.to_owned()),
                (_, Some(item)) => blocks.push(Block::List(vec![item.to_owned()])),
                (Some(Block::List(items)), None) => {
                    if let Some(item) = items.last_mut() {
                        go_on(item, line);
                    }
                }
                (Some(Block::Paragraph(text)), None) => go_on(text, line),
                (_, None) => blocks.push(Block::Paragraph(line.to_owned())),
            }
            is_new = false;
        }
    }
    blocks
}

/// Adds the next line of a paragraph.
fn go_on(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line.trim());
}

/// How a piece of a line looks.
#[derive(Clone, Copy)]
enum Look {
    Text,
    Literal,
    Emphasis,
}

impl Look {
    fn painted(self, text: &str, style: Style) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::Literal => style.literal(text),
            Self::Emphasis => style.emphasis(text),
        }
    }
}

/// A line in pieces, without the signs around them.
fn pieces(line: &str) -> impl Iterator<Item = (Look, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((look, text, after)) = marked(rest) {
            rest = after;
            return Some((look, text));
        }
        // A sign that closes nothing is text.
        let begins_piece = |at: &usize| rest.get(*at..).is_some_and(|text| marked(text).is_some());
        let end = rest.match_indices(['`', '*']).map(|(at, _)| at).find(begins_piece).unwrap_or(rest.len());
        let (text, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        Some((Look::Text, text))
    })
}

/// The piece with which a text begins, if signs stand around it, and what follows.
fn marked(text: &str) -> Option<(Look, &str, &str)> {
    let (look, sign, rest) = match text.strip_prefix('`') {
        Some(rest) => (Look::Literal, '`', rest),
        None => (Look::Emphasis, '*', text.strip_prefix('*')?),
    };
    let (inner, after) = rest.split_once(sign)?;
    (!inner.is_empty() && inner.trim() == inner).then_some((look, inner, after))
}

/// A text as lines of the style's width, cut between words.
fn wrapped(text: &str, first: &str, rest: &str, style: Style) -> String {
    let mut out = first.to_owned();
    let (indent, mut used) = (columns(rest), columns(first));
    for (index, (painted, width)) in words(text, style).into_iter().enumerate() {
        if index > 0 && used + 1 + width > style.width {
            out.push('\n');
            out.push_str(rest);
            used = indent;
        } else if index > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(&painted);
        used += width;
    }
    out.push('\n');
    out
}

/// The words of a text, each with its width; the pieces of a word may look different.
fn words(text: &str, style: Style) -> Vec<(String, usize)> {
    let mut words = vec![(String::new(), 0)];
    for (look, text) in pieces(text) {
        for (index, part) in text.split(' ').enumerate() {
            if index > 0 {
                words.push((String::new(), 0));
            }
            if let Some((painted, width)) = words.last_mut().filter(|_| !part.is_empty()) {
                painted.push_str(&look.painted(part, style));
                *width += columns(part);
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
## X1: A `Sid` twice

- Severity: error
- AWS: `A long
  message`, and more

One *two* three `s3:*` and 2 * 3
goes on.

```json wrong
{
  \"Sid\": 1
}
```
";

    #[test]
    fn signs_become_layout() {
        let style = Style { colour: false, width: 24 };
        assert_eq!(
            rendered(PAGE, style),
            "X1: A Sid twice\n\n- Severity: error\n- AWS: A long message,\n  and more\n\n\
             One two three s3:* and 2\n* 3 goes on.\n\n    {\n      \"Sid\": 1\n    }\n"
        );
    }

    #[test]
    fn signs_become_colours() {
        let style = Style { colour: true, width: 80 };
        assert_eq!(inline("a `b` *c*", style), format!("a {} {}", style.literal("b"), style.emphasis("c")));
        assert_eq!(inline("`a", style), "`a");
    }
}
