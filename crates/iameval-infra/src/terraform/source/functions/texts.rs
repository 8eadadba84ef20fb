//! Functions of texts and numbers. Texts with symbols in them are put together, and not taken apart.

use super::{certain, known, list, text};
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

pub(super) fn lower(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, str::to_lowercase)
}

pub(super) fn upper(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, str::to_uppercase)
}

pub(super) fn title(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| {
        let mut is_start = true;
        let titled = |letter: char| {
            let made: String = if is_start { letter.to_uppercase().collect() } else { letter.to_string() };
            is_start = !letter.is_alphanumeric() && letter != '_' && letter != '\'';
            made
        };
        text.chars().map(titled).collect()
    })
}

pub(super) fn trim_space(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| text.trim().to_owned())
}

pub(super) fn chomp(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| text.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) fn reversed(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| text.chars().rev().collect())
}

pub(super) fn base_name(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned())
}

pub(super) fn dir_name(arguments: &[Value], symbols: &Symbols) -> Made {
    of_text(arguments, symbols, |text| match text.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
        None => ".".to_owned(),
    })
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
    (!is_pattern).then(|| new.to_text().map(|new| text(of.replace(old, &new.text)))).flatten()
}

pub(super) fn split(arguments: &[Value], symbols: &Symbols) -> Made {
    let [separator, of] = arguments else { return None };
    let (separator, of_text) = (known(separator, symbols)?, known(of, symbols)?);
    let item = |part: &str| Value::text(of.span, part);
    let items = if of_text.is_empty() {
        Vec::new()
    } else if separator.is_empty() {
        of_text.chars().map(|letter| item(&letter.to_string())).collect()
    } else {
        of_text.split(separator).map(item).collect()
    };
    // An empty text is one empty item.
    Some(ValueKind::List(if items.is_empty() && !separator.is_empty() { vec![item("")] } else { items }))
}

pub(super) fn part(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, offset, length] = arguments else { return None };
    let letters: Vec<char> = known(of, symbols)?.chars().collect();
    let from = match whole(offset) {
        Some(from) => from,
        // From the end.
        None => letters.len().saturating_sub(shown(-number(offset)?).parse().ok()?),
    };
    let rest = letters.get(from..)?;
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

/// `format` with what people use of it: `%s`, `%d`, `%v`, `%q`, `%%` and widths of zeros.
pub(super) fn format(arguments: &[Value], symbols: &Symbols) -> Made {
    let (pattern, values) = arguments.split_first()?;
    let pattern = known(pattern, symbols)?;
    let mut made = Text::default();
    let mut values = values.iter();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        made.push_str(before);
        let end = after.find(|letter: char| letter.is_ascii_alphabetic() || letter == '%')?;
        let (flags, after) = after.split_at(end);
        let verb = after.chars().next()?;
        rest = after.get(verb.len_utf8()..)?;
        match (verb, flags) {
            ('%', "") => made.push_str("%"),
            ('s' | 'v', "") => {
                let value = values.next()?;
                // Such numbers have an exponent there.
                if verb == 'v'
                    && number(value).is_some_and(|number| !(number == 0.0 || (1e-4..1e6).contains(&number.abs())))
                    && value.as_text().is_none()
                {
                    return None;
                }
                made.push(&value.to_text()?);
            }
            ('q', "") => {
                let value = known(values.next()?, symbols)?;
                made.push_str(&format!("{value:?}"));
            }
            ('d', flags) => {
                let value = shown(exact(values.next()?).filter(|value| value.fract() == 0.0)?);
                let width =
                    flags.strip_prefix('0').unwrap_or("0").parse::<usize>().ok().filter(|width| *width < 100)?;
                if !flags.is_empty() && !flags.starts_with('0') {
                    return None;
                }
                made.push_str(&format!("{value:0>width$}"));
            }
            _ => return None,
        }
    }
    made.push_str(rest);
    Some(ValueKind::Text(made))
}

pub(super) fn format_list(arguments: &[Value], symbols: &Symbols) -> Made {
    let (pattern, values) = arguments.split_first()?;
    let mut count = None;
    for value in values {
        if list(value).is_some() {
            let items = certain(value)?;
            if count.is_some_and(|count| count != items.len()) {
                return None;
            }
            count = Some(items.len());
        }
    }
    let mut made = Vec::new();
    for at in 0..count? {
        let of = |value: &Value| list(value).map_or_else(|| Some(value.clone()), |items| items.get(at).cloned());
        let mut one = vec![pattern.clone()];
        one.extend(values.iter().map(of).collect::<Option<Vec<_>>>()?);
        made.push(Value { span: pattern.span, kind: format(&one, symbols)? });
    }
    Some(ValueKind::List(made))
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
