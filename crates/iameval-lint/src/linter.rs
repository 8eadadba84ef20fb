//! The check of a policy: every question in turn, and what is kept for the next policy.

use crate::action;
use crate::arn;
use crate::attached::AttachedTo;
use crate::codes;
use crate::condition;
use crate::document;
use crate::endpoint;
use crate::escalation;
use crate::exempt;
use crate::federation;
use crate::lookup::Lookup;
use crate::mfa;
use crate::odd_arn;
use crate::once::Once;
use crate::principal;
use crate::proof;
use crate::proof::Provable;
use crate::provider_key;
use crate::public;
use crate::resource;
use crate::service;
use crate::service_rule;
use crate::statement;
use crate::stranger::Strangers;
use crate::subject::Subject;
use crate::template;
use crate::trust;
use crate::variable;
use iameval::{Code, Diagnostic, PolicyDocument, PolicyKind, Refusal};
use iameval_data::Catalogue;
use iameval_prove::Prover;
use std::sync::OnceLock;

/// Checks policies, and keeps what is the same for all of them.
///
/// ```
/// use iameval::{PolicyDocument, PolicyKind};
/// use iameval_data::Catalogue;
/// use iameval_lint::Linter;
///
/// let document: PolicyDocument = r#"{"Version": "2012-10-17", "Statement": [
///     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"},
///     {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::rep*"}]}"#.parse()?;
/// let findings = Linter::new(Catalogue::embedded()).check(&document, PolicyKind::Identity);
/// assert_eq!(findings[0].code().id(), "IE0682");
/// # Ok::<(), iameval::ParsePolicyDocumentError>(())
/// ```
#[derive(Debug)]
pub struct Linter<'c> {
    catalogue: &'c Catalogue,
    prover: OnceLock<Prover<'c>>,
    steps: u64,
}

impl<'c> Linter<'c> {
    /// One that knows the names of this catalogue.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, prover: OnceLock::new(), steps: proof::MOST_STEPS }
    }

    /// The same without a bound on how much work the proofs about the statements of a policy may be.
    #[must_use]
    pub fn deep(self) -> Self {
        Self { steps: u64::MAX, ..self }
    }

    /// Everything there is to say of a policy of this kind, in source order: what AWS refuses when it is created
    /// ([`PolicyDocument::check`]), and the lints.
    pub fn check(&self, document: &PolicyDocument, kind: PolicyKind) -> Vec<Diagnostic> {
        self.check_attached(document, kind, &AttachedTo::unknown())
    }

    /// The same of a policy of which it is known what it is attached to: whom it lets in is then asked of those resources only.
    ///
    /// ```
    /// use iameval::{PolicyDocument, PolicyKind};
    /// use iameval_data::Catalogue;
    /// use iameval_lint::{AttachedTo, Linter};
    ///
    /// let document: PolicyDocument = r#"{"Version": "2012-10-17", "Statement": {
    ///     "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}}"#.parse()?;
    /// let mut queue = AttachedTo::unknown();
    /// queue.add(["arn:aws:sqs:eu-central-1:111122223333:orders".to_owned()], None);
    /// let findings = Linter::new(Catalogue::embedded()).check_attached(&document, PolicyKind::Resource, &queue);
    /// assert!(findings[0].message().ends_with("on `arn:aws:sqs:eu-central-1:111122223333:orders`"));
    /// # Ok::<(), iameval::ParsePolicyDocumentError>(())
    /// ```
    pub fn check_attached(&self, document: &PolicyDocument, kind: PolicyKind, to: &AttachedTo) -> Vec<Diagnostic> {
        let mut findings = document.check(kind);
        template::spare(document, self.catalogue, &mut findings);
        self.lint(document, kind, to, &mut findings);
        findings.sort_by_key(Diagnostic::span);
        mark_first(kind, &mut findings);
        findings
    }

    /// The same for a policy that AWS manages, which may be larger than a customer's; an RCP of AWS's may allow.
    pub fn check_managed(&self, document: &PolicyDocument, kind: PolicyKind) -> Vec<Diagnostic> {
        let mut findings = self.check(document, kind);
        findings.retain(|finding| !OF_CUSTOMERS_ONLY.contains(&finding.code()));
        findings
    }

    /// Adds what AWS accepts but is probably a mistake.
    fn lint(&self, document: &PolicyDocument, kind: PolicyKind, to: &AttachedTo, findings: &mut Vec<Diagnostic>) {
        let catalogue = self.catalogue;
        let provable = Provable::new(document, kind, catalogue, || self.prover.get_or_init(|| Prover::new(catalogue)));
        let strangers = provable.as_ref().map_or_else(Strangers::default, |own| own.strangers(to, self.steps));
        let mut report = |finding| findings.push(finding);
        document::lint(document, kind, &mut report);
        statement::lint(document, &mut report);
        template::lint(document, catalogue, &mut report);
        variable::lint(document, catalogue, &mut report);
        let (once, mut lookup) = (Once::default(), Lookup::new(catalogue));
        for (number, statement) in document.statements().iter().enumerate() {
            let access = strangers.access(number);
            let subject = Subject::new(statement, document, kind, catalogue, &once, &mut lookup);
            action::lint(&subject, &mut report);
            arn::lint(&subject, &mut report);
            resource::lint(&subject, &mut report);
            odd_arn::lint(&subject, &mut report);
            condition::lint(&subject, &mut report);
            public::lint(&subject, access, &mut report);
            principal::lint(&subject, &mut report);
            trust::lint(&subject, access, &mut report);
            service::lint(&subject, &mut report);
            service_rule::lint(&subject, &mut report);
            federation::lint(&subject, access, &mut report);
            provider_key::lint(&subject, &mut report);
            exempt::lint(&subject, &mut report);
            endpoint::lint(&subject, &mut report);
        }
        lookup.finding().into_iter().for_each(&mut report);
        escalation::lint(document, kind, &mut report);
        mfa::lint(document, kind, &mut report);
        if let Some(provable) = provable {
            let proven = provable.statements(self.steps);
            proven.lint(document, findings);
        }
    }
}

/// Marks what AWS would answer with at creation. Its words are those of IAM, which keeps policies of these kinds.
pub(crate) fn mark_first(kind: PolicyKind, findings: &mut [Diagnostic]) {
    if matches!(
        kind,
        PolicyKind::Identity
            | PolicyKind::PermissionsBoundary
            | PolicyKind::RoleTrust
            | PolicyKind::Session
            | PolicyKind::ScopeDown
    ) {
        Refusal::mark_first(findings);
    }
}

/// Limits that AWS keeps its own policies out of.
const OF_CUSTOMERS_ONLY: [Code; 3] =
    [iameval::codes::TOO_LARGE, codes::NEAR_SIZE_LIMIT, iameval::codes::RESOURCE_CONTROL_LIMITS];
