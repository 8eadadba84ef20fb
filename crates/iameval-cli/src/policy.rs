//! A policy as the command line names it: a file, `-` for standard input, or an AWS managed policy.

use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use iameval::text::Span;
use iameval::{Code, Diagnostic, Severity};
use iameval_world::{Disk, Finding, LoadedPolicy, find_managed};
use std::path::Path;
use std::sync::Arc;

/// Reads the policy that the flag or argument `flag` names.
pub(crate) fn load(flag: &str, path: &Path, disk: Disk) -> Outcome<Arc<LoadedPolicy>> {
    let text = path.to_str().unwrap_or_default();
    if let Some(Err(diagnostic)) = find_managed(text) {
        return Err(Failure(vec![about_argument(flag, text, *diagnostic)]));
    }
    Ok(Arc::new(disk.policy(path)?))
}

/// Whether what a folder holds is a file. A pipe or a device is left out with a warning: reading it may never end.
pub(crate) fn is_file(path: &Path, output: &mut Output) -> bool {
    let Ok(found) = path.metadata() else { return false };
    if !found.is_file() && !found.is_dir() {
        let message = "it is a pipe or a device, and is left out";
        let mut diagnostic = Diagnostic::new(Code::Unreadable, Span::default(), message);
        diagnostic.severity = Severity::Warning;
        let help = "name it on the command line to have it read";
        output.warn(&Finding::about_file(&path.display().to_string(), diagnostic.with_help(help)));
    }
    found.is_file()
}
