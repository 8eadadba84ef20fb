//! Results as XML, in the order of members that AWS has.

use super::evaluate::Evaluation;
use super::result::{ActionResult, Details, Outcome, word};
use crate::fault::Fault;
use crate::xml::Xml;

/// How large an answer may be.
const MOST_BYTES: usize = 64 << 20;

/// The results of a page.
///
/// # Errors
/// When there is more to say than fits into an answer.
pub(super) fn results(
    results: &[ActionResult],
    evaluation: &Evaluation<'_>,
    next: Option<&str>,
    xml: &mut Xml,
) -> Result<(), Fault> {
    if results.is_empty() {
        xml.empty("EvaluationResults");
    } else {
        xml.open("EvaluationResults");
        for result in results {
            xml.open("member");
            action(result, evaluation, xml)?;
            xml.close("member");
        }
        xml.close("EvaluationResults");
    }
    xml.flag("IsTruncated", next.is_some());
    if let Some(next) = next {
        xml.text("Marker", next);
    }
    Ok(())
}

fn action(result: &ActionResult, evaluation: &Evaluation<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let outcome = &result.outcome;
    xml.text("EvalActionName", &result.action);
    xml.text("EvalResourceName", &result.resource_name);
    xml.text("EvalDecision", word(outcome.decision));
    matched(outcome, evaluation, xml);
    missing(outcome, evaluation, xml);
    if let Some(allowed) = result.organizations {
        xml.element("OrganizationsDecisionDetail", |xml| xml.flag("AllowedByOrganizations", allowed));
    }
    boundary(outcome, xml);
    details(&outcome.details, xml);
    if result.resources.is_empty() {
        return bounded(xml);
    }
    xml.open("ResourceSpecificResults");
    for specific in &result.resources {
        let outcome = &specific.outcome;
        xml.open("member");
        xml.text("EvalResourceName", &specific.resource);
        xml.text("EvalResourceDecision", word(outcome.decision));
        if !outcome.matched.is_empty() {
            matched(outcome, evaluation, xml);
        }
        if outcome.lists_missing && !evaluation.missing.is_empty() {
            missing(outcome, evaluation, xml);
        }
        details(&outcome.details, xml);
        boundary(outcome, xml);
        xml.close("member");
        bounded(xml)?;
    }
    xml.close("ResourceSpecificResults");
    Ok(())
}

fn matched(outcome: &Outcome, evaluation: &Evaluation<'_>, xml: &mut Xml) {
    let statements = outcome.matched.iter().filter_map(|id| evaluation.listed(*id));
    xml.list("MatchedStatements", statements, |xml, statement| {
        xml.text("SourcePolicyId", statement.id);
        xml.text("SourcePolicyType", statement.kind);
        for (name, at) in [("StartPosition", statement.position.start), ("EndPosition", statement.position.end)] {
            xml.element(name, |xml| {
                xml.number("Line", at.line);
                xml.number("Column", at.column);
            });
        }
    });
}

fn missing(outcome: &Outcome, evaluation: &Evaluation<'_>, xml: &mut Xml) {
    let keys = if outcome.lists_missing { evaluation.missing.as_slice() } else { &[] };
    xml.texts("MissingContextValues", keys.iter().map(String::as_str));
}

fn boundary(outcome: &Outcome, xml: &mut Xml) {
    if let Some(allowed) = outcome.boundary {
        xml.element("PermissionsBoundaryDecisionDetail", |xml| xml.flag("AllowedByPermissionsBoundary", allowed));
    }
}

fn details(details: &Details, xml: &mut Xml) {
    let (identity, resource, boundary) = match details {
        Details::Absent => return,
        Details::Empty => return xml.empty("EvalDecisionDetails"),
        Details::Across { identity, resource, boundary } => (*identity, *resource, *boundary),
    };
    let entries = [
        ("IAM Policy", Some(identity)),
        ("Resource Policy", Some(resource)),
        ("Permissions Boundary Policy", boundary),
    ];
    xml.element("EvalDecisionDetails", |xml| {
        for (key, decision) in entries.into_iter().filter_map(|(key, decision)| Some((key, decision?))) {
            xml.element("entry", |xml| {
                xml.text("key", key);
                xml.text("value", word(decision));
            });
        }
    });
}

fn bounded(xml: &Xml) -> Result<(), Fault> {
    if xml.len() <= MOST_BYTES {
        return Ok(());
    }
    let message = "The answer is too large. Ask for fewer actions (MaxItems) or resources in one call.";
    Err(Fault::invalid_input(message))
}
