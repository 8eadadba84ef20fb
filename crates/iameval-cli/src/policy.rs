//! A policy as the command line names it: a file, `-` for standard input, or an AWS managed policy.

use crate::exit::{Failure, Outcome, about_argument};
use iameval_world::{Disk, Files, LoadedPolicy, find_managed};
use std::path::Path;
use std::sync::Arc;

/// Reads the policy that the flag or argument `flag` names.
pub(crate) fn load(flag: &str, path: &Path) -> Outcome<Arc<LoadedPolicy>> {
    let text = path.to_str().unwrap_or_default();
    if let Some(managed) = find_managed(text) {
        let managed = managed.map_err(|diagnostic| Failure(vec![about_argument(flag, text, *diagnostic)]))?;
        return Ok(Arc::new(LoadedPolicy::managed(managed)?));
    }
    let source = Disk.read(path)?;
    let stem = path.file_stem().filter(|_| text != "-");
    let name = stem.map_or_else(|| source.name.clone(), |stem| stem.to_string_lossy().into_owned());
    Ok(Arc::new(LoadedPolicy::from_source(&name, &source)?))
}
