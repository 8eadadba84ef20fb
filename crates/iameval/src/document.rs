//! The policy language: a JSON tree becomes a [`PolicyDocument`], with all findings in one pass.
//!
//! What is refused here is refused everywhere: no decision is ever made on such a document (section 2 of
//! `docs/semantics.md`). What AWS refuses only when a policy is created is [`PolicyDocument::check`]'s business; such a
//! document is evaluated by what it says.

mod key_use;
mod operator;
mod print;
mod read;

use crate::diagnostic::Diagnostic;
use crate::json::{self, Node};
use crate::keyword::keywords;
use crate::symbol::OnlyIf;
use crate::text::{Span, Spanned};
use crate::variable::{Part, Syntax, parts};
use std::str::FromStr;

pub use key_use::KeyUse;
pub use operator::{ConditionOperator, Operator, OperatorFamily, Quantifier};

/// A well-formed policy document.
///
/// Two documents are equal when they say the same in the same form, wherever it was written.
///
/// ```
/// use iameval::{Effect, PolicyDocument};
///
/// let document: PolicyDocument = r#"{
///   "Version": "2012-10-17",
///   "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
/// }"#.parse()?;
/// assert_eq!(document.statements()[0].effect(), Effect::Allow);
/// assert_eq!(document.statements()[0].sid(), Some("Read"));
///
/// let error = r#"{"Statement": {"Effect": "Allow", "Acton": "s3:Get*", "Resource": "*"}}"#
///     .parse::<PolicyDocument>().unwrap_err();
/// assert_eq!(error.diagnostics()[0].message(), "`Acton` is not an element of a statement");
/// assert_eq!(error.diagnostics()[0].help(), Some("did you mean `Action`?"));
/// # Ok::<(), iameval::ParsePolicyDocumentError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDocument {
    pub(crate) version: Option<Spanned<Version>>,
    pub(crate) id: Option<Spanned<Box<str>>>,
    pub(crate) statements: Listed<Statement>,
    pub(crate) characters: Vec<Spanned<char>>,
    pub(crate) span: QuietSpan,
}

/// What came of reading something: the value, unless it is refused, and everything that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The value; `None` when a finding is an error.
    pub value: Option<T>,
    /// All findings, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// A text that is not a policy document, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a policy document: {}", in_short(.diagnostics))]
pub struct ParsePolicyDocumentError {
    diagnostics: Vec<Diagnostic>,
}

impl ParsePolicyDocumentError {
    /// What is wrong, in source order.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What is wrong, in source order.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

/// The first finding, with what to do about it, and how many there are besides.
pub(crate) fn in_short(diagnostics: &[Diagnostic]) -> String {
    let [first, others @ ..] = diagnostics else { return String::new() };
    let help = first.help().map(|help| format!(" ({help})")).unwrap_or_default();
    let others = match others.len() {
        0 => String::new(),
        1 => ", and 1 more finding".into(),
        many => format!(", and {many} more findings"),
    };
    format!("{}{help}{others}", first.message())
}

impl<T> Parsed<T> {
    /// The value, unless it is refused.
    pub fn ok(self) -> Option<T> {
        self.value
    }

    /// The value, or what is wrong with the text.
    ///
    /// # Errors
    /// When it is refused.
    pub fn into_result(self) -> Result<T, ParsePolicyDocumentError> {
        self.value.ok_or(ParsePolicyDocumentError { diagnostics: self.diagnostics })
    }
}

/// The version of the policy language. Without one a document is of the older (R-GRAM-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// `2008-10-17`: policy variables are plain text.
    V2008,
    /// `2012-10-17`
    V2012,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// Where a policy is attached, which decides what it may hold and how it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyKind {
    /// Attached to a user, group or role.
    Identity,
    /// Attached to a resource, except to a role.
    Resource,
    /// The trust policy of a role.
    RoleTrust,
    /// A permissions boundary.
    PermissionsBoundary,
    /// Passed when a session was made.
    Session,
    /// Passed to `sts:GetScopedCredentials`, which narrows a session further. Its grammar is that of session policies.
    ScopeDown,
    /// A service control policy (SCP).
    ServiceControl,
    /// A resource control policy (RCP).
    ResourceControl,
    /// A VPC endpoint policy.
    Endpoint,
}

