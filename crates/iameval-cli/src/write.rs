//! Writing files so that nothing is lost, wherever the program or the machine stops.
//!
//! A file is written anew beside the old one, brought to the disk, and takes its name in one step: at any time the name
//! stands for the whole old text or the whole new one. Of several files none takes its name before all of them are on the
//! disk. What was read is compared once more before it is replaced, while other runs of the program wait.
//!
//! A link is followed to what it names. Owner and permissions stay those of the old file, as far as the system allows;
//! access control lists and other names of the file (hard links) do not come along.

mod target;

use crate::codes;
use crate::exit::{Failure, Outcome};
use iameval_ask::words::quoted;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use target::{Target, folder_of, real};
use tempfile::{Builder, NamedTempFile};

/// A file to write.
pub(crate) struct NewText<'f> {
    pub(crate) path: &'f Path,
    /// What it is called in messages.
    pub(crate) name: &'f str,
    pub(crate) text: &'f str,
    pub(crate) before: Before<'f>,
    pub(crate) reach: Reach<'f>,
}

/// What a new text may replace.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Before<'f> {
    /// Whatever is there.
    Anything,
    /// The text that was read.
    Text(&'f str),
    /// White space; there may also be no file.
    Blank,
    /// Nothing: there must be no file.
    NoFile,
}

/// How far a path may lead.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach<'f> {
    /// Anywhere: someone named the file. Its folder must be there.
    Named,
    /// Anywhere; folders are made.
    Anywhere,
    /// To something in these files and folders; folders are made.
    Inside {
        roots: &'f [PathBuf],
        /// What to do when a link leads out of them.
        help: &'static str,
    },
}

/// Writes all the files, or says which of them were written and which not.
pub(crate) fn write(files: &[NewText<'_>]) -> Outcome<()> {
    let mut staged = Vec::new();
    for file in files {
        staged.push((file, Staged::new(file).map_err(|trouble| unfinished(files, 0, &trouble, file))?));
    }
    let _locks = lock(staged.iter().filter(|(file, _)| file.is_compared()).filter_map(|(_, staged)| staged.folder()));
    if let Some((file, _)) = staged.iter().find(|(file, staged)| !staged.replaces(file.before)) {
        return Err(unfinished(files, 0, &Trouble::Changed, file));
    }
    for (written, (file, staged)) in staged.into_iter().enumerate() {
        staged.commit(file).map_err(|error| unfinished(files, written, &Trouble::Io(error), file))?;
    }
    Ok(())
}

/// What is said when so many of the files are written, and one cannot be.
fn unfinished(files: &[NewText<'_>], written: usize, trouble: &Trouble, file: &NewText<'_>) -> Failure {
    let names: Vec<&str> = files.iter().map(|file| file.name).collect();
    let (written, not) = names.split_at_checked(written).unwrap_or((&names, &[]));
    let more = match (written, not) {
        ([], [_]) => String::new(),
        ([], _) => ", so nothing was written".into(),
        _ => format!("; written: {}; not written: {}", quoted(written, usize::MAX), quoted(not, usize::MAX)),
    };
    trouble.about(file.name, &more)
}

/// The file that would be replaced, which has one name here by whatever path it is reached; `None` where bytes would only
/// go through.
pub(crate) fn replaced(path: &Path) -> Option<PathBuf> {
    match Target::of(path) {
        Ok(Target::File(path)) => Some(real(&path)),
        Ok(Target::Stream(_)) | Err(_) => None,
    }
}

impl NewText<'_> {
    /// Whether what is there is compared with what was read.
    fn is_compared(&self) -> bool {
        matches!(self.before, Before::Text(_) | Before::Blank)
    }
}

/// A text that waits for its name.
enum Staged {
    /// The text is on the disk.
    File { target: PathBuf, text: NamedTempFile },
    /// It is sent in the end.
    Stream(PathBuf),
}

impl Staged {
    fn new(file: &NewText<'_>) -> Result<Self, Trouble> {
        let target = match Target::of(file.path)? {
            Target::File(target) => target,
            Target::Stream(target) if matches!(file.before, Before::Anything) => return Ok(Self::Stream(target)),
            Target::Stream(_) => return Err(io::Error::other("it is not a file").into()),
        };
        if let Reach::Inside { roots, help } = file.reach
            && !roots.iter().any(|root| real(&target).starts_with(real(root)))
        {
            return Err(Trouble::Outside(help));
        }
        let folder = folder_of(&target);
        if !matches!(file.reach, Reach::Named) {
            std::fs::create_dir_all(folder)?;
        }
        let old = match target.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            facts => {
                // A new file could take the name of one that may not be written to.
                OpenOptions::new().write(true).open(&target)?;
                Some(facts?)
            }
        };
        let mut text = named_later(folder, old.as_ref())?;
        text.write_all(file.text.as_bytes())?;
        if let Some(old) = old {
            keep_facts(&old, text.as_file())?;
        }
        text.as_file().sync_all()?;
        Ok(Self::File { target, text })
    }

    /// The folder of the file.
    fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::File { target, .. } => folder_of(target).canonicalize().ok(),
            Self::Stream(_) => None,
        }
    }

    /// Whether what is there is what may be replaced.
    fn replaces(&self, before: Before<'_>) -> bool {
        let Self::File { target, .. } = self else { return true };
        let now = || std::fs::read(target);
        match before {
            Before::Anything => true,
            Before::Text(text) => now().is_ok_and(|now| now == text.as_bytes()),
            Before::Blank => now().map_or(!target.exists(), |now| now.iter().all(u8::is_ascii_whitespace)),
            // The system looks when the file gets its name.
            Before::NoFile => true,
        }
    }

    /// Gives the text its name, or sends it.
    fn commit(self, file: &NewText<'_>) -> io::Result<()> {
        match self {
            Self::Stream(target) => OpenOptions::new().append(true).open(target)?.write_all(file.text.as_bytes()),
            Self::File { target, text } => {
                match file.before {
                    Before::Anything | Before::Text(_) => text.persist(&target)?,
                    Before::Blank if target.exists() => text.persist(&target)?,
                    Before::Blank | Before::NoFile => text.persist_noclobber(&target)?,
                };
                // The name is on the disk with its folder. Some systems cannot do that, and then do it in their own time.
                let _ = File::open(folder_of(&target)).and_then(|folder| folder.sync_all());
                Ok(())
            }
        }
    }
}

