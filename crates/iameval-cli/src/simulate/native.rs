//! A native simulation request in a file, YAML or JSON.

use super::action::warn_of_unknown;
use crate::args::Simulate;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use iameval::json::{self, Node};
use iameval::native::{Line, Reader, RequestError, RequestErrorCode, SimulationRequest};
use iameval::text::Span;
use iameval::{Code, Diagnostic};
use iameval_ask::Answer;
use iameval_data::{Catalogue, unknown_action};
use iameval_world::{Disk, Files, Finding, Source, yaml};
use std::path::Path;
use std::sync::Arc;

pub(super) fn answers(
    path: &Path,
    flags: &Simulate,
    catalogue: &Catalogue,
    output: &mut Output,
) -> Outcome<Vec<Answer>> {
    refuse_other_flags(flags)?;
    let source = Disk.read(path)?;
    let tree = parse(&source)?;
    match Reader::new().with_service_rules(catalogue.service_rules().clone()).read_tree(&tree, &source.text) {
        Ok(Line::Simulation(mut simulation)) => {
            simulation.request.declare_multivalued(|key| catalogue.is_multivalued(key));
            let action = simulation.request.action();
            let node = tree.get("request").and_then(|request| request.get("action"));
            let span = node.map_or(tree.span, |node| node.span);
            let strange =
                unknown_action(action, catalogue).map(|diagnostic| Diagnostic { span, place: span, ..diagnostic });
            let strange = strange.map(|diagnostic| Finding::new(&source, diagnostic));
            warn_of_unknown(flags, strange.into_iter().collect(), output)?;
            Ok(vec![answer(&simulation, &source)?])
        }
        Ok(Line::Define(_)) => Err(Failure(vec![Finding::new(
            &source,
            Diagnostic::new(Code::InvalidField, tree.span, "this defines policies and asks nothing")
                .with_help("definitions are for `iameval batch`"),
        )])),
        Err(error) => Err(findings(&error, &source)),
    }
}

/// What begins like JSON is read as JSON, whose messages are better; anything else as YAML.
fn parse(source: &Arc<Source>) -> Outcome<Node<'_>> {
    let tree =
        if source.text.trim_start().starts_with('{') { json::parse(&source.text) } else { yaml::parse(&source.text) };
    tree.map_err(|diagnostic| Failure(vec![Finding::new(source, *diagnostic)]))
}

fn answer(simulation: &SimulationRequest, source: &Arc<Source>) -> Outcome<Answer> {
    if simulation.policy_set.is_some() {
        let message = "`policy_set` names policies of an earlier line, and a file has none";
        let diagnostic = Diagnostic::new(Code::InvalidField, simulation.policy_set_span, message)
            .with_help("put the policies into the request, or use `iameval batch`");
        return Err(Failure(vec![Finding::new(source, diagnostic)]));
    }
    Ok(Answer::of_native(simulation, source))
}

/// The findings of a policy, or the one thing that is wrong with the request.
fn findings(error: &RequestError, source: &Arc<Source>) -> Failure {
    // A policy that was given as text has spans of its own; its place in the file is that of the text.
    let inside = |span: Span| span.end as usize <= source.text.len();
    if error.code == RequestErrorCode::MalformedPolicy && error.is_in_place() {
        let findings = error.diagnostics.iter().filter(|diagnostic| inside(diagnostic.span));
        return Failure(findings.map(|diagnostic| Finding::new(source, diagnostic.clone())).collect());
    }
    let code = error.diagnostics.first().map_or(Code::InvalidField, |diagnostic| diagnostic.code);
    let message = match &error.path {
        Some(path) => format!("{}, in `{path}`", error.message),
        None => error.message.clone(),
    };
    let mut diagnostic = Diagnostic::new(code, error.span, message);
    diagnostic.help.clone_from(&error.help);
    Failure(vec![Finding::new(source, diagnostic)])
}

/// A native request says everything itself.
fn refuse_other_flags(flags: &Simulate) -> Outcome<()> {
    let (world, asked) = (&flags.world, &flags.asked);
    let given = [
        ("--world", !world.source.world.is_empty()),
        ("--example", world.source.example.is_some()),
        ("--policy", !world.policy.is_empty()),
        ("--boundary", !world.boundary.is_empty()),
        ("--session-policy", !world.session_policy.is_empty()),
        ("--scope-down", !world.scope_down.is_empty()),
        ("--scp", !world.scp.is_empty()),
        ("--rcp", !world.rcp.is_empty()),
        ("--resource-policy", !world.resource_policy.is_empty()),
        ("--endpoint-policy", !world.endpoint_policy.is_empty()),
        ("--scp-level", !world.scp_level.is_empty()),
        ("--without", !world.without.is_empty()),
        ("--no-service-rules", world.no_service_rules),
        ("--as", asked.principal.is_some()),
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
            let message = format!("`{flag}` does not go with `--request`, which says everything itself");
            Err(Failure::usage(Code::ConflictingFlags, message, "write it into the request file"))
        }
        None => Ok(()),
    }
}
