//! SCPs and RCPs: what they bind is known of the root, of accounts, and of units as far as units and accounts that are
//! defined say what they are in.

use super::Assembly;
use crate::document::Draft;
use crate::index::Item;
use iameval::{AccountId, PolicyKind};
use iameval_world::{AccountParts, LevelParts, OrganizationParts, PolicyRef, find_managed};
use std::collections::{BTreeMap, BTreeSet};

/// The types of what makes an account the management account.
const ORGANIZATIONS: [&str; 2] = ["AWS::Organizations::Organization", "aws_organizations_organization"];
/// The types of what policies are attached to, beside the root.
const UNIT: &str = "AWS::Organizations::OrganizationalUnit";
const ACCOUNT: &str = "AWS::Organizations::Account";

/// How deep units may be in each other, and more than AWS allows.
const MAX_DEPTH: usize = 16;

/// Policies by target and kind.
pub(super) type Targets = BTreeMap<(String, PolicyKind), Vec<PolicyRef>>;

/// How the organization is built, as far as units and accounts say that.
#[derive(Debug, Default)]
struct Tree {
    /// What units and accounts are in.
    parents: BTreeMap<String, String>,
    /// What units are called.
    names: BTreeMap<String, String>,
    accounts: BTreeSet<String>,
}

impl Tree {
    /// What an account is in, from the outermost: the root, where it is known, and units. The account itself is last.
    fn path<'t>(&'t self, account: &'t str) -> Vec<&'t str> {
        let mut path = vec![account];
        while let Some(parent) = path.last().and_then(|last| self.parents.get(*last))
            && path.len() < MAX_DEPTH
        {
            path.push(parent);
        }
        path.reverse();
        path
    }
}

