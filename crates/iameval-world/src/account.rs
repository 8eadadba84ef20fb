//! Account dumps: the output of `aws iam get-account-authorization-details`.
//!
//! A dump may be large, so it is read item by item, and what is kept of a policy is the text of its default version.
//! Places in messages are those of the dump, except in documents that are strings: there the message says which.
//!
//! Members that are not listed here are passed over, since AWS adds some: instance profiles and when a role was last
//! used among them.

mod attach;
mod dump;
mod item;
mod stream;
#[cfg(test)]
mod tests;

pub use dump::AccountFile;
pub(crate) use dump::{AccountDump, Opened};

use crate::finding::Finding;
use crate::model::policy::{Attached, LoadedPolicy, Via};
use crate::source::Source;
use iameval::json::fields::invalid;
use iameval::text::Span;
use iameval::{AccountId, Diagnostic, Principal, Problem, codes, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;
use stream::Item;

/// The users, groups, roles and managed policies of an account.
#[derive(Debug, Default)]
pub struct Account {
    id: Option<AccountId>,
    users: Vec<AccountUser>,
    groups: Vec<AccountGroup>,
    roles: Vec<AccountRole>,
    policies: Vec<AccountPolicy>,
    /// The names that a user and a role have.
    shared: BTreeSet<String>,
    /// Policies whose documents are not known, and what to say of each.
    unknown: Vec<(Arc<LoadedPolicy>, Finding)>,
}

/// A user of an account.
#[derive(Debug)]
#[non_exhaustive]
pub struct AccountUser {
    /// The name, without its path.
    pub name: String,
    /// The user.
    pub principal: Principal,
    /// The unique id (`AIDA…`).
    pub unique_id: Option<String>,
    /// The policies: those inside the user, then those attached.
    pub policies: Vec<Arc<LoadedPolicy>>,
    /// The groups, as positions among [`Account::groups`].
    pub groups: Vec<usize>,
    /// The permissions boundary.
    pub boundary: Option<Arc<LoadedPolicy>>,
    /// The tags.
    pub tags: Vec<(String, String)>,
}

/// A group of an account.
#[derive(Debug)]
#[non_exhaustive]
pub struct AccountGroup {
    /// The name, without its path.
    pub name: String,
    /// The policies: those inside the group, then those attached.
    pub policies: Vec<Arc<LoadedPolicy>>,
}

/// A role of an account.
#[derive(Debug)]
#[non_exhaustive]
pub struct AccountRole {
    /// The name, without its path.
    pub name: String,
    /// The role.
    pub principal: Principal,
    /// The unique id (`AROA…`).
    pub unique_id: Option<String>,
    /// The trust policy.
    pub trust: Arc<LoadedPolicy>,
    /// The policies: those inside the role, then those attached.
    pub policies: Vec<Arc<LoadedPolicy>>,
    /// The permissions boundary.
    pub boundary: Option<Arc<LoadedPolicy>>,
    /// The tags.
    pub tags: Vec<(String, String)>,
}

/// A managed policy of a dump.
#[derive(Debug)]
#[non_exhaustive]
pub struct AccountPolicy {
    /// The ARN.
    pub arn: String,
    /// The default version. It is called what the policy is called, and `aws:NAME` when AWS manages it. Policies of AWS's
    /// that are attached and neither in the dump nor known are [unknown](LoadedPolicy::unknown).
    pub policy: Arc<LoadedPolicy>,
}

/// A user or a role with everything that is attached: what a world knows of a principal.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccountPrincipal {
    /// What it is called: its name, or `user/NAME` and `role/NAME` where a user and a role share one.
    pub name: String,
    /// Who it is.
    pub principal: Principal,
    /// The unique id, the value of `aws:userid` for a user.
    pub unique_id: Option<String>,
    /// The identity policies, the groups' after its own.
    pub identity: Vec<Attached>,
    /// The permissions boundary.
    pub boundary: Option<Attached>,
    /// The trust policy of a role.
    pub trust: Option<Arc<LoadedPolicy>>,
    /// The tags.
    pub tags: Vec<(String, String)>,
}

/// The lists of a dump.
const LISTS: [&str; 4] = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];

/// More findings than these are not worth looking for.
const ENOUGH: usize = 100;

