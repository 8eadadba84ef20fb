//! Where files come from, and what worlds are read from.

mod formats;
mod world_source;

pub use formats::{Formats, NamedIn, NamedSource};
pub use world_source::WorldSource;

use crate::codes;
use crate::finding::Finding;
use crate::limits::Limits;
use crate::source::Source;
use iameval::text::{Position, Span};
use iameval::{Diagnostic, Problem};
use std::io::{Cursor, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What helps with a path that leads nowhere, where nothing better does.
pub(crate) const FROM_CURRENT_FOLDER: &str = "paths are relative to the current folder";

/// Where files come from: the disk, or the program itself.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// When it cannot be read, is a folder, or is not UTF-8.
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding>;

    /// The bytes of a file, for those that are too large to be held as a text.
    ///
    /// # Errors
    /// When it cannot be opened, or is a folder.
    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        let source = self.read(path)?;
        Ok(Box::new(Cursor::new(source.text.clone().into_bytes())))
    }

    /// What a file is called in messages.
    fn name(&self, path: &Path) -> String {
        path.display().to_string()
    }

    /// How much is read.
    fn limits(&self) -> Limits {
        Limits::default()
    }

    /// Whether a file can be read again after it was read. Standard input cannot, nor a pipe.
    fn is_lasting(&self, path: &Path) -> bool {
        path.as_os_str() != "-"
    }

    /// Told, again and again, how many bytes of a large file were read so far.
    fn progress(&self, _path: &Path, _bytes: u64) {}

    /// Which files are worlds besides world files and account dumps.
    fn formats(&self) -> &dyn Formats {
        &()
    }

    /// The names of what is in a folder, in order; nothing where there are no folders.
    fn list(&self, _folder: &Path) -> Vec<String> {
        Vec::new()
    }

    /// What two paths to one file have in common.
    fn identity(&self, path: &Path) -> PathBuf {
        without_dots(path)
    }
}

impl<F: Files + ?Sized> Files for &F {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        (**self).read(path)
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        (**self).stream(path)
    }

    fn name(&self, path: &Path) -> String {
        (**self).name(path)
    }

    fn limits(&self) -> Limits {
        (**self).limits()
    }

    fn is_lasting(&self, path: &Path) -> bool {
        (**self).is_lasting(path)
    }

    fn progress(&self, path: &Path, bytes: u64) {
        (**self).progress(path, bytes);
    }

    fn formats(&self) -> &dyn Formats {
        (**self).formats()
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        (**self).list(folder)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        (**self).identity(path)
    }
}

/// The path without `.` and without what `..` takes back.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

pub(crate) fn unreadable(name: &str, error: &std::io::Error) -> Finding {
    Finding::about_file(name, cannot_read(name, error))
}

pub(crate) fn cannot_read(name: &str, error: &std::io::Error) -> Problem {
    let message = format!("cannot read {}: {}", quoted(name), in_words(error));
    if error.kind() == ErrorKind::FileTooLarge {
        Problem::new(iameval::codes::OVER_LIMIT, message).with_help("`--max-file-size` raises the limit")
    } else {
        Problem::new(codes::UNREADABLE, message)
    }
}

impl Source {
    /// The text that the bytes of a file are; `name` is what messages call it.
    ///
    /// # Errors
    /// When there is no text in them, or they are not UTF-8.
    pub fn from_bytes(name: String, bytes: Vec<u8>) -> Result<Self, Finding> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            let message = format!("{} is empty", quoted(&name));
            let help = "a policy is a JSON object; a world or a request may be YAML";
            return Err(Finding::about_file(&name, Problem::new(codes::EMPTY_INPUT, message).with_help(help)));
        }
        String::from_utf8(bytes)
            .map(|text| Self { name: name.clone(), text, path: None, start: Position::default() })
            .map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                let byte = error.as_bytes().get(at).copied().unwrap_or_default();
                let message = format!("{} is not UTF-8: byte 0x{byte:02X} at offset {at}", quoted(&name));
                let utf16 = error.as_bytes().starts_with(&[0xFF, 0xFE]) || error.as_bytes().starts_with(&[0xFE, 0xFF]);
                let help = if utf16 { "the file is UTF-16; save it as UTF-8" } else { "save the file as UTF-8" };
                let diagnostic = Diagnostic::new(codes::NOT_UTF8, Span::new(at, at), message).with_help(help);
                // What comes before the byte is text, so the place can be shown.
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Finding::new(&Self::new(name, text), diagnostic)
            })
    }
}

fn quoted(name: &str) -> String {
    if name == "standard input" { name.into() } else { format!("`{name}`") }
}

/// The error without Rust's own decoration.
fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file".into(),
        ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}
