//! Lints for IAM policies: what AWS accepts but is probably a mistake. Unknown actions, keys that no action has, statements
//! that never match, privilege escalation.
//!
//! [`check`] gives these and what AWS refuses at creation, in source order. Each finding has a stable code, explained on
//! the page of codes. Where a question is about what a policy does, it is answered by evaluating.
//!
//! ```
//! use iameval::{PolicyDocument, PolicyKind};
//! use iameval_data::Catalogue;
//!
//! let document: PolicyDocument = r#"{"Version": "2012-10-17", "Statement": {
//!     "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::reports/*"}}"#.parse()?;
//! let findings = iameval_lint::check(&document, PolicyKind::Identity, Catalogue::embedded());
//! assert_eq!(findings[0].code().id(), "IE0602");
//! assert_eq!(findings[0].help(), Some("did you mean `s3:GetObject`?"));
//! # Ok::<(), iameval::ParsePolicyDocumentError>(())
//! ```

mod action;
mod arn;
mod circumstance;
pub mod codes;
mod condition;
mod document;
mod endpoint;
mod escalation;
mod exempt;
mod federation;
mod fix;
mod github;
mod kind;
mod lookup;
mod mfa;
mod odd_arn;
mod once;
mod principal;
mod probe;
mod provider;
mod provider_key;
mod public;
mod resource;
mod service;
mod service_rule;
mod statement;
mod subject;
mod template;
mod trust;
mod variable;

use iameval::{Code, Diagnostic, PolicyDocument, PolicyKind, Refusal};
use iameval_data::Catalogue;
use lookup::Lookup;
use once::Once;
use subject::Subject;

pub use escalation::escalation_ways;
pub use fix::{Mended, mend};
pub use kind::{Guess, guess_kind};

/// Everything there is to say of a policy of this kind, in source order: what AWS refuses when it is created
/// ([`PolicyDocument::check`]), and the lints.
pub fn check(document: &PolicyDocument, kind: PolicyKind, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let mut findings = document.check(kind);
    template::spare(document, catalogue, &mut findings);
    findings.extend(lint(document, kind, catalogue));
    findings.sort_by_key(Diagnostic::span);
    // AWS's words at creation are those of IAM, which keeps these.
    if matches!(
        kind,
        PolicyKind::Identity
            | PolicyKind::PermissionsBoundary
            | PolicyKind::RoleTrust
            | PolicyKind::Session
            | PolicyKind::ScopeDown
    ) {
        Refusal::mark_first(&mut findings);
    }
    findings
}

/// The same for a policy that AWS manages, which may be larger than a customer's; an RCP of AWS's may allow.
pub fn check_managed(document: &PolicyDocument, kind: PolicyKind, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let mut findings = check(document, kind, catalogue);
    findings.retain(|finding| !OF_CUSTOMERS_ONLY.contains(&finding.code()));
    findings
}

/// Limits that AWS keeps its own policies out of.
const OF_CUSTOMERS_ONLY: [Code; 3] =
    [iameval::codes::TOO_LARGE, codes::NEAR_SIZE_LIMIT, iameval::codes::RESOURCE_CONTROL_LIMITS];

/// What AWS accepts but is probably a mistake.
fn lint(document: &PolicyDocument, kind: PolicyKind, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut report = |finding| findings.push(finding);
    document::lint(document, kind, &mut report);
    statement::lint(document, &mut report);
    template::lint(document, catalogue, &mut report);
    variable::lint(document, catalogue, &mut report);
    let (once, mut lookup) = (Once::default(), Lookup::new(catalogue));
    for statement in document.statements() {
        let subject = Subject::new(statement, document, kind, catalogue, &once, &mut lookup);
        action::lint(&subject, &mut report);
        arn::lint(&subject, &mut report);
        resource::lint(&subject, &mut report);
        odd_arn::lint(&subject, &mut report);
        condition::lint(&subject, &mut report);
        public::lint(&subject, &mut report);
        principal::lint(&subject, &mut report);
        trust::lint(&subject, &mut report);
        service::lint(&subject, &mut report);
        service_rule::lint(&subject, &mut report);
        federation::lint(&subject, &mut report);
        provider_key::lint(&subject, &mut report);
        exempt::lint(&subject, &mut report);
        endpoint::lint(&subject, &mut report);
    }
    lookup.finding().into_iter().for_each(&mut report);
    escalation::lint(document, kind, &mut report);
    mfa::lint(document, kind, &mut report);
    findings
}

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
