//! Running again whenever a file changes that was read.
//!
//! CHOICE: files are looked at four times a second rather than watched by the system: that works on network folders and
//! in containers, with editors that put a new file in the place of the old one, and needs no library.

use crate::exit::{Exit, Outcome};
use crate::output::Output;
use iameval_world::{Disk, Files, Finding, Limits, Source};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

const OFTEN: Duration = Duration::from_millis(250);

/// Files on the disk, and when each of them that was read had last changed.
#[derive(Default)]
struct Remembered {
    files: Mutex<BTreeMap<PathBuf, State>>,
    disk: Disk,
}

/// What tells a file from what it becomes; nothing where there is none.
type State = Option<(SystemTime, u64)>;

fn state(path: &Path) -> State {
    let facts = path.metadata().ok()?;
    Some((facts.modified().ok()?, facts.len()))
}

impl Remembered {
    fn note(&self, path: &Path) {
        // Before it is read: what changes meanwhile counts as a change.
        let state = state(path);
        self.files.lock().unwrap_or_else(PoisonError::into_inner).entry(path.to_owned()).or_insert(state);
    }

    /// The first file that is not what it was.
    fn changed(&self) -> Option<PathBuf> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().find(|(path, known)| state(path) != **known).map(|(path, _)| path.clone())
    }
}

impl Files for Remembered {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Box<Finding>> {
        self.note(path);
        self.disk.read(path)
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Box<Finding>> {
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

    fn identity(&self, path: &Path) -> PathBuf {
        self.disk.identity(path)
    }
}

/// Runs until somebody stops the program or reads no more of it. Test files that come later are found as well.
pub(super) fn run(
    find: impl Fn() -> Vec<PathBuf>,
    disk: Disk,
    output: &mut Output,
    mut once: impl FnMut(&dyn Files, &mut Output) -> Outcome<Exit>,
) -> Outcome<Exit> {
    loop {
        let files = Remembered { disk, ..Remembered::default() };
        let found = find();
        let outcome = once(&files, output);
        if output.is_closed() {
            return outcome;
        }
        if let Err(failure) = outcome {
            output.failure(&failure);
        }
        output.message("waiting for changes; Ctrl-C ends");
        let changed = loop {
            std::thread::sleep(OFTEN);
            if let Some(changed) = files.changed() {
                break changed.display().to_string();
            }
            if find() != found {
                break "the list of test files".to_owned();
            }
        };
        output.message(&format!("\n{changed} changed"));
    }
}
