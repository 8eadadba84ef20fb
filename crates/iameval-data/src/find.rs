//! Actions by what people call them: `list buckets`, `s3api list-objects-v2`, `client.get_object`.

use crate::catalogue::{ActionInfo, Catalogue};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What a word of a query is worth where it is the prefix of the service, a word of the action or of the service's title, or
/// only the beginning of a word of the action.
const PREFIX: u32 = 6;
const OF_ACTION: u32 = 4;
const OF_TITLE: u32 = 3;
const BEGINNING: u32 = 1;

/// Words that name no service and no action.
const LEFT_OUT: [&str; 6] = ["aws", "boto3", "client", "amazon", "sdk", "an"];

impl Catalogue {
    /// The actions that a description most likely means, the likeliest first and no more than `most`: a name in any spelling,
    /// a call of the AWS CLI or an SDK, or a few words.
    ///
    /// ```
    /// use iameval_data::Catalogue;
    ///
    /// let first = |text: &str| Catalogue::embedded().find_actions(text, 5).first().map(ToString::to_string);
    /// assert_eq!(first("aws s3api list-objects-v2").as_deref(), Some("s3:ListBucket"));
    /// assert_eq!(first("create_access_key").as_deref(), Some("iam:CreateAccessKey"));
    /// assert_eq!(first("start an ec2 instance").as_deref(), Some("ec2:StartInstances"));
    /// assert_eq!(first("xyzzy"), None);
    /// ```
    pub fn find_actions(&self, text: &str, most: usize) -> Vec<ActionInfo<'_>> {
        let query = words(text);
        let mut found: Vec<ActionInfo<'_>> = Vec::new();
        if let Some(named) = self.action(text.trim()) {
            found.push(named);
        }
        found.extend(self.of_calls(&query));
        let mut ranked: Vec<(Reverse<u32>, usize, ActionInfo<'_>)> = Vec::new();
        for service in self.services() {
            let title: BTreeSet<String> = words(service.title()).into_iter().collect();
            for action in service.actions() {
                let own = words(action.name());
                let worth: u32 = query.iter().map(|word| worth(word, &own, &title, service.prefix())).sum();
                // Without a word of its own an action is only one of the service.
                if query.iter().any(|word| own.iter().any(|own| stem(own) == stem(word))) {
                    ranked.push((Reverse(worth), own.len(), action));
                }
            }
        }
        ranked.sort_by_key(|(worth, length, _)| (*worth, *length));
        found.extend(ranked.into_iter().map(|(.., action)| action));
        let mut met = BTreeSet::new();
        found.retain(|action| met.insert(action.to_string()));
        found.truncate(most);
        found
    }

    /// The actions of calls that are named otherwise: the service in one of the words, the call in those behind it.
    fn of_calls(&self, query: &[String]) -> Vec<ActionInfo<'_>> {
        let mut found = Vec::new();
        for (at, word) in query.iter().enumerate() {
            let Some(service) = self.service(word).or_else(|| self.service(word.strip_suffix("api")?)) else {
                continue;
            };
            let call = query.get(at + 1..).unwrap_or_default().concat();
            let call = format!("{}:{call}", service.prefix());
            found.extend(self.action(&call));
            found.extend(self.actions_of_call(&call));
        }
        found
    }
}

fn worth(word: &str, own: &[String], title: &BTreeSet<String>, prefix: &str) -> u32 {
    let is_word = |known: &String| stem(known) == stem(word);
    if word == prefix {
        PREFIX
    } else if own.iter().any(is_word) {
        OF_ACTION
    } else if title.iter().any(is_word) {
        OF_TITLE
    } else if word.len() >= 3 && own.iter().any(|own| own.starts_with(word)) {
        BEGINNING
    } else {
        0
    }
}

/// A word without what a plural adds.
fn stem(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() >= 3).unwrap_or(word)
}

/// The words of a text in lower case: `ListObjectsV2`, `list-objects-v2` and `list_objects_v2` have the same.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next_is_lower = characters.peek().is_some_and(char::is_ascii_lowercase);
        // `GetMFADevice` is three words, `ListObjectsV2` as well.
        let begins = character.is_ascii_uppercase() && (before.is_ascii_lowercase() || next_is_lower);
        if (!character.is_alphanumeric() || begins) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words.retain(|word| !LEFT_OUT.contains(&word.as_str()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_have_the_same_words() {
        for text in ["ListObjectsV2", "list-objects-v2", "list_objects_v2", " aws list objects v2"] {
            assert_eq!(words(text), ["list", "objects", "v2"], "{text}");
        }
        assert_eq!(words("GetMFADevice"), ["get", "mfa", "device"]);
    }

    #[test]
    fn the_likeliest_comes_first() {
        let first = |text: &str| Catalogue::embedded().find_actions(text, 3).first().map(ToString::to_string);
        for (text, wanted) in [
            ("s3:getobject", "s3:GetObject"),
            ("s3.put_bucket_encryption", "s3:PutEncryptionConfiguration"),
            ("list iam users", "iam:ListUsers"),
            ("delete dynamodb table", "dynamodb:DeleteTable"),
            ("assume role", "sts:AssumeRole"),
            ("invoke lambda function", "lambda:InvokeFunction"),
        ] {
            assert_eq!(first(text).as_deref(), Some(wanted), "{text}");
        }
        assert!(Catalogue::embedded().find_actions("get", 7).len() == 7);
        assert!(Catalogue::embedded().find_actions("", 7).is_empty());
    }
}
