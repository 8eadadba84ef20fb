//! The context keys that an event tells.

use iameval::Context;

/// The context of an event's request, and what is known of each key.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct EventContext {
    /// The context, for a request.
    pub context: Context,
    /// The keys that the event tells, each with the field that has it.
    pub told: Vec<ToldKey>,
    /// The keys that are assumed, each with the assumption.
    pub assumed: Vec<AssumedKey>,
}

/// A key that the event tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToldKey {
    /// The key.
    pub key: String,
    /// The field of the event, such as `sourceIPAddress`.
    pub field: String,
}

/// A key that is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssumedKey {
    /// The key.
    pub key: &'static str,
    /// What is assumed and why.
    pub assumption: &'static str,
}

/// A key that no event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownKey {
    /// The key; `…` stands for the part that differs.
    pub key: &'static str,
    /// Why.
    pub why: &'static str,
}

/// The keys that no event tells. They are not given, which is not the same as absent.
pub static UNKNOWN_KEYS: [UnknownKey; 0] = [];
