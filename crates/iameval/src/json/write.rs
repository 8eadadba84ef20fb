//! Tree to text.

use super::read::plain_bytes;
use super::{Node, Value};
use std::fmt::{self, Display, Formatter, Write};

/// Writes the tree as JSON: on one line, or with `{:#}` on many, two spaces a level.
impl Display for Node<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_value(self, f, f.alternate().then_some(0))
    }
}

/// Writes `text` as a JSON string with its quotes, escaping only what JSON requires.
///
/// # Errors
/// Those of the writer.
pub fn write_string(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    loop {
        let (plain, behind) = rest.split_at_checked(plain_bytes(rest.as_bytes())).unwrap_or((rest, ""));
        out.write_str(plain)?;
        let Some(&byte) = behind.as_bytes().first() else { break };
        rest = behind.get(1..).unwrap_or_default();
        match byte {
            b'"' => out.write_str("\\\"")?,
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            _ => write!(out, "\\u{byte:04x}")?,
        }
    }
    out.write_char('"')
}

/// `level` is the indentation of the pretty form, `None` for the compact one.
fn write_value(node: &Node<'_>, f: &mut Formatter<'_>, level: Option<usize>) -> fmt::Result {
    match &node.value {
        Value::Null => f.write_str("null"),
        Value::Bool(value) => write!(f, "{value}"),
        Value::Number(text) => f.write_str(text),
        Value::String(text) => write_string(text, f),
        Value::Array(items) => {
            let deeper = level.map(|level| level + 1);
            f.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                separate(index, deeper, f)?;
                write_value(item, f, deeper)?;
            }
            if !items.is_empty() {
                line(level, f)?;
            }
            f.write_char(']')
        }
        Value::Object(members) => {
            let deeper = level.map(|level| level + 1);
            f.write_char('{')?;
            for (index, member) in members.iter().enumerate() {
                separate(index, deeper, f)?;
                write_string(&member.key, f)?;
                f.write_str(if level.is_some() { ": " } else { ":" })?;
                write_value(&member.value, f, deeper)?;
            }
            if !members.is_empty() {
                line(level, f)?;
            }
            f.write_char('}')
        }
    }
}

fn separate(index: usize, level: Option<usize>, f: &mut Formatter<'_>) -> fmt::Result {
    if index > 0 {
        f.write_char(',')?;
    }
    line(level, f)
}

fn line(level: Option<usize>, f: &mut Formatter<'_>) -> fmt::Result {
    let Some(level) = level else { return Ok(()) };
    write!(f, "\n{:width$}", "", width = level * 2)
}
