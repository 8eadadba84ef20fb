//! Whether a text fits a pattern.

use super::{Glob, Language, Piece};
use iameval::text::lowercase;

impl Glob {
    /// Whether the whole text fits.
    pub(crate) fn fits(&self, text: &str) -> bool {
        if self.ignores_case {
            return fits(&self.pieces, &lowercase(text), |literal| lowercase(literal).encode_utf16().collect());
        }
        match self.pieces.first() {
            Some(Piece::Literal(literal)) if !text.starts_with(&**literal) => false,
            _ => fits(&self.pieces, text, |literal| literal.encode_utf16().collect()),
        }
    }
}

impl Language {
    /// Whether the whole text fits one of the patterns.
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.0.iter().any(|glob| glob.fits(text))
    }
}

/// Goes through the pieces and keeps at which offsets of the text the next one may begin.
fn fits(pieces: &[Piece], text: &str, units_of: impl Fn(&str) -> Vec<u16>) -> bool {
    let text: Vec<u16> = text.encode_utf16().collect();
    let mut begins = vec![false; text.len() + 1];
    if let Some(first) = begins.first_mut() {
        *first = true;
    }
    for piece in pieces {
        begins = match piece {
            Piece::Literal(literal) => after_literal(&begins, &text, &units_of(literal)),
            Piece::Unit(reach) => {
                let taken = begins.iter().zip(&text).map(|(&begins, &unit)| begins && reach.takes(unit));
                std::iter::once(false).chain(taken).collect()
            }
            Piece::Star(reach) => {
                let mut reached = false;
                let before = std::iter::once(None).chain(text.iter().copied().map(Some));
                let star = |(&begins, before): (&bool, Option<u16>)| {
                    reached = begins || (reached && before.is_some_and(|unit| reach.takes(unit)));
                    reached
                };
                begins.iter().zip(before).map(star).collect()
            }
        };
        if !begins.contains(&true) {
            return false;
        }
    }
    begins.last() == Some(&true)
}

fn after_literal(begins: &[bool], text: &[u16], literal: &[u16]) -> Vec<bool> {
    let mut after = vec![false; begins.len()];
    for (offset, _) in begins.iter().enumerate().filter(|&(_, &begins)| begins) {
        let stands = text.get(offset..).is_some_and(|rest| rest.starts_with(literal));
        if let (true, Some(end)) = (stands, after.get_mut(offset + literal.len())) {
            *end = true;
        }
    }
    after
}
