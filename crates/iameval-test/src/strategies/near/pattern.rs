//! Texts at the edge of a pattern with wildcards and variables: resources, ARNs and texts of conditions.
//!
//! Variables stay as they are; whoever draws knows what they come to.

use super::sides::{Sides, changed, changed_at};

/// What stands for a wildcard in the account of an ARN, and for the account of somebody else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accounts<'a> {
    pub(super) own: &'a str,
    pub(super) other: &'a str,
}

/// A pattern in pieces.
#[derive(Debug, PartialEq, Eq)]
enum PatternPiece<'p> {
    Text(&'p str),
    /// `${key}` or `${key, 'otherwise'}`, without what stands in otherwise.
    Variable(&'p str),
    Many,
    One,
}

/// Resources and other ARNs.
pub(super) fn arns(pattern: &str, accounts: Accounts<'_>) -> Sides {
    if pattern == "*" {
        return Sides::new(vec![pattern.to_owned()], Vec::new());
    }
    let pieces = pieces(pattern);
    let fill = |star: &str| filled(&pieces, star, accounts.own);
    let fits = vec![fill("x"), fill(""), fill("a/b")];
    let plain = fill("x");
    let mut beside: Vec<String> = edge(&pieces, accounts.own).into_iter().collect();
    beside.push(format!("{plain}x"));
    if let Some(account) = account_of(&plain) {
        let other = if account == accounts.other { accounts.own } else { accounts.other };
        beside.push(plain.replacen(account, other, 1));
    }
    Sides::new(fits, beside)
}

/// Texts that a pattern is compared with.
pub(super) fn texts(pattern: &str) -> Sides {
    let pieces = pieces(pattern);
    let fits = vec![filled(&pieces, "x", "x"), filled(&pieces, "", "")];
    let plain = filled(&pieces, "x", "x");
    let beside = [edge(&pieces, "x"), Some(format!("{plain}x")), Some(swapped(&plain)), Some(String::new())];
    Sides::new(fits, beside.into_iter().flatten().collect())
}

/// Texts that are compared as a whole.
pub(super) fn exact(text: &str) -> Sides {
    let beside = [changed(text), Some(format!("{text}x")), Some(swapped(text)), Some(String::new())];
    Sides::new(vec![text.to_owned()], beside.into_iter().flatten().collect())
}

fn pieces(pattern: &str) -> Vec<PatternPiece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['*', '?', '$']) {
        let (text, from) = rest.split_at(at);
        if !text.is_empty() {
            pieces.push(PatternPiece::Text(text));
        }
        let (piece, length) = match (from.chars().next(), variable(from)) {
            (Some('*'), _) => (PatternPiece::Many, 1),
            (Some('?'), _) => (PatternPiece::One, 1),
            (_, Some((piece, length))) => (piece, length),
            _ => (PatternPiece::Text("$"), 1),
        };
        pieces.push(piece);
        rest = from.get(length..).unwrap_or_default();
    }
    if !rest.is_empty() {
        pieces.push(PatternPiece::Text(rest));
    }
    pieces
}

/// The variable that a text begins with, and how long it is; `${*}`, `${?}` and `${$}` are those characters.
fn variable(text: &str) -> Option<(PatternPiece<'_>, usize)> {
    let inner = text.strip_prefix("${")?;
    let end = inner.find('}')?;
    let name = inner.get(..end)?;
    let piece = match name {
        "*" | "?" | "$" => PatternPiece::Text(name),
        _ => PatternPiece::Variable(name.split(',').next().unwrap_or(name).trim()),
    };
    Some((piece, end + 3))
}

/// The pattern with something in the place of its wildcards; variables are written `${key}`.
fn filled(pieces: &[PatternPiece<'_>], star: &str, account: &str) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            PatternPiece::Text(text) => out.push_str(text),
            PatternPiece::Variable(key) => out.extend(["${", key, "}"]),
            PatternPiece::One => out.push('x'),
            PatternPiece::Many => out.push_str(match colons(&out) {
                Some(4) => account,
                Some(3) => "eu-central-1",
                _ => star,
            }),
        }
    }
    out
}

