//! What worlds are read from besides world files and account dumps: formats that other crates know.

use crate::files::Files;
use crate::files::WorldSource;
use crate::finding::Finding;
use crate::source::Source;
use iameval::json::Member;
use iameval::text::Span;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Formats of which files and folders are worlds too. [`Files::formats`] says which there are.
///
/// Whatever a load names of them is handed over at once, so that one can refer to another.
pub trait Formats {
    /// What `sources:` of a world file may name.
    fn kinds(&self) -> &[&'static str];

    /// The kind of a file, by what is in it.
    fn kind_of(&self, source: &Source) -> Option<&'static str>;

    /// The kind of a folder, by which files are in it.
    fn kind_of_folder(&self, files: &dyn Files, path: &Path) -> Option<&'static str>;

    /// The fields beside the path of an entry of `sources:`.
    fn settings(&self, kind: &str) -> &[&'static str];

    /// A source of everything that is named.
    ///
    /// # Errors
    /// What is wrong with the settings of one.
    fn together(&self, named: Vec<NamedSource>) -> Result<Box<dyn WorldSource>, Vec<Finding>>;
}

/// A file or folder of a format that a load names.
#[derive(Debug)]
#[non_exhaustive]
pub struct NamedSource {
    /// Its kind, one of [`Formats::kinds`].
    pub kind: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// Its text, where it was read already.
    pub source: Option<Arc<Source>>,
    /// What a world file says beside its path.
    pub settings: Vec<Member<'static>>,
    /// The world file that names it.
    pub named_in: Option<NamedIn>,
}

/// A world file that names something.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NamedIn {
    /// Its text.
    pub source: Arc<Source>,
    /// The folder that paths in it are relative to.
    pub folder: PathBuf,
    /// The place of the name in it.
    pub span: Span,
}

impl NamedSource {
    /// One that is named outside of world files.
    pub fn new(kind: &'static str, path: PathBuf) -> Self {
        Self { kind, path, source: None, settings: Vec::new(), named_in: None }
    }
}

/// No formats.
impl Formats for () {
    fn kinds(&self) -> &[&'static str] {
        &[]
    }

    fn kind_of(&self, _: &Source) -> Option<&'static str> {
        None
    }

    fn kind_of_folder(&self, _: &dyn Files, _: &Path) -> Option<&'static str> {
        None
    }

    fn settings(&self, _: &str) -> &[&'static str] {
        &[]
    }

    fn together(&self, _: Vec<NamedSource>) -> Result<Box<dyn WorldSource>, Vec<Finding>> {
        Ok(Box::new(Nothing))
    }
}

struct Nothing;

impl WorldSource for Nothing {
    fn add_to(&self, _: &dyn Files, _: &mut crate::builder::WorldBuilder) -> Result<(), Vec<Finding>> {
        Ok(())
    }
}
