//! Which files are test files.

use crate::codes;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use iameval::{Code, Problem};
use iameval_world::{Finding, left_out};
use ignore::WalkBuilder;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What names of test files end with.
pub const SUFFIX: &str = ".iamtest.yaml";

/// The files that were looked for.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Discovered {
    /// The files, in order of their paths.
    pub files: Vec<PathBuf>,
    /// What is called like a test file and left out: pipes and devices, of which reading may never end.
    pub warnings: Vec<Finding>,
}

impl Discovered {
    /// Adds what was found elsewhere.
    pub fn extend(&mut self, more: Self) {
        self.files.extend(more.files);
        self.warnings.extend(more.warnings);
    }
}

/// The test files in a folder and below it, in order of their paths; what `.gitignore` names and hidden folders are left
/// out.
///
/// # Errors
/// When the folder, or one below it, cannot be read.
pub fn in_folder(folder: &Path) -> Result<Discovered, Finding> {
    // A name that is no UTF-8 counts as well.
    let ends = |name: &OsStr| name.as_encoded_bytes().ends_with(SUFFIX.as_bytes());
    walk(folder, |path| path.file_name().is_some_and(ends))
}

/// The files below a folder that fit patterns such as `policies/**/*.iamtest.yaml`, in order of their paths; `*` and `?`
/// do not fit a `/`. A pattern that is a folder stands for the test files in it.
///
/// # Errors
/// A malformed pattern, or one that fits no file; a folder that cannot be read.
pub fn by_patterns(folder: &Path, patterns: &[String]) -> Result<Discovered, Finding> {
    let mut found = Discovered::default();
    for pattern in patterns {
        let named = folder.join(pattern);
        let files = if named.is_dir() {
            in_folder(&named)?
        } else if named.is_file() {
            Discovered { files: vec![shown(&named)], ..Discovered::default() }
        } else {
            let glob = glob(pattern)?;
            let relative = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_path_buf();
            walk(folder, |path| glob.is_match(relative(path)))?
        };
        if files.files.is_empty() {
            let message = format!("the pattern `{pattern}` matches no file");
            let help = "patterns are relative to the folder of `iameval.toml`; `**` matches any number of folders";
            return Err(about(&folder.join("iameval.toml"), codes::NOTHING_TO_TEST, message, help));
        }
        found.extend(files);
    }
    found.files.sort_unstable();
    found.files.dedup();
    Ok(found)
}

fn glob(pattern: &str) -> Result<GlobSet, Finding> {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.and_then(|glob| GlobSetBuilder::new().add(glob).build()).map_err(|error| {
        let message = format!("`{pattern}` is not a file pattern: {}", error.kind());
        about(Path::new("iameval.toml"), iameval::codes::INVALID_FIELD, message, "such as `policies/**/*.iamtest.yaml`")
    })
}

/// A path without a `.` in front, which says nothing.
fn shown(path: &Path) -> PathBuf {
    path.strip_prefix(".").map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}

fn walk(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Result<Discovered, Finding> {
    let mut found = Discovered::default();
    let start = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in WalkBuilder::new(start).require_git(false).build() {
        let entry = entry.map_err(|error| {
            let message = format!("cannot read a folder: {error}");
            about(
                folder,
                iameval_world::codes::UNREADABLE,
                message,
                "does it exist, and do you have permission to read it?",
            )
        })?;
        let path = shown(entry.path());
        if !is_wanted(&path) {
            continue;
        }
        match entry.path().metadata() {
            Ok(what) if what.is_file() => found.files.push(path),
            Ok(what) if !what.is_dir() => found.warnings.push(left_out(&path)),
            _ => {}
        }
    }
    found.files.sort_unstable();
    Ok(found)
}

fn about(path: &Path, code: Code, message: String, help: &str) -> Finding {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    Finding::about_file(&path.display().to_string(), Problem::new(code, message).with_help(help))
}
