//! Scopes of requests on one resource and what is in it.

use iameval::Arn;
use iameval_data::Catalogue;

/// Globs for a resource and what is in it.
pub(crate) fn in_and_below(arn: &str) -> Vec<String> {
    vec![arn.to_owned(), format!("{arn}/*"), format!("{arn}:*")]
}

/// Patterns for the actions of the services that have such resources. None where no service is known to.
pub(crate) fn actions_on(arn: &Arn, catalogue: &Catalogue) -> Vec<String> {
    catalogue.services_of_arn(arn.service()).map(|service| format!("{service}:*")).collect()
}

/// Whether a resource of its kind lets in nobody whom its own policy does not allow, also in the same account: a KMS key
/// (R-SVC-02).
pub(crate) fn must_consent(arn: &Arn) -> bool {
    arn.service() == "kms" && arn.resource().starts_with("key/")
}
