//! Context keys that a test gives: a slip in one makes a test pass that asks something else.

use super::Expansion;
use crate::node::Checked;
use iameval::json::fields::invalid;
use iameval::text::Span;
use iameval::{Context, ContextKey, Diagnostic, PolicyDocument};
use iameval_data::codes;
use iameval_data::is_oidc_key;

impl Expansion<'_> {
    /// Refuses a key without a service in front, and warns of one that AWS is not known to have and no policy reads.
    pub(super) fn check_key(&mut self, key: &str, span: Span) -> Checked<()> {
        if !key.contains(':') {
            let help = if key.eq_ignore_ascii_case("mfa") {
                "`mfa` goes next to `context`, not in it"
            } else {
                "a context key begins with its service, such as `aws:SourceIp`"
            };
            return Err(invalid(span, format!("`{key}` is not a context key")).with_help(help));
        }
        let catalogue = self.options.catalogue;
        if catalogue.context_key(key).is_some() || is_oidc_key(key) || self.is_read(&ContextKey::new(key)) {
            return Ok(());
        }
        let message = format!("`{key}` is not a known context key, and no policy in the world uses it");
        let near = catalogue.suggest_context_key(key).map(|near| format!("did you mean `{near}`?"));
        self.warn(Diagnostic::new(codes::UNKNOWN_CONTEXT_KEY, span, message).with_any_help(near))
    }

    /// The same for all the keys of a context.
    pub(super) fn check_keys(&mut self, context: &Context, span: Span) -> Checked<()> {
        context.iter().try_for_each(|(key, _)| self.check_key(key.as_str(), span))
    }

    /// Whether a condition or a variable of a policy of the world names the key.
    fn is_read(&self, key: &ContextKey) -> bool {
        let documents = self.world.policies().iter().map(|known| known.policy.document());
        documents.flat_map(PolicyDocument::key_uses).any(|used| ContextKey::new(&used.key) == *key)
    }
}
