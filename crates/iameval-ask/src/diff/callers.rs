//! Who asks where lone policies are compared: each caller that they may tell apart.

use super::kindred::{Both, Kindred, statements};
use crate::who_can::named::{Named, left_out_by, named_by};
use crate::who_can::outsider::{OF_ACCOUNT, stranger};
use iameval::{AccountId, ContextKey, Effect, PatternElement, PolicyKind, Principal, PrincipalType, Statement};
use iameval_data::SIGNED_ONLY;
use iameval_prove::{KeyScope, KeyState, Scope, ValueRange};
use std::collections::BTreeSet;

/// Somebody who asks.
pub(super) struct Caller {
    /// Whom the policies name; nobody where they do not name callers.
    pub(super) named: Option<Named>,
    pub(super) scope: Scope,
    /// Whether the resource is of the caller's own account, and the caller has no policies.
    pub(super) is_own: bool,
}

/// Whose the resources are of which a lone policy is compared: of an account that no caller is in, so that the policy alone
/// decides.
const OWNER: &str = "999999999999";

/// A session of a role of that account.
const SESSION: &str = "arn:aws:sts::999999999999:assumed-role/any/session";

/// Who asks: anybody, or, where policies name principals, each of those whom they name and some that they do not name.
pub(super) fn callers(both: Both<'_>, kindred: &Kindred<'_>, full_access: bool, scope: &Scope) -> Vec<Caller> {
    let anybody = |scope: Scope| vec![Caller { named: None, scope, is_own: false }];
    match kindred.kind {
        PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::Endpoint => {}
        // They bind sessions alone.
        PolicyKind::Session | PolicyKind::ScopeDown => {
            let session = SESSION.parse().ok();
            return anybody(Scope { principal: session, resource_account: OWNER.parse().ok(), ..scope.clone() });
        }
        _ => return anybody(scope.clone()),
    }
    // Whoever is allowed by another policy has credentials, and only a Deny makes a difference.
    let counts = |statement: &&Statement| !full_access || statement.effect() == Effect::Deny;
    let accounts = accounts_in_conditions(statements(both).filter(counts));
    let mut named = if full_access { vec![Named::AnyAccount] } else { vec![Named::Anonymous, Named::AnyAccount] };
    let by_name = named_by(statements(both).filter(counts));
    let left_out = left_out_by(statements(both).filter(counts));
    for one in by_name.into_iter().chain(left_out).chain(accounts.into_iter().map(Named::Account)) {
        let is_left_out = full_access && one == Named::Anonymous;
        if !is_left_out && !named.contains(&one) {
            named.push(one);
        }
    }
    let known: BTreeSet<AccountId> = named.iter().filter_map(account_of).collect();
    let mut callers: Vec<Caller> = named.iter().filter_map(|named| of_other_account(named, &known, scope)).collect();
    if kindred.kind != PolicyKind::Endpoint && !full_access {
        for owner in owners(both, kindred, &known) {
            let own = named.iter().filter(|named| {
                matches!(named, Named::Other(PrincipalType::Aws, _)) && account_of(named) == Some(owner)
            });
            let all = std::iter::once(Named::Account(owner)).chain(own.cloned());
            callers.extend(all.filter_map(|named| of_own_account(named, owner, scope)));
        }
    }
    callers
}

/// A caller of another account than that of the resource.
fn of_other_account(named: &Named, known: &BTreeSet<AccountId>, scope: &Scope) -> Option<Caller> {
    let (principal, _) = stranger(named, None)?;
    let mut keys: Vec<KeyScope> = match named {
        // Those whom policies name ask themselves.
        Named::AnyAccount => OF_ACCOUNT.iter().map(|key| free_but_of(key, known)).collect(),
        named => open_keys(named).iter().map(|key| free(key)).collect(),
    };
    keys.push(free("aws:ResourceAccount"));
    let mut except_actions = scope.except_actions.clone();
    if *named == Named::Anonymous {
        except_actions.extend(SIGNED_ONLY.map(Into::into));
    }
    let scope = Scope {
        derives_context: true,
        resource_account: OWNER.parse().ok(),
        principal: Some(principal),
        keys,
        except_actions,
        ..scope.clone()
    };
    Some(Caller { named: Some(named.clone()), scope, is_own: false })
}

