//! Policies as they were found: document, name, and the text they stand in; and how they are attached.

use crate::finding::Finding;
use crate::model::form::PolicyForm;
use crate::model::origin::Origin;
use crate::source::Source;
use iameval::symbol::Symbol;
use iameval::{CompiledPolicy, Effect, Parsed, PolicyDocument, PolicyId, PolicyKind};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Which policy of a [`WorldBuilder`](crate::WorldBuilder). It means nothing to another builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PolicyRef(pub(crate) u32);

/// A policy of a world, and as what it is attached.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorldPolicy {
    /// The policy.
    pub policy: Arc<LoadedPolicy>,
    /// The kinds; none when it is attached nowhere.
    pub kinds: BTreeSet<PolicyKind>,
}

/// A policy and how it comes into play.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The policy.
    pub policy: Arc<LoadedPolicy>,
    /// How.
    pub via: Via,
}

/// How a policy comes into play. Each of the many policies of a principal says it, so that a copy costs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Attached to the principal, resource or endpoint of that name, or to an account or the organization.
    Attached(Arc<str>),
    /// Attached to a group that the principal is in.
    Group(Arc<str>),
    /// Given on the command line.
    Flag,
}

/// A policy document with its name and source.
#[derive(Debug)]
pub struct LoadedPolicy {
    /// What it is called in answers.
    pub name: String,
    /// The text that the spans of the document refer to: the policy's own file, or the world file it stands in.
    pub source: Arc<Source>,
    /// The document, once needed.
    // INVARIANT: empty only where the whole text of the source was read before and is a policy.
    document: OnceLock<Arc<PolicyDocument>>,
    /// For each kind that it was compiled for. There are few kinds, so a list will do.
    compiled: Mutex<Vec<(PolicyKind, Arc<CompiledPolicy>)>>,
    /// The file that the policy is the whole of; `None` for a part of a world file, and for what is in no file.
    pub file: Option<PathBuf>,
    /// How the file holds it.
    pub form: PolicyForm,
    /// Whether it is AWS's, with a text that was found elsewhere than in the program.
    is_owned_by_aws: bool,
    /// Whether it is attached and its document is not known.
    unknown: bool,
    origin: Option<Origin>,
    /// Of a managed policy of an account.
    arn: Option<Box<str>>,
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

    /// A policy whose document was read already; the spans of the document refer to the source.
    pub fn from_document(name: &str, source: &Arc<Source>, document: PolicyDocument) -> Self {
        Self {
            name: name.into(),
            source: source.clone(),
            document: OnceLock::from(Arc::new(document)),
            compiled: Mutex::default(),
            file: None,
            form: PolicyForm::Json,
            is_owned_by_aws: false,
            unknown: false,
            origin: None,
            arn: None,
        }
    }

    /// A policy that is attached and whose document is not known. It has no statements: as an identity policy it allows
    /// nothing, as a boundary it lets nothing through, and it denies nothing. Answers that involve it note this.
    pub fn unknown(name: &str) -> Self {
        let policy = Self::from_document(name, &Source::new(name, ""), PolicyDocument::default());
        Self { unknown: true, ..policy }
    }

    /// Whether the document is not known.
    pub fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// The same, with where infrastructure code defines it.
    #[must_use]
    pub fn with_origin(self, origin: Origin) -> Self {
        Self { origin: Some(origin), ..self }
    }

    /// Where infrastructure code defines it, when it does.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The same, a managed policy with that ARN.
    pub(crate) fn with_arn(self, arn: &str) -> Self {
        Self { arn: Some(arn.into()), ..self }
    }

    /// Its ARN, where it is a managed policy of which an account dump tells that.
    pub fn arn(&self) -> Option<&str> {
        self.arn.as_deref()
    }

    pub(crate) fn from_parsed(
        name: &str,
        source: &Arc<Source>,
        parsed: Parsed<PolicyDocument>,
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

    /// The same in which every Deny statement is there only if these symbols stand for something that is not known.
    pub(crate) fn denying_only_if(&self, symbols: &BTreeSet<Symbol>) -> Self {
        let denies = self.document().statements().iter().enumerate();
        let denies = denies.filter(|(_, statement)| statement.effect() == Effect::Deny).map(|(number, _)| number);
        let all = denies.flat_map(|number| symbols.iter().map(move |symbol| (number, *symbol)));
        let open = |document: PolicyDocument, (number, symbol)| document.with_statement_only_if(number, symbol);
        Self {
            name: self.name.clone(),
            source: self.source.clone(),
            document: OnceLock::from(Arc::new(all.fold(self.document().clone(), open))),
            compiled: Mutex::default(),
            file: self.file.clone(),
            form: self.form.clone(),
            is_owned_by_aws: self.is_owned_by_aws,
            unknown: self.unknown,
            origin: self.origin.clone(),
            arn: self.arn.clone(),
        }
    }

    /// The document.
    pub fn document(&self) -> &PolicyDocument {
        self.shared_document()
    }

    /// The document, for those who keep it.
    pub fn shared_document(&self) -> &Arc<PolicyDocument> {
        // The text was read when the policy was made, so there is a document in it.
        let read = || Arc::new(PolicyDocument::parse(&self.source.text).value.unwrap_or_default());
        self.document.get_or_init(read)
    }

    /// Whether AWS manages the policy: it is called `aws:NAME`, and so is its text.
    pub fn is_managed(&self) -> bool {
        self.name.starts_with("aws:") && self.source.name == self.name
    }

    /// Whether AWS manages the policy, be its text that of the program or of an account dump. No one else can change it.
    pub fn is_of_aws(&self) -> bool {
        self.is_managed() || self.is_owned_by_aws
    }

    /// The same as AWS's own.
    pub(crate) fn owned_by_aws(self) -> Self {
        Self { is_owned_by_aws: true, ..self }
    }

    /// The policy compiled for where it is attached. That is done once for each kind.
    ///
    /// # Errors
    /// What that kind of policy must not hold, or lacks.
    pub fn compile(&self, kind: PolicyKind) -> Result<Arc<CompiledPolicy>, Vec<Finding>> {
        let compiled = || self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let known = compiled().iter().find(|(known, _)| *known == kind).map(|(_, policy)| policy.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        // Other threads need not wait for this: at worst two compile the same.
        let policy = CompiledPolicy::new(PolicyId::new(&self.name), kind, self.document()).map_err(|error| {
            let findings = error.diagnostics().iter().cloned();
            findings.map(|diagnostic| Finding::new(&self.source, diagnostic)).collect::<Vec<_>>()
        })?;
        let policy = Arc::new(policy);
        let mut compiled = compiled();
        if let Some((_, first)) = compiled.iter().find(|(known, _)| *known == kind) {
            return Ok(first.clone());
        }
        compiled.push((kind, policy.clone()));
        Ok(policy)
    }
}
