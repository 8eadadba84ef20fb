//! Permission sets of IAM Identity Center.
//!
//! CHOICE: a permission set is the role that Identity Center makes of it in each account it is assigned to, so that
//! questions can name it. Its account is that of its assignments, where they name one, and not known otherwise.

use super::{Assembly, policy_name};
use crate::find;
use crate::index::{Item, Meant};
use crate::types::PERMISSION_SET;
use iameval::symbol::SymbolKind;
use iameval::{PolicyKind, Principal};
use iameval_world::PrincipalParts;

impl Assembly<'_> {
    /// Adds the role of a permission set.
    pub(super) fn permission_set(&mut self, item: &Item<'_>) {
        let name = item.text(&["Name"]).unwrap_or_else(|| item.resource.id.clone());
        let Some(account) = self.assigned(item) else { return };
        let Some(path) = self.made_up(item, "RolePath", SymbolKind::Path) else { return };
        let Some(suffix) = self.made_up(item, "RoleSuffix", SymbolKind::Name) else { return };
        let partition = &item.location().partition;
        let role = format!("aws-reserved/sso.amazonaws.com/{path}AWSReservedSSO_{name}_{suffix}");
        let Ok(principal) = format!("arn:{partition}:iam::{account}:role/{role}").parse::<Principal>() else { return };
        let mut parts = PrincipalParts::new(principal);
        parts.origin = Some(item.origin());
        for found in find::policies(item.resource, self.symbols) {
            if let Some(draft) = self.draft(item, &found) {
                parts.policies.extend(self.policy(item, &policy_name(item, &found), draft));
            }
        }
        parts.policies.extend(self.managed_policies(item, &["ManagedPolicies", "*"]));
        let references = item.properties().at(&["CustomerManagedPolicyReferences", "*"]);
        if !references.is_empty() {
            // They are policies of the accounts, which have one of that name each.
            parts.policies.extend(self.unknown_of_set(item, "CustomerManagedPolicies", PolicyKind::Identity));
        }
        let boundary = item.properties().at(&["PermissionsBoundary", "*"]);
        if !boundary.is_empty() {
            let known = boundary.first().filter(|_| boundary.len() == 1);
            let arn = known.and_then(|part| part.at(&["ManagedPolicyArn"]).first()?.text());
            let managed = arn.and_then(|arn| iameval_world::find_managed(&arn)?.ok());
            parts.boundary = match managed {
                Some(managed) => self.world.managed_policy(managed).ok(),
                None => self.unknown_of_set(item, "PermissionsBoundary", PolicyKind::PermissionsBoundary),
            };
        }
        let added = self.world.principal(&item.name, parts, &item.place());
        self.noting_clash(added);
    }

    fn unknown_of_set(&mut self, item: &Item<'_>, what: &str, kind: PolicyKind) -> Option<iameval_world::PolicyRef> {
        let symbol = self.unknown(item, &format!("{}.{what}", item.symbol_name()))?;
        let draft = self.reader(kind).unknown(symbol, item.resource.span, &Vec::new());
        self.policy(item, &format!("{}/{what}", item.name), draft)
    }

    /// The account that the permission set is assigned to.
    fn assigned(&mut self, item: &Item<'_>) -> Option<String> {
        let index = self.index;
        let assignments = index.of_type("AWS::SSO::Assignment").iter().filter_map(|number| index.get(*number));
        let mut accounts: Vec<String> = assignments
            .filter(|assignment| {
                let arn = assignment.text(&["PermissionSetArn"]).unwrap_or_default();
                let meant = index.meant(&arn, &[PERMISSION_SET], self.symbols);
                let own = |number| index.get(number).is_some_and(|meant| std::ptr::eq(meant, item));
                matches!(meant, Meant::This(number) if own(number))
            })
            .filter_map(|assignment| assignment.text(&["TargetId"]))
            .collect();
        accounts.dedup();
        match accounts.as_slice() {
            [account] if account.parse::<iameval::AccountId>().is_ok() => Some(account.clone()),
            _ => self.made_up(item, "Account", SymbolKind::Account),
        }
    }

    /// A symbol for something that Identity Center decides.
    fn made_up(&mut self, item: &Item<'_>, what: &str, kind: SymbolKind) -> Option<String> {
        let address = format!("{}.{what}", item.symbol_name());
        if let Some(given) = self.values.get(&address) {
            return Some(given.clone());
        }
        let symbol = self.world.symbols().define(&address, kind);
        symbol
            .map_err(|error| self.findings.extend(item.place().finding(error.to_string())))
            .ok()
            .map(|s| s.to_string())
    }
}
