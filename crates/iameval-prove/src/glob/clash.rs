//! Patterns whose literal beginnings or ends exclude each other.

use super::{Glob, Language, Piece};

/// So many pairs of patterns are compared at most for two languages.
const MOST_PAIRS: usize = 64;

/// Whether it shows at their beginnings and ends that no text belongs to all languages.
pub(super) fn shows(languages: &[&Language]) -> bool {
    languages.iter().enumerate().any(|(index, one)| languages.iter().skip(index + 1).any(|other| exclude(one, other)))
}

fn exclude(one: &Language, other: &Language) -> bool {
    one.0.len() * other.0.len() <= MOST_PAIRS
        && one.0.iter().all(|left| other.0.iter().all(|right| begin_apart(left, right) || end_apart(left, right)))
}

fn begin_apart(left: &Glob, right: &Glob) -> bool {
    match (left.pieces.first(), right.pieces.first()) {
        (Some(Piece::Literal(one)), Some(Piece::Literal(other))) => {
            differ(one.chars().zip(other.chars()), left.ignores_case || right.ignores_case)
        }
        _ => false,
    }
}

fn end_apart(left: &Glob, right: &Glob) -> bool {
    match (left.pieces.last(), right.pieces.last()) {
        (Some(Piece::Literal(one)), Some(Piece::Literal(other))) => {
            differ(one.chars().rev().zip(other.chars().rev()), left.ignores_case || right.ignores_case)
        }
        _ => false,
    }
}

/// Whether two characters at the same place differ. Where letter case is ignored, only ASCII is looked at.
fn differ(mut pairs: impl Iterator<Item = (char, char)>, ignore_case: bool) -> bool {
    if ignore_case {
        let mut ascii = pairs.take_while(|(one, other)| one.is_ascii() && other.is_ascii());
        ascii.any(|(one, other)| !one.eq_ignore_ascii_case(&other))
    } else {
        pairs.any(|(one, other)| one != other)
    }
}