/// A caller of the account of the resource.
fn of_own_account(named: Named, owner: AccountId, scope: &Scope) -> Option<Caller> {
    let (principal, _) = stranger(&named, None)?;
    let keys = open_keys(&named).iter().map(|key| free(key)).collect();
    let scope = Scope {
        derives_context: true,
        resource_account: Some(owner),
        principal: Some(principal),
        keys,
        ..scope.clone()
    };
    Some(Caller { named: Some(named), scope, is_own: true })
}

/// Keys that do not follow from whom a policy names.
fn open_keys(named: &Named) -> &'static [&'static str] {
    match named {
        Named::AnyAccount => &OF_ACCOUNT,
        Named::Account(_) => {
            &["aws:PrincipalArn", "aws:PrincipalType", "aws:PrincipalOrgID", "aws:userid", "aws:username"]
        }
        Named::Other(PrincipalType::Aws, _) => &["aws:PrincipalOrgID", "aws:userid"],
        _ => &[],
    }
}

/// The accounts that the resource may be in: its own, where that is known; else those of the resources that the policies are
/// about, or those that the policies name.
fn owners(both: Both<'_>, kindred: &Kindred<'_>, named: &BTreeSet<AccountId>) -> BTreeSet<AccountId> {
    if kindred.arn.is_some() || kindred.owner.is_some() {
        return kindred.owner.into_iter().collect();
    }
    let patterns = statements(both).filter_map(Statement::resource).flat_map(PatternElement::patterns);
    let own: BTreeSet<AccountId> = patterns.filter_map(account_in).collect();
    if own.is_empty() { named.clone() } else { own }
}

/// The account of whom a policy names, where that is certain.
fn account_of(named: &Named) -> Option<AccountId> {
    match named {
        Named::Account(account) => Some(*account),
        Named::Other(PrincipalType::Aws, arn) => arn.parse::<Principal>().ok()?.account(),
        _ => None,
    }
}

/// The accounts of callers that conditions name.
fn accounts_in_conditions<'s>(statements: impl Iterator<Item = &'s Statement>) -> BTreeSet<AccountId> {
    let tests = statements.flat_map(|statement| statement.tests().collect::<Vec<_>>());
    let values = tests.filter_map(|(_, test)| {
        let is = |key: &str| test.key().eq_ignore_ascii_case(key);
        let account: fn(&str) -> Option<AccountId> = if is("aws:PrincipalAccount") {
            |value| value.parse().ok()
        } else if is("aws:PrincipalArn") {
            account_in
        } else {
            return None;
        };
        Some(test.values().filter_map(account).collect::<Vec<_>>())
    });
    values.flatten().collect()
}

/// The account in an ARN, or in a pattern for ARNs.
fn account_in(arn: &str) -> Option<AccountId> {
    arn.split(':').nth(4)?.parse().ok()
}

/// A key that may be anything, although it would follow from the caller or the resource.
fn free(key: &str) -> KeyScope {
    any(key, ValueRange::default())
}

/// The same, but for values that tell of these accounts.
fn free_but_of(key: &str, accounts: &BTreeSet<AccountId>) -> KeyScope {
    let range = match key {
        "aws:PrincipalAccount" => {
            ValueRange { none_of: accounts.iter().map(ToString::to_string).collect(), ..ValueRange::default() }
        }
        "aws:PrincipalArn" => {
            let not_like = accounts.iter().map(|account| format!("arn:*::{account}:*")).collect();
            ValueRange { not_like, ..ValueRange::default() }
        }
        _ => ValueRange::default(),
    };
    any(key, range)
}

fn any(key: &str, range: ValueRange) -> KeyScope {
    let alternatives = vec![KeyState::Absent, KeyState::Present(Box::new(range))];
    KeyScope { key: ContextKey::new(key), is_list: None, alternatives }
}
