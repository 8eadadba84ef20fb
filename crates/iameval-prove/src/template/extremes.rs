//! Patterns with symbols in them, read at their widest and at their narrowest.

use super::{Template, TemplatePiece};
use crate::glob::{Piece, Reach};
use crate::symbolic::Unknown;
use iameval::symbol::SymbolKind;

impl Unknown {
    /// A pattern that every resource fits which may fit this one. `is_open` tells of variables whether their values are not
    /// known.
    pub(crate) fn widest<V: Clone>(&self, pattern: &Template<V>, is_open: impl Fn(&V) -> bool) -> Template<V> {
        let anything = || Template {
            pieces: vec![TemplatePiece::Plain(Piece::Star(Reach::Free))],
            ignores_case: false,
            by_parts: false,
        };
        let mut pieces = Vec::new();
        let mut is_replaced = false;
        for piece in &pattern.pieces {
            match piece {
                TemplatePiece::Plain(Piece::Literal(text)) if self.has_symbols(text) => {
                    is_replaced = true;
                    // An input may complete what becomes a policy variable.
                    let may_complete = text.contains('$') && self.has_inputs(text);
                    if may_complete {
                        return anything();
                    }
                    let parts = text.split(|letter| self.symbols().of_char(letter).is_some()).enumerate();
                    for (number, part) in parts {
                        pieces.extend((number > 0).then_some(TemplatePiece::Plain(Piece::Star(Reach::Free))));
                        pieces.extend((!part.is_empty()).then(|| TemplatePiece::Plain(Piece::Literal(part.into()))));
                    }
                }
                TemplatePiece::Variable(variable) if is_open(variable) => {
                    is_replaced = true;
                    pieces.push(TemplatePiece::Plain(Piece::Star(Reach::Free)));
                }
                piece => pieces.push(piece.clone()),
            }
        }
        if is_replaced {
            // What is put in may have colons, and those tell what wildcards take.
            for piece in &mut pieces {
                match piece {
                    TemplatePiece::Plain(Piece::Star(reach) | Piece::Unit(reach)) => *reach = Reach::Free,
                    TemplatePiece::Plain(Piece::Literal(_)) | TemplatePiece::Variable(_) => {}
                }
            }
        }
        let widest = Template { pieces, ignores_case: pattern.ignores_case, by_parts: pattern.by_parts };
        let is_safe = |glob: &String| self.is_safe(pattern, glob) || self.is_safe(&widest, glob);
        if self.resources().iter().all(is_safe) { widest } else { anything() }
    }

    /// A pattern that only resources fit which certainly fit this one; `None` where there are none.
    pub(crate) fn narrowest<V: Clone>(
        &self,
        pattern: &Template<V>,
        is_open: impl Fn(&V) -> bool,
    ) -> Option<Template<V>> {
        let is_unknown = |piece: &TemplatePiece<V>| match piece {
            TemplatePiece::Plain(Piece::Literal(text)) => self.has_inputs(text),
            TemplatePiece::Plain(_) => false,
            TemplatePiece::Variable(variable) => is_open(variable),
        };
        // A run of anything takes whatever a symbol of the resource stands for.
        let takes_symbols = |piece: &TemplatePiece<V>| {
            matches!(piece, TemplatePiece::Plain(Piece::Literal(_) | Piece::Star(Reach::Free)))
        };
        let is_certain =
            pattern.pieces.iter().all(takes_symbols) || self.resources().iter().all(|glob| self.is_safe(pattern, glob));
        (is_certain && !pattern.pieces.iter().any(is_unknown)).then(|| pattern.clone())
    }

    fn has_inputs(&self, text: &str) -> bool {
        self.symbols().within(text).any(|symbol| self.symbols().kind(symbol) == SymbolKind::Input)
    }

    /// Whether every text that a glob of the scope stands for fits a pattern exactly if it does with its symbols taken for
    /// characters.
    fn is_safe<V>(&self, pattern: &Template<V>, glob: &str) -> bool {
        let mut rest = glob;
        let mut pieces = pattern.pieces.iter().peekable();
        let is_plain = |rest: &mut std::iter::Peekable<std::slice::Iter<'_, TemplatePiece<V>>>| {
            rest.all(|piece| !matches!(piece, TemplatePiece::Plain(Piece::Literal(text)) if self.has_symbols(text)))
        };
        while let Some(piece) = pieces.next() {
            let TemplatePiece::Plain(Piece::Literal(text)) = piece else {
                let takes_all = matches!(piece, TemplatePiece::Plain(Piece::Star(Reach::Free)));
                let is_end = pieces.peek().is_none();
                return (takes_all && is_end) || (!self.has_symbols(rest) && is_plain(&mut pieces));
            };
            let mut letters = text.chars();
            while let Some(letter) = letters.next() {
                if !self.has_symbols(rest) {
                    return self.symbols().of_char(letter).is_none()
                        && !self.has_symbols(letters.as_str())
                        && is_plain(&mut pieces);
                }
                let mut others = rest.chars();
                let Some(other) = others.next() else { return false };
                let is_symbol = |letter: char| self.symbols().of_char(letter);
                if matches!(other, '*' | '?') {
                    return false;
                }
                if letter != other {
                    return is_symbol(letter).is_none() && is_symbol(other).is_none();
                }
                if is_symbol(letter).is_some_and(|symbol| self.symbols().kind(symbol) == SymbolKind::Input) {
                    return false;
                }
                rest = others.as_str();
            }
        }
        // What is longer than the pattern does not fit it, unless it is as long after all.
        let next = rest.chars().next();
        !self.has_symbols(rest) || next.is_some_and(|next| next != '*' && self.symbols().of_char(next).is_none())
    }
}
