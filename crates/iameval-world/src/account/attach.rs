//! Which policies the principals of a dump have, once all of it was read.

use super::item::{AttachedPolicies, Reference};
use super::{Account, AccountGroup, AccountPolicy, AccountRole, AccountUser, Dump, ENOUGH, about};
use crate::codes;
use crate::finding::Finding;
use crate::managed::find_managed;
use crate::model::policy::LoadedPolicy;
use iameval::suggest::did_you_mean_name;
use iameval::text::Position;
use iameval::{AccountId, Code, Principal, Problem, Severity};
use iameval_data::ManagedPolicy;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Puts the policies and groups in place of their ARNs and names.
pub(super) fn attach(dump: Dump<'_>) -> Result<Account, Vec<Finding>> {
    let mut attaching = Attaching {
        file: dump.name,
        policies: BTreeMap::new(),
        groups: BTreeMap::new(),
        managed: BTreeMap::new(),
        unknown: BTreeMap::new(),
        id: None,
        findings: Vec::new(),
    };
    let mut account = Account::default();
    for policy in dump.policies {
        let known = attaching.policies.insert(policy.arn.clone(), policy.document.clone());
        attaching.once("policy", &policy.arn, known.is_none(), policy.place);
        account.policies.push(AccountPolicy { arn: policy.arn, policy: policy.document });
    }
    for (index, group) in dump.groups.into_iter().enumerate() {
        let known = attaching.groups.insert(group.name.clone(), index);
        attaching.once("group", &group.name, known.is_none(), group.place);
        let policies = attaching.policies(group.policies, &format!("the group `{}`", group.name));
        account.groups.push(AccountGroup { name: group.name, policies });
    }
    let mut users = BTreeSet::new();
    for user in dump.users {
        let whose = format!("the user `{}`", user.name);
        attaching.once("user", &user.name, users.insert(user.name.clone()), user.place);
        attaching.belongs(&user.principal, user.place);
        let groups = user.groups.iter();
        account.users.push(AccountUser {
            groups: groups.filter_map(|group| attaching.group(group, &whose)).collect(),
            policies: attaching.policies(user.policies, &whose),
            boundary: attaching.boundary(user.boundary.as_ref(), &whose),
            name: user.name,
            principal: user.principal,
            unique_id: user.unique_id,
            tags: user.tags,
        });
    }
    let mut roles = BTreeSet::new();
    for role in dump.roles {
        let whose = format!("the role `{}`", role.name);
        attaching.once("role", &role.name, roles.insert(role.name.clone()), role.place);
        attaching.belongs(&role.principal, role.place);
        account.roles.push(AccountRole {
            policies: attaching.policies(role.policies, &whose),
            boundary: attaching.boundary(role.boundary.as_ref(), &whose),
            name: role.name,
            principal: role.principal,
            unique_id: role.unique_id,
            trust: role.trust,
            tags: role.tags,
        });
    }
    account.shared = users.intersection(&roles).cloned().collect();
    account.id = attaching.id;
    for (arn, unknown) in std::mem::take(&mut attaching.unknown) {
        account.unknown.push((unknown.policy.clone(), unknown.warning(attaching.file, &arn)));
        account.policies.push(AccountPolicy { arn, policy: unknown.policy });
    }
    attaching.findings.truncate(ENOUGH);
    if attaching.findings.is_empty() { Ok(account) } else { Err(attaching.findings) }
}

struct Attaching<'n> {
    file: &'n str,
    policies: BTreeMap<String, Arc<LoadedPolicy>>,
    groups: BTreeMap<String, usize>,
    /// AWS's policies that the dump does not hold, by their own names.
    managed: BTreeMap<&'static str, Arc<LoadedPolicy>>,
    /// AWS's policies that no one knows, by ARN.
    unknown: BTreeMap<String, Unknown>,
    id: Option<AccountId>,
    findings: Vec<Finding>,
}

/// A policy of AWS's that is neither in the dump nor known: AWS has retired it since, or it is newer than this program.
struct Unknown {
    policy: Arc<LoadedPolicy>,
    /// Where it is attached first, and to whom.
    place: Position,
    first: String,
    more: usize,
}

