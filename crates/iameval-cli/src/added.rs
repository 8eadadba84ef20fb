//! The policies that flags give beside those of a world.

use crate::args::{Guardrails, PrincipalPolicies, WorldFlags};
use crate::codes;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::policy;
use crate::setup::Setup;
use iameval::PolicyKind;
use iameval_ask::AddedPolicies;
use iameval_world::World;
use std::path::PathBuf;

/// The world that is asked. `--policy` replaces a configured one.
pub(crate) fn world(flags: &WorldFlags, setup: &Setup, output: &mut Output) -> Outcome<Option<World>> {
    if flags.own.policy.is_empty() {
        return crate::world::load(&flags.source, setup, output);
    }
    let given = crate::world::given(&flags.source, &setup.files, output)?;
    if given.is_none() && !setup.config.worlds.is_empty() {
        output.detail("world: none, because `--policy` replaces the configured one");
    }
    Ok(given)
}

/// The policies that flags give, and what flags leave out.
pub(crate) fn added(
    own: Option<&PrincipalPolicies>,
    flags: &Guardrails,
    scp_levels: &[Vec<usize>],
    setup: &Setup,
    output: &mut Output,
) -> Outcome<AddedPolicies> {
    let mut added = AddedPolicies::new();
    flags.without.iter().for_each(|layer| added.leave_out(*layer));
    if flags.gateway_endpoint {
        added.through_gateway();
    }
    if flags.no_service_rules {
        added.without_service_rules();
    } else {
        added.decide_by(setup.catalogue().service_rules().clone());
    }
    at_most_one("--resource-policy", &flags.resource_policy)?;
    let mut given = Vec::new();
    if let Some(own) = own {
        at_most_one("--boundary", &own.boundary)?;
        given.extend([
            (PolicyKind::Identity, "--policy", &own.policy),
            (PolicyKind::PermissionsBoundary, "--boundary", &own.boundary),
            (PolicyKind::Session, "--session-policy", &own.session_policy),
            (PolicyKind::ScopeDown, "--scope-down", &own.scope_down),
        ]);
    }
    given.extend([
        (PolicyKind::Resource, "--resource-policy", &flags.resource_policy),
        (PolicyKind::Endpoint, "--endpoint-policy", &flags.endpoint_policy),
        (PolicyKind::ResourceControl, "--rcp", &flags.rcp),
    ]);
    for (kind, flag, paths) in given {
        for path in paths {
            added.add(kind, policy::load(flag, path, &setup.files, output)?);
        }
    }
    for members in scp_levels {
        added.begin_scp_level();
        for path in members.iter().filter_map(|member| flags.scp.get(*member)) {
            added.add(PolicyKind::ServiceControl, policy::load("--scp", path, &setup.files, output)?);
        }
    }
    Ok(added)
}

fn at_most_one(flag: &str, paths: &[PathBuf]) -> Outcome<()> {
    match paths {
        [_, second, ..] => {
            let message = format!("`{flag}` is given twice, and there can be only one such policy");
            let second = second.display().to_string();
            Err(Failure::argument(
                flag,
                &second,
                codes::CONFLICTING_FLAGS,
                message,
                Some("put all statements in one policy".into()),
            ))
        }
        _ => Ok(()),
    }
}
