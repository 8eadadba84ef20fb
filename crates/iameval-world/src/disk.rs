//! Files on the disk, for programs that have one: the crate's feature `disk`. Nothing else here opens files.

use crate::files::{Files, unreadable, without_dots};
use crate::finding::Finding;
use crate::limits::{Capped, Limits};
use crate::managed::find_managed;
use crate::model::policy::LoadedPolicy;
use crate::source::Source;
use iameval::text::Span;
use iameval::{Code, Diagnostic};
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
    fn read(&self, path: &Path) -> Result<Arc<Source>, Box<Finding>> {
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

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Box<Finding>> {
        let limit = self.limits.file.saturating_mul(Limits::DUMP);
        if path.as_os_str() == "-" {
            return Ok(Box::new(Capped::new(std::io::stdin(), limit)));
        }
        Ok(Box::new(Capped::new(open(path)?, limit)))
    }

    fn name(&self, path: &Path) -> String {
        if path.as_os_str() == "-" { "standard input".into() } else { path.display().to_string() }
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn is_lasting(&self, path: &Path) -> bool {
        path.as_os_str() != "-" && path.is_file()
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| without_dots(path))
    }
}

impl Disk {
    /// Reads the policy that a path names: a file, after which it is called, `-` for standard input, or `aws:NAME`.
    ///
    /// # Errors
    /// When it cannot be read, or has more statements than are read, and everything that makes it no policy.
    pub fn policy(&self, path: &Path) -> Result<LoadedPolicy, Vec<Finding>> {
        let text = path.to_str().unwrap_or_default();
        match find_managed(text) {
            Some(Ok(managed)) => return LoadedPolicy::managed(managed),
            Some(Err(diagnostic)) => return Err(vec![Finding::new(&Source::new("policy", text), *diagnostic)]),
            None => {}
        }
        let source = self.read(path).map_err(|finding| vec![*finding])?;
        let stem = path.file_stem().filter(|_| text != "-");
        let name = stem.map_or_else(|| source.name.clone(), |stem| stem.to_string_lossy().into_owned());
        self.limits.check_text(&source).map_err(|finding| vec![*finding])?;
        LoadedPolicy::from_source(&name, &source)
    }
}

/// Opens a file for reading.
///
/// # Errors
/// When it cannot be opened, or is a folder.
pub fn open(path: &Path) -> Result<File, Box<Finding>> {
    let name = path.display().to_string();
    if path.is_dir() {
        let message = format!("`{name}` is a folder, not a file");
        let diagnostic = Diagnostic::new(Code::IsFolder, Span::default(), message).with_help("name a file in it");
        return Err(Box::new(Finding::about_file(&name, diagnostic)));
    }
    File::open(path).map_err(|error| {
        let mut found = unreadable(&name, &error);
        if error.kind() == std::io::ErrorKind::NotFound {
            found.diagnostic.help =
                similar_file(path).or_else(|| Some("paths are relative to the current folder".into()));
        }
        found
    })
}

impl LoadedPolicy {
    /// Reads the policy that a path names: a file, after which it is called, `-` for standard input, or `aws:NAME`.
    ///
    /// # Errors
    /// The same as [`Disk::policy`].
    pub fn open(path: &Path) -> Result<Self, Vec<Finding>> {
        Disk::default().policy(path)
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
