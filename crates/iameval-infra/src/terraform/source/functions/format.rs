//! `format`: texts with verbs for values. What Terraform refuses, and what is not exact here, is not known.

use super::super::convert::is_known;
use super::super::encode::encode;
use super::super::expression::{exact, shown, truth};
use super::texts::letters;
use super::{all_there, known};
use crate::value::{Order, Text, Value, ValueKind};
use iameval::symbol::Symbols;

type Made = Option<ValueKind>;

/// How wide something is filled up at most.
const MAX_WIDTH: usize = 1_000;

/// What stands between a percent sign and its verb.
#[derive(Debug, Default)]
struct Spec {
    /// Which of the values it is for, from one on; the next one otherwise.
    argument: Option<usize>,
    /// What several flags do together is not known here.
    flag: Option<char>,
    width: usize,
    precision: Option<usize>,
}

impl Spec {
    fn read(mut text: &str) -> Option<Self> {
        let mut spec = Self::default();
        if let Some((number, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            spec.argument = Some(number.parse().ok().filter(|number| *number > 0)?);
            text = rest;
        }
        let rest = text.strip_prefix(['-', '+', ' ', '0', '#']).unwrap_or(text);
        spec.flag = text.chars().next().filter(|_| rest.len() < text.len());
        let (width, precision) = match rest.split_once('.') {
            Some((width, precision)) => (width, Some(precision)),
            None => (rest, None),
        };
        let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number <= MAX_WIDTH);
        spec.width = if width.is_empty() { 0 } else { number(width)? };
        spec.precision = match precision {
            Some(precision) => Some(number(precision)?),
            None => None,
        };
        Some(spec)
    }

    fn has(&self, flag: char) -> bool {
        self.flag == Some(flag)
    }

    /// Whether nothing is said about how the value is written.
    fn is_plain(&self) -> bool {
        self.flag.is_none() && self.width == 0 && self.precision.is_none()
    }

    /// A text, filled up.
    fn filled(&self, text: &str) -> Option<String> {
        let missing = self.width.saturating_sub(letters(text)?.len());
        let (zeros, spaces) = ("0".repeat(missing), " ".repeat(missing));
        Some(match self.flag {
            Some('-') => format!("{text}{spaces}"),
            Some('0') => match text.strip_prefix(['-', '+']) {
                Some(digits) if digits.starts_with(|first: char| first.is_ascii_digit()) => {
                    format!("{}{zeros}{digits}", text.get(..1)?)
                }
                _ => format!("{zeros}{text}"),
            },
            _ => format!("{spaces}{text}"),
        })
    }

    /// A number, with its sign.
    fn number(&self, text: &str) -> Option<String> {
        let sign = match self.flag {
            Some('+') if !text.starts_with('-') => "+",
            Some(' ') if !text.starts_with('-') => " ",
            Some('#') => return None,
            _ => "",
        };
        self.filled(&format!("{sign}{text}"))
    }

    /// What the verb makes of a value.
    fn made(&self, verb: char, value: &Value, symbols: &Symbols) -> Option<Text> {
        let whole = || {
            let number = exact(value).filter(|number| number.fract() == 0.0 && self.precision.is_none())?;
            shown(number).parse::<i64>().ok()
        };
        let signed = |digits: String, number: i64| if number < 0 { format!("-{digits}") } else { digits };
        let text = match verb {
            's' if self.is_plain() => return value.to_text(),
            'v' if self.is_plain() => return general(value, symbols),
            'v' if self.has('#') && self.width == 0 && self.precision.is_none() => return json(value, symbols),
            's' if !self.has('#') && !self.has('+') && !self.has(' ') => {
                let all = letters(known(value, symbols)?)?;
                let most = self.precision.unwrap_or(all.len());
                self.filled(&all.into_iter().take(most).collect::<String>())?
            }
            'q' if self.is_plain() => {
                let text = value.to_text().filter(|text| symbols.within(&text.text).next().is_none())?;
                return encode(&Value { span: value.span, kind: ValueKind::Text(Text::from(text.text)) });
            }
            't' if self.is_plain() => truth(value)?.to_string(),
            'd' => self.number(&whole()?.to_string())?,
            'x' => self.number(&signed(format!("{:x}", whole()?.unsigned_abs()), whole()?))?,
            'X' => self.number(&signed(format!("{:X}", whole()?.unsigned_abs()), whole()?))?,
            'o' => self.number(&signed(format!("{:o}", whole()?.unsigned_abs()), whole()?))?,
            'b' => self.number(&signed(format!("{:b}", whole()?.unsigned_abs()), whole()?))?,
            'f' => {
                let (number, places) = (exact(value)?, self.precision.unwrap_or(6));
                let text = format!("{number:.places$}");
                // Nothing is rounded.
                let is_all = text.parse::<f64>().is_ok_and(|made| made.total_cmp(&number).is_eq());
                is_all.then(|| self.number(&text))??
            }
            _ => return None,
        };
        Some(Text::from(text))
    }
}

