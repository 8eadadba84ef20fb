//! AWS IAM policy evaluation: decides requests as AWS does, and says which statement decided and why.
//!
//! The way through: text → [`PolicyDocument`] and its [diagnostics](Diagnostic) → [`CompiledPolicy`] → [`PolicySet`];
//! a set and a [`Request`] give a [`Decision`], a [`Simulation`] or an [`Explanation`].
//!
//! The crate performs no I/O and reads no clock, environment or randomness: all of it arrives in the request.
//! With the feature `serde`, names and words ([`Action`], [`Arn`], [`Decision`], [`Layer`], …) are `Serialize` and
//! `Deserialize` as their texts.
//!
//! Evaluation cannot fail and cannot panic. The rules it follows are numbered (R-…) in `docs/semantics.md`.
//!
//! ```
//! use iameval::{Decision, Mfa, PolicySet, Request};
//!
//! let policies = PolicySet::builder().identity("ops", r#"{
//!   "Version": "2012-10-17",
//!   "Statement": [
//!     {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
//!     {"Sid": "NeedsMfa", "Effect": "Deny", "Action": "ec2:TerminateInstances", "Resource": "*",
//!      "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}
//!   ]
//! }"#)?.build();
//!
//! let terminate = |mfa| Request::builder("ec2:TerminateInstances".parse().unwrap()).mfa(mfa).build();
//! assert_eq!(policies.decide(&terminate(Mfa::TRUE)), Decision::Allowed);
//! assert_eq!(policies.decide(&terminate(Mfa::False)), Decision::ExplicitDeny);
//! // Long-term access keys: the key is not in the request at all, and `IfExists` matches that too.
//! assert_eq!(policies.decide(&terminate(Mfa::Absent)), Decision::ExplicitDeny);
//! # Ok::<(), iameval::PolicyError>(())
//! ```

pub mod analysis;
mod certainty;
pub mod codes;
mod compile;
mod condition;
mod context;
mod diagnostic;
mod document;
mod evaluate;
pub mod json;
mod keyword;
mod layer;
mod layered;
pub mod layers;
pub mod literal;
mod lowercase;
mod mode;
mod name;
pub mod native;
pub mod open;
mod policy_set;
mod principal;
mod request;
#[cfg(feature = "serde")]
mod serde;
mod service_rules;
pub mod suggest;
pub mod symbol;
pub mod text;
mod validate;
mod variable;
mod wildcard;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use compile::{
    ActionPattern, CompiledCondition, CompiledPolicy, CompiledResource, PolicyError, PolicyId, ResourcePiece, Taking,
};
pub use condition::{DateTime, ParseDateTimeError};
pub use context::{Context, ContextValue};
pub use diagnostic::{Code, CodeInfo, Diagnostic, Fix, Problem, Refusal, Severity};
pub use document::{
    ConditionBlock, ConditionElement, ConditionOperator, ConditionTest, ConditionValue, Effect, KeyUse, Listed,
    Operator, OperatorFamily, ParsePolicyDocumentError, Parsed, PatternElement, PolicyDocument, PolicyKind,
    PrincipalElement, PrincipalForm, PrincipalList, PrincipalType, Quantifier, Statement, Version,
};
pub use evaluate::{
    ConditionTrace, Entries, Explanation, LayerVerdict, Matched, Note, OrganizationAccounts, ServiceRule, Simulation,
    StatementTrace, Undetermined,
};
pub use keyword::ParseKeywordError;
pub use layer::Layer;
pub use layered::{LayeredPolicies, LayeredPolicy, PolicyGroup};
pub use layers::{DecidedBy, Decision};
pub use mode::EvaluationMode;
pub use name::{AccountId, Action, Arn, ContextKey, ParseAccountIdError, ParseActionError, ParseArnError};
pub use policy_set::{Origin, PolicySet, PolicySetBuilder, StatementId};
pub use principal::{Principal, PrincipalClass, PrincipalError};
pub use request::{Mfa, ParseMfaError, Request, RequestBuilder};
pub use service_rules::{ActionRule, ActionRules, RuleSelection, SERVICE_RULES, ServiceRules};
pub use variable::{Part as PatternPart, Variable};
