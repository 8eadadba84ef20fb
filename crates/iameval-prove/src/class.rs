//! Classes of resources: those of a class have their owner in common, and with it everything about a request that is not a
//! test of a statement.

use crate::atom::Subject;
use crate::builder::Builder;
use crate::claim::{Owners, Policies, Scope};
use crate::formula::{Formulas, Node};
use crate::glob::{Glob, Piece, Reach};
use crate::side::Side;
use crate::symbolic::{Unknown, open_accounts, resource_account_key};
use crate::verdict::Undecided;
use iameval::open::Composition;
use iameval::symbol::Symbol;
use iameval::{AccountId, Action, ContextKey, ContextValue, Request};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Requests whose resources have their owner in common.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// Which resources these are, and what follows for context keys.
    pub(crate) when: Node,
    /// A request of the class, of which nothing matters but principal, owner and rules of services.
    pub(crate) sample: Request,
    /// How requests of the class are composed, on each side.
    pub(crate) compositions: Rc<[Composition]>,
    /// Which of the ways of caller and owner to be of one account or not, where that is not known.
    pub(crate) standing: usize,
    /// Whether it stands for several accounts, of which the value of `aws:ResourceAccount` tells one.
    pub(crate) is_any_account: bool,
}

/// Who owns a resource, as its text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owned {
    /// It names this account.
    By(AccountId),
    /// It names an account that nothing else does.
    ByAnother(AccountId),
    /// It belongs to AWS.
    ByAws,
    /// It names no account.
    ByNone,
}

impl Owned {
    fn is_of(self, owners: &Owners) -> bool {
        match self {
            Self::By(account) => {
                let is_other = owners.all_but.as_ref().is_some_and(|but| !but.contains(&account));
                is_other || owners.accounts.contains(&account)
            }
            Self::ByAnother(_) => owners.all_but.is_some(),
            Self::ByAws | Self::ByNone => owners.unnamed,
        }
    }
}

/// The classes of a scope, rules of services left aside. `named` are the accounts that policies and scope name.
pub(crate) fn classes(
    scope: &Scope,
    named: &BTreeSet<AccountId>,
    sides: &[Side],
    builder: &mut Builder<'_>,
) -> Vec<Class> {
    if scope.resource_account.is_some() {
        let sample = sample(scope, "*");
        let when = derived(scope, &sample, builder);
        return in_every_standing(when, &sample, false, sides).collect();
    }
    let mut accounts = named.clone();
    accounts.extend(scope.principal.as_ref().and_then(iameval::Principal::account));
    let said = scope.owners.iter().flat_map(|owners| owners.accounts.iter().chain(owners.all_but.iter().flatten()));
    accounts.extend(said);
    accounts.extend(open_accounts(scope));
    // A bucket, say, is an example rather than an access point of an account.
    let mut owned = vec![Owned::ByNone];
    owned.extend(accounts.iter().copied().map(Owned::By));
    owned.extend(unnamed_account(&accounts).map(Owned::ByAnother));
    owned.push(Owned::ByAws);
    let owned = owned.into_iter().filter(|owned| scope.owners.as_ref().is_none_or(|owners| owned.is_of(owners)));
    let classes: Vec<Class> = owned.flat_map(|owned| class(scope, owned, &accounts, sides, builder)).collect();
    // Where neither principal elements nor conditions look at the owner, nothing but the composition does.
    let has_account = scope.principal.as_ref().is_some_and(|principal| principal.account().is_some());
    if has_account && !is_tested(scope, builder) { merged(classes, scope.owners.is_none(), builder) } else { classes }
}