/// One or several of something, and which of the two forms was written (R-GRAM-03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    pub(crate) items: Vec<T>,
    // INVARIANT: when true there is exactly one item, and it was written without brackets.
    pub(crate) bare: bool,
    pub(crate) span: QuietSpan,
}

/// A span that takes no part in comparisons.
pub(crate) type QuietSpan = Spanned<()>;

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub(crate) sid: Option<Spanned<Box<str>>>,
    pub(crate) effect: Spanned<Effect>,
    pub(crate) principal: Option<PrincipalElement>,
    pub(crate) action: PatternElement,
    pub(crate) resource: Option<PatternElement>,
    pub(crate) condition: Option<ConditionElement>,
    /// What is not known and decides whether the statement is there.
    pub(crate) only_if: Vec<OnlyIf>,
    pub(crate) span: QuietSpan,
}

/// `Action`, `NotAction`, `Resource` or `NotResource`: a list of patterns as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternElement {
    pub(crate) negated: bool,
    pub(crate) patterns: Listed<Spanned<Box<str>>>,
    pub(crate) name: QuietSpan,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    pub(crate) negated: bool,
    pub(crate) form: PrincipalForm,
    pub(crate) name: QuietSpan,
}

/// The two forms of a principal element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalForm {
    /// The bare text `*`.
    Everyone,
    /// An object of lists.
    Map(Vec<PrincipalList>),
}

/// One member of a principal element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalList {
    pub(crate) kind: Spanned<PrincipalType>,
    pub(crate) values: Listed<Spanned<Box<str>>>,
}

/// The member names of a principal element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrincipalType {
    /// Accounts, users, roles and sessions.
    Aws,
    /// AWS services.
    Service,
    /// Identity providers.
    Federated,
    /// Canonical user ids of S3.
    CanonicalUser,
}

/// A `Condition`: operators, each with its keys, in source order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionElement {
    pub(crate) operators: Vec<ConditionBlock>,
    pub(crate) name: QuietSpan,
}

/// One operator of a condition with its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionBlock {
    pub(crate) operator: ConditionOperator,
    pub(crate) name: Spanned<Box<str>>,
    pub(crate) keys: Vec<ConditionTest>,
}

/// One key of a condition operator with the values it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionTest {
    pub(crate) key: Spanned<Box<str>>,
    pub(crate) values: Listed<Spanned<ConditionValue>>,
}

/// A value of a condition. `true` and `"true"`, `10` and `"10"` mean the same (R-GRAM-04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionValue {
    /// A string.
    String(Box<str>),
    /// A number, as it was written.
    Number(Box<str>),
    /// A boolean.
    Bool(bool),
}

/// A document without statements, which decides nothing.
impl Default for PolicyDocument {
    fn default() -> Self {
        let statements = Listed { items: Vec::new(), bare: false, span: QuietSpan::new((), Span::START) };
        Self { version: None, id: None, statements, characters: Vec::new(), span: QuietSpan::new((), Span::START) }
    }
}

impl PolicyDocument {
    /// Reads a policy from JSON text, and reports everything that is wrong with it.
    pub fn parse(text: &str) -> Parsed<Self> {
        match json::parse(text) {
            Ok(tree) => {
                let Parsed { value, diagnostics } = Self::from_tree(&tree);
                Parsed { value: value.map(|document| document.with_characters(text, |span| span)), diagnostics }
            }
            Err(diagnostic) => Parsed { value: None, diagnostics: vec![diagnostic] },
        }
    }

    /// Reads a policy from a tree that a loader made; spans refer to the loader's text.
    pub fn from_tree(tree: &Node<'_>) -> Parsed<Self> {
        read::document(tree)
    }

    /// The document with the first few characters that IAM does not accept in a policy (R-GRAM-08), for
    /// [`check`](Self::check) to report. `text` is one that the document was read from, or a part of it; `place` gives the
    /// place in the loader's text of a place in `text`. [`parse`](Self::parse) does this itself.
    #[must_use]
    pub fn with_characters(mut self, text: &str, place: impl Fn(Span) -> Span) -> Self {
        const ENOUGH: usize = 20;
        let found =
            read::invalid_characters(text).map(|character| Spanned::new(character.value, place(character.span)));
        self.characters.extend(found.take(ENOUGH.saturating_sub(self.characters.len())));
        self
    }

