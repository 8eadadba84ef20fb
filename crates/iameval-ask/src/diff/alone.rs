//! Two lone policies: what one lets through beside policies that allow everything.

use super::changed::narrowed;
use super::{Diff, DiffError, Differ, Presence, Subject};
use crate::on_resource::{actions_on, in_and_below};
use crate::provable::Provable;
use crate::stand_in::everything;
use crate::who_can::named::{Named, named_by};
use crate::who_can::outsider::{OF_ACCOUNT, stranger};
use iameval::symbol::Symbols;
use iameval::{AccountId, Arn, ContextKey, Effect, LayeredPolicies, PolicyKind, PolicySet, PrincipalType};
use iameval_data::Catalogue;
use iameval_prove::{KeyScope, KeyState, Scope};
use iameval_world::{Attached, LoadedPolicy, Via, assemble, level_name};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What two lone policies were compared beside: policies of other kinds are taken to allow everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beside {
    /// As what the policies were compared.
    pub kind: PolicyKind,
    /// Whether a policy of the same kind that allows everything stands beside each: neither allows anything by itself.
    pub full_access: bool,
}

/// What two policies have in common.
#[derive(Debug)]
pub(super) struct Kindred<'k> {
    pub(super) kind: PolicyKind,
    /// Whether one of the same kind that allows everything stands beside each.
    pub(super) full_access: bool,
    /// The name of the resource or role that has them.
    pub(super) resource: Option<&'k str>,
    /// Its ARN.
    pub(super) arn: Option<&'k str>,
    /// What is not known of either.
    pub(super) symbols: Option<&'k Arc<Symbols>>,
}

/// Whose the resources are of which a lone policy is compared: of an account that no caller is in, so that the policy alone
/// decides.
const OWNER: &str = "999999999999";

/// A session of a role of that account.
const SESSION: &str = "arn:aws:sts::999999999999:assumed-role/any/session";

impl Differ<'_> {
    /// What changes when one policy takes the place of the other, both of a kind.
    ///
    /// # Errors
    /// When one of them is not valid for its kind.
    pub fn policies(
        &self,
        old: &Arc<LoadedPolicy>,
        new: &Arc<LoadedPolicy>,
        kind: PolicyKind,
    ) -> Result<Diff, DiffError> {
        let both = [old, new];
        let has = |effect| {
            let mut statements = both.iter().flat_map(|policy| policy.document().statements());
            statements.any(|statement| statement.effect() == effect)
        };
        // Where one policy may stand beside others. AWS attaches RCPFullAWSAccess itself, and it cannot be detached.
        let may_stand_beside = matches!(kind, PolicyKind::Identity | PolicyKind::ServiceControl | PolicyKind::Resource);
        let full_access = kind == PolicyKind::ResourceControl || (may_stand_beside && !has(Effect::Allow));
        let compare = |full_access| {
            let kindred = Kindred { kind, full_access, resource: None, arn: None, symbols: None };
            let diff = self.by_callers(both, &kindred, &|_| false)?;
            Ok::<_, DiffError>(Diff { beside: Some(Beside { kind, full_access }), ..diff })
        };
        let alone = compare(full_access)?;
        // A Deny that is weakened gives nothing by itself, but gives access to whoever has another policy that allows it.
        if alone.parts.is_empty() && may_stand_beside && !full_access && has(Effect::Deny) {
            let beside = compare(true)?;
            return Ok(if beside.parts.is_empty() { alone } else { beside });
        }
        Ok(alone)
    }

    /// The same for each caller that may be told apart, but for those who are left out.
    pub(super) fn by_callers(
        &self,
        [old, new]: [&Arc<LoadedPolicy>; 2],
        kindred: &Kindred<'_>,
        is_left_out: &dyn Fn(&Named) -> bool,
    ) -> Result<Diff, DiffError> {
        let mut diff = Diff::default();
        for (who, scope) in callers([old, new], kindred, is_left_out, self.catalogue) {
            let sides = [provable(old, kindred)?, provable(new, kindred)?];
            let subject = Subject {
                principals: who.into_iter().collect(),
                presence: Presence::Outside,
                resource: kindred.resource.map(ToOwned::to_owned),
            };
            diff.principals += 1;
            diff.compared += 1;
            let [old, new] = &sides;
            if let Some(scope) = narrowed(&scope, old, new) {
                diff.parts.extend(self.part(subject, sides, &scope, BTreeSet::new())?);
            }
        }
        Ok(diff)
    }
}

