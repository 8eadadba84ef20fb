//! `--update`

use super::files;
use crate::args::Test;
use crate::exit::Outcome;
use crate::output::Output;
use crate::setup::Setup;
use crate::write::{Before, NewText, Reach, replaced, write};
use iameval_ask::words::quoted;
use iameval_report::plain;
use iameval_test::{FileRun, Update};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file that changes, for the sake of a test file.
struct FileChange<'r> {
    test: &'r str,
    /// Where it may be.
    roots: Vec<PathBuf>,
    update: Update,
}

/// Writes the files that change, and says which; whether there are any.
pub(super) fn update(runs: &[FileRun<'_>], flags: &Test, setup: &Setup, output: &mut Output) -> Outcome<bool> {
    let named = files::roots(&flags.paths, setup);
    let (mut changes, mut kept) = (Vec::new(), Vec::new());
    for run in runs {
        let updates = run.updates();
        let folder = run.file.source().path.as_deref().and_then(Path::parent);
        let roots: Vec<PathBuf> = named.iter().cloned().chain(folder.map(Into::into)).collect();
        let change = |update| FileChange { test: run.file.name(), roots: roots.clone(), update };
        changes.extend(updates.files.into_iter().map(change));
        kept.extend(updates.kept);
    }
    let changes = agreed(changes, &mut kept);
    let new = changes.iter().map(|FileChange { roots, update, .. }| NewText {
        path: &update.path,
        name: &update.name,
        text: &update.text,
        before: update.before.as_deref().map_or(Before::Blank, Before::Text),
        reach: if flags.allow_outside { Reach::Anywhere } else { Reach::Inside { roots, help: HELP } },
    });
    write(&new.collect::<Vec<_>>())?;
    for change in &changes {
        output.message(&format!("wrote {}", plain(&change.update.name)));
    }
    for kept in &kept {
        output.message(&plain(kept));
    }
    Ok(!changes.is_empty())
}

const HELP: &str = "name the file that the link points to, or take `--allow-outside`";

/// The changes, each file once; without those of files of which several test files want another text each.
fn agreed<'r>(changes: Vec<FileChange<'r>>, kept: &mut Vec<String>) -> Vec<FileChange<'r>> {
    let place = |change: &FileChange<'_>| replaced(&change.update.path).unwrap_or_else(|| change.update.path.clone());
    let mut positions: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut shared: Vec<Vec<FileChange<'r>>> = Vec::new();
    for change in changes {
        let position = *positions.entry(place(&change)).or_insert(shared.len());
        match shared.get_mut(position) {
            Some(alike) => alike.push(change),
            None => shared.push(vec![change]),
        }
    }
    let mut agreed = Vec::new();
    for alike in shared {
        if alike.windows(2).all(|pair| matches!(pair, [one, other] if one.update.text == other.update.text)) {
            agreed.extend(alike.into_iter().next());
        } else if let Some(FileChange { update, .. }) = alike.first() {
            let tests: Vec<&str> = alike.iter().map(|change| change.test).collect();
            let name = &update.name;
            kept.push(format!("`{name}` is left unchanged: it would differ for each of {}", quoted(&tests, 5)));
        }
    }
    agreed
}
