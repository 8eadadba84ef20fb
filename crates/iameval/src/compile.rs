//! One document, compiled once: patterns cut into segments, condition keys numbered, values of conditions read, and an
//! index from actions and resources to the statements that can matter.

mod action;
mod alone;
mod index;
mod prefix;
mod principal;
mod resource;
mod table;

use crate::certainty::Certainty;
use crate::condition::{CompiledVariable, Compiler, Condition, KeySlot, Scope, Tables};
use crate::context::View;
use crate::diagnostic::Diagnostic;
use crate::document::{Effect, PolicyDocument, PolicyKind, Statement, Version, in_short};
use crate::name::{Action, ContextKey};
use crate::request::Request;
use crate::symbol::{Reader, Symbol};
use crate::text::Span;
use crate::validate;
use crate::variable::Variable;
use action::ActionMatcher;
use foldhash::fast::FixedState;
use principal::PrincipalMatcher;
use resource::ResourceMatcher;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

pub use action::ActionPattern;
pub use alone::{CompiledCondition, CompiledResource, ResourcePiece, Taking};
pub(crate) use index::{ActionCheck, Index, Place};
pub use principal::Strength;
pub(crate) use principal::{CallerView, Fit};

/// What a policy is called in answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PolicyId(Box<str>);

impl PolicyId {
    /// A policy of that name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Any text is a name.
impl FromStr for PolicyId {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text or a document that cannot be a policy of the kind it was to be compiled as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{policy}` is not {}: {}", .kind.with_article(), in_short(.diagnostics))]
pub struct PolicyError {
    policy: PolicyId,
    kind: PolicyKind,
    diagnostics: Vec<Diagnostic>,
}

impl PolicyError {
    /// What the policy was to be called.
    pub fn policy(&self) -> &PolicyId {
        &self.policy
    }

    /// What it was to be compiled as.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// What is wrong.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

/// A policy ready for evaluation, to be shared by every [`PolicySet`](crate::PolicySet) that it takes part in.
///
/// ```
/// use iameval::{CompiledPolicy, PolicyId, PolicyKind};
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
/// let policy = CompiledPolicy::parse(PolicyId::new("s3"), PolicyKind::Identity, text)?;
/// assert_eq!(policy.id().as_str(), "s3");
/// # Ok::<(), iameval::PolicyError>(())
/// ```
#[derive(Debug)]
pub struct CompiledPolicy {
    id: PolicyId,
    kind: PolicyKind,
    pub(crate) statements: Box<[CompiledStatement]>,
    pub(crate) tables: Tables,
    pub(crate) index: Arc<Index>,
    origins: Box<[(Option<Box<str>>, Span)]>,
}

#[derive(Debug)]
pub(crate) struct CompiledStatement {
    pub(crate) effect: Effect,
    /// `None` when the statement names no principal.
    principal: Option<PrincipalMatcher>,
    /// How a statement that names no principal matches every caller. In a policy of a resource or an endpoint it never applies
    /// (R-GRAM-10).
    without_principal: Option<Strength>,
    action: ActionMatcher,
    /// `None` when the statement names no resource: then it is about the one the policy is attached to (R-GRAM-11).
    resource: Option<ResourceMatcher>,
    pub(crate) conditions: Box<[Condition]>,
    /// What is not known and decides whether the statement is there.
    pub(crate) only_if: Box<[Symbol]>,
}

impl CompiledPolicy {
    /// Reads a text and compiles it as a policy of this kind.
    ///
    /// # Errors
    /// When the text is not a policy document, or the kind forbids or lacks an element.
    pub fn parse(id: PolicyId, kind: PolicyKind, text: &str) -> Result<Self, PolicyError> {
        match text.parse::<PolicyDocument>() {
            Ok(document) => Self::new(id, kind, &document),
            Err(error) => Err(PolicyError { policy: id, kind, diagnostics: error.into_diagnostics() }),
        }
    }

    /// Compiles a document as a policy of this kind.
    ///
    /// # Errors
    /// When the kind forbids or lacks an element: a principal in an identity policy, a missing `Resource`, ….
    pub fn new(id: PolicyId, kind: PolicyKind, document: &PolicyDocument) -> Result<Self, PolicyError> {
        let diagnostics = validate::refused_for_kind(document, kind);
        if !diagnostics.is_empty() {
            return Err(PolicyError { policy: id, kind, diagnostics });
        }
        let mut compiler = DocumentCompiler::new(kind, document.version());
        let statements: Box<[_]> =
            document.statements().iter().map(|statement| compiler.statement(statement)).collect();
        let place = |statement| Place { policy: 0, statement };
        let index = Index::new(statements.iter().zip(0..).map(|(statement, number)| (place(number), statement)));
        let origin = |statement: &Statement| (statement.sid().map(Into::into), statement.span());
        let origins = document.statements().iter().map(origin).collect();
        Ok(Self { id, kind, statements, tables: compiler.tables, index: Arc::new(index), origins })
    }

    /// What the policy is called.
    pub fn id(&self) -> &PolicyId {
        &self.id
    }

    /// Where it is attached.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The context keys that its conditions and variables read, each once, spelled as first met.
    pub fn context_keys(&self) -> impl Iterator<Item = &ContextKey> {
        self.tables.keys.iter()
    }

    /// The `Sid` and the place of a statement.
    pub(crate) fn origin(&self, statement: usize) -> Option<(Option<&str>, Span)> {
        self.origins.get(statement).map(|(sid, span)| (sid.as_deref(), *span))
    }
}

impl CompiledStatement {
    /// How the principal element matches; the strongest where there is none and none is needed.
    pub(crate) fn principal<'c, V: View + 'c>(&self, caller: impl FnOnce() -> CallerView<'c, V>) -> Option<Strength> {
        match &self.principal {
            Some(matcher) => matcher.matches(self.effect, &caller()),
            None => self.without_principal,
        }
    }

