//! `diff`

use crate::answer::{Answer, Refused, STYLE, about};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::{PolicyKind, Problem};
use iameval_ask::{DiffError, Differ};
use iameval_lint::guess_kind;
use iameval_report::{DiffNames, diff_to_json, diff_to_text};
use iameval_world::LoadedPolicy;

pub(crate) const ARGUMENTS: &[&str] = &["new", "old", "type"];

pub(crate) fn answer(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let (old, new) = (arguments.policy("old")?, arguments.policy("new")?);
    let kind = match arguments.kind()? {
        Some(kind) => kind,
        None => same_kind(&old, &new)?,
    };
    let diff = Differ::new(workspace.catalogue()).policies(&old, &new, kind).map_err(|error| match error {
        DiffError::Policies(findings) => findings,
        DiffError::Proof(error) => defect(&error.to_string()),
        _ => defect("the two cannot be compared"),
    })?;
    let names = DiffNames { old: "old", new: "new" };
    Ok(Answer::new(diff_to_text(&diff, names, false, STYLE), &diff_to_json(&diff, names)))
}

/// The kind that both look like.
fn same_kind(old: &LoadedPolicy, new: &LoadedPolicy) -> Result<PolicyKind, Refused> {
    let [old, new] = [old, new].map(|policy| guess_kind(policy.document(), &policy.name).kind);
    if old == new {
        return Ok(new);
    }
    let message = format!("`old` looks like {}, and `new` like {}", old.with_article(), new.with_article());
    let problem = Problem::new(iameval::codes::INVALID_FIELD, message);
    Err(about("type", problem.with_help("say with `type` as what both are to be compared")))
}

/// What must not happen.
pub(super) fn defect(what: &str) -> Refused {
    let message = format!("{what}: this is a defect of iameval, and there is no answer");
    about(
        "iameval",
        Problem::new(iameval::codes::INVALID_FIELD, message).with_help("please report it, with the policies"),
    )
}