impl Account {
    /// Reads a dump. `name` is what it is called in messages; `progress` is told, again and again, how many bytes were
    /// read so far.
    ///
    /// # Errors
    /// What is wrong with the dump: it is no JSON or no dump, is truncated, holds documents that are not policies, or
    /// attaches policies of the account that are not in it.
    ///
    /// ```
    /// use iameval_world::Account;
    ///
    /// let dump = r#"{"UserDetailList": [{
    ///     "UserName": "john", "Arn": "arn:aws:iam::123456789012:user/john", "GroupList": [],
    ///     "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
    /// }]}"#;
    /// let account = Account::load(dump.as_bytes(), "dump.json", &mut |_| {}).unwrap();
    /// assert_eq!(account.users()[0].policies[0].name, "aws:ReadOnlyAccess");
    /// ```
    pub fn load(reader: impl Read, name: &str, progress: &mut dyn FnMut(u64)) -> Result<Self, Vec<Finding>> {
        let mut dump = Dump::new(name);
        let read = stream::read_object(reader, name, progress, &mut |key, item| dump.item(key, item));
        dump.findings.extend(read.err());
        dump.finish()
    }

    /// Whether a text that begins like this is an account dump: an object with one of the lists that dumps have, as far
    /// as the beginning tells.
    ///
    /// ```
    /// use iameval_world::Account;
    ///
    /// assert!(Account::is_dump(br#"{"UserDetailList": [{"UserName": "jo"#));
    /// assert!(!Account::is_dump(b"version: 1\nprincipals: {}"));
    /// ```
    pub fn is_dump(beginning: &[u8]) -> bool {
        let mut found = false;
        // The text ends somewhere within, which is an error of no interest.
        let _ = stream::read_object(beginning, "", &mut |_| {}, &mut |key, item| {
            found |= matches!(item, Item::List) && LISTS.contains(&key);
            !found
        });
        found
    }

    /// The account that the users, groups and roles are of; `None` when there are none.
    pub fn id(&self) -> Option<AccountId> {
        self.id
    }

    /// The users, in the order of the dump.
    pub fn users(&self) -> &[AccountUser] {
        &self.users
    }

    /// The groups, in the order of the dump.
    pub fn groups(&self) -> &[AccountGroup] {
        &self.groups
    }

    /// The roles, in the order of the dump.
    pub fn roles(&self) -> &[AccountRole] {
        &self.roles
    }

    /// The managed policies of the dump, attached or not, in its order.
    pub fn policies(&self) -> &[AccountPolicy] {
        &self.policies
    }

    /// What is worth knowing about the dump: policies that are attached and not known.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.unknown.iter().map(|(_, warning)| warning)
    }

    /// Users, then roles, with what is attached to them.
    pub fn principals(&self) -> impl Iterator<Item = AccountPrincipal> {
        let users = self.users.iter().map(|user| self.user(user));
        users.chain(self.roles.iter().map(|role| self.role(role)))
    }

    /// The principal of that name: `user/NAME`, `role/NAME`, an ARN, or NAME alone where that is one of them only.
    pub fn principal(&self, name: &str) -> Option<AccountPrincipal> {
        let (users, roles) = match name.split_once('/') {
            Some(("user", own)) => (Some(own), None),
            Some(("role", own)) => (None, Some(own)),
            _ => (Some(name), Some(name)),
        };
        let user = users.and_then(|own| self.users.iter().find(|user| is(&user.name, &user.principal, own)));
        let role = roles.and_then(|own| self.roles.iter().find(|role| is(&role.name, &role.principal, own)));
        match (user, role) {
            (Some(user), None) => Some(self.user(user)),
            (None, Some(role)) => Some(self.role(role)),
            _ => None,
        }
    }

    /// What a principal is called: its name, with its kind before it where a user and a role share it.
    fn name_of(&self, kind: &str, name: &str) -> String {
        if self.shared.contains(name) { format!("{kind}/{name}") } else { name.into() }
    }

    fn user(&self, user: &AccountUser) -> AccountPrincipal {
        let name = self.name_of("user", &user.name);
        let mut identity = attached(&user.policies, &Via::Attached(name.as_str().into()));
        for group in user.groups.iter().filter_map(|group| self.groups.get(*group)) {
            identity.extend(attached(&group.policies, &Via::Group(group.name.as_str().into())));
        }
        let boundary = user.boundary.clone();
        AccountPrincipal {
            principal: user.principal.clone(),
            unique_id: user.unique_id.clone(),
            identity,
            boundary: boundary.map(|policy| Attached { policy, via: Via::Attached(name.as_str().into()) }),
            trust: None,
            tags: user.tags.clone(),
            name,
        }
    }

    fn role(&self, role: &AccountRole) -> AccountPrincipal {
        let name = self.name_of("role", &role.name);
        let boundary = role.boundary.clone();
        AccountPrincipal {
            principal: role.principal.clone(),
            unique_id: role.unique_id.clone(),
            identity: attached(&role.policies, &Via::Attached(name.as_str().into())),
            boundary: boundary.map(|policy| Attached { policy, via: Via::Attached(name.as_str().into()) }),
            trust: Some(role.trust.clone()),
            tags: role.tags.clone(),
            name,
        }
    }
}

