//! Trust in an identity provider under a condition on a key that no sign-in through it has.

use crate::codes;
use crate::condition::{KeyTest, tests};
use crate::provider::{host, is_of_arn_or_url, is_provider, is_saml};
use crate::public::trusted_providers;
use crate::subject::Subject;
use iameval::{Diagnostic, Statement};
use iameval_data::{is_oidc_key, is_provider_key};

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    for (provider, span) in trusted_providers(subject) {
        let Some(test) = foreign_key(statement, provider) else { continue };
        let (key, host) = (test.key(), host(provider));
        let claim = key.rsplit(':').next().unwrap_or_default();
        let message = format!("a sign-in through `{host}` has no `{key}`, so the statement never matches it");
        let help = if is_saml(provider) {
            "write a key of SAML, such as `saml:sub`".to_owned()
        } else {
            format!("its keys begin with its host: write `{host}:{claim}`")
        };
        let finding = Diagnostic::new(codes::NEVER_MATCHES, span, message).with_help(help);
        report(finding.with_label(test.key_span(), "this key"));
    }
}

/// A test that needs a key of another provider.
pub(crate) fn foreign_key<'d>(statement: &'d Statement, provider: &str) -> Option<KeyTest<'d>> {
    // A template may have anything in it, and another ARN is that of no provider.
    if provider.contains("${") || !is_provider(provider) {
        return None;
    }
    let plain = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let own = plain(host(provider));
    let is_foreign = |test: &KeyTest<'_>| {
        let key = test.key();
        // A claim alone is not a key.
        let of_some = is_provider_key(key) || is_of_arn_or_url(key) || !key.contains(':');
        let of_this = if is_saml(provider) {
            !is_oidc_key(key) && !is_of_arn_or_url(key) && key.contains(':')
        } else {
            key.rsplit_once(':').is_some_and(|(prefix, _)| plain(prefix) == own)
        };
        of_some && !of_this && test.needs_key() && !key.contains("${")
    };
    tests(statement).find(is_foreign)
}
