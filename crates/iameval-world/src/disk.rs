//! Files on the disk, for programs that have one: the crate's feature `disk`. Nothing else here opens files.

use crate::codes;
use crate::files::{FROM_CURRENT_FOLDER, Files, cannot_read, unreadable, without_dots};
use crate::finding::Finding;
use crate::limits::{Capped, Limits};
use crate::model::policy::LoadedPolicy;
use crate::source::Source;
use iameval::{Problem, Severity};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files on the disk; `-` is standard input.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk {
    /// How much is read.
    pub limits: Limits,
}

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let name = self.name(path);
        let mut bytes = Vec::new();
        let read = if path.as_os_str() == "-" {
            Capped::new(std::io::stdin().lock(), self.limits.file).read_to_end(&mut bytes)
        } else {
            Capped::new(open(path)?, self.limits.file).read_to_end(&mut bytes)
        };
        read.map_err(|error| unreadable(&name, &error))?;
        let source = Source::from_bytes(name, bytes)?;
        Ok(Arc::new(Source { path: Some(path.to_owned()).filter(|_| path.as_os_str() != "-"), ..source }))
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        let limit = self.limits.file.saturating_mul(Limits::DUMP);
        if path.as_os_str() == "-" {
            return Ok(Box::new(Capped::new(std::io::stdin(), limit)));
        }
        Ok(Box::new(Capped::new(open(path)?, limit)))
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn is_lasting(&self, path: &Path) -> bool {
        path.as_os_str() != "-" && path.is_file()
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort_unstable();
        names
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| without_dots(path))
    }
}

/// Opens a file for reading.
///
/// # Errors
/// When it cannot be opened, or is a folder.
pub fn open(path: &Path) -> Result<File, Finding> {
    let name = path.display().to_string();
    if path.is_dir() {
        let message = format!("`{name}` is a folder, not a file");
        let problem = Problem::new(codes::IS_FOLDER, message).with_help("name a file in it");
        return Err(Finding::about_file(&name, problem));
    }
    File::open(path).map_err(|error| {
        let problem = cannot_read(&name, &error);
        let problem = if error.kind() == std::io::ErrorKind::NotFound {
            let near = similar_file(path);
            problem.with_help(near.unwrap_or_else(|| FROM_CURRENT_FOLDER.into()))
        } else {
            problem
        };
        Finding::about_file(&name, problem)
    })
}

impl LoadedPolicy {
    /// Reads the policy that a path names: a file, after which it is called, `-` for standard input, or `aws:NAME`.
    ///
    /// # Errors
    /// The same as [`LoadedPolicy::named`].
    pub fn open(path: &Path) -> Result<Self, Vec<Finding>> {
        Self::named(path, &Disk::default())
    }
}

fn similar_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), Into::into);
    let name = path.file_name()?.to_str()?;
    let entries = std::fs::read_dir(folder).ok()?.take(1000);
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let near = iameval::suggest::nearest(name, names.iter().map(String::as_str))?;
    Some(format!("did you mean `{}`?", path.with_file_name(near).display()))
}

/// A warning that something in a folder is not read.
pub fn left_out(path: &Path) -> Finding {
    let problem = Problem::new(codes::UNREADABLE, "it is a pipe or a device, and is skipped")
        .with_severity(Severity::Warning)
        .with_help("name it on the command line to have it read");
    Finding::about_file(&path.display().to_string(), problem)
}
