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
mod alike;
mod arn;
mod attached;
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
mod linter;
mod lookup;
mod mfa;
mod odd_arn;
mod once;
mod principal;
mod probe;
mod proof;
mod provider;
mod provider_key;
mod public;
mod resource;
mod service;
mod service_rule;
mod statement;
mod stranger;
mod subject;
mod template;
mod trust;
mod unknown;
mod variable;

use iameval::{Diagnostic, PolicyDocument, PolicyKind, Refusal};
use iameval_data::Catalogue;

pub use attached::AttachedTo;
pub use escalation::escalation_ways;
pub use fix::{Mended, mend};
pub use kind::{Guess, guess_kind, guess_same_kind};
pub use linter::Linter;
pub use proof::idle_deny;

/// Everything there is to say of a policy of this kind, in source order: what AWS refuses when it is created
/// ([`PolicyDocument::check`]), and the lints. For many policies a [`Linter`] is faster.
pub fn check(document: &PolicyDocument, kind: PolicyKind, catalogue: &Catalogue) -> Vec<Diagnostic> {
    Linter::new(catalogue).check(document, kind)
}

/// What [`check`] finds in the text of a policy; where it is no policy, why not. Without a kind it is guessed, also from what the
/// text is called.
pub fn check_text(
    text: &str,
    name: &str,
    kind: Option<PolicyKind>,
    catalogue: &Catalogue,
) -> (Option<PolicyKind>, Vec<Diagnostic>) {
    let parsed = PolicyDocument::parse(text);
    if let Some(document) = &parsed.value {
        let kind = kind.unwrap_or_else(|| guess_kind(document, name).kind);
        return (Some(kind), check(document, kind, catalogue));
    }
    let mut found = parsed.diagnostics;
    Refusal::mark_first(&mut found);
    (kind, found)
}

/// The same for a policy that AWS manages, which may be larger than a customer's; an RCP of AWS's may allow.
pub fn check_managed(document: &PolicyDocument, kind: PolicyKind, catalogue: &Catalogue) -> Vec<Diagnostic> {
    Linter::new(catalogue).check_managed(document, kind)
}

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