/// The pattern, filled, with the last character before its first wildcard changed, or its last one.
fn edge(pieces: &[PatternPiece<'_>], account: &str) -> Option<String> {
    let in_account = |at: &usize| {
        colons(&filled(pieces.get(..*at).unwrap_or_default(), "", account)).is_some_and(|colons| colons < 5)
    };
    let wild = |at: &usize| matches!(pieces.get(*at), Some(PatternPiece::Many | PatternPiece::One)) && !in_account(at);
    let first = (0..pieces.len()).find(wild).unwrap_or(pieces.len());
    let last = pieces.get(..first)?.iter().rposition(|piece| matches!(piece, PatternPiece::Text(_)))?;
    let head = filled(pieces.get(..last)?, "x", account);
    let PatternPiece::Text(text) = pieces.get(last)? else { return None };
    let at = text.char_indices().next_back()?.0;
    Some(changed_at(text, at).map(|text| head + &text)? + &filled(pieces.get(last + 1..)?, "x", account))
}

/// How many colons an ARN has so far, those of variables not counted; `None` for other texts.
fn colons(text: &str) -> Option<usize> {
    if !text.starts_with("arn:") {
        return None;
    }
    let mut depth = 0_usize;
    let mut count = 0;
    for ch in text.chars() {
        match ch {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => count += 1,
            _ => {}
        }
    }
    Some(count)
}

fn account_of(arn: &str) -> Option<&str> {
    let account = arn.split(':').nth(4)?;
    (arn.starts_with("arn:") && account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(account)
}

/// The text with upper and lower case swapped; a variable stays one.
fn swapped(text: &str) -> String {
    let mut inside = false;
    text.chars()
        .map(|ch| {
            inside = (inside || ch == '$') && ch != '}';
            match ch {
                _ if inside => ch,
                ch if ch.is_ascii_uppercase() => ch.to_ascii_lowercase(),
                ch => ch.to_ascii_uppercase(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: Accounts<'static> = Accounts { own: "111122223333", other: "444455556666" };

    #[test]
    fn resources_lie_on_either_side_of_a_wildcard() {
        let sides = arns("arn:aws:s3:::reports/*", ACCOUNTS);
        assert_eq!(sides.fits, ["arn:aws:s3:::reports/x", "arn:aws:s3:::reports/", "arn:aws:s3:::reports/a/b"]);
        assert_eq!(sides.beside, ["arn:aws:s3:::reportsxx", "arn:aws:s3:::reports/xx"]);
    }

    #[test]
    fn wildcards_in_account_and_region_are_filled_with_such() {
        let sides = arns("arn:aws:sqs:*:*:orders", ACCOUNTS);
        assert_eq!(sides.fits, ["arn:aws:sqs:eu-central-1:111122223333:orders"]);
        assert_eq!(
            sides.beside,
            [
                "arn:aws:sqs:eu-central-1:111122223333:orderx",
                "arn:aws:sqs:eu-central-1:111122223333:ordersx",
                "arn:aws:sqs:eu-central-1:444455556666:orders",
            ]
        );
    }

    #[test]
    fn variables_stay_for_whoever_draws() {
        let sides = arns("arn:aws:iam::*:user/${aws:username, 'nobody'}", ACCOUNTS);
        assert_eq!(sides.fits, ["arn:aws:iam::111122223333:user/${aws:username}"]);
        assert!(sides.beside.contains(&"arn:aws:iam::111122223333:userx${aws:username}".to_owned()), "{sides:?}");
    }

    #[test]
    fn texts_differ_by_a_letter_by_case_and_by_length() {
        let sides = texts("team-*");
        assert_eq!(sides.fits, ["team-x", "team-"]);
        assert_eq!(sides.beside, ["teamxx", "team-xx", "TEAM-X", ""]);
        assert_eq!(exact("a*").beside, ["ax", "a*x", "A*", ""]);
    }
}