    /// The document with a statement that is there only if a [symbol](crate::symbol) stands for something that is not known,
    /// such as a condition of a template: at most it may apply. Said several times of a statement, it needs all of these.
    ///
    /// ```
    /// use iameval::symbol::{OnlyIf, SymbolKind, Symbols};
    /// use iameval::PolicyDocument;
    ///
    /// let mut symbols = Symbols::new();
    /// let is_production = symbols.define("Conditions.IsProduction", SymbolKind::Input)?;
    /// let text = r#"{"Statement": {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}}"#;
    /// let document = text.parse::<PolicyDocument>()?.with_statement_only_if(0, OnlyIf::holds(is_production));
    /// assert_eq!(document.statements()[0].only_if(), [OnlyIf::holds(is_production)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_statement_only_if(mut self, statement: usize, only_if: impl Into<OnlyIf>) -> Self {
        if let Some(statement) = self.statements.items.get_mut(statement) {
            statement.only_if.push(only_if.into());
        }
        self
    }

    /// The `Version`, when one is written.
    pub fn version(&self) -> Option<Version> {
        self.version.as_ref().map(|version| version.value)
    }

    /// The place of the `Version`, when one is written.
    pub fn version_span(&self) -> Option<Span> {
        self.version.as_ref().map(|version| version.span)
    }

    /// The place of the whole document, braces included.
    pub fn span(&self) -> Span {
        self.span.span
    }

    /// Whether a resource or a condition value holds `${`, which means something in version `2012-10-17` only.
    pub fn has_variable_syntax(&self) -> bool {
        self.statements().iter().any(|statement| {
            let resources = statement.resource().into_iter().flat_map(PatternElement::patterns);
            let tests = statement.condition().iter().flat_map(ConditionBlock::keys);
            resources.chain(tests.flat_map(ConditionTest::values)).any(|text| text.contains("${"))
        })
    }

    /// The place of the value of `Statement`.
    pub fn statements_span(&self) -> Span {
        self.statements.span()
    }

    /// The `Id`, when one is written.
    pub fn id(&self) -> Option<&str> {
        self.id.as_ref().map(|id| &*id.value)
    }

    /// The statements in source order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements.items
    }

    /// The policy as a JSON tree in canonical member order; print it with `{}` or `{:#}`. Statements, entries, names of
    /// operators, keys and values have their places, and a document made of the tree has them again.
    pub fn to_json(&self) -> Node<'_> {
        print::document(self)
    }
}

/// As [`PolicyDocument::parse`], for those who need no positions.
impl FromStr for PolicyDocument {
    type Err = ParsePolicyDocumentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).into_result()
    }
}

impl std::fmt::Display for PolicyDocument {
    /// Canonical JSON: members in AWS's usual order, no white space; with `{:#}` indented.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_json().fmt(f)
    }
}

keywords! {
    /// As it is written in policies.
    Version, "a version of the policy language" { V2008 => "2008-10-17", V2012 => "2012-10-17" }
}

keywords! {
    /// As it is written in policies.
    Effect, "an effect" { Allow => "Allow", Deny => "Deny" }
}

keywords! {
    /// As it is written in policies.
    PrincipalType, "a type of principal" {
        Aws => "AWS",
        Service => "Service",
        Federated => "Federated",
        CanonicalUser => "CanonicalUser",
    }
}

keywords! {
    /// The name in reports and wherever people name kinds: `identity`, `trust`, `scp`, ….
    PolicyKind, "a kind of policy" {
        Identity => "identity",
        Resource => "resource",
        RoleTrust => "trust",
        PermissionsBoundary => "boundary",
        Session => "session",
        ScopeDown => "scope-down",
        ServiceControl => "scp",
        ResourceControl => "rcp",
        Endpoint => "endpoint",
    }
}

