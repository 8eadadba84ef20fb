//! Files that remember what they were asked, so that a world can be read again where they are not.

use crate::codes;
use crate::files::{Files, Formats, unreadable, without_dots};
use crate::finding::Finding;
use crate::limits::Limits;
use crate::source::Source;
use iameval::Problem;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files that remember what they were asked.
///
/// ```
/// use iameval_world::{Example, Recording, World};
///
/// let example = Example::find("force-mfa").unwrap();
/// let files = Recording::new(example);
/// let world = World::load(&files, &[example.world().into()]).unwrap();
/// let again = World::load(&files.into_recorded(), &[example.world().into()]).unwrap();
/// assert_eq!(again.files(), world.files());
/// ```
#[derive(Debug)]
pub struct Recording<F> {
    files: F,
    recorded: RefCell<Recorded>,
}

/// What files were asked and what they answered. It answers the same, and has nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// What was at each path.
    pub entries: BTreeMap<PathBuf, Entry>,
    /// The names in each folder that was listed.
    pub folders: BTreeMap<PathBuf, Vec<String>>,
    /// What paths to one file have in common.
    pub identities: BTreeMap<PathBuf, PathBuf>,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A file that was read as a text.
    Text(Arc<Source>),
    /// A file of which only the bytes were read, or that has no text in it.
    Bytes(Arc<[u8]>),
    /// A folder.
    Folder,
    /// Nothing that can be read.
    Unreadable,
}

impl<F: Files> Recording<F> {
    /// These files, which were not asked yet.
    pub fn new(files: F) -> Self {
        Self { files, recorded: RefCell::default() }
    }

    /// What they were asked.
    pub fn into_recorded(self) -> Recorded {
        self.recorded.into_inner()
    }

    fn record(&self, path: &Path, entry: Entry) {
        self.recorded.borrow_mut().entries.insert(path.to_owned(), entry);
    }

    fn record_failure(&self, path: &Path, finding: &Finding) {
        let code = finding.diagnostic.code();
        let entry = if code == codes::IS_FOLDER {
            Entry::Folder
        } else if code == codes::EMPTY_INPUT {
            Entry::Bytes(Arc::default())
        } else {
            Entry::Unreadable
        };
        self.record(path, entry);
    }
}

impl<F: Files> Files for Recording<F> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let read = self.files.read(path);
        match &read {
            Ok(source) => self.record(path, Entry::Text(source.clone())),
            Err(finding) => self.record_failure(path, finding),
        }
        read
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        let mut stream = self.files.stream(path).inspect_err(|finding| self.record_failure(path, finding))?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).map_err(|error| unreadable(&self.name(path), &error))?;
        let bytes: Arc<[u8]> = bytes.into();
        self.record(path, Entry::Bytes(bytes.clone()));
        Ok(Box::new(Cursor::new(bytes)))
    }

    fn name(&self, path: &Path) -> String {
        self.files.name(path)
    }

    fn limits(&self) -> Limits {
        self.files.limits()
    }

    fn is_lasting(&self, path: &Path) -> bool {
        self.files.is_lasting(path)
    }

    fn progress(&self, path: &Path, bytes: u64) {
        self.files.progress(path, bytes);
    }

    fn formats(&self) -> &dyn Formats {
        self.files.formats()
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let names = self.files.list(folder);
        self.recorded.borrow_mut().folders.insert(folder.to_owned(), names.clone());
        names
    }

    fn identity(&self, path: &Path) -> PathBuf {
        let identity = self.files.identity(path);
        self.recorded.borrow_mut().identities.insert(path.to_owned(), identity.clone());
        identity
    }
}

impl Files for Recorded {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        match self.entries.get(path) {
            Some(Entry::Text(source)) => Ok(source.clone()),
            Some(Entry::Bytes(bytes)) => Source::from_bytes(self.name(path), bytes.to_vec()).map(Arc::new),
            _ => Err(self.failure(path)),
        }
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        match self.entries.get(path) {
            Some(Entry::Text(source)) => Ok(Box::new(Cursor::new(source.text.clone().into_bytes()))),
            Some(Entry::Bytes(bytes)) => Ok(Box::new(Cursor::new(bytes.clone()))),
            _ => Err(self.failure(path)),
        }
    }

    /// All of them can be read as often as one likes.
    fn is_lasting(&self, _path: &Path) -> bool {
        true
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        self.folders.get(folder).cloned().unwrap_or_default()
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.identities.get(path).cloned().unwrap_or_else(|| without_dots(path))
    }
}

impl Recorded {
    fn failure(&self, path: &Path) -> Finding {
        let name = self.name(path);
        let problem = match self.entries.get(path) {
            Some(Entry::Folder) => Problem::new(codes::IS_FOLDER, format!("`{name}` is a folder, not a file")),
            _ => Problem::new(codes::UNREADABLE, format!("cannot read `{name}`: no such file")),
        };
        Finding::about_file(&name, problem)
    }
}
