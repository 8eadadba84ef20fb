//! What follows before anything is asked: keys that have one value, and accounts that can matter.

use crate::builder::Builder;
use crate::claim::{KeyState, Policies, Scope};
use crate::class::{follows, sample};
use crate::formula::Node;
use crate::symbolic::resource_account_key;
use iameval::{
    AccountId, ContextKey, ContextValue, PrincipalClass, PrincipalElement, PrincipalForm, PrincipalList, Statement,
};
use std::collections::{BTreeMap, BTreeSet};

/// The keys that have one value in every request of a scope, because it follows from the principal or the scope says it.
pub(super) fn fixed(scope: &Scope) -> BTreeMap<ContextKey, Option<ContextValue>> {
    let said = scope.keys.iter().filter_map(|own| match own.alternatives.as_slice() {
        [KeyState::Is(value)] => Some((own.key.clone(), Some(value.clone()))),
        _ => None,
    });
    of_principal(scope).into_iter().filter(|(key, _)| follows(scope, key)).chain(said).collect()
}

/// What the scope says of keys that follow from the principal, together with what follows.
pub(super) fn said_of_principal(scope: &Scope, builder: &mut Builder<'_>) -> Vec<(ContextKey, Node)> {
    let followed = of_principal(scope).into_iter().filter(|_| scope.derives_context);
    let both = followed.filter_map(|(key, value)| {
        let said = scope.keys.iter().find(|own| own.key == key)?;
        let nodes = [builder.key_scope(said), builder.is_value(&key, value.as_ref())];
        Some((key, builder.formulas.all(nodes)))
    });
    both.collect()
}

/// The keys that follow from the principal (R-CTX-04), whatever the scope says of them.
fn of_principal(scope: &Scope) -> Vec<(ContextKey, Option<ContextValue>)> {
    const OF_PRINCIPAL: [&str; 7] = [
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalType",
        "aws:username",
        "aws:userid",
        "aws:PrincipalOrgID",
        "aws:PrincipalIsAWSService",
    ];
    let Some(principal) = &scope.principal else { return Vec::new() };
    let sample = sample(scope, "*");
    let fixed = OF_PRINCIPAL.iter().filter_map(|name| {
        let key = ContextKey::new(name);
        let value = sample.context().value(&key).cloned();
        // What is not said of a principal who has an account is not known to be absent.
        let may_be_there = match principal.class() {
            Some(PrincipalClass::User | PrincipalClass::Role | PrincipalClass::RoleSession) | None => {
                matches!(*name, "aws:userid" | "aws:PrincipalOrgID")
            }
            Some(PrincipalClass::Root | PrincipalClass::FederatedUser) => *name == "aws:PrincipalOrgID",
            Some(_) => false,
        };
        (value.is_some() || !may_be_there).then_some((key, value))
    });
    fixed.collect()
}

/// The accounts that can matter: those of the scope, and those that policies name.
pub(super) fn named_accounts(scope: &Scope, policies: &[&Policies]) -> BTreeSet<AccountId> {
    let mut named = BTreeSet::new();
    let has_account = scope.principal.as_ref().is_some_and(|principal| principal.account().is_some());
    let resource_account = resource_account_key();
    let statements =
        policies.iter().flat_map(|policies| policies.documents()).flat_map(|document| document.statements());
    for statement in statements {
        if !has_account {
            named.extend(accounts_of_principals(statement));
        }
        let tests = statement.tests().filter(|(_, test)| ContextKey::new(test.key()) == resource_account);
        let values = tests.flat_map(|(_, test)| test.values());
        named.extend(values.filter_map(|text| text.parse::<AccountId>().ok()));
    }
    named
}

fn accounts_of_principals(statement: &Statement) -> Vec<AccountId> {
    let Some(PrincipalForm::Map(lists)) = statement.principal().map(PrincipalElement::form) else {
        return Vec::new();
    };
    let account = |text: &str| text.split(':').find_map(|part| part.parse().ok());
    lists.iter().flat_map(PrincipalList::values).filter_map(account).collect()
}
