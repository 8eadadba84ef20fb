//! Why an event is not a request.

use crate::caller::CallerError;
use crate::event::Event;

/// Why an event is not a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// IAM does not authorize it: `ConsoleLogin`, events that a service writes about itself.
    #[error("IAM does not authorize `{call}`: {reason}")]
    NotAuthorized {
        /// Event source and name.
        call: String,
        /// What it is instead.
        reason: &'static str,
    },
    /// The catalogue has no action for the call.
    #[error("no action is known for `{name}` of `{service}`")]
    UnknownCall {
        /// The event source.
        service: String,
        /// The event name.
        name: String,
    },
    /// The caller is not told.
    #[error(transparent)]
    Caller(#[from] CallerError),
}

impl RequestError {
    pub(crate) fn unknown(event: &Event<'_>) -> Self {
        Self::UnknownCall { service: event.source.to_string(), name: event.name.to_string() }
    }
}
