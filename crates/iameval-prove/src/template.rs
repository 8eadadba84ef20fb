//! Patterns with policy variables in them.

mod extremes;

use crate::glob::{Glob, Language, Piece, Reach};
use crate::symbolic::Unknown;
use iameval::{PatternPart, ResourcePiece, Taking, Variable};

/// How many colons stand before the last part of an ARN.
const LAST_PART: usize = 5;

/// A pattern for whole texts, perhaps with policy variables.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Template<V = Variable> {
    pub(crate) pieces: Vec<TemplatePiece<V>>,
    pub(crate) ignores_case: bool,
    /// Whether it is compared with an ARN part by part.
    pub(crate) by_parts: bool,
}

/// A piece of such a pattern. `V` is what stands for a variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TemplatePiece<V> {
    Plain(Piece),
    Variable(V),
}

impl Template {
    /// A pattern for resources, as the core cuts it.
    pub(crate) fn of_resource(pieces: Vec<ResourcePiece>) -> Self {
        let reach = |taking| match taking {
            Taking::Anything => Reach::Free,
            Taking::NoColon => Reach::Confined,
            Taking::NoSlash => Reach::Segment,
        };
        let piece = |piece| match piece {
            ResourcePiece::Literal(text) => TemplatePiece::Plain(Piece::Literal(text.into())),
            ResourcePiece::Unit(taking) => TemplatePiece::Plain(Piece::Unit(reach(taking))),
            ResourcePiece::Star(taking) => TemplatePiece::Plain(Piece::Star(reach(taking))),
            ResourcePiece::Variable(variable) => TemplatePiece::Variable(variable),
        };
        Self { pieces: pieces.into_iter().map(piece).collect(), ignores_case: false, by_parts: false }
    }

    /// A text in which wildcards take anything.
    pub(crate) fn free(parts: Vec<PatternPart>, ignores_case: bool) -> Self {
        let pieces = parts.into_iter().map(|part| piece(part, Reach::Free)).collect();
        Self { pieces, ignores_case, by_parts: false }
    }

    /// An ARN, whose parts are compared one by one (R-ARN-05): wildcards take no colon before the last part. `None` where
    /// the text has too few colons of its own.
    pub(crate) fn of_arn(parts: Vec<PatternPart>) -> Option<Self> {
        let mut colons = 0;
        let mut pieces = Vec::new();
        for part in parts {
            if let PatternPart::Literal(text) = &part {
                colons += text.matches(':').count();
            }
            let reach = if colons < LAST_PART { Reach::Confined } else { Reach::Free };
            pieces.push(piece(part, reach));
        }
        (colons >= LAST_PART).then_some(Self { pieces, ignores_case: false, by_parts: true })
    }
}

fn piece(part: PatternPart, reach: Reach) -> TemplatePiece<Variable> {
    match part {
        PatternPart::Literal(text) => TemplatePiece::Plain(Piece::Literal(text.into())),
        PatternPart::Star => TemplatePiece::Plain(Piece::Star(reach)),
        PatternPart::Unit => TemplatePiece::Plain(Piece::Unit(reach)),
        PatternPart::Variable(variable) => TemplatePiece::Variable(variable),
    }
}

impl<V> Template<V> {
    /// Whether there are symbols in its texts.
    pub(crate) fn has_symbols(&self, unknown: &Unknown) -> bool {
        let has = |piece: &TemplatePiece<V>| matches!(piece, TemplatePiece::Plain(Piece::Literal(text)) if unknown.has_symbols(text));
        self.pieces.iter().any(has)
    }

    /// The variables, as often as they stand in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &V> {
        self.pieces.iter().filter_map(|piece| match piece {
            TemplatePiece::Variable(variable) => Some(variable),
            TemplatePiece::Plain(_) => None,
        })
    }

    /// Of each piece, whether it stands before the last part of an ARN. A colon in what a variable stands for ends no part
    /// (R-VAR-07), and no part has one there: nothing fits then.
    pub(crate) fn confines(&self) -> impl Iterator<Item = bool> {
        let mut colons = 0;
        self.pieces.iter().map(move |piece| {
            if let TemplatePiece::Plain(Piece::Literal(text)) = piece {
                colons += text.matches(':').count();
            }
            self.by_parts && colons < LAST_PART
        })
    }

    /// The variables that stand there.
    pub(crate) fn confined_variables(&self) -> impl Iterator<Item = &V> {
        self.pieces.iter().zip(self.confines()).filter_map(|(piece, is_confined)| match piece {
            TemplatePiece::Variable(variable) if is_confined => Some(variable),
            _ => None,
        })
    }

    /// The pattern with a piece in place of each variable.
    pub(crate) fn fill(&self, mut with: impl FnMut(&V) -> Piece) -> Glob {
        let mut pieces: Vec<Piece> = Vec::new();
        for piece in &self.pieces {
            let piece = match piece {
                TemplatePiece::Plain(piece) => piece.clone(),
                TemplatePiece::Variable(variable) => with(variable),
            };
            match (pieces.last_mut(), piece) {
                (Some(Piece::Literal(before)), Piece::Literal(text)) => *before = format!("{before}{text}").into(),
                (_, piece) => pieces.push(piece),
            }
        }
        Glob { pieces: pieces.into(), ignores_case: self.ignores_case }
    }

    /// The pattern, where there are no variables in it.
    pub(crate) fn glob(&self) -> Option<Glob> {
        self.variables().next().is_none().then(|| self.fill(|_| Piece::Star(Reach::Free)))
    }
}

/// What the text of any action looks like.
pub(crate) fn any_action() -> Glob {
    let some = [Piece::Unit(Reach::Confined), Piece::Star(Reach::Confined)];
    let [one, run] = some;
    let pieces = [one.clone(), run.clone(), Piece::Literal(":".into()), one, run];
    Glob { pieces: pieces.into(), ignores_case: false }
}

/// What an operator for ARNs takes for an ARN: six parts, the first of which is `arn`.
pub(crate) fn any_arn() -> Language {
    let mut pieces = vec![Piece::Literal("arn".into())];
    for _ in 0..4 {
        pieces.extend([Piece::Literal(":".into()), Piece::Star(Reach::Confined)]);
    }
    pieces.extend([Piece::Literal(":".into()), Piece::Star(Reach::Free)]);
    Language(Box::new([Glob { pieces: pieces.into(), ignores_case: false }]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::PatternPart::{Literal, Star};

    #[test]
    fn stars_of_arns_stay_in_their_part() {
        let parts = vec![Literal("arn:aws:*".replace('*', "")), Star, Literal(":::a".into()), Star];
        let glob = Template::of_arn(parts).and_then(|template| template.glob()).unwrap();
        let reach = |at: usize| match glob.pieces.get(at) {
            Some(Piece::Star(reach)) => *reach,
            other => panic!("{other:?}"),
        };
        assert_eq!((reach(1), reach(3)), (Reach::Confined, Reach::Free));
        assert!(Template::of_arn(vec![Literal("arn:aws".into()), Star]).is_none());
    }
}
