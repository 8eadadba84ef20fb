//! Worlds that several test files have in common.

use crate::finding::Finding;
use crate::world::World;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Worlds that test files use and add nothing to: each is built once, however many files use it.
#[derive(Debug, Default)]
pub struct SharedWorlds {
    /// By what tells their files, in order, from others.
    worlds: Mutex<HashMap<Vec<PathBuf>, Arc<World>>>,
}

impl SharedWorlds {
    /// The world of these files, built if it is not there yet.
    pub(crate) fn get(
        &self,
        files: Vec<PathBuf>,
        build: impl FnOnce() -> Result<World, Vec<Finding>>,
    ) -> Result<Arc<World>, Vec<Finding>> {
        let worlds = || self.worlds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = worlds().get(&files) {
            return Ok(known.clone());
        }
        let world = Arc::new(build()?);
        worlds().insert(files, world.clone());
        Ok(world)
    }
}