impl Unknown {
    fn warning(&self, file: &str, arn: &str) -> Finding {
        let more = if self.more > 0 { format!(" and {} more", self.more) } else { String::new() };
        let message = format!("the AWS managed policy `{arn}`, {}{more}, is neither in the dump nor known", self.first);
        let replaced = ManagedPolicy::replacement(&self.policy.name);
        let retired =
            replaced.map(|by| format!("AWS has retired it, and replaced it with `aws:{by}`; ")).unwrap_or_default();
        let name = &self.policy.name;
        let help = format!(
            "{retired}it is assumed to allow and deny nothing, and answers note where it is involved; give its document in a \
             world file beside the dump: `policies: {{\"{name}\": {{override: true, policy: FILE}}}}`"
        );
        let problem = Problem::new(codes::UNKNOWN_NAME, message).with_severity(Severity::Warning).with_help(help);
        about(file, &quoted(arn), self.place, problem)
    }
}

impl Attaching<'_> {
    fn report(&mut self, text: &str, place: Position, code: Code, message: String, help: Option<String>) {
        let problem = Problem::new(code, message).with_any_help(help);
        self.findings.push(about(self.file, text, place, problem));
    }

    fn once(&mut self, what: &str, name: &str, is_first: bool, place: Position) {
        if !is_first {
            self.report("{", place, iameval::codes::INVALID_FIELD, format!("the {what} `{name}` is given twice"), None);
        }
    }

    /// Everyone must be of one account.
    fn belongs(&mut self, principal: &Principal, place: Position) {
        let Some(account) = principal.account() else { return };
        let id = *self.id.get_or_insert(account);
        if id != account {
            let principal = principal.id().unwrap_or_default();
            let message = format!("`{principal}` is not in account {id}, unlike those before it");
            let help = Some("a dump contains one account; use a separate dump for each".to_owned());
            self.report("{", place, iameval::codes::INVALID_FIELD, message, help);
        }
    }

    fn policies(&mut self, policies: AttachedPolicies, whose: &str) -> Vec<Arc<LoadedPolicy>> {
        let mut found = policies.inline;
        for reference in &policies.managed {
            found.extend(self.policy(reference, whose, "attached to"));
        }
        found
    }

    fn boundary(&mut self, reference: Option<&Reference>, whose: &str) -> Option<Arc<LoadedPolicy>> {
        self.policy(reference?, whose, "the permissions boundary of")
    }

    /// The policy of that ARN: the dump's own, else AWS's.
    fn policy(&mut self, reference: &Reference, whose: &str, how: &str) -> Option<Arc<LoadedPolicy>> {
        let arn = &*reference.text;
        if let Some(policy) = self.policies.get(arn) {
            return Some(policy.clone());
        }
        match find_managed(arn) {
            Some(Ok(managed)) => return self.managed(managed),
            Some(Err(_)) => return Some(self.unknown(reference, &format!("{how} {whose}"))),
            None => {
                let near = did_you_mean_name(arn, &self.policies).map(|near| near + " ");
                let help = near.unwrap_or_default() + WHOLE;
                let message = format!("the policy `{arn}`, {how} {whose}, is not in the dump");
                self.report(&quoted(arn), reference.place, codes::UNKNOWN_NAME, message, Some(help));
            }
        }
        None
    }

    fn unknown(&mut self, reference: &Reference, attached: &str) -> Arc<LoadedPolicy> {
        match self.unknown.entry((*reference.text).to_owned()) {
            Entry::Occupied(mut known) => {
                known.get_mut().more += 1;
                known.get().policy.clone()
            }
            Entry::Vacant(entry) => {
                let name = entry.key().rsplit('/').next().unwrap_or_default();
                let policy = Arc::new(LoadedPolicy::unknown(&format!("aws:{name}")));
                let unknown =
                    Unknown { policy: policy.clone(), place: reference.place, first: attached.to_owned(), more: 0 };
                entry.insert(unknown);
                policy
            }
        }
    }

    fn managed(&mut self, managed: ManagedPolicy) -> Option<Arc<LoadedPolicy>> {
        if let Some(known) = self.managed.get(managed.name()) {
            return Some(known.clone());
        }
        match LoadedPolicy::managed(managed) {
            Ok(policy) => {
                let policy = Arc::new(policy);
                self.managed.insert(managed.name(), policy.clone());
                Some(policy)
            }
            Err(findings) => {
                self.findings.extend(findings);
                None
            }
        }
    }

    fn group(&mut self, reference: &Reference, whose: &str) -> Option<usize> {
        let name = &*reference.text;
        let found = self.groups.get(name).copied();
        if found.is_none() {
            let near = did_you_mean_name(name, &self.groups).map(|near| near + " ");
            let message = format!("the group `{name}` of {whose} is not in the dump");
            let help = near.unwrap_or_default() + WHOLE;
            self.report(&quoted(name), reference.place, codes::UNKNOWN_NAME, message, Some(help));
        }
        found
    }
}

const WHOLE: &str = "`aws iam get-account-authorization-details` without `--filter` dumps everything";

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
