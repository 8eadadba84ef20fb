//! `Principal` and `NotPrincipal` (section 6).

use crate::certainty::Certainty;
use crate::context::{Presence, View};
use crate::document::{Effect, PrincipalElement, PrincipalForm, PrincipalType};
use crate::name::{AccountId, Arn, ContextKey};
use crate::principal::{Principal, PrincipalKind};
use crate::symbol::{Inputs, Reader, may_hold_symbols};
use std::sync::LazyLock;

/// How strongly a principal element matches the caller; it decides what a grant is worth (table c).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// The caller's account: delegation, no grant of its own.
    Account,
    /// The role of a session, the user of a federated user.
    Entity,
    /// The caller itself, or everyone.
    Direct,
}

/// How strongly a principal element matches, at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fit {
    pub(crate) least: Option<Strength>,
    pub(crate) most: Option<Strength>,
}

impl Fit {
    /// Whether it matches.
    pub(crate) fn certainty(self) -> Certainty {
        match (self.least, self.most) {
            (Some(_), _) => Certainty::Yes,
            (None, Some(_)) => Certainty::Maybe,
            (None, None) => Certainty::No,
        }
    }
}

/// The caller as a principal element sees it.
pub(crate) struct CallerView<'a, V> {
    pub(crate) principal: &'a Principal,
    pub(crate) view: &'a V,
    /// Whether the policy is that of a gateway endpoint, where an account means its root user (R-EVAL-12).
    pub(crate) gateway: bool,
    /// Whether a Deny with `NotPrincipal` denies the caller even if listed (R-PRIN-13).
    pub(crate) has_boundary: bool,
}

/// The key whose value holds the unique id of the principal.
static USER_ID: LazyLock<ContextKey> = LazyLock::new(|| ContextKey::new("aws:userid"));

#[derive(Debug)]
pub(super) struct PrincipalMatcher {
    negated: bool,
    entries: Box<[Entry]>,
}

#[derive(Debug)]
enum Entry {
    Everyone,
    Account(AccountId),
    /// A user, role or session.
    Arn(Arn),
    /// `AIDA…`, `AROA…`: a deleted user or role (R-PRIN-10).
    UniqueId(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    CanonicalUser(Box<str>),
    /// `*` under another type than `AWS`: no one in an Allow, everyone of that type in a Deny (R-PRIN-01).
    AllOfType(PrincipalType),
    /// Text that no caller is.
    Nobody,
    /// Under `AWS`, with a symbol in it: an account, an ARN, or whatever the symbol stands for.
    Open(Box<str>),
}

impl PrincipalMatcher {
    pub(super) fn new(element: &PrincipalElement) -> Self {
        let entries = match element.form() {
            PrincipalForm::Everyone => Box::new([Entry::Everyone]) as Box<[_]>,
            PrincipalForm::Map(lists) => {
                let entries = lists.iter().flat_map(|list| list.values().map(|text| Entry::new(list.kind(), text)));
                entries.collect()
            }
        };
        Self { negated: element.is_negated(), entries }
    }

    pub(super) fn matches<V: View>(&self, effect: Effect, caller: &CallerView<'_, V>) -> Option<Strength> {
        let strongest = || self.entries.iter().filter_map(|entry| entry.matches(effect, caller)).max();
        match (self.negated, effect) {
            (false, _) => strongest(),
            // In stored Allow statements any entry that matches lists the caller: the choice that grants less.
            (true, Effect::Allow) => strongest().is_none().then_some(Strength::Direct),
            (true, Effect::Deny) => (caller.has_boundary || !self.lists(caller)).then_some(Strength::Direct),
        }
    }

    /// The same where symbols may stand in the entries or the caller.
    pub(super) fn fit<V: View>(&self, effect: Effect, caller: &CallerView<'_, V>, reader: &Reader<'_>) -> Fit {
        let certain = self.matches(effect, caller);
        let open = self.entries.iter().filter_map(|entry| entry.may_match(caller, reader)).max();
        match (open, self.negated) {
            (None, _) => Fit { least: certain, most: certain },
            (Some(open), false) => Fit { least: certain, most: certain.max(Some(open)) },
            // Whoever may be listed may be exempt, and who is listed by one entry more may be as well.
            (Some(_), true) => Fit { least: None, most: Some(Strength::Direct) },
        }
    }

