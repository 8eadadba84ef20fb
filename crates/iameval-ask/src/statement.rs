//! A statement with everything that names it.

use iameval::text::Position;
use iameval::{Origin, Statement, StatementId};
use iameval_world::{Source, Via};

/// A statement of one of the policies that answered, and where it is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct PlacedStatement<'a> {
    /// Its number in the policy set.
    pub id: StatementId,
    /// Its policy, layer, level, Sid and position.
    pub origin: Origin<'a>,
    /// As it was written; `None` where the document is not at hand.
    pub statement: Option<&'a Statement>,
    /// Where it was written; `None` where the text is not at hand.
    pub place: Option<SourcePlace<'a>>,
    /// How its policy reaches the principal, when it is a policy of one.
    pub via: Option<&'a Via>,
}

/// A place in a text.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SourcePlace<'a> {
    /// The text.
    pub source: &'a Source,
    /// Line and column.
    pub at: Position,
}