/// A value as `%v` writes it.
fn general(value: &Value, symbols: &Symbols) -> Option<Text> {
    match &value.kind {
        ValueKind::Number(_) => {
            let number = exact(value)?;
            let is_short = number == 0.0 || (1e-4..1e6).contains(&number.abs());
            if is_short {
                return value.to_text();
            }
            // Large numbers have an exponent, which those that are not whole are not written with here.
            let text = shown(number);
            let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("-", digits));
            if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
                return None;
            }
            let exponent = digits.len().checked_sub(1)?;
            let (first, rest) = digits.split_at_checked(1)?;
            let rest = rest.trim_end_matches('0');
            let point = if rest.is_empty() { "" } else { "." };
            Some(Text::from(format!("{sign}{first}{point}{rest}e+{exponent:02}")))
        }
        ValueKind::Text(_) | ValueKind::Bool(_) => value.to_text(),
        ValueKind::Null | ValueKind::List(_) | ValueKind::Map(_) => json(value, symbols),
        // It may be a number.
        ValueKind::Unordered(_) | ValueKind::Untyped(_) | ValueKind::Unknown(_) | ValueKind::OneOf { .. } => None,
    }
}

fn json(value: &Value, symbols: &Symbols) -> Option<Text> {
    is_known(value, symbols).then(|| encode(value)).flatten()
}

/// `format`
pub(super) fn format(arguments: &[Value], symbols: &Symbols) -> Made {
    let (pattern, values) = arguments.split_first()?;
    let mut rest = known(pattern, symbols)?;
    let mut made = Text::default();
    let (mut next, mut most) = (0, 0);
    while let Some((before, after)) = rest.split_once('%') {
        made.push_str(before);
        let end = after.find(|letter: char| letter.is_ascii_alphabetic() || letter == '%')?;
        let (spec, after) = after.split_at_checked(end)?;
        let verb = after.chars().next()?;
        rest = after.get(verb.len_utf8()..)?;
        if verb == '%' {
            if !spec.is_empty() {
                return None;
            }
            made.push_str("%");
            continue;
        }
        let spec = Spec::read(spec)?;
        let at = spec.argument.map_or(next, |argument| argument - 1);
        made.push(&spec.made(verb, values.get(at)?, symbols)?);
        next = at + 1;
        most = most.max(next);
    }
    made.push_str(rest);
    // Values that are not used are refused.
    (most == values.len()).then_some(ValueKind::Text(made))
}

/// `formatlist`
pub(super) fn format_list(arguments: &[Value], symbols: &Symbols) -> Made {
    let (pattern, values) = arguments.split_first()?;
    let (mut count, mut order) = (None, Order::Certain);
    for value in values {
        if value.items().is_some() {
            let (items, own) = all_there(value)?;
            // Which items of two sets come together is not certain.
            if count.is_some_and(|count| count != items.len() || order.max(own) == Order::Open) {
                return None;
            }
            (count, order) = (Some(items.len()), own);
        }
    }
    let mut made = Vec::new();
    for at in 0..count? {
        let of = |value: &Value| match value.items() {
            Some((items, _)) => items.get(at).cloned(),
            None => Some(value.clone()),
        };
        let mut one = vec![pattern.clone()];
        one.extend(values.iter().map(of).collect::<Option<Vec<_>>>()?);
        made.push(Value { span: pattern.span, kind: format(&one, symbols)? });
    }
    Some(order.list(made))
}
