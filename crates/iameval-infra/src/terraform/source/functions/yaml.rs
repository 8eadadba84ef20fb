//! Scalars as `yamldecode` reads them: neither by YAML 1.1 nor by the core schema of YAML 1.2.

use crate::literal;
use iameval::json::Value;
use iameval_world::yaml::Written;
use std::borrow::Cow;

/// The most digits of a number that is read.
const MAX_DIGITS: usize = 100;

/// What a scalar is; `None` where it is not certain.
pub(super) fn scalar(text: &str, written: Written) -> Option<Value<'static>> {
    match written {
        Written::Plain => plain(text),
        Written::Quoted => Some(string(text)),
        // They are read as plain ones are first, and some are texts again after that.
        Written::Block => plain(text).filter(|value| *value == string(text)),
        Written::Tagged => None,
    }
}

fn plain(text: &str) -> Option<Value<'static>> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            Some(Value::Bool(false))
        }
        _ if literal::holds_symbol(text) || is_infinite(text) => None,
        _ if is_time(text) => time(text).map(|time| string(&time)),
        _ => match whole(text).or_else(|| decimal(text)) {
            Some(Number::Known(number)) => Some(Value::Number(Cow::Owned(number))),
            Some(Number::TooLarge) => None,
            None => Some(string(text)),
        },
    }
}

fn string(text: &str) -> Value<'static> {
    Value::String(Cow::Owned(text.to_owned()))
}

/// `.inf` and `.nan`, which are numbers without digits.
fn is_infinite(text: &str) -> bool {
    let name = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    name == ".inf" || name == ".nan"
}

/// Whether a text begins as points in time do.
fn is_time(text: &str) -> bool {
    let year = text.split('-').next().unwrap_or_default();
    year.len() == 4 && year.len() < text.len() && year.bytes().all(|byte| byte.is_ascii_digit())
}

/// What becomes of a text that begins as points in time do: of a day, its first second; of what is no day, itself.
fn time(text: &str) -> Option<String> {
    let Some((year, month, day)) = day(text) else {
        let has_time = text.contains(':') || text.contains(' ');
        return (!has_time).then(|| text.to_owned());
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_day = (1..=12).contains(&month) && (1..=days).contains(&day);
    Some(if is_day { format!("{year:04}-{month:02}-{day:02}T00:00:00Z") } else { text.to_owned() })
}

/// The numbers of year, month and day.
fn day(text: &str) -> Option<(u32, u32, u32)> {
    let number = |part: &str| {
        let is_number = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    };
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_day = parts.next().is_none() && month.len() <= 2 && day.len() <= 2;
    if is_day { Some((number(year)?, number(month)?, number(day)?)) } else { None }
}

/// A number, as Terraform writes it.
enum Number {
    Known(String),
    TooLarge,
}

/// A number with a prefix of its base.
fn whole(text: &str) -> Option<Number> {
    let (digits, base) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (text.strip_prefix("0o")?, 8),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
    let number = i64::from_str_radix(digits, base);
    is_number.then(|| number.map_or(Number::TooLarge, |number| Number::Known(number.to_string())))
}

/// `[-+]? (. digits | digits [. digits*]) [e [-+]? digits]`
fn decimal(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (digits, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !digits.is_empty() || !fraction.is_empty();
    let size = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if !has_digits || !is_digits(digits) || !is_digits(fraction) || size.is_empty() || !is_digits(size) {
        return None;
    }
    let all = format!("{digits}{fraction}");
    let Some(point) = exponent.parse().ok().and_then(|moved: i32| moved.checked_add(i32::try_from(digits.len()).ok()?))
    else {
        return Some(Number::TooLarge);
    };
    let limit = i32::try_from(MAX_DIGITS).unwrap_or(i32::MAX);
    if all.len() > MAX_DIGITS || point.abs() > limit {
        return Some(Number::TooLarge);
    }
    let before = usize::try_from(point).unwrap_or(0);
    let zeros = "0".repeat(usize::try_from(point.saturating_neg()).unwrap_or(0));
    let all = format!("{zeros}{all:0<before$}");
    let (whole, fraction) = all.split_at(before);
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(Number::Known(format!("{sign}{whole}{dot}{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_what_terraform_reads() {
        for (texts, expected) in [
            ("yes Yes YES y Y on On ON true True TRUE", "true"),
            ("no No NO n N off Off OFF false False FALSE", "false"),
            ("~ null Null NULL", "null"),
            ("1.0 1 01 +1 1. 1e0 0.1e1 10e-1 0x1 0o1", "1"),
            ("012345678901 12345678901 12345678901.0", "12345678901"),
            ("1.50 01.5 15e-1", "1.5"),
            (".5 +.5 00.5", "0.5"),
            ("-012 -12.0", "-12"),
            ("0 00 000 0e0 00e1", "0"),
            ("1e3 1E3 1.e3 1e+3", "1000"),
            ("0777", "777"),
            ("1e-7 0.1e-6", "0.0000001"),
            ("0x1F 0o37", "31"),
            ("2020-01-01 2020-1-1 2020-01-1", r#""2020-01-01T00:00:00Z""#),
            ("2012-10-17", r#""2012-10-17T00:00:00Z""#),
            // None of these can be told here.
            (".inf -.inf .nan .NaN 0xFFFFFFFFFFFFFFFFFF 1e400 1e99999999999", "?"),
            ("2020-01-01T00:00:00Z 2001-12-14t21:59:43.10-05:00", "?"),
        ] {
            for text in texts.split(' ') {
                let shown = scalar(text, Written::Plain).map_or_else(|| "?".to_owned(), |value| shown(&value));
                assert_eq!(shown, expected, "{text}");
            }
        }
        let texts = "oN tRue nULL 0O17 0X1f 0b11 1_000 1_ +0x1F 12:30:45 1.2.3 1e 1e+ 0x 0o8 . .. + += 10.0.0.0/8 nan inf \
             2020-02-30 2020-13-01 2020-1-1x 02020-01-01 2012-10-17/x arn:aws:s3:::b 1.5. =";
        for text in texts.split(' ').filter(|text| !text.is_empty()) {
            assert_eq!(scalar(text, Written::Plain), Some(string(text)), "{text}");
        }
    }

    #[test]
    fn other_scalars_are_texts_where_that_is_certain() {
        for (text, written, expected) in [
            ("yes", Written::Quoted, Some("yes")),
            ("012", Written::Quoted, Some("012")),
            ("a\nb", Written::Block, Some("a\nb")),
            ("yes\n", Written::Block, Some("yes\n")),
            ("yes", Written::Block, None),
            ("012", Written::Block, None),
            ("2012-10-17", Written::Block, None),
            ("", Written::Block, None),
            ("a", Written::Tagged, None),
        ] {
            assert_eq!(scalar(text, written), expected.map(string), "{text} {written:?}");
        }
    }

    fn shown(value: &Value<'_>) -> String {
        match value {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => format!("{text:?}"),
            _ => String::new(),
        }
    }
}
