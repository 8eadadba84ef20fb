//! The text that Athena and CloudTrail Lake show for a row: `{type=IAMUser, sessioncontext={attributes=null}}`.
//!
//! Nothing in such a text tells a comma of a value from one between values; a comma is part of the value unless a name and
//! `=` follow it.

use crate::value::Value;

/// The value in a text: JSON, or a row as query results show it, whose names have no quotation marks.
pub(crate) fn in_text(text: &str) -> Value<'_> {
    let inner = text.trim_start().strip_prefix('{').map(str::trim_start);
    let is_row = inner.is_some_and(|inner| inner.starts_with(|first: char| first.is_ascii_alphanumeric()));
    if is_row { parse(text) } else { Value::parse(text) }
}

/// Reads such a text; `Null` where it is not one.
fn parse(text: &str) -> Value<'_> {
    let mut reader = Reader { rest: text.trim() };
    reader.value(0)
}

const MAX_DEPTH: usize = 32;

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Value<'t> {
        if depth < MAX_DEPTH
            && let Some(rest) = self.rest.strip_prefix('{')
        {
            self.rest = rest;
            return Value::Object(self.members(depth));
        }
        let text = self.take(end_of_text(self.rest)).trim();
        if text.is_empty() || text == "null" { Value::Null } else { Value::Text(text.into()) }
    }

    fn members(&mut self, depth: usize) -> Vec<(std::borrow::Cow<'t, str>, Value<'t>)> {
        let mut members = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches([',', ' ']);
            if let Some(rest) = self.rest.strip_prefix('}') {
                self.rest = rest;
                return members;
            }
            let Some(name) = name(self.rest) else {
                self.rest = "";
                return members;
            };
            self.take(name.len() + 1);
            members.push((name.into(), self.value(depth + 1)));
        }
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

/// The name that begins the text, where `=` follows it.
fn name(text: &str) -> Option<&str> {
    let end = text.find(|character: char| !character.is_ascii_alphanumeric() && !matches!(character, '_' | '-'))?;
    text.get(..end).filter(|name| !name.is_empty() && text.get(end..).is_some_and(|rest| rest.starts_with('=')))
}

fn end_of_text(text: &str) -> usize {
    let ends = |at: usize, found: &str| {
        found == "}" || text.get(at + 1..).is_some_and(|rest| name(rest.trim_start()).is_some())
    };
    text.match_indices([',', '}']).find(|(at, found)| ends(*at, found)).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read() {
        let row = parse(
            "{type=IAMUser, arn=arn:aws:iam::1:user/a,b, invokedby=null, sessioncontext={attributes={mfa=false}, x=}, n=1}",
        );
        let text = |value: &Value| value.as_text().map(str::to_owned);
        assert_eq!(text(row.get("type")).as_deref(), Some("IAMUser"));
        assert_eq!(text(row.get("arn")).as_deref(), Some("arn:aws:iam::1:user/a,b"));
        assert_eq!(row.get("invokedBy"), &Value::Null);
        assert_eq!(text(row.get("sessionContext").get("attributes").get("mfa")).as_deref(), Some("false"));
        assert_eq!(text(row.get("n")).as_deref(), Some("1"));
        assert_eq!(parse("{a={b=").get("a"), &Value::Object(vec![("b".into(), Value::Null)]));
    }
}
