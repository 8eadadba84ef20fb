//! A native simulation request in a file, YAML or JSON.

use crate::args::Simulate;
use crate::codes;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::setup::Setup;
use iameval::Severity;
use iameval_ask::{Answer, NativeQuestion};
use iameval_world::Files;
use std::path::Path;

pub(super) fn answers(path: &Path, flags: &Simulate, setup: &Setup, output: &mut Output) -> Outcome<Vec<Answer>> {
    refuse_other_flags(flags)?;
    let question = NativeQuestion::read(&setup.files.read(path)?, setup.catalogue())?;
    if let Some(finding) = &question.unknown_action {
        if flags.strict {
            let mut finding = finding.clone();
            finding.diagnostic = finding.diagnostic.with_severity(Severity::Error);
            return Err(Failure(vec![finding]));
        }
        output.warn(finding);
    }
    Ok(vec![question.answer(setup.catalogue())?])
}

/// A native request says everything itself.
fn refuse_other_flags(flags: &Simulate) -> Outcome<()> {
    let (world, asked) = (&flags.world, &flags.asked);
    let given = [
        ("--world", !world.source.world.is_empty()),
        ("--example", world.source.example.is_some()),
        ("--policy", !world.own.policy.is_empty()),
        ("--boundary", !world.own.boundary.is_empty()),
        ("--session-policy", !world.own.session_policy.is_empty()),
        ("--scope-down", !world.own.scope_down.is_empty()),
        ("--scp", !world.around.scp.is_empty()),
        ("--rcp", !world.around.rcp.is_empty()),
        ("--resource-policy", !world.around.resource_policy.is_empty()),
        ("--endpoint-policy", !world.around.endpoint_policy.is_empty()),
        ("--scp-level", !world.around.scp_level.is_empty()),
        ("--without", !world.around.without.is_empty()),
        ("--no-service-rules", world.around.no_service_rules),
        ("--as", flags.principal.is_some()),
        ("--resource", !asked.resource.is_empty()),
        ("--resource-account", asked.resource_account.is_some()),
        ("--via", asked.via.is_some()),
        ("--mfa", asked.mfa.is_some()),
        ("--context", !asked.context.is_empty()),
        ("--no-context", !asked.no_context.is_empty()),
        ("--at", asked.at.is_some()),
        ("--source-ip", asked.source_ip.is_some()),
        ("--region", asked.region.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            let message = format!("`{flag}` cannot be combined with `--request`, which is complete in itself");
            Err(Failure::usage(codes::CONFLICTING_FLAGS, message, "put it in the request file"))
        }
        None => Ok(()),
    }
}