    pub(crate) fn action(&self, request: &Request) -> bool {
        self.action.matches(&request.action)
    }

    pub(crate) fn resource<V: View>(&self, request: &Request, scope: &Scope<'_, V>) -> bool {
        self.resource.as_ref().is_none_or(|matcher| matcher.matches(&request.resource.text, scope))
    }

    /// The same as [`principal`](Self::principal), [`action`](Self::action) and [`resource`](Self::resource), where symbols
    /// may stand in the statement or the request.
    pub(crate) fn principal_fit<V: View>(&self, caller: &CallerView<'_, V>, reader: &Reader<'_>) -> Fit {
        match &self.principal {
            Some(matcher) => matcher.fit(self.effect, caller, reader),
            None => Fit { least: self.without_principal, most: self.without_principal },
        }
    }

    pub(crate) fn action_truth(&self, request: &Request, reader: &Reader<'_>) -> Certainty {
        self.action.truth(&request.action, reader)
    }

    pub(crate) fn resource_truth<V: View>(
        &self,
        request: &Request,
        scope: &Scope<'_, V>,
        reader: &Reader<'_>,
    ) -> Certainty {
        self.resource.as_ref().map_or(Certainty::Yes, |matcher| matcher.truth(&request.resource.text, scope, reader))
    }

    /// The entries of `Principal` or `NotPrincipal` that name the caller.
    pub(crate) fn principal_entries<V: View>(&self, caller: &CallerView<'_, V>) -> impl Iterator<Item = usize> {
        self.principal.iter().flat_map(|matcher| matcher.entries(self.effect, caller))
    }

    /// The entries of `Action` or `NotAction` that cover the action.
    pub(crate) fn action_entries(&self, request: &Request) -> impl Iterator<Item = usize> {
        positions(&self.action.patterns, |pattern| pattern.matches(&request.action))
    }

    /// The entries of `Resource` or `NotResource` that the resource fits.
    pub(crate) fn resource_entries<V: View>(
        &self,
        request: &Request,
        scope: &Scope<'_, V>,
    ) -> impl Iterator<Item = usize> {
        let patterns = self.resource.as_ref().map_or(&[] as &[_], |matcher| &matcher.patterns);
        positions(patterns, |pattern| pattern.matches(&request.resource.text, scope))
    }

    /// Whether the statement could match the action and does not match every resource.
    pub(crate) fn tells_resources_apart(&self, action: &Action) -> bool {
        self.names_resources() && self.action.matches(action)
    }

    /// Whether the statement does not match every resource.
    pub(crate) fn names_resources(&self) -> bool {
        self.resource.as_ref().is_some_and(|resource| !resource.matches_all())
    }

    /// Whether the principal element has an entry for a whole account.
    pub(crate) fn names_accounts(&self) -> bool {
        self.principal.as_ref().is_some_and(PrincipalMatcher::names_accounts)
    }

    /// Whether the principal element has an entry for a role.
    pub(crate) fn names_roles(&self) -> bool {
        self.principal.as_ref().is_some_and(PrincipalMatcher::names_roles)
    }
}

/// The positions of the entries that fit.
fn positions<T>(entries: &[T], fits: impl Fn(&T) -> bool) -> impl Iterator<Item = usize> {
    entries.iter().enumerate().filter(move |(_, entry)| fits(entry)).map(|(position, _)| position)
}

struct DocumentCompiler {
    kind: PolicyKind,
    variables: bool,
    tables: Tables,
    slots: HashMap<ContextKey, KeySlot, FixedState>,
}

impl Compiler for DocumentCompiler {
    fn has_variables(&self) -> bool {
        self.variables
    }

    fn key(&mut self, key: &str) -> KeySlot {
        let key = ContextKey::new(key);
        if let Some(slot) = self.slots.get(&key) {
            return *slot;
        }
        let slot = KeySlot::try_from(self.tables.keys.len()).unwrap_or(KeySlot::MAX);
        self.tables.keys.push(key.clone());
        self.slots.insert(key, slot);
        slot
    }

    fn variable(&mut self, variable: Variable) -> u32 {
        let key = self.key(&variable.key);
        let number = u32::try_from(self.tables.variables.len()).unwrap_or(u32::MAX);
        self.tables.variables.push(CompiledVariable { key, default: variable.default.map(Into::into) });
        number
    }
}

impl DocumentCompiler {
    fn new(kind: PolicyKind, version: Option<Version>) -> Self {
        let variables = version == Some(Version::V2012);
        Self { kind, variables, tables: Tables::default(), slots: HashMap::default() }
    }

    fn statement(&mut self, statement: &Statement) -> CompiledStatement {
        let effect = statement.effect();
        CompiledStatement {
            effect,
            principal: statement.principal().map(PrincipalMatcher::new),
            without_principal: match self.kind {
                PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::Endpoint => None,
                _ => Some(Strength::Direct),
            },
            action: ActionMatcher::new(statement.action()),
            resource: statement.resource().map(|element| ResourceMatcher::new(element, self.kind, self)),
            conditions: statement
                .tests()
                .map(|(operator, test)| Condition::new(operator, effect, test.key(), test.values.texts(), self))
                .collect(),
            only_if: statement.only_if().iter().map(|only_if| only_if.symbol()).collect(),
        }
    }
}
