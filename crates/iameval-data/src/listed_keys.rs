//! The condition keys that a service lists, made ready to be asked about often.

use crate::catalogue::Service;
use crate::context_key::fits;
use std::collections::{BTreeSet, HashMap};

/// Every condition key that a service lists, for itself, for an action or for a resource type.
///
/// Two keys that fit the same of them are alike to the service: an action that supports one supports the other.
///
/// ```
/// use iameval_data::{Catalogue, ListedKeys};
///
/// let keys = ListedKeys::of(Catalogue::embedded().service("ec2").unwrap());
/// let fitting = |key| keys.fitting(key).collect::<Vec<_>>();
/// assert_eq!(fitting("ec2:resourcetag/team"), fitting("ec2:ResourceTag/owner"));
/// assert!(fitting("ec2:ResourceTag").is_empty());
/// ```
#[derive(Debug)]
pub struct ListedKeys {
    /// Those without a free part, by their names in lower case.
    whole: HashMap<String, usize>,
    /// Those with a part that each key names itself.
    templates: Vec<(Box<str>, usize)>,
}

impl ListedKeys {
    /// Those of a service.
    pub fn of(service: Service<'_>) -> Self {
        let mut keys = Self { whole: HashMap::new(), templates: Vec::new() };
        let listed: BTreeSet<&str> = service.listed_keys().collect();
        for (number, key) in listed.into_iter().enumerate() {
            if key.contains(['$', '<']) {
                keys.templates.push((key.into(), number));
            } else {
                keys.whole.insert(key.to_ascii_lowercase(), number);
            }
        }
        keys
    }

    /// Which of them a key fits, in any letter case, by their numbers.
    pub fn fitting(&self, key: &str) -> impl Iterator<Item = usize> {
        let whole = self.whole.get(&key.to_ascii_lowercase()).copied();
        let templates = self.templates.iter().filter(move |(template, _)| fits(template, key));
        whole.into_iter().chain(templates.map(|(_, number)| *number))
    }
}
