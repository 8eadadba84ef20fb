//! A request as a test asks it: in names.

use iameval::{Context, ContextValue, Mfa};
use std::fmt;

/// A request as a test asks it, in the names of the world that answers it.
///
/// What is not said follows from the world, as it does on the command line: its default resource or the one that
/// follows from the action, its default context, its default state of multi-factor authentication.
///
/// ```
/// use iameval_test::{Mfa, TestRequest};
///
/// let request = TestRequest::new("john.doe", "iam:ChangePassword")
///     .resource("self")
///     .mfa(Mfa::False)
///     .context("aws:SourceIp", "203.0.113.7")
///     .absent("aws:SourceVpc");
/// assert_eq!(
///     request.to_string(),
///     "john.doe: iam:ChangePassword on self mfa=false aws:SourceIp=203.0.113.7 no aws:SourceVpc"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TestRequest {
    pub(crate) principal: Option<String>,
    pub(crate) action: String,
    pub(crate) resource: Option<String>,
    pub(crate) mfa: Option<Mfa>,
    pub(crate) context: Context,
    pub(crate) via: Option<String>,
    pub(crate) is_unlisted: bool,
    pub(crate) is_strict: bool,
}

impl TestRequest {
    /// A request of a principal: a name in the world, or an ARN.
    pub fn new(principal: &str, action: &str) -> Self {
        Self { principal: Some(principal.into()), ..Self::of(action) }
    }

    /// A request that does not say who asks: the default principal of the world, or its only one. Of policies without a
    /// world it asks a user whom no policy names.
    pub fn of(action: &str) -> Self {
        Self {
            principal: None,
            action: action.into(),
            resource: None,
            mfa: None,
            context: Context::new(),
            via: None,
            is_unlisted: false,
            is_strict: false,
        }
    }

    /// What it is evaluated on: an ARN, a name in the world, something in that such as `reports/q3.csv`, `self` or `*`.
    #[must_use]
    pub fn resource(mut self, resource: &str) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// The state of multi-factor authentication: `true`, `false`, or one of the three states of [`Mfa`].
    #[must_use]
    pub fn mfa(mut self, mfa: impl Into<Mfa>) -> Self {
        self.mfa = Some(mfa.into());
        self
    }

    /// The value of a context key: a text, a number, `true` or `false`, or a list of texts.
    #[must_use]
    pub fn context(mut self, key: &str, value: impl Into<ContextValue>) -> Self {
        self.context.remove(key);
        self.context.insert(key, value);
        self
    }

    /// Says that a context key is not in the request.
    #[must_use]
    pub fn absent(mut self, key: &str) -> Self {
        self.context.remove(key);
        self.context.insert_absent(key);
        self
    }

    /// The VPC endpoint of the world that the request goes through.
    #[must_use]
    pub fn via(mut self, endpoint: &str) -> Self {
        self.via = Some(endpoint.into());
        self
    }

    /// Says that the action is meant as it is written although AWS is not known to have it, or to ask it on that resource:
    /// it is newer than this crate, or not AWS's.
    #[must_use]
    pub fn unlisted(mut self) -> Self {
        self.is_unlisted = true;
        self
    }

    /// Says that an assertion fails when the answer depends on a context key that was not given, as in a world with
    /// `strict_context`.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Who asks, when it says so.
    pub fn principal(&self) -> Option<&str> {
        self.principal.as_deref()
    }

    /// The action as it was written.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Everything but who asks: `iam:GetUser on self mfa=false`.
    pub(crate) fn what(&self) -> impl fmt::Display {
        What(self)
    }
}

/// Everything that a request says but who asks.
struct What<'r>(&'r TestRequest);

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TestRequest { action, resource, mfa, context, via, .. } = self.0;
        f.write_str(action)?;
        if let Some(resource) = resource {
            write!(f, " on {resource}")?;
        }
        if let Some(mfa) = mfa {
            write!(f, " mfa={mfa}")?;
        }
        for (key, value) in context.iter() {
            match value {
                Some(value) if value.is_list() => {
                    write!(f, " {key}=[{}]", value.texts().collect::<Vec<_>>().join(", "))?;
                }
                Some(value) => write!(f, " {key}={}", value.texts().collect::<String>())?,
                None => write!(f, " no {key}")?,
            }
        }
        match via {
            Some(endpoint) => write!(f, " via {endpoint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for TestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(principal) = &self.principal {
            write!(f, "{principal}: ")?;
        }
        self.what().fmt(f)
    }
}

impl fmt::Debug for TestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestRequest({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_word_about_a_key_stands_in_any_spelling() {
        let request =
            TestRequest::of("s3:ListBucket").context("aws:sourceip", "192.0.2.1").context("aws:SourceIp", "192.0.2.2");
        assert_eq!(request.to_string(), "s3:ListBucket aws:SourceIp=192.0.2.2");
        assert_eq!(request.absent("AWS:SourceIp").to_string(), "s3:ListBucket no AWS:SourceIp");
    }

    #[test]
    fn everything_that_was_said_is_shown() {
        let request = TestRequest::new("boris", "s3:PutObject")
            .resource("reports/q3.csv")
            .mfa(true)
            .context("aws:TagKeys", ["team", "stage"])
            .context("s3:max-keys", 10)
            .context("aws:SecureTransport", true)
            .via("s3-gateway");
        assert_eq!(
            request.to_string(),
            "boris: s3:PutObject on reports/q3.csv mfa=true aws:SecureTransport=true aws:TagKeys=[team, stage] \
             s3:max-keys=10 via s3-gateway"
        );
    }
}
