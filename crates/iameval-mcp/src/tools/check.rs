//! `check_policy`

use crate::answer::{Answer, Refused, findings_to_text};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::Severity;
use iameval::json::Node;
use iameval_lint::check_text;
use iameval_report::{count, findings_to_json};
use iameval_world::Finding;
use std::fmt::Write;

pub(crate) const ARGUMENTS: &[&str] = &["policy", "type"];

pub(crate) fn answer(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let source = arguments.policy_source("policy")?;
    let (kind, found) = check_text(&source.text, &source.name, arguments.kind()?, workspace.catalogue());
    let findings: Vec<Finding> = found.into_iter().map(|found| Finding::new(&source, found)).collect();
    let counted = |severity, thing: &str| {
        count(findings.iter().filter(|finding| finding.diagnostic.severity() == severity).count(), thing)
    };
    let mut text = findings_to_text(&findings);
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    let treated = kind.map(|kind| format!("checked as {}: ", kind.with_article())).unwrap_or_default();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")]
        .map(|(of, thing)| counted(of, thing));
    let _ = write!(text, "{treated}{}", counts.join(", "));
    let extra = kind.map(|kind| ("type", Node::string(kind.as_str())));
    Ok(Answer::new(text, &findings_to_json(&findings, extra)))
}
