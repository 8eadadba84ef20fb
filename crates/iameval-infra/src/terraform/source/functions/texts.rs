//! Functions of texts and numbers. Texts with symbols in them are put together, and not taken apart.

use super::{certain, known, text};
use crate::terraform::source::convert::decimal;
use crate::terraform::source::expression::{exact, is_exact, number, shown, whole};
use crate::value::{Text, Value, ValueKind};
use iameval::symbol::Symbols;

type Made = Option<ValueKind>;

fn of_text(arguments: &[Value], symbols: &Symbols, of: impl Fn(&str) -> String) -> Made {
    match arguments {
        [one] => Some(text(of(&known_scalar(one, symbols)?))),
        _ => None,
    }
}

/// The text of a text or number without symbols.
fn known_scalar(value: &Value, symbols: &Symbols) -> Option<String> {
    value.to_text().map(|text| text.text).filter(|text| symbols.within(text).next().is_none())
}

fn of_two(arguments: &[Value], symbols: &Symbols, of: impl Fn(&str, &str) -> ValueKind) -> Made {
    match arguments {
        [first, second] => Some(of(known(first, symbols)?, known(second, symbols)?)),
        _ => None,
    }
}

/// The letters of a text, where each stands for itself: of several that are one together, Terraform counts one.
pub(super) fn letters(text: &str) -> Option<Vec<char>> {
    let is_alone = |letter: char| letter < '\u{300}';
    (text.chars().all(is_alone) && !text.contains("\r\n")).then(|| text.chars().collect())
}

/// A text with other letters, each of which is one.
fn mapped<I: ExactSizeIterator<Item = char>>(arguments: &[Value], symbols: &Symbols, map: fn(char) -> I) -> Made {
    let [one] = arguments else { return None };
    let of_letter = |letter: char| {
        let mut made = map(letter);
        made.next().filter(|_| made.len() == 0)
    };
    known_scalar(one, symbols)?.chars().map(of_letter).collect::<Option<String>>().map(text)
}

pub(super) fn lower(arguments: &[Value], symbols: &Symbols) -> Made {
    mapped(arguments, symbols, char::to_lowercase)
}

pub(super) fn upper(arguments: &[Value], symbols: &Symbols) -> Made {
    mapped(arguments, symbols, char::to_uppercase)
}

pub(super) fn title(arguments: &[Value], symbols: &Symbols) -> Made {
    let [one] = arguments else { return None };
    let of = known_scalar(one, symbols)?;
    let mut is_start = true;
    let mut made = String::new();
    for letter in of.chars() {
        // Beyond, some letters have a third form.
        if letter > '\u{ff}' {
            return None;
        }
        let mut upper = letter.to_uppercase();
        made.push(if is_start { upper.next().filter(|_| upper.len() == 0)? } else { letter });
        is_start = if letter.is_ascii() {
            !letter.is_ascii_alphanumeric() && letter != '_'
        } else {
            !letter.is_alphanumeric() && letter.is_whitespace()
        };
    }
    Some(text(made))
}

pub(super) fn trim_space(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| text.trim().to_owned())
}

pub(super) fn chomp(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| text.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) fn reversed(arguments: &[Value], symbols: &Symbols) -> Made {
    let [one] = arguments else { return None };
    Some(text(letters(&known_scalar(one, symbols)?)?.into_iter().rev().collect::<String>()))
}

pub(super) fn base_name(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| match text.trim_end_matches('/') {
        "" if text.is_empty() => ".".to_owned(),
        "" => "/".to_owned(),
        path => path.rsplit('/').next().unwrap_or_default().to_owned(),
    })
}

pub(super) fn dir_name(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| shortest(text.rsplit_once('/').map_or("", |(folder, _)| folder), text))
}

/// A folder without what leads nowhere; `whole` is the path of something in it.
fn shortest(folder: &str, whole: &str) -> String {
    let is_absolute = whole.starts_with('/');
    let mut steps: Vec<&str> = Vec::new();
    for step in folder.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => _ = steps.pop(),
            ".." if is_absolute => {}
            step => steps.push(step),
        }
    }
    match (is_absolute, steps.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

pub(super) fn trim(arguments: &[Value], symbols: &Symbols) -> Made {
    of_two(arguments, symbols, |of, set| text(of.trim_matches(|letter| set.contains(letter))))
}

pub(super) fn trim_prefix(arguments: &[Value], symbols: &Symbols) -> Made {
    of_two(arguments, symbols, |of, prefix| text(of.strip_prefix(prefix).unwrap_or(of)))
}

pub(super) fn trim_suffix(arguments: &[Value], symbols: &Symbols) -> Made {
    of_two(arguments, symbols, |of, suffix| text(of.strip_suffix(suffix).unwrap_or(of)))
}

pub(super) fn starts_with(arguments: &[Value], symbols: &Symbols) -> Made {
    of_two(arguments, symbols, |of, prefix| ValueKind::Bool(of.starts_with(prefix)))
}

pub(super) fn ends_with(arguments: &[Value], symbols: &Symbols) -> Made {
    of_two(arguments, symbols, |of, suffix| ValueKind::Bool(of.ends_with(suffix)))
}

pub(super) fn contains(arguments: &[Value], symbols: &Symbols) -> Made {
    of_two(arguments, symbols, |of, part| ValueKind::Bool(of.contains(part)))
}

pub(super) fn replace(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, old, new] = arguments else { return None };
    let (of, old) = (known(of, symbols)?, known(old, symbols)?);
    // Between slashes, it is a regular expression.
    let is_pattern = old.len() > 1 && old.starts_with('/') && old.ends_with('/');
    match old.get(1..old.len().saturating_sub(1)).filter(|_| is_pattern) {
        Some(pattern) => super::patterns::replaced(of, pattern, known(new, symbols)?).map(text),
        None => new.to_text().map(|new| text(of.replace(old, &new.text))),
    }
}

