//! Policies as they were found: document, name, and the text they stand in.

use crate::{Finding, Source};
use iameval::json::Node;
use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// A policy document with its name and source.
#[derive(Debug)]
pub struct LoadedPolicy {
    /// What it is called in answers.
    pub name: String,
    /// The text that the spans of the document refer to: the policy's own file, or the world file it stands in.
    pub source: Arc<Source>,
    /// The document, once somebody wants it.
    // INVARIANT: empty only where the whole text of the source was read before and is a policy.
    document: OnceLock<Box<PolicyDocument>>,
    /// The file that the policy is the whole of; `None` for a part of a world file, and for what is in no file.
    pub file: Option<PathBuf>,
    /// Whether it is AWS's, with a text that was found elsewhere than in the program.
    is_owned_by_aws: bool,
    /// Whether it is attached and its document is not known.
    unknown: bool,
}

impl LoadedPolicy {
    /// Reads a policy that is the whole of a text.
    ///
    /// # Errors
    /// Everything that makes it no policy.
    pub fn from_source(name: &str, source: &Arc<Source>) -> Result<Self, Vec<Finding>> {
        let policy = Self::from_parsed(name, source, PolicyDocument::parse(&source.text))?;
        Ok(Self { file: source.path.clone(), ..policy })
    }

    /// Reads a policy that is a part of a text.
    ///
    /// # Errors
    /// Everything that makes it no policy.
    pub fn from_tree(name: &str, source: &Arc<Source>, tree: &Node<'_>) -> Result<Self, Vec<Finding>> {
        Self::from_parsed(name, source, PolicyDocument::from_tree(tree))
    }

    /// A policy whose document was read already; the spans of the document refer to the source.
    pub fn from_document(name: &str, source: &Arc<Source>, document: PolicyDocument) -> Self {
        Self {
            name: name.into(),
            source: source.clone(),
            document: OnceLock::from(Box::new(document)),
            file: None,
            is_owned_by_aws: false,
            unknown: false,
        }
    }

    /// A policy that is attached and whose document is not known. It has no statements: as an identity policy it allows
    /// nothing, as a boundary it lets nothing through, and it denies nothing. Answers that it has a part in say so.
    pub fn unknown(name: &str) -> Self {
        let policy = Self::from_document(name, &Source::new(name, ""), PolicyDocument::default());
        Self { unknown: true, ..policy }
    }

    /// Whether the document is not known.
    pub fn is_unknown(&self) -> bool {
        self.unknown
    }

    fn from_parsed(
        name: &str,
        source: &Arc<Source>,
        parsed: iameval::Parsed<PolicyDocument>,
    ) -> Result<Self, Vec<Finding>> {
        match parsed.value {
            Some(document) => Ok(Self::from_document(name, source, document)),
            None => Err(parsed.diagnostics.into_iter().map(|diagnostic| Finding::new(source, diagnostic)).collect()),
        }
    }

    /// The same as [`LoadedPolicy::from_source`], in less memory: only the text is kept, and the document made of it
    /// when it is first wanted.
    ///
    /// # Errors
    /// Everything that makes it no policy.
    pub fn from_source_sparingly(name: &str, source: &Arc<Source>) -> Result<Self, Vec<Finding>> {
        Ok(Self { document: OnceLock::new(), ..Self::from_source(name, source)? })
    }

    /// The document.
    pub fn document(&self) -> &PolicyDocument {
        // The text was read when the policy was made, so there is a document in it.
        let read = || Box::new(PolicyDocument::parse(&self.source.text).value.unwrap_or_default());
        self.document.get_or_init(read)
    }

    /// Whether AWS manages the policy: it is called `aws:NAME`, and so is its text.
    pub fn is_managed(&self) -> bool {
        self.name.starts_with("aws:") && self.source.name == self.name
    }

    /// Whether AWS manages the policy, be its text that of the program or of an account dump. Nobody else can change it.
    pub fn is_of_aws(&self) -> bool {
        self.is_managed() || self.is_owned_by_aws
    }

    /// The same as AWS's own.
    pub(crate) fn owned_by_aws(self) -> Self {
        Self { is_owned_by_aws: true, ..self }
    }

    /// Compiles the policy for where it is attached.
    ///
    /// # Errors
    /// What that kind of policy must not hold, or lacks.
    pub fn compile(&self, kind: PolicyKind) -> Result<Arc<CompiledPolicy>, Vec<Finding>> {
        match CompiledPolicy::new(PolicyId::new(&self.name), kind, self.document()) {
            Ok(policy) => Ok(Arc::new(policy)),
            Err(error) => {
                let findings = error.diagnostics().iter().cloned();
                Err(findings.map(|diagnostic| Finding::new(&self.source, diagnostic)).collect())
            }
        }
    }
}
