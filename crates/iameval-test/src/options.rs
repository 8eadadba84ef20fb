//! What test files are read with.

use iameval_data::Catalogue;
use iameval_world::{Defaults, SharedWorlds};
use std::path::PathBuf;
use std::sync::Arc;

/// What test files are read with.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The actions that patterns cover.
    pub catalogue: &'a Catalogue,
    /// The world files of those test files that describe no world.
    pub worlds: Vec<PathBuf>,
    /// The worlds that were read already.
    pub shared: Arc<SharedWorlds>,
    /// What counts where a test file says nothing else.
    pub defaults: Defaults,
    /// How many checks a file may come to.
    pub max_cases: usize,
    /// Whether a context key that neither the catalogue nor a policy knows is an error.
    pub strict: bool,
    /// Whether an action that the catalogue does not know, or that is never evaluated on the resources beside it, is a warning
    /// where neither the case nor its file says so.
    pub lenient: bool,
    /// Whether a snapshot may be outside of the folder of its test file.
    pub allow_outside: bool,
}

impl Options<'static> {
    /// The number of checks that a file may come to, unless someone says otherwise.
    pub const MAX_CASES: usize = 100_000;
}

impl Default for Options<'static> {
    fn default() -> Self {
        Self {
            catalogue: Catalogue::embedded(),
            worlds: Vec::new(),
            shared: Arc::default(),
            defaults: Defaults::default(),
            max_cases: Self::MAX_CASES,
            strict: false,
            lenient: false,
            allow_outside: false,
        }
    }
}
