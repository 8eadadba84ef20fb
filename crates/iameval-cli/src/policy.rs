//! A policy as the command line names it: a file, `-` for standard input, or an AWS managed policy.

use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use iameval_report::plain;
use iameval_world::{Form, LoadedPolicy, find_managed};
use std::path::Path;
use std::sync::Arc;

/// Reads the policy that the flag or argument `flag` names.
pub(crate) fn load(flag: &str, path: &Path, output: &mut Output) -> Outcome<Arc<LoadedPolicy>> {
    let text = path.to_str().unwrap_or_default();
    if let Some(Err(problem)) = find_managed(text) {
        return Err(Failure(vec![about_argument(flag, text, problem)]));
    }
    let policy = LoadedPolicy::open(path)?;
    tell_form(&policy, output);
    Ok(Arc::new(policy))
}

/// Says where in its file a policy was found, as a detail.
pub(crate) fn tell_form(policy: &LoadedPolicy, output: &mut Output) {
    if let Form::Wrapped(wrapping) = &policy.form {
        output.detail(&format!("policy: {} is {wrapping}", plain(&policy.source.name)));
    }
}