    /// The entries that name the caller.
    pub(super) fn entries<V: View>(&self, effect: Effect, caller: &CallerView<'_, V>) -> impl Iterator<Item = usize> {
        let exempts = self.negated && effect == Effect::Deny;
        super::positions(&self.entries, move |entry| {
            entry.matches(effect, caller).is_some() && (!exempts || entry.exempts(caller.principal))
        })
    }

    /// Whom a `NotPrincipal` with Deny lists (R-PRIN-12): not what `Principal` would match.
    fn lists<V: View>(&self, caller: &CallerView<'_, V>) -> bool {
        let at = |strength| {
            let mut entries = self.entries.iter().filter(|entry| entry.exempts(caller.principal));
            entries.any(|entry| entry.matches(Effect::Deny, caller) == Some(strength))
        };
        if self.entries.iter().any(|entry| matches!(entry, Entry::Everyone)) {
            return true;
        }
        match caller.principal.kind {
            PrincipalKind::RoleSession { .. } | PrincipalKind::FederatedUser { .. } => {
                at(Strength::Direct) && at(Strength::Entity)
            }
            PrincipalKind::Role { .. } => at(Strength::Entity),
            PrincipalKind::Root { .. } => at(Strength::Account),
            _ => at(Strength::Direct),
        }
    }

    pub(super) fn names_accounts(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Account(_) | Entry::CanonicalUser(_)))
    }

    pub(super) fn names_roles(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Arn(arn) if arn.resource().starts_with("role/")))
    }
}

impl Entry {
    fn new(kind: PrincipalType, text: &str) -> Self {
        match kind {
            PrincipalType::Aws if text == "*" => Entry::Everyone,
            _ if text == "*" => Entry::AllOfType(kind),
            PrincipalType::Service => Entry::Service(text.into()),
            PrincipalType::Federated => Entry::Federated(text.into()),
            PrincipalType::CanonicalUser => Entry::CanonicalUser(text.into()),
            PrincipalType::Aws if may_hold_symbols(text) => Entry::open(text),
            PrincipalType::Aws => {
                if let Ok(account) = text.parse() {
                    return Entry::Account(account);
                }
                let unique = text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if unique && (text.starts_with("AIDA") || text.starts_with("AROA")) {
                    return Entry::UniqueId(text.into());
                }
                match text.parse::<Arn>() {
                    Ok(arn) if arn.service() == "iam" && arn.resource() == "root" => {
                        arn.account_id().map_or(Entry::Nobody, Entry::Account)
                    }
                    Ok(arn) => Entry::Arn(arn),
                    Err(_) => Entry::Nobody,
                }
            }
        }
    }

    /// An entry with symbols in it. Where its form is certain it is compared like one without.
    fn open(text: &str) -> Self {
        match text.parse::<Arn>() {
            Ok(arn) if arn.service() == "iam" && arn.resource() == "root" && arn.account_id().is_some() => {
                arn.account_id().map_or(Entry::Nobody, Entry::Account)
            }
            Ok(arn) if ["role/", "user/"].iter().any(|form| arn.resource().starts_with(form)) => Entry::Arn(arn),
            _ => Entry::Open(text.into()),
        }
    }

