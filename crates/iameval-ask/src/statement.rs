//! A statement with everything that names it.

use crate::posed::Attachment;
use iameval::text::{LineIndex, Position};
use iameval::{Origin, PolicySet, Statement, StatementId};
use iameval_world::{Source, Via};
use std::sync::{Arc, OnceLock};

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

/// The policies of an answer, and where the lines of each begin, once asked for.
#[derive(Debug)]
pub(crate) struct Places {
    lines: Box<[OnceLock<LineIndex>]>,
}

impl Places {
    pub(crate) fn of(attachments: &[Attachment]) -> Self {
        Self { lines: attachments.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Line and column of a byte of a statement's source.
    pub(crate) fn position(&self, attachments: &[Attachment], origin: &Origin<'_>, offset: u32) -> Option<Position> {
        let source = &attachments.get(origin.policy_index)?.policy.source;
        // Many policies may stand in one source, and have one index then.
        let first = attachments.iter().position(|attachment| Arc::ptr_eq(&attachment.policy.source, source))?;
        let lines = self.lines.get(first)?.get_or_init(|| LineIndex::new(&source.text));
        Some(source.position(lines, offset))
    }

    /// A statement with where it is.
    pub(crate) fn place<'a>(
        &self,
        policies: &'a PolicySet,
        attachments: &'a [Attachment],
        id: StatementId,
    ) -> Option<PlacedStatement<'a>> {
        let origin = policies.origin(id)?;
        let attachment = attachments.get(origin.policy_index);
        let at = self.position(attachments, &origin, origin.span.start);
        let place = attachment.zip(at).map(|(attachment, at)| SourcePlace { source: &attachment.policy.source, at });
        let document = attachment.map(|attachment| attachment.policy.document());
        let statement = document.and_then(|document| document.statements().get(origin.statement_index));
        let via = attachment.and_then(|attachment| attachment.via.as_ref());
        Some(PlacedStatement { id, origin, statement, place, via })
    }
}
