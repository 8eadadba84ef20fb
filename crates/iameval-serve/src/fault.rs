//! Errors as AWS returns them: a code, an HTTP status and a message.

use std::fmt::Display;

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    code: &'static str,
    status: u16,
    message: String,
    detail: Option<String>,
}

impl Fault {
    fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self { code, status, message: message.into(), detail: None }
    }

    /// A parameter that says something wrong.
    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Self::new("InvalidInput", 400, message)
    }

    /// A parameter outside the limits of the service model.
    pub(crate) fn validation(parameter: &str, constraint: impl Display) -> Self {
        let message = format!(
            "1 validation error detected: Value at '{parameter}' failed to satisfy constraint: Member must {constraint}"
        );
        Self::new("ValidationError", 400, message)
    }

    /// A parameter that no call can do without.
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::validation(parameter, "not be null")
    }

    /// A parameter outside the limits, in words of its own.
    pub(crate) fn validation_error(message: impl Into<String>) -> Self {
        Self::new("ValidationError", 400, message)
    }

    /// A body that is no form.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new("MalformedInput", 400, message)
    }

    /// Something that does not exist.
    pub(crate) fn no_such_entity(message: impl Into<String>) -> Self {
        Self::new("NoSuchEntity", 404, message)
    }

    /// A policy of the world that cannot be evaluated.
    pub(crate) fn policy_evaluation(message: impl Into<String>) -> Self {
        Self::new("PolicyEvaluation", 500, message)
    }

    /// A request that could not be worked on now; clients try again.
    #[cfg(feature = "http")]
    pub(crate) fn unavailable() -> Self {
        Self::new("ServiceUnavailable", 503, "The server is busy; try again.")
    }

    /// A form that names no operation.
    pub(crate) fn missing_action(served: &str) -> Self {
        Self::new("MissingAction", 400, format!("The request names no Action; served are {served}."))
    }

    /// An operation that is not served.
    pub(crate) fn invalid_action(action: &str, served: &str) -> Self {
        Self::new("InvalidAction", 400, format!("The operation {action} is not served; served are {served}."))
    }

    /// The same, with what AWS does not say: where and why.
    #[must_use]
    pub(crate) fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// The code, such as `InvalidInput`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The message, as AWS words it where that is recorded.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where and why, for people; AWS has nothing like it.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}
