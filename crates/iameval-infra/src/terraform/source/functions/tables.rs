//! `csvdecode`: lines of values as a list of objects.

use super::known;
use crate::terraform::resources::entry;
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbols;
use std::collections::HashSet;

/// The lines of a text, each with its values. `None` where Go refuses it.
fn lines(text: &str) -> Option<Vec<Vec<String>>> {
    let text = text.replace("\r\n", "\n");
    let (mut all, mut line): (Vec<Vec<String>>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = &*text;
    while !rest.is_empty() {
        // Lines with nothing in them are none.
        if line.is_empty()
            && let Some(after) = rest.strip_prefix('\n')
        {
            rest = after;
            continue;
        }
        let (value, after) = if let Some(inner) = rest.strip_prefix('"') {
            quoted(inner)?
        } else {
            let (value, after) = rest.split_at_checked(rest.find([',', '\n']).unwrap_or(rest.len()))?;
            (Some(value).filter(|value| !value.contains('"'))?.to_owned(), after)
        };
        line.push(value);
        rest = match after.strip_prefix(',') {
            // Nothing after a comma is a value.
            Some("") => {
                line.push(String::new());
                ""
            }
            Some(after) if after.starts_with('\n') => {
                line.push(String::new());
                after
            }
            Some(after) => {
                rest = after;
                continue;
            }
            None => after,
        };
        all.push(std::mem::take(&mut line));
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    Some(all)
}

/// A value up to its quotation mark, and what comes after it.
fn quoted(mut rest: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    loop {
        let (before, after) = rest.split_once('"')?;
        value.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => return (after.is_empty() || after.starts_with([',', '\n'])).then_some((value, after)),
        }
    }
}

/// `csvdecode`
pub(super) fn decoded(arguments: &[Value], symbols: &Symbols) -> Option<ValueKind> {
    let [of] = arguments else { return None };
    let mut lines = lines(known(of, symbols)?)?.into_iter();
    let names = lines.next()?;
    let mut seen = HashSet::new();
    if !names.iter().all(|name| seen.insert(name)) {
        return None;
    }
    let object = |line: Vec<String>| {
        let is_whole = line.len() == names.len();
        let entries = names.iter().zip(line).map(|(name, value)| entry(name, Value::text(of.span, value)));
        is_whole.then(|| Value { span: of.span, kind: ValueKind::Map(entries.collect()) })
    };
    lines.map(object).collect::<Option<_>>().map(ValueKind::List)
}
