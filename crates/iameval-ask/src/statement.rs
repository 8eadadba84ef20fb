//! A statement with everything that names it.

use crate::posed::Attachment;
use iameval::text::{LineIndex, Position};
use iameval::{Origin, PolicySet, Statement, StatementId};
use iameval_world::{Source, Via};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Where the lines of sources begin, once somebody has asked. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// By address; the sources are kept, so that no address comes twice.
    lines: Arc<Mutex<HashMap<usize, Indexed>>>,
}

/// A source, and where its lines begin.
#[derive(Debug)]
struct Indexed {
    source: Arc<Source>,
    lines: LineIndex,
}

impl Places {
    /// Line and column of a byte of a statement's source.
    pub(crate) fn position(&self, attachments: &[Attachment], origin: &Origin<'_>, offset: u32) -> Option<Position> {
        let source = &attachments.get(origin.policy_index)?.policy.source;
        let mut known = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let indexed = || Indexed { source: source.clone(), lines: LineIndex::new(&source.text) };
        let Indexed { source, lines } = known.entry(Arc::as_ptr(source).addr()).or_insert_with(indexed);
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
