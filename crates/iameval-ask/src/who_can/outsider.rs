//! Those outside a world whom the policy of a resource lets in.

use super::inquiry::{Case, Details, Inquiry};
use super::named::{Named, named_in};
use super::{Access, AskedOn};
use crate::asker::NamedAction;
use iameval::open::{Certainty, IdentitySide};
use iameval::{AccountId, ContextKey, Layer, Mfa, Principal, PrincipalClass, PrincipalType};
use iameval_data::needs_signature;
use iameval_world::{Finding, WorldPrincipal};

/// Somebody outside the world whom the policy of a resource names.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outsider {
    /// Whom: an ARN, an account, a service, a provider.
    pub named: Named,
    /// What kind of outsider it is.
    pub kind: OutsiderKind,
    /// Whether this side lets them in. Principals of other accounts need an Allow of their own account besides.
    pub access: Access,
    /// The reasons.
    pub details: Details,
}

/// Kinds of outsiders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutsiderKind {
    /// Everybody, also without credentials.
    Anonymous,
    /// Every principal of every account of AWS.
    AnyAccount,
    /// The principals of an account, as far as the account lets them.
    Account,
    /// One principal.
    Principal,
    /// An AWS service.
    Service,
    /// Those who sign in with an identity provider.
    Federated,
    /// An account, by its canonical user id.
    CanonicalUser,
}

impl OutsiderKind {
    /// A stable code, such as `any_account`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::AnyAccount => "any_account",
            Self::Account => "account",
            Self::Principal => "principal",
            Self::Service => "service",
            Self::Federated => "federated",
            Self::CanonicalUser => "canonical_user",
        }
    }
}

/// An account that is nobody's, for principals of which no more is known than that they have one.
const SOME_ACCOUNT: &str = "000000000000";

/// Those whom the policy of the resource of a question lets in.
///
/// # Errors
/// When a policy is not valid for the way it is attached.
pub(super) fn find(
    inquiry: &Inquiry<'_>,
    action: &NamedAction,
    on: &AskedOn,
    mfa: Option<Mfa>,
) -> Result<Vec<Outsider>, Vec<Finding>> {
    let world = inquiry.asker.world();
    let anonymous = world.stranger(of_class(PrincipalClass::Anonymous, "anonymous"));
    if !matches!(on, AskedOn::This(_)) {
        return Ok(Vec::new());
    }
    let case = inquiry.case(&anonymous, action, on, mfa)?;
    let policies = case.assembled.attachments.iter().zip(case.assembled.policies.policies());
    let of_resource = policies.filter(|(_, compiled)| Layer::of(compiled.kind()) == Layer::Resource);
    let mut named: Vec<Named> = Vec::new();
    for one in of_resource.flat_map(|(attachment, _)| named_in(attachment.policy.document())) {
        if !named.contains(&one) {
            named.push(one);
        }
    }
    let own = inquiry.case(&anonymous, action, on, mfa)?.request.resource_account();
    let mut found = Vec::new();
    for named in named {
        let Some((principal, kind)) = stranger(&named, own) else { continue };
        if kind == OutsiderKind::Anonymous && needs_signature(&action.action) {
            continue;
        }
        let is = |id: &str, other: &WorldPrincipal| {
            [other.principal().id(), other.principal().principal_arn()].contains(&Some(id))
        };
        let arn = principal.id().filter(|id| id.starts_with("arn:"));
        if arn.is_some_and(|arn| world.principals().values().any(|other| is(arn, other))) {
            continue;
        }
        let known = arn.and_then(|arn| world.principal(arn));
        // A session of a role of the world, say: that has policies of its own.
        let is_of_world = known.is_some();
        let outsider = known.unwrap_or_else(|| world.stranger(principal));
        // A caller without an account cannot have signed in with MFA.
        let mfa = mfa.filter(|_| outsider.principal().has_policies());
        let mut case = inquiry.case(&outsider, action, on, mfa)?;
        if kind == OutsiderKind::AnyAccount {
            case.request = case.request.leaving_open(&OF_ACCOUNT.map(ContextKey::new));
        }
        let own_side = (!is_of_world && outsider.principal().has_policies()).then_some(OWN_SIDE);
        found.extend(let_in(inquiry, case, (named, kind), own_side, action, mfa));
    }
    Ok(found)
}

/// The keys that tell one account from another.
pub(crate) const OF_ACCOUNT: [&str; 6] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalType",
    "aws:PrincipalOrgID",
    "aws:userid",
    "aws:username",
];

/// What identity policies that the world does not know are taken for: their own account lets them.
const OWN_SIDE: IdentitySide = IdentitySide { allow: Certainty::Yes, deny: Certainty::No };

/// `None` where the resource's side does not let them in.
fn let_in(
    inquiry: &Inquiry<'_>,
    case: Case,
    (named, kind): (Named, OutsiderKind),
    own_side: Option<IdentitySide>,
    action: &NamedAction,
    mfa: Option<Mfa>,
) -> Option<Outsider> {
    let request = inquiry.settled(&case.request, &case.assembled.policies);
    let policies = &case.assembled.policies;
    let bounds = inquiry.on_resources(&case, |on| match own_side {
        Some(side) => policies.bounds_beside(&request, on, side),
        None => policies.bounds(&request, on),
    });
    let access = case.access(&bounds);
    access.verdict.may().then(|| {
        let details = inquiry.explain(case, bounds, action, mfa);
        Outsider { named, kind, access, details }
    })
}

/// A principal that stands for whom a policy names; `None` for the account that the resource is in, and for what is not a
/// principal any more.
pub(crate) fn stranger(named: &Named, own: Option<AccountId>) -> Option<(Principal, OutsiderKind)> {
    let some = || SOME_ACCOUNT.parse().map_or_else(|_| Principal::unnamed(), Principal::unnamed_in);
    Some(match named {
        Named::Anonymous => (of_class(PrincipalClass::Anonymous, "anonymous"), OutsiderKind::Anonymous),
        Named::AnyAccount => (some(), OutsiderKind::AnyAccount),
        Named::Account(account) if Some(*account) == own => return None,
        Named::Account(account) => (Principal::unnamed_in(*account), OutsiderKind::Account),
        Named::Other(PrincipalType::Service, name) => {
            (Principal::of_class(PrincipalClass::Service, name).ok()?, OutsiderKind::Service)
        }
        Named::Other(PrincipalType::CanonicalUser, id) => {
            (Principal::of_class(PrincipalClass::CanonicalUser, id).ok()?, OutsiderKind::CanonicalUser)
        }
        Named::Other(PrincipalType::Federated, provider) => {
            let class =
                if provider.contains(":saml-provider/") { PrincipalClass::Saml } else { PrincipalClass::WebIdentity };
            (Principal::of_class(class, provider).ok()?, OutsiderKind::Federated)
        }
        Named::Other(_, arn) => (arn.parse().ok()?, OutsiderKind::Principal),
    })
}

fn of_class(class: PrincipalClass, id: &str) -> Principal {
    Principal::of_class(class, id).unwrap_or_else(|_| Principal::unnamed())
}
