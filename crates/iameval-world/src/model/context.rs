//! How contexts add up.

use iameval::{Context, Mfa};

/// What is taken by default.
#[derive(Debug, Default, Clone)]
pub struct Defaults {
    /// The principal who asks: a name in the world, or an ARN.
    pub principal: Option<String>,
    /// The resource that is asked about: an ARN, the name of a resource, a name with a suffix, `self` or `*`.
    pub resource: Option<String>,
    /// The state of multi-factor authentication.
    pub mfa: Option<Mfa>,
    /// Context keys that are always given.
    pub context: Context,
    /// Whether an answer that depends on a key that was not given is an error.
    pub strict_context: Option<bool>,
    /// Whether a test may name an action that AWS is not known to have, or that is never evaluated on its resources.
    pub lenient: Option<bool>,
}

/// Puts every key of `above` over what a context says of it.
pub fn overlay(context: &mut Context, above: &Context) {
    for (key, value) in above.iter() {
        context.remove(key.as_str());
        match value {
            Some(value) => context.insert(key.as_str(), value.clone()),
            None => context.insert_absent(key.as_str()),
        }
    }
}

/// Gives the keys of tags their values; a tag that is there already in any spelling is replaced (R-CTX-12).
pub(crate) fn tag_context(context: &mut Context, prefix: &str, tags: &[(String, String)]) {
    for (key, value) in tags {
        let key = format!("{prefix}{key}");
        context.remove(&key);
        context.insert(&key, value.as_str());
    }
}
