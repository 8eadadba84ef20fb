//! What tests of all languages use.

use iameval::Problem;
use iameval_world::{Files, Finding, Source, codes};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Files of which the text is at hand.
#[derive(Debug, Default)]
pub(crate) struct Memory(pub(crate) BTreeMap<String, String>);

impl Memory {
    pub(crate) fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), text.into());
        self
    }
}

impl Files for Memory {
    fn list(&self, folder: &Path) -> Vec<String> {
        let names = self.0.keys().filter_map(|path| Path::new(path).strip_prefix(folder).ok());
        let mut names: Vec<String> =
            names.filter_map(|path| path.iter().next()).map(|name| name.to_string_lossy().into_owned()).collect();
        names.dedup();
        names
    }

    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let name = path.display().to_string();
        match self.0.get(&name) {
            Some(text) => Ok(Source::new(name, text.clone())),
            None => Err(Finding::about_file(&name, Problem::new(codes::UNREADABLE, "no such file"))),
        }
    }
}
