//! Two worlds.

use super::{Diff, DiffError, Differ};
use iameval_world::World;

impl Differ<'_> {
    /// What changes for the principals of a world.
    ///
    /// # Errors
    /// When a policy is not valid for the way it is attached.
    pub fn worlds(&self, _old: &World, _new: &World) -> Result<Diff, DiffError> {
        Ok(Diff::default())
    }
}
