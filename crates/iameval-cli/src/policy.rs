//! A policy as the command line names it: a file, `-` for standard input, or an AWS managed policy.

use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use iameval_report::plain;
use iameval_world::{Files, LoadedPolicy, PolicyForm, find_managed, left_out};
use std::path::Path;
use std::sync::Arc;

/// Reads the policy that the flag or argument `flag` names.
pub(crate) fn load(flag: &str, path: &Path, files: &dyn Files, output: &mut Output) -> Outcome<Arc<LoadedPolicy>> {
    let text = path.to_str().unwrap_or_default();
    if let Some(Err(problem)) = find_managed(text) {
        return Err(Failure(vec![about_argument(flag, text, problem)]));
    }
    let policy = LoadedPolicy::named(path, files)?;
    tell_form(&policy, output);
    Ok(Arc::new(policy))
}

/// Says where in its file a policy was found, as a detail.
pub(crate) fn tell_form(policy: &LoadedPolicy, output: &mut Output) {
    if let PolicyForm::Wrapped(wrapping) = &policy.form {
        output.detail(&format!("policy: {} is {wrapping}", plain(&policy.source.name)));
    }
}

/// Whether what a folder holds is a file. A pipe or a device is left out with a warning: reading it may never end.
pub(crate) fn is_file(path: &Path, output: &mut Output) -> bool {
    let Ok(found) = path.metadata() else { return false };
    if !found.is_file() && !found.is_dir() {
        output.warn(&left_out(path));
    }
    found.is_file()
}