fn is(name: &str, principal: &Principal, wanted: &str) -> bool {
    name == wanted || principal.id() == Some(wanted)
}

fn attached(policies: &[Arc<LoadedPolicy>], via: &Via) -> Vec<Attached> {
    policies.iter().map(|policy| Attached { policy: policy.clone(), via: via.clone() }).collect()
}

/// A dump as far as it was read; policies are attached by ARN and groups by name.
struct Dump<'n> {
    name: &'n str,
    /// Whether it has one of the lists.
    has_lists: bool,
    truncated: Option<Finding>,
    users: Vec<item::User>,
    groups: Vec<item::Group>,
    roles: Vec<item::Role>,
    policies: Vec<item::Policy>,
    findings: Vec<Finding>,
}

impl<'n> Dump<'n> {
    fn new(name: &'n str) -> Self {
        Self {
            name,
            has_lists: false,
            truncated: None,
            users: Vec::new(),
            groups: Vec::new(),
            roles: Vec::new(),
            policies: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Takes a value of the dump; whether to go on.
    fn item(&mut self, key: &str, item: Item<'_>) -> bool {
        let is_list = LISTS.contains(&key);
        match item {
            Item::List => self.has_lists |= is_list,
            Item::Element(index, part) => {
                let place = item::ItemPlace::new(self.name, format!("{key}[{index}]"), part);
                match json::parse(part.text) {
                    // Nothing after it can be trusted.
                    Err(diagnostic) => {
                        self.findings.extend(place.error(diagnostic));
                        return false;
                    }
                    Ok(tree) => {
                        let read = match key {
                            "UserDetailList" => item::user(&place, &tree).map(|user| self.users.push(user)),
                            "GroupDetailList" => item::group(&place, &tree).map(|group| self.groups.push(group)),
                            "RoleDetailList" => item::role(&place, &tree).map(|role| self.roles.push(role)),
                            "Policies" => item::policy(&place, &tree).map(|policy| self.policies.push(policy)),
                            _ => Ok(()),
                        };
                        self.findings.extend(read.err().unwrap_or_default());
                    }
                }
            }
            Item::Value(part) => {
                let place = item::ItemPlace::new(self.name, key.to_owned(), part);
                let tree = match json::parse(part.text) {
                    Ok(tree) => tree,
                    Err(diagnostic) => {
                        self.findings.extend(place.error(diagnostic));
                        return false;
                    }
                };
                let span = tree.span;
                match (key, &tree.value) {
                    // Some programs write this for an empty list.
                    (_, json::Value::Null) => self.has_lists |= is_list,
                    ("IsTruncated", json::Value::Bool(false)) => {}
                    ("IsTruncated", json::Value::Bool(true)) => {
                        self.truncated = place.error(truncated("`IsTruncated` is true", span)).pop();
                    }
                    ("NextToken", json::Value::String(_)) => {
                        self.truncated = place.error(truncated("it has a `NextToken`", span)).pop();
                    }
                    ("IsTruncated", _) => {
                        let message = format!("`IsTruncated` must be true or false, found {}", tree.kind());
                        self.findings.extend(place.error(invalid(span, message)));
                    }
                    _ if is_list => {
                        let message = format!("`{key}` must be a list, found {}", tree.kind());
                        self.findings.extend(place.error(invalid(span, message)));
                    }
                    _ => {}
                }
            }
        }
        self.findings.len() < ENOUGH
    }

    fn finish(mut self) -> Result<Account, Vec<Finding>> {
        // The rest would be about what is on the other pages.
        if let Some(truncated) = self.truncated {
            self.findings.insert(0, truncated);
            return Err(self.findings);
        }
        if self.findings.is_empty() && !self.has_lists {
            let message = format!("`{}` is not an account dump", self.name);
            let help = "it has none of the members `UserDetailList`, `GroupDetailList`, `RoleDetailList`, `Policies`, \
                        which `aws iam get-account-authorization-details` writes";
            let problem = Problem::new(codes::INVALID_FIELD, message).with_help(help);
            return Err(vec![Finding::about_file(self.name, problem)]);
        }
        if !self.findings.is_empty() {
            return Err(self.findings);
        }
        attach::attach(self)
    }
}

fn truncated(why: &str, span: Span) -> Diagnostic {
    let message = format!("the account dump is incomplete: {why}");
    Diagnostic::new(codes::INVALID_FIELD, span, message).with_help(
        "`aws iam get-account-authorization-details > dump.json`, without `--no-paginate` and `--max-items`, fetches \
         every page and writes one dump",
    )
}

/// A finding at something of the dump whose text was let go since.
fn about(name: &str, text: &str, start: iameval::text::Position, problem: Problem) -> Finding {
    Finding::about_all(&Source::part(name, text, start), problem)
}
