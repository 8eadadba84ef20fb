//! `iameval keys`: the context keys that policies read.

use crate::args::{Format, Keys};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::policy;
use crate::setup::Setup;
use crate::world;
use iameval::{Diagnostic, KeyUse, Version};
use iameval_report::{keys_to_json, keys_to_text, read_keys};
use iameval_world::{Finding, LoadedPolicy, World};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) fn run(flags: &Keys, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let policies = policies(flags, setup, output)?;
    for finding in policies.iter().filter_map(|policy| plain_variables(policy)) {
        output.warn(&finding);
    }
    let keys = read_keys(policies.iter().map(|policy| &**policy), setup.catalogue());
    if keys.is_empty() {
        output.message("note: the policies read no context keys");
    }
    match flags.format {
        Format::Human => output.answer(&keys_to_text(&keys, output.style())),
        Format::Json => output.json(&keys_to_json(&keys)),
    }
    Ok(Exit::Wanted)
}

/// The policies named, or those of the world.
fn policies(flags: &Keys, setup: &Setup, output: &mut Output) -> Outcome<Vec<Arc<LoadedPolicy>>> {
    if !flags.policies.is_empty() {
        return flags.policies.iter().map(|path| policy::load("POLICY", path, &setup.files, output)).collect();
    }
    let world = world::load(&flags.source, setup, output)?;
    let policies = world.iter().flat_map(World::policies).map(|known| known.policy.clone());
    let policies: Vec<Arc<LoadedPolicy>> = policies.collect();
    if policies.is_empty() {
        let message = if world.is_some() { "the world has no policies" } else { "there are no policies to read" };
        let help = "name policies (files, or `aws:NAME`), or give a world with `-w FILE` or in an `iameval.toml`";
        return Err(Failure::usage(iameval_ask::codes::NOTHING_TO_DECIDE_BY, message, help));
    }
    Ok(policies)
}

/// What looks like a variable in a document of version 2008-10-17.
fn plain_variables(policy: &LoadedPolicy) -> Option<Finding> {
    if policy.document().version() == Some(Version::V2012) {
        return None;
    }
    let uses: Vec<KeyUse<'_>> = policy.document().key_uses().filter(|used| used.operator.is_none()).collect();
    let names: BTreeSet<String> = uses.iter().map(|used| format!("`${{{}}}`", used.key)).collect();
    let names: Vec<String> = names.into_iter().collect();
    let message = format!("variables are plain text in a document of version 2008-10-17: {}", names.join(", "));
    let diagnostic = Diagnostic::new(iameval_lint::codes::VARIABLE_IN_OLD_VERSION, uses.first()?.span, message);
    let help = "they read the request once the document has `\"Version\": \"2012-10-17\"`";
    Some(Finding::new(&policy.source, diagnostic.with_help(help)))
}
