//! API calls whose permission has another name (R-ACT-06).

use crate::catalogue::{ActionInfo, Catalogue};
use crate::table::Table;

/// A line a call: `service:Call`, and the actions that AWS checks for it. See `LICENSES.md` beside the file.
const CALLS: Table<'static> = Table(include_str!("../data/api-actions.txt"));

impl Catalogue {
    /// The actions that AWS checks for an API call that is named like no action, in any letter case; none for other texts.
    ///
    /// ```
    /// use iameval_data::Catalogue;
    ///
    /// let catalogue = Catalogue::embedded();
    /// let checked = |call: &str| -> Vec<String> {
    ///     catalogue.actions_of_call(call).map(|action| action.to_string()).collect()
    /// };
    /// assert_eq!(checked("s3:PutBucketEncryption"), ["s3:PutEncryptionConfiguration"]);
    /// assert_eq!(checked("kms:ReEncrypt"), ["kms:ReEncryptFrom", "kms:ReEncryptTo"]);
    /// assert!(checked("s3:GetObject").is_empty());
    /// ```
    pub fn actions_of_call(&self, call: &str) -> impl Iterator<Item = ActionInfo<'_>> {
        let line = CALLS.find(call);
        line.into_iter().flat_map(|line| line.items(1)).filter_map(|action| self.action(action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Line, compare};

    #[test]
    fn calls_are_sorted_are_no_actions_and_lead_to_actions() {
        let catalogue = Catalogue::embedded();
        let calls: Vec<&str> = CALLS.lines().map(Line::key).collect();
        assert!(calls.is_sorted_by(|left, right| compare(left, right).is_lt()));
        for line in CALLS.lines() {
            let call = line.key();
            assert!(catalogue.action(call).is_none(), "{call}");
            let service = call.split_once(':').map(|(service, _)| service);
            assert!(service.is_some_and(|service| catalogue.service(service).is_some()), "{call}");
            let actions: Vec<&str> = line.items(1).collect();
            let known: Vec<String> = catalogue.actions_of_call(call).map(|action| action.to_string()).collect();
            assert!(!actions.is_empty() && known == actions, "{call}: {known:?}");
        }
    }
}
