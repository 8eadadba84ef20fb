//! Tests of plans and states: the fixtures, attachments and documents as tables of cases, what goes wrong, and how it grows.

mod attachments;
mod declared;
mod documents;
mod fixtures;
mod functions;
mod known;
mod order;
mod organizations;
mod references;
mod robustness;
mod round;
mod secrets;
mod source;
mod typed;
mod values;
mod wrong;

use crate::Terraform;
use crate::testing::Memory;
use iameval::symbol::Symbols;
use iameval_world::{Attached, Finding, World};
use std::fmt::Write;
use std::sync::Arc;

/// A resource or data source of a plan.
#[derive(Debug, Clone, Copy)]
struct Planned {
    address: &'static str,
    actions: &'static str,
    /// What it was, where it was there.
    before: &'static str,
    after: &'static str,
    unknown: &'static str,
    sensitive: &'static str,
    /// The expressions of its configuration; nothing where it is not written.
    written: &'static str,
}

/// Something that is created.
const fn creates(address: &'static str, after: &'static str) -> Planned {
    Planned { address, actions: "\"create\"", before: "null", after, unknown: "{}", sensitive: "{}", written: "" }
}

impl Planned {
    const fn unknown(self, unknown: &'static str) -> Self {
        Self { unknown, ..self }
    }

    const fn written(self, written: &'static str) -> Self {
        Self { written, ..self }
    }

    const fn sensitive(self, sensitive: &'static str) -> Self {
        Self { sensitive, ..self }
    }

    /// The same, where it was there as it is.
    const fn stays(self) -> Self {
        Self { actions: "\"no-op\"", before: self.after, ..self }
    }

    const fn deleted(self) -> Self {
        Self { actions: "\"delete\"", before: self.after, after: "null", ..self }
    }
}

/// The text of a plan.
fn plan(resources: &[Planned]) -> String {
    let mut changes = Vec::new();
    let mut written: Vec<(String, String)> = Vec::new();
    for planned in resources {
        let address = super::address::Address::of(planned.address).unwrap();
        let Planned { actions, before, after, unknown, sensitive, .. } = planned;
        let mode = if address.is_data { "data" } else { "managed" };
        let (kind, name) = (address.kind, address.name);
        let quoted = planned.address.replace('"', "\\\"");
        changes.push(format!(
            r#"{{"address": "{quoted}", "mode": "{mode}", "type": "{kind}", "name": "{name}", "change": {{
                "actions": [{actions}], "before": {before}, "after": {after}, "after_unknown": {unknown},
                "after_sensitive": {sensitive}, "before_sensitive": {{}}}}}}"#
        ));
        assert!(address.module.is_empty(), "modules are tested with real plans");
        let own = address.in_module();
        if !planned.written.is_empty() && !written.iter().any(|(known, _)| *known == own) {
            let expressions = planned.written;
            let text = format!(
                r#"{{"address": "{own}", "mode": "{mode}", "type": "{kind}", "name": "{name}", "provider_config_key": "aws",
                    "expressions": {expressions}}}"#
            );
            written.push((own, text));
        }
    }
    let written: Vec<String> = written.into_iter().map(|(_, text)| text).collect();
    format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [{}],
            "configuration": {{"provider_config": {{"aws": {{"name": "aws", "expressions": {{"region": {{"constant_value": "eu-west-1"}}}}}}}},
            "root_module": {{"resources": [{}]}}}}}}"#,
        changes.join(",\n"),
        written.join(",\n"),
    )
}

/// A plan that is read for an account, and what else is to be said of it.
fn load(text: &str, settings: impl Fn(Terraform) -> Terraform) -> Result<World, Vec<Finding>> {
    let files = Memory::default().with("plan.json", text);
    World::from_sources(&files, &[&settings(Terraform::new("plan.json").account("111111111111"))])
}

/// The world of a plan.
#[track_caller]
fn world(resources: &[Planned]) -> World {
    load(&plan(resources), |plan| plan).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn symbols(world: &World) -> Arc<Symbols> {
    world.symbols().cloned().unwrap_or_default()
}

/// A policy in one line: its name, and its statements with what they depend on.
fn line(world: &World, attached: &Attached) -> String {
    let symbols = symbols(world);
    let mut text = format!("{}:", attached.policy.name);
    for statement in attached.policy.document().statements() {
        let actions: Vec<&str> = statement.action().patterns().collect();
        let names: Vec<&str> = statement.only_if().iter().map(|only_if| symbols.name(only_if.symbol())).collect();
        let only_if = if names.is_empty() { String::new() } else { format!(" if {}", names.join(", ")) };
        let _ = write!(text, " {} {}{only_if};", statement.effect(), actions.join("+"));
    }
    symbols.display(text.trim_end_matches(';')).into_owned()
}

/// What is attached to a principal, in lines.
#[track_caller]
fn identity(world: &World, name: &str) -> Vec<String> {
    let known = world.principal(name).unwrap_or_else(|| panic!("no {name}"));
    known.identity().iter().map(|attached| line(world, attached)).collect()
}

/// The policy of a resource, in a line.
#[track_caller]
fn resource(world: &World, name: &str) -> Option<String> {
    let known = world.resources().get(name).unwrap_or_else(|| panic!("no {name}: {:?}", world.resources().keys()));
    known.policy.as_ref().map(|attached| line(world, attached))
}

/// What is said of a plan: its warnings, or what is wrong with it; each with its place.
fn told(text: &str, settings: impl Fn(Terraform) -> Terraform) -> Vec<String> {
    let findings = match load(text, settings) {
        Ok(world) => world.warnings().to_vec(),
        Err(findings) => findings,
    };
    findings.iter().map(shown).collect()
}

fn shown(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let at =
        iameval::text::LineIndex::new(&finding.source.text).position(&finding.source.text, diagnostic.span().start);
    let help = diagnostic.help().map_or(String::new(), |help| format!("; {help}"));
    format!("{}:{}: {}{help}", at.line, at.column, diagnostic.message())
}