/// One class for those that are composed alike; `are_all` says whether together they are everything.
pub(crate) fn merged(classes: Vec<Class>, are_all: bool, builder: &mut Builder<'_>) -> Vec<Class> {
    let mut merged: Vec<(Class, Vec<Node>)> = Vec::new();
    let count = classes.len();
    for class in classes {
        let when = class.when;
        if let Some((_, whens)) = merged.iter_mut().find(|(other, _)| other.compositions == class.compositions) {
            whens.push(when);
        } else {
            merged.push((class, vec![when]));
        }
    }
    let all = merged.into_iter().map(|(class, whens)| {
        let when = if are_all && whens.len() == count { Formulas::TRUE } else { builder.formulas.any(whens) };
        Class { when, is_any_account: false, ..class }
    });
    all.collect()
}

/// How requests like the sample are composed, on each side and in one of the ways of caller and owner to be of one account or
/// not.
pub(crate) fn compositions(sides: &[Side], sample: &Request, standing: usize) -> Rc<[Composition]> {
    let of_side = |side: &Side| {
        let mut possible = side.policies.set().possible_compositions(sample);
        possible.truncate(standing + 1);
        possible.pop()
    };
    sides.iter().filter_map(of_side).collect()
}

/// The classes of requests like the sample, one for each way of caller and owner to be of one account or not.
fn in_every_standing(
    when: Node,
    sample: &Request,
    is_any_account: bool,
    sides: &[Side],
) -> impl Iterator<Item = Class> {
    let standings = sides.iter().map(|side| side.policies.set().possible_compositions(sample).len()).max();
    (0..standings.unwrap_or(1)).map(move |standing| {
        let compositions = compositions(sides, sample, standing);
        Class { when, sample: sample.clone(), compositions, standing, is_any_account }
    })
}

/// Whether `aws:ResourceAccount` follows from the resource, and something looks at it.
fn is_tested(scope: &Scope, builder: &Builder<'_>) -> bool {
    let key = resource_account_key();
    follows(scope, &key) && builder.atoms.known_key(&key).is_some()
}

/// The classes of the resources that an account owns.
pub(crate) fn classes_of_account(
    scope: &Scope,
    account: AccountId,
    sides: &[Side],
    builder: &mut Builder<'_>,
) -> Vec<Class> {
    class(scope, Owned::By(account), &BTreeSet::new(), sides, builder)
}

fn class(
    scope: &Scope,
    owned: Owned,
    accounts: &BTreeSet<AccountId>,
    sides: &[Side],
    builder: &mut Builder<'_>,
) -> Vec<Class> {
    let literal = |text: &str| vec![Piece::Literal(text.into())];
    let by = |pieces: Vec<Piece>| arn_of(pieces);
    let known: Vec<Glob> = accounts.iter().map(|account| by(literal(account.as_str()))).collect();
    let (text, parts) = match owned {
        Owned::By(account) => {
            let text = format!("arn:aws:x::{account}:x");
            (text, vec![builder.fits(Subject::Resource, vec![by(literal(account.as_str()))])])
        }
        Owned::ByAnother(account) => {
            let any = builder.fits(Subject::Resource, vec![by(account_id())]);
            let known = builder.fits(Subject::Resource, known);
            (format!("arn:aws:x::{account}:x"), vec![any, builder.formulas.not(known)])
        }
        Owned::ByAws => {
            ("arn:aws:x::aws:x".to_owned(), vec![builder.fits(Subject::Resource, vec![by(literal("aws"))])])
        }
        Owned::ByNone => ("*".to_owned(), vec![is_unowned(builder)]),
    };
    let sample = sample(scope, &text);
    let is_any_account = matches!(owned, Owned::ByAnother(_)) && is_tested(scope, builder);
    let follows = if is_any_account { another(accounts, builder) } else { derived(scope, &sample, builder) };
    let when = builder.formulas.all(parts.into_iter().chain([follows]));
    in_every_standing(when, &sample, is_any_account, sides).collect()
}

/// That a resource names no account, so that it counts as the caller's own.
pub(crate) fn is_unowned(builder: &mut Builder<'_>) -> Node {
    let owned = vec![arn_of(vec![Piece::Literal("aws".into())]), arn_of(account_id())];
    let owned = builder.fits(Subject::Resource, owned);
    builder.formulas.not(owned)
}

