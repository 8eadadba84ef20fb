//! `diff`

use crate::answer::{Answer, Refused, STYLE, about};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::Problem;
use iameval_ask::{DiffError, Differ};
use iameval_lint::guess_same_kind;
use iameval_report::{DiffNames, diff_to_json, diff_to_text};

pub(crate) const ARGUMENTS: &[&str] = &["new", "old", "type"];

pub(crate) fn answer(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let (old, new) = (arguments.policy("old")?, arguments.policy("new")?);
    let kind = match arguments.kind()? {
        Some(kind) => kind,
        None => guess_same_kind((old.document(), &old.name), (new.document(), &new.name))
            .map_err(|problem| about("type", problem))?,
    };
    let diff = Differ::new(workspace.catalogue()).policies(&old, &new, kind).map_err(|error| match error {
        DiffError::Policies(findings) => findings,
        DiffError::Proof(error) => defect(&error.to_string()),
        _ => defect("the two cannot be compared"),
    })?;
    let names = DiffNames { old: "old", new: "new" };
    Ok(Answer::new(diff_to_text(&diff, names, false, STYLE), &diff_to_json(&diff, names)))
}

/// What must not happen.
pub(super) fn defect(what: &str) -> Refused {
    let message = format!("{what}: this is a defect of iameval, and there is no answer");
    about(
        "iameval",
        Problem::new(iameval::codes::INVALID_FIELD, message).with_help("please report it, with the policies"),
    )
}