pub(super) fn split(arguments: &[Value], symbols: &Symbols) -> Made {
    let [separator, of] = arguments else { return None };
    let (separator, of_text) = (known(separator, symbols)?, known(of, symbols)?);
    let item = |part: &str| Value::text(of.span, part);
    let items = if of_text.is_empty() {
        Vec::new()
    } else if separator.is_empty() {
        letters(of_text)?.into_iter().map(|letter| item(&letter.to_string())).collect()
    } else {
        of_text.split(separator).map(item).collect()
    };
    // An empty text is one empty item.
    Some(ValueKind::List(if items.is_empty() && !separator.is_empty() { vec![item("")] } else { items }))
}

pub(super) fn part(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, offset, length] = arguments else { return None };
    let letters = letters(known(of, symbols)?)?;
    let from = match whole(offset) {
        Some(from) => from,
        // From the end.
        None => letters.len().saturating_sub(shown(-number(offset)?).parse().ok()?),
    };
    let rest = letters.get(from..).unwrap_or_default();
    let count = whole(length).map_or(rest.len(), |length| length.min(rest.len()));
    Some(text(rest.get(..count)?.iter().collect::<String>()))
}

pub(super) fn indent(arguments: &[Value], _: &Symbols) -> Made {
    let [count, of] = arguments else { return None };
    let spaces = " ".repeat(whole(count).filter(|count| *count < 1_000)?);
    Some(text(of.to_text()?.text.replace('\n', &format!("\n{spaces}"))))
}

pub(super) fn join(arguments: &[Value], _: &Symbols) -> Made {
    let (separator, lists) = arguments.split_first()?;
    let separator = separator.to_text()?;
    let mut made = Text::default();
    let mut is_first = true;
    for of in lists {
        for item in certain(of)? {
            if !is_first {
                made.push(&separator);
            }
            made.push(&item.to_text()?);
            is_first = false;
        }
    }
    Some(ValueKind::Text(made))
}

pub(super) fn to_string(arguments: &[Value], _: &Symbols) -> Made {
    match arguments {
        [Value { kind: ValueKind::Null, .. }] => Some(ValueKind::Null),
        [one] => one.to_text().map(ValueKind::Text),
        _ => None,
    }
}

pub(super) fn to_number(arguments: &[Value], _: &Symbols) -> Made {
    match &arguments.first()?.kind {
        ValueKind::Number(text) => decimal(text).map(ValueKind::Number),
        ValueKind::Text(text) => decimal(&text.text).map(ValueKind::Number),
        ValueKind::Null => Some(ValueKind::Null),
        _ => None,
    }
}

pub(super) fn to_bool(arguments: &[Value], _: &Symbols) -> Made {
    arguments.first().and_then(crate::terraform::source::expression::truth).map(ValueKind::Bool)
}

fn numbers(arguments: &[Value], of: impl Fn(f64, f64) -> f64) -> Made {
    let numbers: Vec<f64> = arguments.iter().map(exact).collect::<Option<_>>()?;
    numbers.into_iter().reduce(of).filter(|value| is_exact(*value)).map(|value| ValueKind::Number(shown(value)))
}

pub(super) fn max(arguments: &[Value], _: &Symbols) -> Made {
    numbers(arguments, f64::max)
}

pub(super) fn min(arguments: &[Value], _: &Symbols) -> Made {
    numbers(arguments, f64::min)
}

pub(super) fn sum(arguments: &[Value], _: &Symbols) -> Made {
    numbers(certain(arguments.first()?)?, |left, right| left + right)
}

/// `pow`, of whole numbers, where it is exact.
pub(super) fn power(arguments: &[Value], _: &Symbols) -> Made {
    let [base, exponent] = arguments else { return None };
    let base = exact(base).filter(|base| base.fract() == 0.0)?;
    let exponent = u32::try_from(whole(exponent)?).ok().filter(|exponent| *exponent <= 64)?;
    let mut made = 1.0;
    for _ in 0..exponent {
        made = Some(made * base).filter(|made| is_exact(*made))?;
    }
    Some(ValueKind::Number(shown(made)))
}

pub(super) fn sign(arguments: &[Value], _: &Symbols) -> Made {
    let number = number(arguments.first()?)?;
    let sign = if number > 0.0 {
        "1"
    } else if number < 0.0 {
        "-1"
    } else {
        "0"
    };
    Some(ValueKind::Number(sign.to_owned()))
}

pub(super) fn abs(arguments: &[Value], _: &Symbols) -> Made {
    exact(arguments.first()?).map(|value| ValueKind::Number(shown(value.abs())))
}

pub(super) fn ceil(arguments: &[Value], _: &Symbols) -> Made {
    exact(arguments.first()?).map(|value| ValueKind::Number(shown(value.ceil())))
}

pub(super) fn floor(arguments: &[Value], _: &Symbols) -> Made {
    exact(arguments.first()?).map(|value| ValueKind::Number(shown(value.floor())))
}
