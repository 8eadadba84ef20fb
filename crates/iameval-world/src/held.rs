//! A file whose text is at hand, among others.

use crate::files::{Files, Formats};
use crate::finding::Finding;
use crate::limits::Limits;
use crate::source::Source;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files of which one is at hand: standard input cannot be read twice, and a text may be in no file at all.
pub struct Held<'f> {
    /// The path by which it is asked for.
    pub path: &'f Path,
    /// Its text.
    pub source: &'f Arc<Source>,
    /// The others.
    pub others: &'f dyn Files,
}

impl Files for Held<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        if path == self.path { Ok(self.source.clone()) } else { self.others.read(path) }
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        if path == self.path && !self.others.is_lasting(path) {
            return Ok(Box::new(Bytes { source: self.source.clone(), at: 0 }));
        }
        self.others.stream(path)
    }

    fn name(&self, path: &Path) -> String {
        self.others.name(path)
    }

    fn limits(&self) -> Limits {
        self.others.limits()
    }

    fn is_lasting(&self, path: &Path) -> bool {
        path == self.path || self.others.is_lasting(path)
    }

    fn formats(&self) -> &dyn Formats {
        self.others.formats()
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        self.others.list(folder)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.others.identity(path)
    }
}

/// The bytes of a text, which is not copied.
struct Bytes {
    source: Arc<Source>,
    at: usize,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.text.as_bytes().get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += read;
        Ok(read)
    }
}
