//! A claim as a Rust test makes it: in names.

use iameval::{ContextKey, ContextValue, Mfa};
use iameval_ask::{ClaimQuestion, KeyValues};
use iameval_data::Catalogue;
use std::collections::BTreeMap;
use std::fmt;

/// Requests of which a Rust test claims something, in the names of the world that answers them. What is not said is free: any
/// resource, any context.
///
/// ```
/// use iameval_test::{Mfa, TestClaim};
///
/// let claim = TestClaim::new("john.doe", "s3:*").except("s3:Get*").resource("arn:aws:s3:::corp/*").mfa(Mfa::Absent);
/// assert_eq!(claim.to_string(), "john.doe: s3:* except s3:Get* on arn:aws:s3:::corp/* mfa=absent");
/// ```
#[derive(Clone)]
pub struct TestClaim {
    pub(crate) question: ClaimQuestion,
    keys: BTreeMap<ContextKey, KeyValues>,
}

impl TestClaim {
    /// The requests of a principal, a name in the world or an ARN, for the actions that fit a pattern; `*` is every action.
    pub fn new(principal: &str, actions: &str) -> Self {
        let mut claim = Self::of(actions);
        claim.question.principal = Some(principal.into());
        claim
    }

    /// The requests of the default principal of the world, or its only one.
    pub fn of(actions: &str) -> Self {
        let question =
            ClaimQuestion { actions: vec![actions.into()], ..ClaimQuestion::new(iameval_prove::Expectation::Deny) };
        Self { question, keys: BTreeMap::new() }
    }

    /// Adds a pattern for actions.
    #[must_use]
    pub fn and(mut self, actions: &str) -> Self {
        self.question.actions.push(actions.into());
        self
    }

    /// Leaves out the actions that fit a pattern.
    #[must_use]
    pub fn except(mut self, actions: &str) -> Self {
        self.question.except_actions.push(actions.into());
        self
    }

    /// The resources: a name in the world, an ARN, a pattern of ARNs, or `self`. Several are any of these.
    #[must_use]
    pub fn resource(mut self, resource: &str) -> Self {
        self.question.resources.push(resource.into());
        self
    }

    /// Leaves out a resource, or those that fit a pattern.
    #[must_use]
    pub fn except_resource(mut self, resource: &str) -> Self {
        self.question.except_resources.push(resource.into());
        self
    }

    /// A state of multi-factor authentication; several are any of these. `true` is a sign-in at any time.
    #[must_use]
    pub fn mfa(mut self, mfa: impl Into<Mfa>) -> Self {
        self.question.mfa.push(mfa.into());
        self
    }

    /// A value of a context key; several are any of these.
    #[must_use]
    pub fn context(mut self, key: &str, value: impl Into<ContextValue>) -> Self {
        let values = self.keys.entry(ContextKey::new(key)).or_default();
        let value = value.into();
        value.texts().for_each(|text| values.is(text));
        if value.texts().next().is_none() {
            values.is_empty_list();
        }
        self
    }

    /// Says that a context key is absent; with values of the same key, that it may be.
    #[must_use]
    pub fn absent(mut self, key: &str) -> Self {
        self.keys.entry(ContextKey::new(key)).or_default().is_absent();
        self
    }

    /// The VPC endpoint of the world that the requests go through.
    #[must_use]
    pub fn via(mut self, endpoint: &str) -> Self {
        self.question.endpoint = Some(endpoint.into());
        self
    }

    /// The same requests, of which something is claimed.
    pub(crate) fn that(&self, expect: iameval_prove::Expectation) -> Self {
        Self { question: ClaimQuestion { expect, ..self.question.clone() }, keys: self.keys.clone() }
    }

    /// The same in full.
    pub(crate) fn to_question(&self, catalogue: &Catalogue) -> ClaimQuestion {
        let keys = self.keys.clone().into_iter().map(|(key, values)| values.into_scope(key, catalogue));
        ClaimQuestion { keys: keys.collect(), ..self.question.clone() }
    }
}

impl fmt::Display for TestClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ClaimQuestion { principal, actions, except_actions, resources, except_resources, mfa, endpoint, .. } =
            &self.question;
        if let Some(principal) = principal {
            write!(f, "{principal}: ")?;
        }
        f.write_str(&actions.join(", "))?;
        let lists = [(" except", except_actions), (" on", resources), (" not on", except_resources)];
        for (word, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            write!(f, "{word} {}", list.join(", "))?;
        }
        mfa.iter().try_for_each(|state| write!(f, " mfa={state}"))?;
        self.keys.keys().try_for_each(|key| write!(f, " {key}"))?;
        match endpoint {
            Some(endpoint) => write!(f, " via {endpoint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for TestClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestClaim({self})")
    }
}
