//! Running again whenever a file changes that was read.
//!
//! CHOICE: files are looked at four times a second rather than watched by the system: that works on network folders and
//! in containers, with editors that put a new file in place of the old one, and needs no library.

use crate::exit::{Exit, Outcome};
use crate::output::{Output, shown};
use crate::remembered::Remembered;
use std::path::PathBuf;
use std::time::Duration;

const OFTEN: Duration = Duration::from_millis(250);

/// Runs until someone stops the program or reads no more of it. Test files that come later are found as well.
pub(super) fn run(
    find: impl Fn() -> Vec<PathBuf>,
    known: &Remembered,
    output: &mut Output,
    mut once: impl FnMut(&Remembered, &mut Output) -> Outcome<Exit>,
) -> Outcome<Exit> {
    loop {
        let files = known.anew();
        let found = find();
        let outcome = once(&files, output);
        if output.is_closed() {
            return outcome;
        }
        if let Err(failure) = outcome {
            output.failure(&failure);
        }
        output.message("waiting for changes; press Ctrl-C to stop");
        let changed = loop {
            std::thread::sleep(OFTEN);
            if let Some(changed) = files.changed() {
                break shown(&changed);
            }
            if find() != found {
                break "the list of test files".to_owned();
            }
        };
        output.message(&format!("\n{changed} changed"));
    }
}
