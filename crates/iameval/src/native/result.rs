//! The native result, written without a tree: a batch writes hundreds of thousands of them a second.

use super::RequestError;
use crate::evaluate::Simulation;
use crate::json::write_string;
use crate::name::ContextKey;
use crate::policy_set::PolicySet;
use std::fmt::Write;

/// Writes the result of a simulation as one JSON object on one line.
pub fn write_result(out: &mut String, id: Option<&str>, policies: &PolicySet, simulation: &Simulation) {
    let _ = result(out, id, policies, simulation);
}

/// Writes the result of a request that was not answered.
pub fn write_error(out: &mut String, id: Option<&str>, error: &RequestError) {
    let _ = error_result(out, id, error);
}

fn result(out: &mut String, id: Option<&str>, policies: &PolicySet, simulation: &Simulation) -> std::fmt::Result {
    out.push_str("{\"id\":");
    optional(out, id)?;
    out.push_str(",\"decision\":\"");
    out.push_str(simulation.decision.as_str());
    out.push_str("\",\"decided_by\":\"");
    out.push_str(simulation.decided_by.as_str());
    out.push_str("\",\"matched\":[");
    for (index, matched) in simulation.matched.iter().enumerate() {
        let Some(origin) = policies.origin(matched.id) else { continue };
        out.push_str(if index == 0 { "{\"policy\":" } else { ",{\"policy\":" });
        write_string(origin.policy.as_str(), out)?;
        out.push_str(",\"policy_type\":\"");
        out.push_str(origin.layer.as_str());
        out.push_str("\",\"level\":");
        optional(out, origin.level)?;
        out.push_str(",\"sid\":");
        optional(out, origin.sid)?;
        out.push_str(",\"statement_index\":");
        out.push_str(itoa::Buffer::new().format(origin.statement_index));
        out.push_str(",\"effect\":\"");
        out.push_str(matched.effect.as_str());
        out.push_str("\"}");
    }
    out.push_str("],\"missing_context_keys\":[");
    strings(out, simulation.missing_context_keys.iter().map(ContextKey::as_str))?;
    out.push(']');
    if let (Some(undetermined), Some(symbols)) = (&simulation.undetermined, policies.symbols()) {
        out.push_str(",\"possible\":[");
        let possible = undetermined.possible.iter().map(|decision| decision.as_str());
        strings(out, possible)?;
        out.push_str("],\"depends_on\":[");
        strings(out, undetermined.depends_on.iter().map(|symbol| symbols.name(*symbol)))?;
        out.push(']');
    }
    out.push_str(",\"error\":null}");
    Ok(())
}

fn strings<'t>(out: &mut String, texts: impl Iterator<Item = &'t str>) -> std::fmt::Result {
    for (index, text) in texts.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(text, out)?;
    }
    Ok(())
}

/// Writes that a line could not be used, where a result has no decision: `{"id": …, "error": {code, message, path}}`.
pub fn write_plain_error(out: &mut String, id: Option<&str>, error: &RequestError) {
    let _ = plain_error(out, id, error);
}

fn plain_error(out: &mut String, id: Option<&str>, error: &RequestError) -> std::fmt::Result {
    out.push_str("{\"id\":");
    optional(out, id)?;
    out.push_str(",\"error\":");
    error_object(out, error)?;
    out.push('}');
    Ok(())
}

fn error_result(out: &mut String, id: Option<&str>, error: &RequestError) -> std::fmt::Result {
    out.push_str("{\"id\":");
    optional(out, id)?;
    out.push_str(",\"decision\":null,\"decided_by\":null,\"matched\":[],\"missing_context_keys\":[],\"error\":");
    error_object(out, error)?;
    out.push('}');
    Ok(())
}

fn error_object(out: &mut String, error: &RequestError) -> std::fmt::Result {
    out.push_str("{\"code\":\"");
    out.push_str(error.code.as_str());
    out.push_str("\",\"message\":");
    let help = error.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    write_string(&format!("{}{help}", error.message), out)?;
    out.push_str(",\"path\":");
    optional(out, error.path.as_deref())?;
    out.push('}');
    Ok(())
}

fn optional(out: &mut String, text: Option<&str>) -> std::fmt::Result {
    match text {
        Some(text) => write_string(text, out),
        None => out.write_str("null"),
    }
}
