//! Where a path leads.

use std::io;
use std::path::{Path, PathBuf};

/// What is at the end of a path, with all links followed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file, or the place for one.
    File(PathBuf),
    /// What takes bytes as they come: a pipe, a device, or something that a process has open, such as `/dev/stdout`.
    Stream(PathBuf),
}

/// How many links a path may go through, as on Linux.
const MOST_LINKS: usize = 40;

impl Target {
    /// Follows a path.
    ///
    /// # Errors
    /// When it leads in a circle, or through something that cannot be looked into.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..=MOST_LINKS {
            if is_of_open_files(folder_of(&path)) {
                return Ok(Self::Stream(path));
            }
            let facts = match path.symlink_metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::File(path)),
                facts => facts?,
            };
            if facts.is_symlink() {
                path = folder_of(&path).join(path.read_link()?);
            } else if facts.is_file() || facts.is_dir() {
                return Ok(Self::File(path));
            } else {
                return Ok(Self::Stream(path));
            }
        }
        Err(io::Error::other("its links form a loop"))
    }
}

/// The folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether the names in a folder stand for what processes have open. A new file of that name would be another file.
fn is_of_open_files(folder: &Path) -> bool {
    folder.canonicalize().is_ok_and(|folder| folder.starts_with("/proc") || folder.starts_with("/dev/fd"))
}

/// The path without links, as far as there is something on it.
pub(super) fn real(path: &Path) -> PathBuf {
    let real = |above: &Path| {
        let here = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        Some(here.canonicalize().ok()?.join(path.strip_prefix(above).ok()?))
    };
    path.ancestors().find_map(real).unwrap_or_else(|| path.to_owned())
}