/// A file in the folder that has no name yet that anyone looks for; it vanishes unless it gets one.
fn named_later(folder: &Path, old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".iameval-").suffix(".tmp");
    if let Some(permissions) = old.map(Metadata::permissions).or_else(permissions_of_new_files) {
        builder.permissions(permissions);
    }
    builder.tempfile_in(folder)
}

/// What a new file permits before the caller's mask is taken from it.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems do not have these")]
fn permissions_of_new_files() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o666))
}

#[cfg(not(unix))]
fn permissions_of_new_files() -> Option<Permissions> {
    None
}

/// Gives a file the owner and the permissions of another, as far as the system allows.
fn keep_facts(old: &Metadata, new: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let facts = new.metadata()?;
        // Only root can give files away; others may choose among their own groups.
        if facts.gid() != old.gid() {
            let _ = fchown(new, None, Some(old.gid()));
        }
        if facts.uid() != old.uid() {
            let _ = fchown(new, Some(old.uid()), None);
        }
    }
    if new.metadata()?.permissions() == old.permissions() { Ok(()) } else { new.set_permissions(old.permissions()) }
}

/// Keeps other runs of the program from writing into the folders until the locks are dropped. The system drops them when
/// the program ends, however it ends. Where it cannot lock folders, what is compared may still change until it is replaced.
#[cfg(unix)]
fn lock(folders: impl Iterator<Item = PathBuf>) -> Vec<File> {
    use rustix::fs::{FlockOperation, flock};
    // In the same order everywhere, or two runs might wait for each other.
    let folders: BTreeSet<PathBuf> = folders.collect();
    let locked = |folder: PathBuf| {
        let folder = File::open(folder).ok()?;
        flock(&folder, FlockOperation::LockExclusive).ok()?;
        Some(folder)
    };
    folders.into_iter().filter_map(locked).collect()
}

#[cfg(not(unix))]
fn lock(_: impl Iterator<Item = PathBuf>) -> Vec<File> {
    Vec::new()
}

/// Why a file cannot be written.
#[derive(Debug)]
enum Trouble {
    Io(io::Error),
    /// A link leads where nothing may be written, and what to do about it.
    Outside(&'static str),
    /// It is not what was read.
    Changed,
}

/// A file that the system does not let us write.
pub(crate) fn unwritable(name: &str, error: io::Error) -> Failure {
    Trouble::Io(error).about(name, "")
}

impl Trouble {
    /// The failure to write a file of that name; `more` is added to what is wrong.
    fn about(&self, name: &str, more: &str) -> Failure {
        let help = match self {
            Self::Io(_) => "does the folder exist, and do you have permission to write to it?",
            Self::Outside(help) => help,
            Self::Changed => "run the command again",
        };
        Failure::usage(codes::UNWRITABLE, format!("cannot write `{name}`: {self}{more}"), help)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => {
                let error = error.to_string();
                // Rust adds the number of the error, which says nothing more, and `tempfile` the path of its file.
                f.write_str(error.split_once(" (os error").map_or(&*error, |(reason, _)| reason))
            }
            Self::Outside(_) => f.write_str("it is behind a link that points outside the folder"),
            Self::Changed => f.write_str("it has changed since it was read"),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
