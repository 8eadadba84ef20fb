//! How identity providers are named: by ARN, URL or host.

/// What stands before the host of an OIDC provider in its ARN.
const OIDC: &str = ":oidc-provider/";

/// What stands before it in its URL.
const SCHEME: &str = "https://";

/// The host of an OIDC provider, with its path; the text itself where it is neither ARN nor URL.
pub(crate) fn host(provider: &str) -> &str {
    let host = provider.split_once(OIDC).map_or(provider, |(_, host)| host);
    host.strip_prefix(SCHEME).unwrap_or(host)
}

pub(crate) fn is_saml(provider: &str) -> bool {
    provider.contains(":saml-provider/")
}

/// Whether it can be that of an identity provider: its ARN, or the host of one that AWS has built in.
pub(crate) fn is_provider(text: &str) -> bool {
    !text.starts_with("arn:") || is_saml(text) || text.contains(OIDC)
}

/// Whether the key is the ARN or URL of a provider and a claim, where the host and the claim are meant.
pub(crate) fn is_of_arn_or_url(key: &str) -> bool {
    key.starts_with(SCHEME) || (key.starts_with("arn:") && key.contains(OIDC))
}
