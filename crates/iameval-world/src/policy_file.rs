//! Policies from files and from parts of files.

use crate::files::{Disk, Files};
use crate::finding::Finding;
use crate::managed::find_managed;
use crate::model::policy::LoadedPolicy;
use crate::source::Source;
use iameval::PolicyDocument;
use iameval::json::Node;
use std::path::Path;
use std::sync::Arc;

impl LoadedPolicy {
    /// Reads the policy that a path names: a file, after which it is called, `-` for standard input, or `aws:NAME`.
    ///
    /// # Errors
    /// When it cannot be read, and everything that makes it no policy.
    pub fn open(path: &Path) -> Result<Self, Vec<Finding>> {
        let text = path.to_str().unwrap_or_default();
        match find_managed(text) {
            Some(Ok(managed)) => return Self::managed(managed),
            Some(Err(diagnostic)) => return Err(vec![Finding::new(&Source::new("policy", text), *diagnostic)]),
            None => {}
        }
        let source = Disk.read(path).map_err(|finding| vec![*finding])?;
        let stem = path.file_stem().filter(|_| text != "-");
        let name = stem.map_or_else(|| source.name.clone(), |stem| stem.to_string_lossy().into_owned());
        Self::from_source(&name, &source)
    }

    /// Reads a policy that is a part of a text.
    ///
    /// # Errors
    /// Everything that makes it no policy.
    pub fn from_tree(name: &str, source: &Arc<Source>, tree: &Node<'_>) -> Result<Self, Vec<Finding>> {
        Self::from_parsed(name, source, PolicyDocument::from_tree(tree))
    }
}
