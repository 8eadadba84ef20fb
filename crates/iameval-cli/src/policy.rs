//! A policy as the command line names it: a file, `-` for standard input, or an AWS managed policy.

use crate::exit::{Failure, Outcome, about_argument};
use iameval_world::{LoadedPolicy, find_managed};
use std::path::Path;
use std::sync::Arc;

/// Reads the policy that the flag or argument `flag` names.
pub(crate) fn load(flag: &str, path: &Path) -> Outcome<Arc<LoadedPolicy>> {
    let text = path.to_str().unwrap_or_default();
    if let Some(Err(problem)) = find_managed(text) {
        return Err(Failure(vec![about_argument(flag, text, problem)]));
    }
    Ok(Arc::new(LoadedPolicy::open(path)?))
}
