//! The resources that a call was asked on.

use iameval::AccountId;

/// A resource that IAM was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AskedResource {
    /// An ARN or `*`.
    pub resource: String,
    /// The account that owns it, where the event says so and the ARN does not.
    pub owner: Option<AccountId>,
    /// How it is known.
    pub source: ResourceSource,
}

/// How a resource is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceSource {
    /// The message of the refusal names it.
    ErrorMessage,
    /// `resources` has it.
    Resources,
    /// Made of these fields of `requestParameters`.
    Parameters(Vec<String>),
    /// The action is asked on the caller's own user.
    Caller,
    /// The service asks on this ARN whatever the call is about, as with many list calls.
    Service,
    /// The action takes no resource and is asked on `*`.
    None,
    /// The action takes a resource of this type, and the event does not say which: `*` stands for what is not known.
    Unknown(String),
}
