//! Condition keys of identity providers (*Keys for AWS OIDC federation* and *Keys for SAML-based AWS STS federation* in
//! *IAM and AWS STS condition context keys*, IAM User Guide).

use crate::context_key::{ContextKeyInfo, KeyType};

/// The attributes of SAML that are marked as lists there and declared as one text in the reference of STS.
const SAML_LISTS: [&str; 9] = [
    "saml:commonName",
    "saml:givenName",
    "saml:mail",
    "saml:name",
    "saml:organizationStatus",
    "saml:primaryGroupSID",
    "saml:surname",
    "saml:uid",
    "saml:x500UniqueIdentifier",
];

/// How a user proved their identity: a list with every OIDC provider, Amazon Cognito among them.
const AMR: &str = "<oidc-provider>:amr";

/// Whether the key is one of an OIDC provider: its prefix is the provider's host, with or without a path. Whoever runs the
/// provider names the keys.
///
/// ```
/// use iameval_data::is_oidc_key;
///
/// assert!(is_oidc_key("token.actions.githubusercontent.com:sub"));
/// assert!(is_oidc_key("oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE:aud"));
/// assert!(!is_oidc_key("saml:sub"));
/// ```
pub fn is_oidc_key(key: &str) -> bool {
    key.split_once(':').is_some_and(|(prefix, _)| prefix.contains(['.', '/']))
}

/// Whether the key is the subject or the audience of a token, `sub` or `aud`, of which there is one with every OIDC provider.
pub fn is_single_oidc_key(key: &str) -> bool {
    let names = ["sub", "aud"];
    is_oidc_key(key)
        && key.rsplit(':').next().is_some_and(|last| names.iter().any(|name| name.eq_ignore_ascii_case(last)))
}

/// Whether the key is one of an identity provider, OIDC or SAML. Sessions carry such keys along, so any request may have
/// them.
pub fn is_provider_key(key: &str) -> bool {
    is_oidc_key(key) || key.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("saml:"))
}

/// What is known of a provider's key that the reference lacks or declares otherwise, in any letter case.
pub(crate) fn find(key: &str) -> Option<ContextKeyInfo<'static>> {
    let name = if is_oidc_key(key) && key.rsplit(':').next()?.eq_ignore_ascii_case("amr") {
        AMR
    } else {
        SAML_LISTS.iter().find(|name| name.eq_ignore_ascii_case(key))?
    };
    Some(ContextKeyInfo::list(name, KeyType::String))
}

#[cfg(test)]
mod tests {
    use crate::Catalogue;

    #[test]
    fn attributes_that_may_have_several_values_are_lists() {
        for (key, expected) in [
            ("cognito-identity.amazonaws.com:amr", true),
            ("oidc.example.org/realms/staff:AMR", true),
            ("cognito-identity.amazonaws.com:sub", false),
            ("saml:MAIL", true),
            ("saml:cn", true),
            ("saml:sub", false),
        ] {
            let info = Catalogue::embedded().context_key(key).unwrap();
            assert_eq!(info.is_multivalued(), expected, "{key}");
        }
    }
}
