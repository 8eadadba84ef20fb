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
    let asked = &flags.asked;
    let given = [
        ("--as", flags.principal.is_some()),
        ("--resource", !asked.resource.is_empty()),
        ("--resource-account", asked.resource_account.is_some()),
        ("--via", asked.via.is_some()),
        ("--mfa", !asked.mfa.is_empty()),
        ("--context", !asked.context.is_empty()),
        ("--no-context", !asked.no_context.is_empty()),
        ("--at", asked.at.is_some()),
        ("--source-ip", asked.source_ip.is_some()),
        ("--region", asked.region.is_some()),
    ];
    let further = || given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag);
    match flags.world.given().or_else(further) {
        Some(flag) => {
            let message = format!("`{flag}` cannot be combined with `--request`, which is complete in itself");
            Err(Failure::usage(codes::CONFLICTING_FLAGS, message, "put it in the request file"))
        }
        None => Ok(()),
    }
}
