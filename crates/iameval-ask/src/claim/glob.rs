//! Plain globs over whole texts, as scopes have them: `*` is any run, colons included, and `?` one UTF-16 unit.

use std::collections::BTreeSet;

/// The globs that together fit the texts that begin with a literal text and fit a glob.
pub(super) fn beginning_with(prefix: &str, glob: &str) -> Vec<String> {
    rests(prefix, glob).into_iter().map(|rest| format!("{prefix}{rest}")).collect()
}

/// Whether a glob fits a text.
pub(super) fn fits(glob: &str, text: &str) -> bool {
    rests(text, glob).iter().any(|rest| rest.bytes().all(|byte| byte == b'*'))
}

/// What is left of a glob behind a text that its beginning fits, in every way in which it does.
fn rests<'g>(text: &str, glob: &'g str) -> BTreeSet<&'g str> {
    let mut rests = BTreeSet::from([glob]);
    for letter in text.chars() {
        // A letter beyond the basic plane is two units.
        for unit in 0..letter.len_utf16() {
            let mut next = BTreeSet::new();
            for rest in &rests {
                step(rest, letter, unit, &mut next);
            }
            rests = next;
        }
    }
    rests
}

/// Adds what is left of a glob behind one unit of a letter.
fn step<'g>(rest: &'g str, letter: char, unit: usize, next: &mut BTreeSet<&'g str>) {
    let mut letters = rest.chars();
    match letters.next() {
        Some('*') => {
            next.insert(rest);
            step(letters.as_str(), letter, unit, next);
        }
        Some('?') => {
            next.insert(letters.as_str());
        }
        // A literal letter is taken whole, with its last unit.
        Some(own) if own == letter && unit + 1 == letter.len_utf16() => {
            next.insert(letters.as_str());
        }
        Some(own) if own == letter => {
            next.insert(rest);
        }
        _ => {}
    }
}

/// The part of an action pattern that is of one service; `None` where there is none.
pub(super) fn of_service(pattern: &str, service: &str) -> Option<String> {
    match pattern.split_once(':') {
        None => (pattern == "*").then(|| format!("{service}:*")),
        Some((prefix, name)) => fits(&prefix.to_ascii_lowercase(), service).then(|| format!("{service}:{name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_fit() {
        for (glob, text, expected) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("a?c", "abc", true),
            ("arn:aws:s3:::corp/*", "arn:aws:s3:::corp/a:b", true),
            ("?", "\u{1f600}", false),
            ("??", "\u{1f600}", true),
            ("\u{1f600}*", "\u{1f600}", true),
        ] {
            assert_eq!(fits(glob, text), expected, "{glob} {text}");
        }
    }

    #[test]
    fn what_begins_with_a_text() {
        for (prefix, glob, expected) in [
            ("a/", "*", vec!["a/*"]),
            ("a/", "a/b", vec!["a/b"]),
            ("a/", "b/*", vec![]),
            ("aa", "*a", vec!["aa", "aa*a"]),
            ("corp/", "c*/x", vec!["corp/*/x", "corp/x"]),
        ] {
            assert_eq!(beginning_with(prefix, glob), expected, "{prefix} {glob}");
        }
    }

    #[test]
    fn patterns_of_one_service() {
        for (pattern, expected) in [
            ("*", Some("sts:*")),
            ("s*:Get*", Some("sts:Get*")),
            ("STS:AssumeRole", Some("sts:AssumeRole")),
            ("s3:*", None),
        ] {
            assert_eq!(of_service(pattern, "sts").as_deref(), expected, "{pattern}");
        }
    }
}
