//! Lines to results.

use iameval::native::{RequestError, RequestErrorCode, write_error};
use iameval_ask::{BatchLines, PolicySets, WorldLines};
use iameval_data::Catalogue;
use iameval_world::World;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

/// Lines that are decided together, with the policy sets that are known there.
pub(super) enum Chunk {
    Lines {
        text: Arc<Vec<u8>>,
        range: Range<usize>,
        known: PolicySets,
    },
    /// The result line of a wrong definition.
    Error(String),
}

/// The results of a chunk.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) text: String,
    pub(super) lines: u64,
    pub(super) errors: u64,
}

impl Chunk {
    pub(super) fn new(text: Arc<Vec<u8>>, range: Range<usize>, known: PolicySets) -> Self {
        Self::Lines { text, range, known }
    }

    pub(super) fn error(line: String) -> Self {
        Self::Error(line)
    }
}

/// What requests are decided by, beside their own policies.
#[derive(Clone, Copy)]
pub(super) struct By<'c> {
    pub(super) catalogue: &'c Catalogue,
    /// What answers requests without policies.
    pub(super) world: Option<&'c World>,
    /// How many policy sets, and how many compiled policies, are kept.
    pub(super) keep: NonZeroUsize,
}

/// Decides chunks; remembers the policies it compiled.
pub(super) struct Worker<'c> {
    lines: BatchLines<'c>,
    world: Option<WorldLines<'c>>,
    keep: NonZeroUsize,
}

impl<'c> Worker<'c> {
    pub(super) fn new(By { catalogue, world, keep }: By<'c>) -> Self {
        let world = world.map(|world| WorldLines::new(world, catalogue));
        Self { lines: BatchLines::keeping(keep, catalogue), world, keep }
    }

    pub(super) fn answer(&mut self, chunk: &Chunk) -> Answered {
        let (text, range, known) = match chunk {
            Chunk::Lines { text, range, known } => (text, range, known),
            Chunk::Error(line) => return Answered { text: line.clone(), lines: 1, errors: 1 },
        };
        let mut answered = Answered::default();
        let bytes = text.get(range.clone()).unwrap_or_default();
        for line in line_ranges(bytes) {
            let line = bytes.get(line).unwrap_or_default().trim_ascii();
            if line.is_empty() {
                continue;
            }
            answered.lines += 1;
            if let Err(error) = self.line(line, known, &mut answered.text) {
                answered.errors += 1;
                answered.text.push_str(&error_line(error.id.as_deref(), &error));
            } else {
                answered.text.push('\n');
            }
        }
        answered
    }

    fn line(&mut self, line: &[u8], known: &PolicySets, out: &mut String) -> Result<(), Box<RequestError>> {
        match self.lines.answer(line, self.world.as_ref(), known, out) {
            Ok(None) => Ok(()),
            // Chunks hold no definitions.
            Ok(Some(_)) => {
                Err(RequestError::new(RequestErrorCode::InvalidRequest, "a definition in the wrong place").into())
            }
            Err(error) => Err(self.with_keep(error, known)),
        }
    }

    /// A set that is not known may be one that was forgotten.
    fn with_keep(&self, mut error: Box<RequestError>, known: &PolicySets) -> Box<RequestError> {
        if known.has_forgotten() && error.path.as_deref() == Some("policy_set") {
            error.help = Some(format!("only the last {} sets are kept; `--keep` raises the limit", self.keep));
        }
        error
    }
}

/// An error as a result line.
pub(super) fn error_line(id: Option<&str>, error: &RequestError) -> String {
    let mut line = String::new();
    write_error(&mut line, id, error);
    line.push('\n');
    line
}

/// The lines, line breaks included.
pub(super) fn line_ranges(lines: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    let breaks = memchr::memchr_iter(b'\n', lines).map(|at| at + 1);
    let last = (lines.last() != Some(&b'\n')).then_some(lines.len());
    breaks.chain(last).map(move |end| {
        let start = std::mem::replace(&mut from, end);
        start..end
    })
}