impl PolicyKind {
    /// The kind in words: `identity policy`, `permissions boundary`, …
    pub fn describe(self) -> &'static str {
        match self {
            PolicyKind::Identity => "identity policy",
            PolicyKind::Resource => "resource policy",
            PolicyKind::RoleTrust => "role trust policy",
            PolicyKind::PermissionsBoundary => "permissions boundary",
            PolicyKind::Session => "session policy",
            PolicyKind::ScopeDown => "scope-down policy",
            PolicyKind::ServiceControl => "service control policy",
            PolicyKind::ResourceControl => "resource control policy",
            PolicyKind::Endpoint => "VPC endpoint policy",
        }
    }

    /// The kind in words with its article.
    ///
    /// ```
    /// use iameval::PolicyKind;
    ///
    /// assert_eq!(PolicyKind::Identity.with_article(), "an identity policy");
    /// assert_eq!(PolicyKind::Session.with_article(), "a session policy");
    /// ```
    pub fn with_article(self) -> String {
        let words = self.describe();
        let article = if words.starts_with('i') { "an" } else { "a" };
        format!("{article} {words}")
    }

    /// Whether policies of this kind belong to a principal or to its session.
    pub fn is_of_principal(self) -> bool {
        matches!(
            self,
            PolicyKind::Identity | PolicyKind::PermissionsBoundary | PolicyKind::Session | PolicyKind::ScopeDown
        )
    }

    /// Whether policies of this kind are attached to a principal or to an organization, and so name no principal.
    pub(crate) fn forbids_principal(self) -> bool {
        self.is_of_principal() || self == PolicyKind::ServiceControl
    }

    /// Whether statements of this kind must name resources.
    pub(crate) fn requires_resource(self) -> bool {
        self.forbids_principal() || self == PolicyKind::ResourceControl
    }
}

impl<T> Listed<T> {
    /// The items, one or several.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Whether the one item was written without brackets.
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// The place of the whole value.
    pub fn span(&self) -> Span {
        self.span.span
    }
}

impl Statement {
    /// The `Sid`; an empty one counts as none.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_ref().map(|sid| &*sid.value).filter(|sid| !sid.is_empty())
    }

    /// The place of the value of `Sid`, an empty one too.
    pub fn sid_span(&self) -> Option<Span> {
        self.sid.as_ref().map(|sid| sid.span)
    }

    /// The place of the value of `Effect`.
    pub fn effect_span(&self) -> Span {
        self.effect.span
    }

    /// The `Effect`.
    pub fn effect(&self) -> Effect {
        self.effect.value
    }

    /// `Principal` or `NotPrincipal`.
    pub fn principal(&self) -> Option<&PrincipalElement> {
        self.principal.as_ref()
    }

    /// `Action` or `NotAction`.
    pub fn action(&self) -> &PatternElement {
        &self.action
    }

    /// `Resource` or `NotResource`.
    pub fn resource(&self) -> Option<&PatternElement> {
        self.resource.as_ref()
    }

    /// What is not known and decides whether the statement is there; mostly nothing is.
    pub fn only_if(&self) -> &[OnlyIf] {
        &self.only_if
    }

    /// The operators of `Condition`; none when there is no condition.
    pub fn condition(&self) -> &[ConditionBlock] {
        self.condition.as_ref().map_or(&[], |condition| &condition.operators)
    }

    /// The place of `Condition`'s name, when one is written.
    pub fn condition_span(&self) -> Option<Span> {
        self.condition.as_ref().map(|condition| condition.name.span)
    }

    /// The keys of the condition in source order, each with its operator.
    pub fn tests(&self) -> impl Iterator<Item = (ConditionOperator, &ConditionTest)> {
        let blocks = self.condition().iter();
        blocks.flat_map(|block| block.keys().iter().map(move |test| (block.operator(), test)))
    }

    /// The place of the statement, braces included.
    pub fn span(&self) -> Span {
        self.span.span
    }
}

