//! What tests and benches share: the repository's files, the naive evaluator, workloads.

#![expect(clippy::expect_used, reason = "what fails here is a mistake in the tests")]

#[cfg(feature = "generate")]
pub mod fuzz;
#[cfg(feature = "generate")]
pub mod generate;
pub mod naive;
#[cfg(feature = "generate")]
pub mod symbols;
pub mod workload;

use iameval::PolicyKind;
use std::path::{Path, PathBuf};

/// The root of the repository.
///
/// # Panics
/// When this crate no longer stands one level below the root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the root")
}

/// A file of `fixtures/` as text.
///
/// # Panics
/// When it cannot be read.
#[track_caller]
pub fn fixture(path: &str) -> String {
    let path = root().join("fixtures").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The kind of policy that cases and the page of codes call so.
///
/// # Panics
/// When none is called so.
#[track_caller]
pub fn policy_kind(name: &str) -> PolicyKind {
    name.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// All files below a folder of `fixtures/` whose name ends so, in order.
///
/// # Panics
/// When the folder cannot be read, or holds none.
#[track_caller]
pub fn fixtures(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut folders = vec![root().join("fixtures").join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "no `{ending}` below fixtures/{folder}");
    files.sort();
    files
}
