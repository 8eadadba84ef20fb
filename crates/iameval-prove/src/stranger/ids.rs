//! What AWS assigns: ids of a stranger, which are none that the policies name.

use super::key::{each_within, tests, within};
use crate::claim::{KeyState, Policies, Scope};
use crate::glob::Glob;
use crate::realistic::ORGANIZATION_PATH;
use iameval::{AccountId, ContextKey, Operator};
use std::collections::BTreeSet;

/// Keys that hold an account id, or an ARN with one.
const KEYS_WITH_ACCOUNTS: [&str; 10] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOwner",
    "aws:SourceVpcArn",
    "aws:VpceAccount",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
];

/// The organization of the resources, where nothing names another.
pub(super) const OWN_ORGANIZATION: &str = "o-0000000000";

/// The ids that policies name.
#[derive(Debug)]
pub(super) struct NamedIds {
    /// What values of tests hold before the first `/` or `:`, in lower case, each with a pattern for it in whatever case it is
    /// compared.
    heads: BTreeSet<(String, String)>,
    /// All that may be accounts.
    accounts: BTreeSet<String>,
}

impl NamedIds {
    /// Those that the policies name, and those that are said of the resources.
    pub(super) fn of(policies: &Policies, asked: &Scope) -> Self {
        let mut heads = BTreeSet::from([(OWN_ORGANIZATION.to_owned(), OWN_ORGANIZATION.to_owned())]);
        for (operator, test) in tests(policies) {
            for value in test.values() {
                let head = value.split(['/', ':']).next().unwrap_or_default();
                let head = whole_unique_id(head).unwrap_or(head);
                if !head.contains(['*', '?', '$']) {
                    heads.insert((head.to_ascii_lowercase(), pattern(head, operator.base)));
                }
            }
        }
        for state in asked.keys.iter().flat_map(|scope| &scope.alternatives) {
            let KeyState::Is(value) = state else { continue };
            let named = value.texts().map(|text| text.split(['/', ':']).next().unwrap_or_default());
            heads.extend(named.map(|head| (head.to_ascii_lowercase(), head.to_owned())));
        }
        let texts: String = policies.documents().iter().map(ToString::to_string).collect();
        let numbers = texts.split(|letter: char| !letter.is_ascii_digit());
        let accounts = numbers.filter(|digits| digits.len() == 12).map(str::to_owned).collect();
        Self { heads, accounts }
    }

    /// Patterns for those that begin so.
    pub(super) fn beginning(&self, prefix: &str) -> impl Iterator<Item = &str> {
        let prefix = prefix.to_ascii_lowercase();
        self.heads.iter().filter(move |(head, _)| head.starts_with(&prefix)).map(|(_, pattern)| &**pattern)
    }

    /// Any id that begins so but those.
    pub(super) fn another(&self, prefix: &str) -> KeyState {
        within(&[&format!("{prefix}*")], self.beginning(prefix).map(str::to_owned).collect())
    }

    /// Paths in an organization but those, at least one, as a request has them. Only the id of an organization is its own among
    /// all; roots and units of others may have the same ids (*AWS global condition context keys*, `aws:PrincipalOrgPaths`).
    pub(super) fn other_paths(&self) -> KeyState {
        each_within(&[ORGANIZATION_PATH], self.beginning("o-").map(|id| format!("{id}/*")).collect())
    }

    /// Any unique id but those, and what follows it.
    pub(super) fn another_unique_id(&self, prefix: &str, after: &str) -> KeyState {
        let named = self.beginning(prefix).map(|id| format!("{id}{after}")).collect();
        within(&[&format!("{prefix}{}{after}", "?".repeat(UNIQUE_ID - prefix.len()))], named)
    }

    /// The accounts that policies name.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(String::as_str)
    }

    /// An account that is in no policy.
    pub(super) fn unnamed_account(&self) -> AccountId {
        let mut accounts = (0_u64..).map(|number| format!("{:012}", 999_999_999_999 - number));
        let account = accounts.find_map(|text| self.account(&text));
        account.unwrap_or_else(|| unreachable!("a policy does not name every account"))
    }

    /// The account that a policy names, or one that fits its pattern.
    pub(super) fn account_named(&self, text: &str) -> Option<AccountId> {
        text.parse().ok().or_else(|| self.account_like(text))
    }

    /// An account that fits the pattern and that no policy names.
    fn account_like(&self, pattern: &str) -> Option<AccountId> {
        let missing = 12_usize.checked_sub(pattern.chars().filter(|letter| *letter != '*').count())?;
        let filled = |digit: u8| {
            let digit = digit.to_string();
            let text = pattern.replacen('*', &digit.repeat(missing), 1).replace('*', "").replace('?', &digit);
            self.account(&text)
        };
        (0..=9).rev().find_map(filled)
    }

    fn account(&self, text: &str) -> Option<AccountId> {
        text.parse().ok().filter(|_| !self.accounts.contains(text))
    }

    /// Accounts that fit the patterns of the policies for accounts that this one does not fit.
    pub(super) fn accounts_like_patterns(&self, policies: &Policies, account: AccountId) -> BTreeSet<AccountId> {
        const MOST: usize = 8;
        let keys = KEYS_WITH_ACCOUNTS.map(ContextKey::new);
        let tests = tests(policies).filter(|(_, test)| keys.contains(&ContextKey::new(test.key())));
        let values = tests.flat_map(|(_, test)| test.values());
        let values = values.map(|text| if text.starts_with("arn:") { account_of(text) } else { text });
        let patterns = values.filter(|text| text.contains(['*', '?']) && !text.contains('$'));
        let others = patterns.filter(|pattern| !Glob::plain(pattern).fits(account.as_str()));
        others.filter_map(|pattern| self.account_like(pattern)).take(MOST).collect()
    }
}

/// How long unique ids are.
const UNIQUE_ID: usize = 21;

/// A whole unique id with a wildcard behind it, as in `AROAJIOM3VSJOXTI7FMRA*`, names one all the same.
fn whole_unique_id(head: &str) -> Option<&str> {
    head.strip_suffix('*').filter(|id| id.len() == UNIQUE_ID)
}

/// Any value of a key in which `#` of the form stands for none that a policy names there in full.
pub(super) fn foreign(policies: &Policies, key: &str, form: &str) -> KeyState {
    let (before, after) = form.split_once('#').unwrap_or((form, ""));
    let key = ContextKey::new(key);
    let mut not_like = BTreeSet::new();
    for (operator, test) in tests(policies).filter(|(_, test)| ContextKey::new(test.key()) == key) {
        for rest in test.values().filter_map(|value| value.strip_prefix(before)) {
            // A name with a number, as in `octo@123`, has the name before it.
            let end = if after.is_empty() { None } else { rest.find(['/', ':', '@']) };
            let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
            if !name.contains(['*', '?', '$']) {
                let name = pattern(name, operator.base);
                not_like.extend(["", "@*"].map(|number| format!("{before}{name}{number}{after}")));
            }
        }
    }
    within(&[&format!("{before}*{after}")], not_like.into_iter().collect())
}

/// A pattern for an id, as a test compares it.
fn pattern(id: &str, operator: Operator) -> String {
    let in_any_case = matches!(operator, Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase);
    let letter = |letter: char| if in_any_case && letter.is_ascii_alphabetic() { '?' } else { letter };
    id.chars().map(letter).collect()
}

/// The account part of an ARN.
pub(super) fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}