impl PatternElement {
    /// Whether this is `NotAction` or `NotResource`.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// The patterns as they were written.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.items.iter().map(|pattern| &*pattern.value)
    }

    /// The patterns cut into parts, in a document of that version: in older ones there are no variables (R-VAR-02).
    ///
    /// ```
    /// use iameval::{PatternPart, PolicyDocument};
    ///
    /// let document = PolicyDocument::parse(r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
    ///     "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}}"#).value.unwrap();
    /// let parts: Vec<_> = document.statements()[0].resource().unwrap().parts(document.version()).collect();
    /// let [PatternPart::Literal(bucket), PatternPart::Variable(user), PatternPart::Literal(slash), PatternPart::Star] =
    ///     parts[0].as_slice() else { panic!("{parts:?}") };
    /// assert_eq!((&**bucket, &*user.key, &**slash), ("arn:aws:s3:::home/", "aws:username", "/"));
    /// ```
    pub fn parts(&self, version: Option<Version>) -> impl Iterator<Item = Vec<Part>> {
        let syntax = Syntax { variables: version == Some(Version::V2012), wildcards: true };
        self.patterns().map(move |text| parts(text, syntax))
    }

    /// The place of each pattern.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        self.patterns.items.iter().map(|pattern| pattern.span)
    }

    /// The place of the whole value, brackets included.
    pub fn span(&self) -> Span {
        self.patterns.span()
    }

    /// The place of the element's name.
    pub fn name_span(&self) -> Span {
        self.name.span
    }
}

impl PrincipalElement {
    /// Whether this is `NotPrincipal`.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// `*`, or the lists.
    pub fn form(&self) -> &PrincipalForm {
        &self.form
    }

    /// The place of the element's name.
    pub fn name_span(&self) -> Span {
        self.name.span
    }
}

impl PrincipalList {
    /// The type of the principals in this list.
    pub fn kind(&self) -> PrincipalType {
        self.kind.value
    }

    /// The principals as they were written.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.items.iter().map(|value| &*value.value)
    }

    /// The place of each principal.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        self.values.items.iter().map(|value| value.span)
    }
}

impl ConditionBlock {
    /// The operator.
    pub fn operator(&self) -> ConditionOperator {
        self.operator
    }

    /// The keys tested with it, in source order.
    pub fn keys(&self) -> &[ConditionTest] {
        &self.keys
    }

    /// The place of the operator's name.
    pub fn name_span(&self) -> Span {
        self.name.span
    }
}

impl ConditionTest {
    /// The key as it was written.
    pub fn key(&self) -> &str {
        &self.key.value
    }

    /// The values as texts: `true` for a boolean, the digits for a number.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.texts()
    }

    /// The values cut into parts, under that operator and in a document of that version: wildcards are those of operators
    /// that take them, and variables those of version 2012-10-17 (R-VAR-02).
    pub fn parts(&self, operator: Operator, version: Option<Version>) -> impl Iterator<Item = Vec<Part>> {
        self.values().map(move |text| operator.parts(text, version))
    }

    /// Whether the list holds values of several JSON types, such as `["true", false]`.
    pub fn has_mixed_types(&self) -> bool {
        let mut kinds = self.values.items.iter().map(|item| std::mem::discriminant(&item.value));
        kinds.next().is_some_and(|first| kinds.any(|other| other != first))
    }

    /// The place of each value.
    pub fn value_spans(&self) -> impl Iterator<Item = Span> {
        self.values.items.iter().map(|value| value.span)
    }

    /// The place of the key.
    pub fn key_span(&self) -> Span {
        self.key.span
    }

    /// The place of key and values together.
    pub fn span(&self) -> Span {
        Span { start: self.key.span.start, end: self.values.span.span.end }
    }
}

impl Operator {
    /// A value of a condition cut into parts, as [`ConditionTest::parts`] cuts those of a document.
    pub fn parts(self, value: &str, version: Option<Version>) -> Vec<Part> {
        let variables = version == Some(Version::V2012);
        parts(value, Syntax { variables, wildcards: self.takes_wildcards() })
    }
}

impl Listed<Spanned<ConditionValue>> {
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> + Clone {
        self.items.iter().map(|value| value.value.text())
    }
}

impl ConditionValue {
    /// The value as a text.
    pub fn text(&self) -> &str {
        match self {
            ConditionValue::String(text) | ConditionValue::Number(text) => text,
            ConditionValue::Bool(true) => "true",
            ConditionValue::Bool(false) => "false",
        }
    }
}
