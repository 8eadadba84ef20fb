//! Which files were read.

use iameval_infra::Infrastructure;
use iameval_world::{Disk, Files, Finding, Formats, Limits, Source};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Files on the disk, and when each of them that was read had last changed.
#[derive(Debug)]
pub(crate) struct Remembered {
    files: Mutex<BTreeMap<PathBuf, State>>,
    disk: Disk,
    formats: Infrastructure,
}

/// What tells a file from what it becomes; nothing where there is none.
type State = Option<(SystemTime, u64)>;

fn state(path: &Path) -> State {
    let facts = path.metadata().ok()?;
    Some((facts.modified().ok()?, facts.len()))
}

impl Remembered {
    /// Files of which none was read.
    pub(crate) fn new(disk: Disk, formats: Infrastructure) -> Self {
        Self { files: Mutex::default(), disk, formats }
    }

    /// The same files, of which none was read.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.disk, self.formats.clone())
    }

    /// The infrastructure code among them.
    pub(crate) fn infrastructure(&self) -> &Infrastructure {
        &self.formats
    }

    /// The disk, for files that are looked at and not remembered.
    pub(crate) fn disk(&self) -> Disk {
        self.disk
    }

    /// Remembers a file as read.
    pub(crate) fn note(&self, path: &Path) {
        // Before it is read: what changes meanwhile counts as a change.
        let state = state(path);
        self.files.lock().unwrap_or_else(PoisonError::into_inner).entry(path.to_owned()).or_insert(state);
    }

    /// Adds what others remember.
    pub(crate) fn extend(&self, others: Remembered) {
        let others = others.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, state) in others {
            files.entry(path).or_insert(state);
        }
    }

    /// The files that were read, or would have been if they were there.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// The first file that is not what it was.
    pub(crate) fn changed(&self) -> Option<PathBuf> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().find(|(path, known)| state(path) != **known).map(|(path, _)| path.clone())
    }
}

impl Files for Remembered {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        self.note(path);
        self.disk.read(path)
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        self.note(path);
        self.disk.stream(path)
    }

    fn name(&self, path: &Path) -> String {
        self.disk.name(path)
    }

    fn limits(&self) -> Limits {
        self.disk.limits
    }

    fn is_lasting(&self, path: &Path) -> bool {
        self.disk.is_lasting(path)
    }

    fn formats(&self) -> &dyn Formats {
        &self.formats
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        self.disk.list(folder)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.disk.identity(path)
    }
}
