//! The lines of a batch, each to its result.

use crate::native::{NativeReader, PolicySets};
use crate::world_line::{WorldLine, WorldLines};
use iameval::json;
use iameval::native::{Definition, Line, RequestError, RequestErrorCode, write_result};
use iameval_data::Catalogue;
use std::num::NonZeroUsize;

/// Answers the lines of a batch, and remembers the policies that it compiled.
#[derive(Debug)]
pub struct BatchLines<'c> {
    reader: NativeReader<'c>,
}

impl<'c> BatchLines<'c> {
    /// Nothing read so far; so many compiled policies are remembered at most.
    pub fn keeping(keep: NonZeroUsize, catalogue: &'c Catalogue) -> Self {
        Self { reader: NativeReader::new(catalogue).keeping(keep.get()) }
    }

    /// Answers a line: its result is written behind `out`, without a line break. A line that defines policies has no result,
    /// and its definition is returned. `world` answers requests without policies, and `known` has the sets that are defined
    /// above the line.
    ///
    /// ```
    /// use iameval_ask::{BatchLines, PolicySets};
    /// use iameval_data::Catalogue;
    /// use std::num::NonZeroUsize;
    ///
    /// let keep = NonZeroUsize::new(100).unwrap();
    /// let mut batch = BatchLines::keeping(keep, Catalogue::embedded());
    /// let line = br#"{"request": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}, "policies": {}}"#;
    /// let mut out = String::new();
    /// batch.answer(line, None, &PolicySets::keeping(keep), &mut out).unwrap();
    /// assert!(out.contains(r#""decision":"implicit_deny""#));
    /// ```
    ///
    /// # Errors
    /// What is wrong with the line, or why it cannot be asked; nothing is written then.
    pub fn answer(
        &mut self,
        line: &[u8],
        world: Option<&WorldLines<'_>>,
        known: &PolicySets,
        out: &mut String,
    ) -> Result<Option<Definition>, Box<RequestError>> {
        let text = std::str::from_utf8(line)
            .map_err(|_| RequestError::new(RequestErrorCode::InvalidJson, "the line is not UTF-8"))?;
        if let Some(world) = world
            && let Some(tree) = json::parse(text).ok().filter(WorldLines::takes)
        {
            let WorldLine { posed, id } = world.read(&tree, text, &mut self.reader)?;
            write_result(out, id.as_deref(), &posed.policies, &posed.policies.simulate(&posed.request));
            return Ok(None);
        }
        match self.reader.read(text)? {
            Line::Simulation(simulation) => {
                let policies = known.policies(&simulation)?;
                write_result(out, simulation.id.as_deref(), &policies, &policies.simulate(&simulation.request));
                Ok(None)
            }
            Line::Define(definition) => Ok(Some(definition)),
        }
    }
}