    /// How strongly an entry that does not match for certain may match, where symbols stand in it or in the caller.
    fn may_match<V: View>(&self, caller: &CallerView<'_, V>, reader: &Reader<'_>) -> Option<Strength> {
        let principal = caller.principal;
        let is_open = |left: &str, right: &str| reader.equals(left, right, Inputs::EqualThemselves) == Certainty::Maybe;
        let when = |may: bool, strength| may.then_some(strength);
        match self {
            Entry::Everyone | Entry::Nobody | Entry::AllOfType(_) => None,
            Entry::Account(account) => {
                let own = principal.account?;
                when(is_open(account.as_str(), own.as_str()), Strength::Account)
            }
            Entry::Arn(arn) => {
                let entity = principal.principal_arn()?;
                let session = principal.id().filter(|id| *id != entity);
                let is_session = matches!(principal.kind, PrincipalKind::RoleSession { role: None, .. });
                let may = |own: &str| is_open(arn.as_str(), own);
                // R-PRIN-05: the role of a session may have a path.
                let may_be_role = || {
                    let (name, own) = (arn.resource().rsplit('/').next()?, entity.rsplit('/').next()?);
                    let may_be = |left: &str, right: &str| reader.equals(left, right, Inputs::EqualThemselves);
                    let account = principal.account.map_or(Certainty::Maybe, |own| may_be(arn.account(), own.as_str()));
                    let all = may_be(name, own).min(account);
                    Some(all == Certainty::Maybe)
                };
                let may = may(entity) || session.is_some_and(may) || (is_session && may_be_role() == Some(true));
                when(may, Strength::Direct)
            }
            Entry::Open(text) if reader.is_account(text) => {
                let own = principal.account?;
                when(is_open(text, own.as_str()), Strength::Account)
            }
            Entry::Open(text) => {
                let account = principal.account;
                let forms = account.into_iter().flat_map(|account| {
                    let partition = principal.partition().unwrap_or("aws");
                    [account.to_string(), format!("arn:{partition}:iam::{account}:root")]
                });
                let ids = principal.principal_arn().into_iter().chain(principal.id()).map(str::to_owned);
                let everyone = ["*".to_owned()];
                let unique = match caller.view.get(&USER_ID) {
                    Presence::Single(text) => text.as_str().split(':').next().map(str::to_owned),
                    _ => None,
                };
                let mut forms = forms.chain(ids).chain(everyone).chain(unique);
                let may = |form: String| reader.equals(text, &form, Inputs::EqualThemselves) != Certainty::No;
                when(forms.any(may) && reader.meets(text), Strength::Direct)
            }
            Entry::UniqueId(id) => match caller.view.get(&USER_ID) {
                Presence::Single(own) => {
                    let own = own.as_str().split(':').next().unwrap_or_default();
                    when(is_open(id, own), Strength::Direct)
                }
                _ => None,
            },
            Entry::Service(name) => match &principal.kind {
                PrincipalKind::Service { name: own } => when(is_open(name, own), Strength::Direct),
                _ => None,
            },
            Entry::Federated(provider) => match &principal.kind {
                PrincipalKind::WebIdentity { provider: own }
                | PrincipalKind::Saml { provider: own }
                | PrincipalKind::RoleSession { provider: Some(own), .. } => {
                    when(is_open(provider, own), Strength::Direct)
                }
                _ => None,
            },
            Entry::CanonicalUser(id) => match &principal.kind {
                PrincipalKind::CanonicalUser { id: own } => when(is_open(id, own), Strength::Direct),
                _ => {
                    when(principal.canonical_user_id.as_deref().is_some_and(|own| is_open(id, own)), Strength::Account)
                }
            },
        }
    }

    /// Whether an entry of its kind can exempt that caller from a Deny with `NotPrincipal`.
    fn exempts(&self, principal: &Principal) -> bool {
        match self {
            Entry::AllOfType(_) => false,
            // The provider of a session is not the session.
            Entry::Federated(_) => {
                !matches!(principal.kind, PrincipalKind::RoleSession { .. } | PrincipalKind::FederatedUser { .. })
            }
            _ => true,
        }
    }

