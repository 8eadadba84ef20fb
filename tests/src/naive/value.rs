//! Texts, numbers, dates and addresses, in the plain forms that the naive evaluator knows.
//!
//! Numbers are integers and decimals, dates `YYYY-MM-DDThh:mm:ssZ` and epoch seconds, addresses what
//! [`std::net`] reads. [`is_plain`] tells which values of a condition lie inside.

use iameval::{Context, ContextKey, Operator};
use std::cmp::Ordering;
use std::net::IpAddr;

/// What a pattern is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A UTF-16 code unit, as the policy writes it.
    Written(u16),
    /// A UTF-16 code unit that a variable stands for.
    Value(u16),
    /// `?`, and whether it may stand for a colon.
    One(bool),
    /// `*`, and whether it may stand for colons.
    Many(bool),
}

const COLON: u16 = b':' as u16;

impl Token {
    /// A colon of the policy.
    pub const COLON: Token = Token::Written(COLON);
}

/// A text with its variables replaced; `None` when one has no value. `*` and `?` are wildcards if `wild`.
pub fn expand(text: &str, context: &Context, variables: bool, wild: bool) -> Option<Vec<Token>> {
    let read = |text: &str| if wild { self::wild(text) } else { text.encode_utf16().map(Token::Written).collect() };
    if !variables {
        return Some(read(text));
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inside, end)) = after.split_once('}').filter(|(inside, _)| !inside.is_empty()) else {
            // R-VAR-11: plain text, up to where the next variable may begin.
            tokens.extend(read(before));
            tokens.extend([b'$', b'{'].map(|byte| Token::Written(byte.into())));
            rest = after;
            continue;
        };
        tokens.extend(read(before));
        tokens.extend(variable(inside, context)?.encode_utf16().map(Token::Value));
        rest = end;
    }
    tokens.extend(read(rest));
    Some(tokens)
}

/// The value of a variable, without its braces.
fn variable<'v>(inside: &'v str, context: &'v Context) -> Option<&'v str> {
    if matches!(inside, "*" | "?" | "$") {
        return Some(inside);
    }
    let with_default = inside.split_once(", '").and_then(|(key, text)| Some((key, text.strip_suffix('\'')?)));
    let (key, default) = with_default.map_or((inside, None), |(key, default)| (key, Some(default)));
    match context.value(&ContextKey::new(key)) {
        None => default,
        // R-VAR-04: a list is no value, and the default is not used either.
        Some(value) if value.is_list() => None,
        Some(value) => value.texts().next(),
    }
}

/// A pattern without variables.
pub fn wild(text: &str) -> Vec<Token> {
    let token = |unit| match u8::try_from(unit) {
        Ok(b'*') => Token::Many(true),
        Ok(b'?') => Token::One(true),
        _ => Token::Written(unit),
    };
    text.encode_utf16().map(token).collect()
}

/// Tokens without wildcards as a text.
pub fn text(tokens: &[Token]) -> String {
    let unit = |token: &Token| match *token {
        Token::Written(unit) | Token::Value(unit) => Some(unit),
        _ => None,
    };
    String::from_utf16_lossy(&tokens.iter().filter_map(unit).collect::<Vec<_>>())
}

/// R-RES-02: up to the fifth colon of the policy no wildcard stands for a colon, but a `*` that ends its part.
pub fn hold_in_parts(tokens: &mut [Token]) {
    let mut colons = 0;
    for index in 0..tokens.len() {
        let ends_part = tokens.get(index + 1).is_none_or(|next| *next == Token::COLON);
        match tokens.get_mut(index) {
            Some(Token::Written(COLON)) => colons += 1,
            Some(Token::One(colon)) => *colon = colons >= 5,
            Some(Token::Many(colon)) => *colon = colons >= 5 || ends_part,
            _ => {}
        }
    }
}

/// Whether the pattern stands for the whole text.
pub fn glob(pattern: &[Token], text: &[u16]) -> bool {
    let same = |(token, unit): &(&Token, &u16)| **token == Token::Written(**unit) || **token == Token::Value(**unit);
    let plain = pattern.iter().zip(text).take_while(same).count();
    let (pattern, text) = (pattern.get(plain..).unwrap_or_default(), text.get(plain..).unwrap_or_default());
    if let None | Some(Token::Written(_) | Token::Value(_)) = pattern.first() {
        return pattern.is_empty() && text.is_empty();
    }
    // reached[n]: the tokens so far can stand for the first n units.
    let mut reached = vec![false; text.len() + 1];
    reached.splice(..1, [true]);
    for token in pattern {
        let mut open = false;
        let mut before = false;
        for (position, slot) in reached.iter_mut().enumerate() {
            let unit = position.checked_sub(1).and_then(|last| text.get(last)).copied();
            let here = *slot;
            *slot = match *token {
                Token::Written(wanted) | Token::Value(wanted) => before && unit == Some(wanted),
                Token::One(colon) => before && (colon || unit != Some(COLON)),
                Token::Many(colon) => {
                    open = here || (open && (colon || unit != Some(COLON)));
                    open
                }
            };
            before = here;
        }
    }
    reached.last() == Some(&true)
}

/// Whether a text has the six parts of an ARN.
pub fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(*parts, ["arn", partition, service, _, _, resource] if ![partition, service, resource].contains(&""))
}

