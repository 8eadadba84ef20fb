//! `iameval shrink`: policies fitted into AWS's limits.

use crate::args::{Format, Shrink};
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, shown};
use crate::policy;
use crate::setup::Setup;
use crate::write::{Before, NewText, Reach, write};
use iameval_ask::words::quoted;
use iameval_prove::{ShrinkError, ShrinkOptions, Shrunk, shrink};
use iameval_report::plain;
use iameval_world::{Finding, LoadedPolicy, PolicyForm};
use std::path::{Path, PathBuf};

pub(crate) fn run(flags: &Shrink, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let policy = policy::load("POLICY", &flags.policy, &setup.files, output)?;
    let file = if flags.in_place { Some(file_of(&policy)?) } else { None };
    let options = ShrinkOptions {
        limit: flags.limit,
        split: flags.split,
        keep_sids: flags.keep_sids,
        wildcards: flags.wildcards.map(|_| setup.catalogue()),
    };
    let shrunk = shrink(policy.document(), flags.kind, &options).map_err(|error| failure(error, flags, &policy))?;
    let fits = shrunk.excess() == 0;
    let written = match file.filter(|_| fits) {
        Some(file) => write_files(&shrunk, file, flags.split.is_some(), &policy)?,
        None => Vec::new(),
    };
    for line in shrunk.lines() {
        output.message(&plain(&line));
    }
    for path in &written {
        output.message(&format!("wrote {}", shown(path)));
    }
    if flags.in_place && !fits {
        output.message("nothing was written");
    }
    match flags.format {
        Format::Json => output.json(&shrunk.to_json()),
        Format::Human if written.is_empty() => output.raw(&text_of(&shrunk, flags.split.is_some())),
        Format::Human => {}
    }
    Ok(if fits { Exit::Wanted } else { Exit::Other })
}

/// The policy as it counts, or an array of its parts.
fn text_of(shrunk: &Shrunk, is_split: bool) -> String {
    let documents: Vec<String> = shrunk.documents.iter().map(ToString::to_string).collect();
    let documents = documents.join(",");
    if is_split { format!("[{documents}]\n") } else { format!("{documents}\n") }
}

fn failure(error: ShrinkError, flags: &Shrink, policy: &LoadedPolicy) -> Failure {
    match error {
        ShrinkError::Policy(error) => {
            let found = error.diagnostics().iter();
            Failure(found.map(|found| Finding::new(&policy.source, found.clone())).collect())
        }
        error => {
            let split = flags.split.map(|split| split.to_string()).unwrap_or_default();
            let help = "leave out `--split`".to_owned();
            Failure::argument("--split", &split, codes::CONFLICTING_FLAGS, error.to_string(), Some(help))
        }
    }
}

/// The file that `--in-place` is about.
fn file_of(policy: &LoadedPolicy) -> Outcome<&Path> {
    let name = &policy.source.name;
    let why = match (&policy.form, &policy.file) {
        (PolicyForm::Json, Some(file)) => return Ok(file),
        (PolicyForm::Yaml, Some(_)) => format!("`--in-place` writes JSON, and `{name}` is YAML"),
        _ => format!("`--in-place` writes files, and `{name}` is not a separate file"),
    };
    Err(Failure::usage(codes::CONFLICTING_FLAGS, why, "leave out `--in-place`, and redirect standard output to a file"))
}

/// Writes the policy to its file, or its parts beside it. Which files were written.
fn write_files(shrunk: &Shrunk, file: &Path, is_split: bool, policy: &LoadedPolicy) -> Outcome<Vec<PathBuf>> {
    let texts: Vec<String> = shrunk.documents.iter().map(|document| format!("{document}\n")).collect();
    let paths: Vec<PathBuf> =
        if is_split { (1..=texts.len()).map(|number| part(file, number)).collect() } else { vec![file.into()] };
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let before = if is_split { Before::NoFile } else { Before::Text(&policy.source.text) };
    if is_split {
        refuse_to_overwrite(&paths)?;
    }
    let new = paths.iter().zip(&names).zip(&texts);
    let new = new.map(|((path, name), text)| NewText { path, name, text, before, reach: Reach::Named });
    write(&new.collect::<Vec<_>>())?;
    Ok(paths)
}

/// `policy.json` becomes `policy.1.json`.
fn part(file: &Path, number: usize) -> PathBuf {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or("json");
    file.with_extension(format!("{number}.{extension}"))
}

fn refuse_to_overwrite(paths: &[PathBuf]) -> Outcome<()> {
    let there = paths.iter().filter(|path| path.symlink_metadata().is_ok());
    let names: Vec<String> = there.map(|path| path.display().to_string()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let verb = if names.len() == 1 { "exists" } else { "exist" };
    let message = format!("{} already {verb}, so nothing was written", quoted(&names, 20));
    Err(Failure::usage(codes::FILE_EXISTS, message, "remove the old parts, or leave out `--in-place`"))
}
