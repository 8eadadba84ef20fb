//! SCPs and RCPs. How the organization is built is in no template: what they bind is known of accounts and the root alone.

use super::Assembly;
use crate::document::Draft;
use crate::index::Item;
use iameval::{AccountId, PolicyKind};
use iameval_world::{AccountParts, LevelParts, OrganizationParts, Place, PolicyRef, find_managed};

impl Assembly<'_> {
    /// Attaches a policy to its targets.
    pub(super) fn organization_policy(&mut self, item: &Item<'_>, name: &str, kind: PolicyKind, draft: Draft) {
        let targets = item.properties().at(&["TargetIds", "*"]);
        let mut is_attached = false;
        for part in &targets {
            let Some(target) = part.text() else { continue };
            if !(target.starts_with("r-") || target.parse::<AccountId>().is_ok()) {
                let message = format!("which accounts are in `{}` is not known", self.show(&target));
                self.warn(item, part.value.span, message, "the policy binds none of the accounts in the world");
                continue;
            }
            let mut only_if = part.only_if();
            only_if.extend(item.resource.only_if);
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

    /// Adds what the organization says of its accounts.
    pub(super) fn organization(&mut self) {
        let index = self.index;
        let levels = std::mem::take(&mut self.levels);
        let place = index.items.iter().find(|item| item.resource.kind == "AWS::Organizations::Policy").map(Item::place);
        let Some(place) = place.filter(|_| !levels.is_empty()) else { return };
        let (of_root, of_accounts): (Vec<_>, Vec<_>) =
            levels.into_iter().partition(|((target, _), _)| target.starts_with("r-"));
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
        let mut accounts: Vec<&str> = of_accounts.iter().map(|((target, _), _)| target.as_str()).collect();
        accounts.dedup();
        for account in accounts {
            self.account_of_organization(account, &of_accounts, &root, &place);
        }
    }

    fn account_of_organization(
        &mut self,
        account: &str,
        all: &[((String, PolicyKind), Vec<PolicyRef>)],
        root: &(Vec<LevelParts>, Vec<LevelParts>),
        place: &Place,
    ) {
        let Ok(id) = account.parse::<AccountId>() else { return };
        let of = |wanted: PolicyKind| {
            let own = all.iter().filter(|((target, kind), _)| target == account && *kind == wanted);
            own.flat_map(|(_, policies)| policies.iter().copied()).collect::<Vec<_>>()
        };
        let (scps, rcps) = self.levels_of("account", &of(PolicyKind::ServiceControl), &of(PolicyKind::ResourceControl));
        let mut parts = AccountParts::new();
        parts.scps = Some(root.0.iter().cloned().chain(scps).collect());
        parts.rcps = Some(root.1.iter().cloned().chain(rcps).collect());
        let added = self.world.member_account(id, parts, place);
        self.noting_clash(added);
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
