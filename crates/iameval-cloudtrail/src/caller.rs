//! From `userIdentity` to the principal of the request.

/// Why an event does not tell its caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallerError {
    /// No `userIdentity`, or one without type, ARN and service.
    #[error("the event does not say who called: `userIdentity` has neither a type nor an ARN nor `invokedBy`")]
    Missing,
    /// A type that names a caller by something that policies do not know.
    #[error("the caller is a `{kind}`, and `userIdentity` has no {lacking}")]
    Incomplete {
        /// The type.
        kind: String,
        /// What it would take.
        lacking: &'static str,
    },
    /// A type that is not known.
    #[error("`{0}` is not a type of `userIdentity` that IAM knows as a principal")]
    Kind(String),
    /// The ARN is not that of a principal.
    #[error(transparent)]
    Principal(#[from] iameval::PrincipalError),
}
