//! Policies from parts of files.

use crate::finding::Finding;
use crate::model::policy::LoadedPolicy;
use crate::source::Source;
use iameval::PolicyDocument;
use iameval::json::Node;
use std::sync::Arc;

impl LoadedPolicy {
    /// Reads a policy that is a part of a text.
    ///
    /// # Errors
    /// Everything that makes it no policy.
    pub fn from_tree(name: &str, source: &Arc<Source>, tree: &Node<'_>) -> Result<Self, Vec<Finding>> {
        Self::from_parsed(name, source, PolicyDocument::from_tree(tree))
    }
}