/// A policy beside others that allow everything.
fn provable(policy: &Arc<LoadedPolicy>, kindred: &Kindred<'_>) -> Result<Provable, DiffError> {
    let mut placed = LayeredPolicies::new();
    let mut add = |kind: PolicyKind, policy: &Arc<LoadedPolicy>| {
        placed.add(kind, Attached { policy: policy.clone(), via: Via::Flag });
    };
    let Kindred { kind, full_access, .. } = *kindred;
    add(kind, policy);
    if full_access {
        add(kind, &everything(kind));
    }
    if kind != PolicyKind::Identity {
        add(PolicyKind::Identity, &everything(PolicyKind::Identity));
    }
    // Callers of other accounts need the consent of the resource as well.
    if kind == PolicyKind::Endpoint {
        add(PolicyKind::Resource, &everything(PolicyKind::Resource));
    }
    placed.name_levels(level_name);
    let set: PolicySet = assemble(&placed)?;
    let set = match kindred.symbols {
        Some(symbols) => set.with_symbols(symbols.clone()),
        None => set,
    };
    Ok(Provable::of_placed(set, placed))
}

/// Who asks: anybody, or, where policies name principals, each of those whom they name and some that they do not name.
fn callers(
    policies: [&Arc<LoadedPolicy>; 2],
    kindred: &Kindred<'_>,
    is_left_out: &dyn Fn(&Named) -> bool,
    catalogue: &Catalogue,
) -> Vec<(Option<String>, Scope)> {
    let arn: Option<Arn> = kindred.arn.and_then(|arn| arn.parse().ok());
    let actions = match (kindred.kind, &arn) {
        (PolicyKind::RoleTrust, _) => vec!["sts:*".to_owned()],
        (_, Some(arn)) => actions_on(arn, catalogue),
        (_, None) => Vec::new(),
    };
    let resources = kindred.arn.map(in_and_below).unwrap_or_default();
    let scope = Scope { actions, resources, ..Scope::default() };
    match kindred.kind {
        PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::Endpoint => {}
        // They bind sessions alone.
        PolicyKind::Session | PolicyKind::ScopeDown => {
            let session = SESSION.parse().ok();
            return vec![(None, Scope { principal: session, resource_account: OWNER.parse().ok(), ..scope })];
        }
        _ => return vec![(None, scope)],
    }
    let mut named = vec![Named::Anonymous, Named::AnyAccount];
    for one in named_by(policies.iter().flat_map(|policy| policy.document().statements())) {
        if !named.contains(&one) {
            named.push(one);
        }
    }
    let owner: Option<AccountId> = OWNER.parse().ok();
    let callers = named.into_iter().filter(|named| !is_left_out(named)).filter_map(|named| {
        let (principal, _) = stranger(&named, None)?;
        let mut scope =
            Scope { derives_context: true, resource_account: owner, principal: Some(principal), ..scope.clone() };
        let open: &[&str] = match &named {
            Named::AnyAccount => &OF_ACCOUNT,
            Named::Account(_) => {
                &["aws:PrincipalArn", "aws:PrincipalType", "aws:PrincipalOrgID", "aws:userid", "aws:username"]
            }
            Named::Other(PrincipalType::Aws, _) => &["aws:PrincipalOrgID", "aws:userid"],
            _ => &[],
        };
        scope.keys = open.iter().chain(&["aws:ResourceAccount"]).map(|key| free(key)).collect();
        Some((Some(named.to_string()), scope))
    });
    callers.collect()
}

/// A key that may be anything, although it would follow from the caller or the resource.
fn free(key: &str) -> KeyScope {
    let alternatives = vec![KeyState::Absent, KeyState::Present(Box::default())];
    KeyScope { key: ContextKey::new(key), is_list: None, alternatives }
}