/// A request on a resource.
pub(crate) fn sample(scope: &Scope, resource: &str) -> Request {
    // Any action: what rules say of it is asked where there are rules.
    let action = Action::literal("x:x").unwrap_or_else(|_| unreachable!("this is an action"));
    request(scope, action, resource)
}

/// A request of a scope, with nothing but what follows in its context.
pub(crate) fn request(scope: &Scope, action: Action, resource: &str) -> Request {
    let mut builder = Request::builder(action).resource(resource);
    if let Some(principal) = &scope.principal {
        builder = builder.principal(principal.clone());
    }
    if let Some(account) = scope.resource_account {
        builder = builder.resource_account(account);
    }
    if scope.in_management_account {
        builder = builder.resource_in_management_account();
    }
    builder.build()
}

/// That `aws:ResourceAccount` has the value that follows, where it does.
fn derived(scope: &Scope, sample: &Request, builder: &mut Builder<'_>) -> Node {
    if !is_tested(scope, builder) {
        return Formulas::TRUE;
    }
    let key = resource_account_key();
    let value = sample.resource_account().map(|account| ContextValue::single(account.as_str()));
    builder.is_value(&key, value.as_ref())
}

/// That `aws:ResourceAccount` is an account that nothing names, where it follows from the resource.
fn another(accounts: &BTreeSet<AccountId>, builder: &mut Builder<'_>) -> Node {
    let key = resource_account_key();
    let id = builder.atoms.key(&key);
    let any = builder.fits(Subject::Key(id), vec![Glob { pieces: account_id().into(), ignores_case: false }]);
    let known = accounts.iter().map(|account| Glob::literal(account.as_str())).collect();
    let known = builder.fits(Subject::Key(id), known);
    let other = builder.formulas.not(known);
    builder.formulas.all([any, other])
}

/// Whether a key that can follow from principal and resource does so in a scope.
pub(crate) fn follows(scope: &Scope, key: &ContextKey) -> bool {
    scope.derives_context && !scope.keys.iter().any(|own| own.key == *key)
}

/// The texts of ARNs with this account part.
fn arn_of(account: Vec<Piece>) -> Glob {
    let literal = |text: &str| Piece::Literal(text.into());
    let mut pieces = vec![literal("arn")];
    for _ in 0..3 {
        pieces.extend([literal(":"), Piece::Star(Reach::Confined)]);
    }
    pieces.push(literal(":"));
    pieces.extend(account);
    pieces.extend([literal(":"), Piece::Star(Reach::Free)]);
    let mut merged: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (Some(Piece::Literal(before)), Piece::Literal(text)) => *before = format!("{before}{text}").into(),
            (_, piece) => merged.push(piece),
        }
    }
    Glob { pieces: merged.into(), ignores_case: false }
}

fn account_id() -> Vec<Piece> {
    vec![Piece::Unit(Reach::Digit); 12]
}

/// An account that is not among these.
fn unnamed_account(accounts: &BTreeSet<AccountId>) -> Option<AccountId> {
    let candidates = (0_u64..).map(|number| format!("{:012}", 999_999_999_999 - number));
    candidates.filter_map(|text| text.parse().ok()).find(|account| !accounts.contains(account))
}

impl Unknown {
    /// The symbols in those parts of principal and resources by which requests are told apart, so that nothing is certain.
    pub(crate) fn open_forms(&self, policies: &Policies, scope: &Scope) -> BTreeSet<Undecided> {
        let set = policies.set();
        let mut open: BTreeSet<Symbol> = set.open_forms(&sample(scope, "*")).into_iter().collect();
        for glob in self.resources() {
            let service = glob.split(':').nth(2).unwrap_or_default();
            let services = ["x", service].into_iter().chain((service == "iam").then_some("sts"));
            for service in services {
                if let Ok(action) = Action::literal(&format!("{service}:x")) {
                    open.extend(set.open_forms(&request(scope, action, glob)));
                }
            }
        }
        self.names(open)
    }
}