/// R-COND-28: `None` when the pattern is no ARN; else whether each of its six parts stands for that of the text.
pub fn arn_matches(pattern: &[Token], text: &str) -> Option<bool> {
    if pattern == [Token::Many(true)] {
        return Some(true);
    }
    // A colon inside a variable separates nothing (R-VAR-07), unless the pattern is an ARN through variables alone.
    let written = pattern.iter().filter(|token| **token == Token::COLON).count() >= 5;
    let is_colon = |token: &Token| *token == Token::COLON || (!written && *token == Token::Value(COLON));
    let parts: Vec<&[Token]> = pattern.splitn(6, is_colon).collect();
    let [head, partition, service, _, _, resource] = *parts else { return None };
    if self::text(head) != "arn" || [partition, service, resource].iter().any(|part| part.is_empty()) {
        return None;
    }
    let units = |part: &str| part.encode_utf16().collect::<Vec<_>>();
    Some(parts.iter().zip(text.splitn(6, ':')).all(|(pattern, part)| glob(pattern, &units(part))))
}

/// R-COND-19: lower case, but characters outside the basic plane stay as they are.
pub fn lowercase(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut rest = lower.chars();
    let mut out = String::new();
    for c in text.chars() {
        let lowered = rest.by_ref().take(c.to_lowercase().count());
        if c > '\u{FFFF}' {
            lowered.for_each(drop);
            out.push(c);
        } else {
            out.extend(lowered);
        }
    }
    out
}

/// R-COND-24: every text but `true` is false.
pub fn truth(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// A decimal number: whether it is negative, and its digits before and after the point.
#[derive(Debug, PartialEq, Eq)]
pub struct Number<'t>(bool, &'t str, &'t str);

/// R-COND-20 for plain numbers.
pub fn number(text: &str) -> Option<Number<'_>> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    Some(Number(text.starts_with('-') && !(whole.is_empty() && fraction.is_empty()), whole, fraction))
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |number: &Self| (number.1.len(), number.1.to_owned(), number.2.to_owned());
        match (self.0, other.0) {
            (false, false) => size(self).cmp(&size(other)),
            (true, true) => size(other).cmp(&size(self)),
            (own, other) => other.cmp(&own),
        }
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// R-COND-22 for plain dates: seconds since 1970.
pub fn instant(text: &str) -> Option<i64> {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let digits = text.strip_prefix('+').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().ok();
    }
    if let Some(year) = text.strip_prefix('-') {
        // V-05; these run over every year, so only near ones are drawn.
        let year: i64 = Some(year).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
        return (year < 10_000).then(|| -(-year..1970).map(|year| (365 + i64::from(leap(year))) * 86_400).sum::<i64>());
    }
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers =
        |text: &str, separator| text.split(separator).map(|part| part.parse().ok()).collect::<Option<Vec<i64>>>();
    let [year, month, day] = *numbers(date, '-')? else { return None };
    let [hour, minute, second] = *numbers(time, ':')? else { return None };
    let length = |month| match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let fits = (1..=12).contains(&month) && (1..=length(month)).contains(&day);
    if !fits || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let years: i64 = if year < 1970 {
        -(year..1970).map(|year| 365 + i64::from(leap(year))).sum::<i64>()
    } else {
        (1970..year).map(|year| 365 + i64::from(leap(year))).sum()
    };
    let days = years + (1..month).map(length).sum::<i64>() + day - 1;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// R-COND-25: strict base64, of which every text is the only one for its bytes.
pub fn is_base64(text: &str) -> bool {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let body = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let unused = [1, 4, 16].get(text.len() - body.len()).copied().unwrap_or(1);
    let last = body.chars().last().and_then(|c| alphabet.find(c));
    text.len().is_multiple_of(4)
        && body.chars().all(|c| alphabet.contains(c))
        && last.is_some_and(|digit| digit % unused == 0)
}

/// An address as it is written; a dotted tail is for addresses mapped from IPv4 only.
fn written_address(text: &str) -> Option<IpAddr> {
    let tail = text.contains(':') && text.contains('.');
    let address: IpAddr = text.parse().ok()?;
    let mapped = matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some());
    (!tail || mapped).then_some(address)
}

/// R-COND-23: an address of a request. One that is mapped from IPv4 is that one.
pub fn address(text: &str) -> Option<IpAddr> {
    match written_address(text)? {
        IpAddr::V6(address) => Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4)),
        address @ IpAddr::V4(_) => Some(address),
    }
}

/// A network: its first bits, how many count, and how many bits the family has.
#[derive(Debug)]
pub struct Network(u128, u32, u32);

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (address.to_bits().into(), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

/// R-COND-23: a network of a policy.
pub fn network(text: &str) -> Option<Network> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let (address, width) = bits(written_address(address)?);
    let prefix = prefix.map_or(Some(width), |prefix| prefix.parse().ok()).filter(|prefix| *prefix <= width)?;
    let host = address & !u128::MAX.checked_shl(width - prefix).unwrap_or(0);
    (width == 32 || host == 0).then_some(Network(address, prefix, width))
}

impl Network {
    /// Whether the address of a request lies inside.
    pub fn contains(&self, text: &str) -> bool {
        let Network(network, prefix, width) = *self;
        let first = |bits: u128| bits.checked_shr(width - prefix).unwrap_or(0);
        address(text).map(bits).is_some_and(|(bits, own)| own == width && first(bits) == first(network))
    }
}

/// Whether a value of a condition, the policy's or the request's, has a form that this module knows.
pub fn is_plain(operator: Operator, text: &str) -> bool {
    let name = operator.as_str();
    let word = text.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
    if name.starts_with("Numeric") {
        number(text).is_some() || word
    } else if name.starts_with("Date") {
        instant(text).is_some() || word
    } else if name.contains("Ip") {
        network(text).is_some() || word
    } else {
        true
    }
}