impl Assembly<'_> {
    /// Attaches a policy to its targets.
    pub(super) fn organization_policy(&mut self, item: &Item<'_>, name: &str, kind: PolicyKind, draft: Draft) {
        let targets = item.properties().at(&["TargetIds", "*"]);
        let tree = self.tree();
        let mut is_attached = false;
        for part in &targets {
            let Some(target) = part.text() else { continue };
            let is_known = self.is_root(&target) || target.parse::<AccountId>().is_ok();
            if !is_known && !tree.accounts.iter().any(|account| tree.path(account).contains(&&*target)) {
                let message = format!("which accounts are in `{}` is not known", self.show(&target));
                self.warn(item, part.value.span, message, "the policy binds none of the accounts in the world");
                continue;
            }
            let mut only_if = part.needs();
            only_if.extend(item.resource.exists_only_if());
            let mut draft = draft.clone();
            draft.only_if(&only_if);
            if let Some(policy) = self.policy(item, name, draft) {
                self.levels.entry((target, kind)).or_default().push(policy);
                is_attached = true;
            }
        }
        if !is_attached {
            self.policy(item, name, draft);
        }
    }

    /// The units and accounts that are defined.
    fn tree(&self) -> Tree {
        let mut tree = Tree::default();
        for kind in [UNIT, ACCOUNT] {
            let items = self.index.of_type(kind).iter().filter_map(|number| self.index.get(*number));
            for item in items {
                let own = item.resource.reference.clone();
                if kind == ACCOUNT && own.parse::<AccountId>().is_err() {
                    continue;
                }
                let parent = [&["ParentId"][..], &["ParentIds", "*"]].into_iter().find_map(|path| item.text(path));
                tree.parents.extend(parent.map(|parent| (own.clone(), parent)));
                if kind == ACCOUNT {
                    tree.accounts.insert(own);
                } else {
                    tree.names.insert(own, item.name.clone());
                }
            }
        }
        tree
    }

    /// Whether a text is the root of an organization: its id, or the attribute that gives it.
    fn is_root(&self, text: &str) -> bool {
        let is_attribute = |name: &str| name.ends_with(".roots[0].id") || name.ends_with(".RootId");
        text.starts_with("r-") || self.symbols.within(text).any(|symbol| is_attribute(self.symbols.name(symbol)))
    }

    /// Adds what the organization says of its accounts.
    pub(super) fn organization(&mut self) {
        let index = self.index;
        let levels = std::mem::take(&mut self.levels);
        let place = index.items.iter().find(|item| item.resource.kind == "AWS::Organizations::Policy").map(Item::place);
        let Some(place) = place.filter(|_| !levels.is_empty()) else { return };
        let (of_root, others): (Targets, Targets) =
            levels.into_iter().partition(|((target, _), _)| self.is_root(target));
        let mut scps = Vec::new();
        let mut rcps = Vec::new();
        for ((_, kind), policies) in of_root {
            if kind == PolicyKind::ServiceControl { scps.extend(policies) } else { rcps.extend(policies) }
        }
        let root = self.levels_of("root", &scps, &rcps);
        let mut parts = OrganizationParts::new();
        (parts.scps, parts.rcps) = root.clone();
        let added = self.world.organization(parts, &place);
        self.noting_clash(added);
        let tree = self.tree();
        // Other accounts than those that say what they are in may be in a unit.
        let management = self.management_account();
        let is_said = |item: &Item<'_>| {
            let account = &item.location().account;
            tree.accounts.contains(account) || management.as_ref() == Some(account)
        };
        let are_all_said = index.items.iter().all(is_said);
        let may_be_account = |target: &&String| {
            target.parse::<AccountId>().is_ok() && !(are_all_said && tree.names.contains_key(*target))
        };
        let targets = others.keys().map(|(target, _)| target).filter(may_be_account);
        let accounts: BTreeSet<&String> = tree.accounts.iter().chain(targets).chain(&management).collect();
        for account in accounts {
            let mut parts = self.account_of_organization(account, &tree, &others, &root);
            parts.management = (management.as_ref() == Some(account)).then_some(true);
            let Ok(id) = account.parse::<AccountId>() else { continue };
            let added = self.world.member_account(id, parts, &place);
            self.noting_clash(added);
        }
    }

    /// The account that creates the organization: its management account, which no policy binds.
    fn management_account(&self) -> Option<String> {
        let index = self.index;
        let items = ORGANIZATIONS.iter().flat_map(|kind| index.of_type(kind)).filter_map(|number| index.get(*number));
        let mut certain = items.filter(|item| item.resource.only_if.is_none());
        certain.next().map(|item| item.location().account.clone())
    }

    fn account_of_organization(
        &mut self,
        account: &str,
        tree: &Tree,
        all: &Targets,
        root: &(Vec<LevelParts>, Vec<LevelParts>),
    ) -> AccountParts {
        let (mut scps, mut rcps) = root.clone();
        for node in tree.path(account) {
            let of = |kind: PolicyKind| all.get(&(node.to_owned(), kind)).map(Vec::as_slice).unwrap_or_default();
            let name = if node == account { "account" } else { tree.names.get(node).map_or(node, String::as_str) };
            let level = self.levels_of(name, of(PolicyKind::ServiceControl), of(PolicyKind::ResourceControl));
            scps.extend(level.0);
            rcps.extend(level.1);
        }
        let mut parts = AccountParts::new();
        parts.scps = Some(scps);
        parts.rcps = Some(rcps);
        parts
    }

    /// The levels of policies at one place. AWS attaches one that allows everything beside them.
    fn levels_of(&mut self, name: &str, scps: &[PolicyRef], rcps: &[PolicyRef]) -> (Vec<LevelParts>, Vec<LevelParts>) {
        let full = |assembly: &mut Self, name: &str| {
            let managed = find_managed(name).and_then(Result::ok);
            managed.and_then(|managed| assembly.world.managed_policy(managed).ok())
        };
        let level = |policies: Vec<PolicyRef>| vec![LevelParts::new(policies).named(name)];
        let scps = if scps.is_empty() {
            Vec::new()
        } else {
            level(scps.iter().copied().chain(full(self, "aws:FullAWSAccess")).collect())
        };
        let rcps = if rcps.is_empty() { Vec::new() } else { level(rcps.to_vec()) };
        (scps, rcps)
    }
}