    fn matches<V: View>(&self, effect: Effect, caller: &CallerView<'_, V>) -> Option<Strength> {
        let principal = caller.principal;
        let when = |matches: bool, strength| matches.then_some(strength);
        // R-EVAL-12: in the policy of a gateway endpoint an account is its root user.
        let root_only = caller.gateway && !matches!(principal.kind, PrincipalKind::Root { .. });
        match self {
            Entry::Everyone => Some(Strength::Direct),
            Entry::Nobody => None,
            Entry::Open(text) => {
                let is_account = principal.account.is_some_and(|account| account.as_str() == &**text);
                when(is_account && !root_only, Strength::Account)
            }
            Entry::Account(account) => when(principal.account == Some(*account) && !root_only, Strength::Account),
            Entry::Arn(arn) => arn_matches(arn, &principal.kind),
            Entry::UniqueId(id) => unique_id_matches(id, caller),
            Entry::Service(name) => {
                when(matches!(&principal.kind, PrincipalKind::Service { name: own } if own == name), Strength::Direct)
            }
            Entry::Federated(provider) => match &principal.kind {
                PrincipalKind::WebIdentity { provider: own } | PrincipalKind::Saml { provider: own } => {
                    when(own == provider, Strength::Direct)
                }
                // R-PRIN-08: a session is denied by its provider, never allowed.
                PrincipalKind::RoleSession { provider: Some(own), .. } => {
                    when(own == provider && effect == Effect::Deny, Strength::Direct)
                }
                _ => None,
            },
            Entry::CanonicalUser(id) => match &principal.kind {
                PrincipalKind::CanonicalUser { id: own } => when(own == id, Strength::Direct),
                _ => when(principal.canonical_user_id.as_ref() == Some(id) && !root_only, Strength::Account),
            },
            Entry::AllOfType(kind) => {
                let of_type = match kind {
                    PrincipalType::Aws => false,
                    PrincipalType::Service => matches!(principal.kind, PrincipalKind::Service { .. }),
                    PrincipalType::Federated => matches!(
                        principal.kind,
                        PrincipalKind::WebIdentity { .. }
                            | PrincipalKind::Saml { .. }
                            | PrincipalKind::RoleSession { provider: Some(_), .. }
                    ),
                    PrincipalType::CanonicalUser => {
                        matches!(principal.kind, PrincipalKind::CanonicalUser { .. })
                            || principal.canonical_user_id.is_some()
                    }
                };
                when(of_type && effect == Effect::Deny, Strength::Direct)
            }
        }
    }
}

fn arn_matches(entry: &Arn, caller: &PrincipalKind) -> Option<Strength> {
    let when = |matches: bool, strength| matches.then_some(strength);
    match caller {
        PrincipalKind::User { arn, .. } => when(arn == entry, Strength::Direct),
        PrincipalKind::Role { arn } => when(arn == entry, Strength::Entity),
        PrincipalKind::RoleSession { arn, role_name, role, .. } => {
            if arn == entry {
                return Some(Strength::Direct);
            }
            let is_role = if let Some(role) = role {
                role == entry
            } else {
                // R-PRIN-05: the ARN of the session lacks the path of the role.
                let path = entry.resource().strip_prefix("role/").filter(|_| entry.service() == "iam");
                path.and_then(|path| path.rsplit('/').next()) == Some(&**role_name) && same_account(entry, arn)
            };
            when(is_role, Strength::Entity)
        }
        PrincipalKind::FederatedUser { arn, user } => {
            if arn == entry {
                return Some(Strength::Direct);
            }
            let is_user = if let Some(user) = user {
                user == entry
            } else {
                // R-PRIN-06: taken to be named like its user, with a note.
                let name = arn.resource().strip_prefix("federated-user/");
                let named = name.is_some() && entry.resource().strip_prefix("user/") == name;
                named && entry.service() == "iam" && same_account(entry, arn)
            };
            when(is_user, Strength::Entity)
        }
        _ => None,
    }
}

fn same_account(left: &Arn, right: &Arn) -> bool {
    (left.partition(), left.account()) == (right.partition(), right.account())
}

/// The unique id is the value of `aws:userid`, up to the session name for a role.
fn unique_id_matches<V: View>(id: &str, caller: &CallerView<'_, V>) -> Option<Strength> {
    let Presence::Single(text) = caller.view.get(&USER_ID) else { return None };
    let own = text.as_str();
    match caller.principal.kind {
        PrincipalKind::User { .. } => (own == id).then_some(Strength::Direct),
        PrincipalKind::Role { .. } | PrincipalKind::RoleSession { .. } => {
            (own.split(':').next() == Some(id)).then_some(Strength::Entity)
        }
        _ => None,
    }
}
