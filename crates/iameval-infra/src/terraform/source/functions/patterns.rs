//! `regex` and its kin. Patterns that Go could read in another way than the library does here are not known.

use super::{known, text};
use crate::terraform::resources::entry;
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbols;
use iameval::text::Span;
use regex_lite::{Captures, Regex, RegexBuilder};

type Made = Option<ValueKind>;

/// How much a pattern may come to, and how long a text may be.
const MAX_SIZE: usize = 1 << 18;
const MAX_LENGTH: usize = 1 << 16;

/// A pattern of Go's syntax, where it means the same here.
fn read(pattern: &str, of: &str) -> Option<Regex> {
    // Letters beyond ASCII have no cases here, and vertical tabs are no space in Go.
    let has_cases = !(pattern.is_ascii() && of.is_ascii()) && pattern.contains("(?");
    let is_same = is_plain(pattern) && !has_cases && !of.contains('\u{b}') && of.len() <= MAX_LENGTH;
    RegexBuilder::new(pattern).size_limit(MAX_SIZE).build().ok().filter(|_| is_same)
}

/// Whether a pattern has nothing in it that Go and the library read in different ways.
fn is_plain(pattern: &str) -> bool {
    let mut letters = pattern.chars().peekable();
    let (mut in_class, mut repeats, mut before) = (false, false, ' ');
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let repeated = std::mem::take(&mut repeats);
        match letter {
            '\\' => {
                // Words and digits are those of ASCII in both.
                let is_known = next.is_ascii_punctuation() || "dDwWsSfnrtv".contains(next);
                if !(is_known || !in_class && "Abz".contains(next)) || "<>".contains(next) {
                    return false;
                }
                letters.next();
            }
            '[' if in_class && next == ':' => {
                let name: String = letters.by_ref().skip(1).take_while(char::is_ascii_lowercase).collect();
                if name.is_empty() || letters.next() != Some(']') {
                    return false;
                }
            }
            '[' if in_class => return false,
            '&' | '~' | '-' if in_class && next == letter => return false,
            // What else a class begins with is part of it.
            '[' => {
                in_class = true;
                if next == '^' {
                    letters.next();
                }
                if letters.peek() == Some(&']') {
                    letters.next();
                }
            }
            ']' => in_class = false,
            _ if in_class => {}
            // Go refuses what is repeated twice.
            '*' | '+' => {
                if repeated {
                    return false;
                }
                repeats = true;
            }
            '?' if before == '(' => {
                let is_known = match next {
                    ':' | 'i' | 's' | 'm' => true,
                    'P' => pattern.contains("(?P<"),
                    _ => false,
                };
                let flags: String = letters.clone().take_while(|letter| !":)<".contains(*letter)).collect();
                if !is_known || flags != "P" && !flags.chars().all(|flag| "ims".contains(flag)) {
                    return false;
                }
            }
            '?' => {
                // After another one it is the least of them, once.
                if repeated && before == '?' && next == '?' {
                    return false;
                }
                repeats = true;
            }
            '{' => {
                let inside: String = letters.clone().take_while(|letter| *letter != '}').collect();
                let is_count = inside.starts_with(|first: char| first.is_ascii_digit())
                    && inside.chars().all(|letter| letter.is_ascii_digit() || letter == ',')
                    && inside
                        .split(',')
                        .all(|count| count.is_empty() || count.parse().is_ok_and(|count: u32| count <= 1000));
                if !is_count || repeated {
                    return false;
                }
                letters.by_ref().find(|letter| *letter == '}');
                repeats = true;
            }
            _ => {}
        }
        before = letter;
    }
    !in_class
}

/// What the groups of a match come to: an object of those with names, a list of the others, the text where there are none.
fn groups(regex: &Regex, found: &Captures<'_>, span: Span) -> Made {
    let of = |group: Option<regex_lite::Match<'_>>| match group {
        Some(found) => Value::text(span, found.as_str()),
        None => Value { span, kind: ValueKind::Null },
    };
    let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    if names.is_empty() {
        return Some(text(found.get(0)?.as_str()));
    }
    if names.iter().all(Option::is_some) {
        let entries = names.iter().flatten().map(|name| entry(name, of(found.name(name))));
        return Some(ValueKind::Map(entries.collect()));
    }
    // Terraform refuses groups with and without a name together.
    names.iter().all(Option::is_none).then(|| ValueKind::List(found.iter().skip(1).map(of).collect()))
}

/// Whether a text has nothing in it that a pattern matches, which `regex` fails for.
pub(super) fn finds_nothing(arguments: &[Value], symbols: &Symbols) -> bool {
    let [pattern, of] = arguments else { return false };
    let (Some(pattern), Some(of)) = (known(pattern, symbols), known(of, symbols)) else { return false };
    read(pattern, of).is_some_and(|regex| !regex.is_match(of))
}

/// `regex`
pub(super) fn first(arguments: &[Value], symbols: &Symbols) -> Made {
    let [pattern, of] = arguments else { return None };
    let regex = read(known(pattern, symbols)?, known(of, symbols)?)?;
    groups(&regex, &regex.captures(known(of, symbols)?)?, of.span)
}

/// `regexall`
pub(super) fn all(arguments: &[Value], symbols: &Symbols) -> Made {
    let [pattern, of] = arguments else { return None };
    let regex = read(known(pattern, symbols)?, known(of, symbols)?)?;
    let found = regex.captures_iter(known(of, symbols)?);
    let values = found.map(|found| Some(Value { span: of.span, kind: groups(&regex, &found, of.span)? }));
    values.collect::<Option<_>>().map(ValueKind::List)
}

/// `replace` with a pattern between slashes.
pub(super) fn replaced(of: &str, pattern: &str, new: &str) -> Option<String> {
    let regex = read(pattern, of)?;
    // Names in braces are words in Go.
    let is_word = |rest: &str| {
        rest.split_once('}').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        })
    };
    let is_same = new.is_ascii() && new.split("${").skip(1).all(is_word);
    is_same.then(|| regex.replace_all(of, new).into_owned())
}
