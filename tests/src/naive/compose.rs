//! Tables (a), (b) and (c) written once more, for live services.

use iameval::layers::{CallerKind, Facts, LayerOutcomes, ResourceSide, Strength};

/// Whether a request that nothing denies goes through.
pub fn is_allowed(facts: Facts, outcomes: LayerOutcomes) -> bool {
    let LayerOutcomes { service_control, endpoint, resource, identity, boundary, session, scope_down } = outcomes;
    if !service_control || !endpoint || !scope_down {
        return false;
    }
    if facts.caller == CallerKind::Bare {
        return resource == Some(Strength::Direct);
    }
    let assumed_root = facts.caller == CallerKind::AssumedRoot;
    let boundary = boundary.unwrap_or(true);
    // R-EVAL-05, R-SVC-15: what a federated user and a root session may do, their session policy must say.
    let needs_session = assumed_root || facts.caller == CallerKind::FederatedUser;
    let session = session.unwrap_or(!needs_session);
    let identity = identity || assumed_root || facts.caller == CallerKind::Root;
    let granted_by_resource = match resource {
        Some(Strength::Direct) => !assumed_root,
        Some(Strength::Entity) => boundary && session && !assumed_root,
        Some(Strength::Account) | None => false,
    };
    let both_sides = facts.resource_side == ResourceSide::BesideIdentity;
    let needs_resource = match facts.resource_side {
        ResourceSide::NotAsked => false,
        ResourceSide::MustConsent | ResourceSide::BesideIdentity => true,
        ResourceSide::Grants => !facts.same_account,
    };
    (facts.same_account && granted_by_resource && !both_sides)
        || ((resource.is_some() || !needs_resource) && boundary && session && identity)
}
