//! Which test files, and what is in them.

use crate::exit::{Failure, Outcome};
use crate::output::{Output, shown};
use crate::setup::Setup;
use iameval_test::discover::{self, Discovered};
use iameval_test::{Options, TestFile};
use iameval_world::{Disk, Files};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The test files that are named, those of the configuration, or those in the current folder; one at least.
pub(crate) fn find(named: &[PathBuf], setup: &Setup) -> Outcome<Discovered> {
    let mut found = Discovered::default();
    for path in named {
        if path.is_dir() {
            found.extend(discover::in_folder(path)?);
        } else {
            found.files.push(path.clone());
        }
    }
    let config = &setup.config;
    if named.is_empty() {
        found = match config.tests.as_slice() {
            [] => discover::in_folder(Path::new("."))?,
            patterns => discover::by_patterns(&config.folder, patterns)?,
        };
    }
    // A file that is named twice runs once, however it is named.
    let mut met = BTreeSet::new();
    found.files.retain(|path| met.insert(identity(path)));
    if !found.files.is_empty() {
        return Ok(found);
    }
    let place = match named {
        [] => "here".to_owned(),
        [path] => format!("in `{}`", path.display()),
        several => format!("in these {} folders", several.len()),
    };
    let message = format!("there is no test file {place}");
    let help = format!("test files are named `NAME{}`; `iameval init` writes one to start from", discover::SUFFIX);
    Err(Failure::usage(iameval_test::codes::NOTHING_TO_TEST, message, help))
}

/// What may be written into: the files and folders that are named, or the folder of the configuration, or the current one.
pub(super) fn roots(named: &[PathBuf], setup: &Setup) -> Vec<PathBuf> {
    match (named, setup.config.tests.as_slice()) {
        ([], []) => vec![PathBuf::from(".")],
        ([], _) => vec![setup.config.folder.clone()],
        (named, _) => named.to_vec(),
    }
}

/// The real folder of a file and its name there. What a link points to does not count: the same text in another folder
/// is about the world there.
fn identity(path: &Path) -> PathBuf {
    let Some(name) = path.file_name() else { return Disk::default().identity(path) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Disk::default().identity(folder.unwrap_or(Path::new("."))).join(name)
}

/// What the files are read with, as the configuration has it.
pub(crate) fn options(setup: &Setup) -> Outcome<Options<'_>> {
    Ok(Options {
        catalogue: setup.catalogue(),
        worlds: setup.config.worlds.clone(),
        defaults: setup.config.defaults.of_tests()?,
        ..Options::default()
    })
}

/// Reads the files; those that cannot be used are told at the end, so that the others run.
pub(crate) fn read<'s>(
    paths: &[PathBuf],
    options: &Options<'s>,
    files: &dyn Files,
    output: &mut Output,
) -> (Vec<TestFile<'s>>, Failure) {
    let (mut read, mut unusable) = (Vec::new(), Vec::new());
    for path in paths {
        output.detail(&format!("tests: {}", shown(path)));
        match TestFile::load(files, path, options) {
            Ok(file) => {
                output.knows(file.world());
                for warning in file.warnings() {
                    output.warn(warning);
                }
                read.push(file);
            }
            Err(findings) => unusable.extend(findings),
        }
    }
    (read, Failure(unusable))
}
