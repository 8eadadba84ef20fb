//! The policy sets that lines define, and the chunks between two definitions.

use super::chunk::{Chunk, error_line, line_ranges};
use iameval::native::{Line, RequestReader};
use iameval_ask::{NamedPolicies, PolicySets};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// The sets defined so far.
pub(super) struct Definitions {
    known: PolicySets,
    reader: RequestReader,
}

impl Definitions {
    /// None yet, of which the latest so many are kept.
    pub(super) fn keeping(keep: NonZeroUsize) -> Self {
        Self { known: PolicySets::keeping(keep), reader: RequestReader::new().keeping(keep.get()) }
    }

    /// Cuts lines into chunks, a definition between each two. Definitions are taken in here; one that is wrong is a
    /// chunk of its own that holds its error.
    pub(super) fn chunks(&mut self, lines: Vec<u8>) -> Vec<Chunk> {
        let lines = Arc::new(lines);
        let mut chunks = Vec::new();
        if !may_define(&lines) {
            chunks.push(Chunk::new(lines.clone(), 0..lines.len(), self.known.clone()));
            return chunks;
        }
        let mut from = 0;
        for line in line_ranges(&lines) {
            let Some(text) = lines.get(line.clone()).filter(|line| may_define(line)) else { continue };
            let Some(outcome) = self.define(text) else { continue };
            if from < line.start {
                chunks.push(Chunk::new(lines.clone(), from..line.start, self.known.clone()));
            }
            from = line.end;
            match outcome {
                Ok((name, defined)) => {
                    self.known.define(&name, defined);
                }
                Err((name, error)) => {
                    if let Some(name) = name {
                        self.known.forget(&name);
                    }
                    chunks.push(Chunk::error(error));
                }
            }
        }
        if from < lines.len() {
            chunks.push(Chunk::new(lines.clone(), from..lines.len(), self.known.clone()));
        }
        chunks
    }

    /// What a line defines; `None` when it is not a definition.
    #[expect(clippy::type_complexity, reason = "used in one place")]
    fn define(&mut self, line: &[u8]) -> Option<Result<(String, NamedPolicies), (Option<String>, String)>> {
        let text = std::str::from_utf8(line).ok()?;
        let tree = iameval::json::parse(text).ok()?;
        let name = tree.get("define")?.as_str().map(str::to_owned);
        match self.reader.read_tree(&tree, text) {
            Ok(Line::Define(definition)) => {
                let name = definition.name.clone();
                Some(Ok((name, NamedPolicies::from(definition))))
            }
            Ok(Line::Simulation(_)) => None,
            Err(error) => Some(Err((name, error_line(None, &error)))),
        }
    }
}

/// Whether there could be a definition in lines: they have the word, or an escape that could spell it.
fn may_define(lines: &[u8]) -> bool {
    memchr::memmem::find(lines, b"\"define\"").is_some() || memchr::memmem::find(lines, b"\\u00").is_some()
}
