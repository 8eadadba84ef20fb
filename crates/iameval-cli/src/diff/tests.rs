//! `--write-tests`

use super::side::Side;
use crate::codes;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::report::write_report;
use crate::setup::Setup;
use iameval_ask::Diff;
use iameval_report::plain;
use iameval_test::discover::SUFFIX;
use iameval_test::{Options, TestedSide, diff_tests};
use iameval_world::find_managed;
use std::path::{Component, Path};

/// Refuses a name by which `iameval test` would not find the file.
pub(super) fn check(file: &str) -> Outcome<()> {
    if !file.ends_with(SUFFIX) {
        let message = format!("`{file}` would not be found by `iameval test`");
        let help = Some(format!("call it `NAME{SUFFIX}`"));
        return Err(Failure::argument("--write-tests", file, codes::INVALID_FLAG_VALUE, message, help));
    }
    Ok(())
}

/// Writes the test file, and tells what is in it.
pub(super) fn write(
    file: &str,
    diff: &Diff,
    new: &Side,
    name: &str,
    setup: &Setup,
    output: &mut Output,
) -> Outcome<()> {
    let path = Path::new(file);
    let is_file = Path::new(name).is_file();
    let from_tests = from_folder_of(path, name);
    let inline;
    let tested = match new {
        Side::World(_) if is_file => TestedSide::World(&from_tests),
        Side::World(_) => {
            let message = format!("`{name}` is not a file that tests could use");
            let help = Some("compare with NEW as a file".into());
            return Err(Failure::argument("--write-tests", file, codes::CONFLICTING_FLAGS, message, help));
        }
        Side::Policy(policy) => {
            let Some(beside) = diff.beside else { return Ok(()) };
            inline = policy.policy.document().to_json().to_string();
            let is_inline = !is_file && find_managed(name).is_none();
            let written = match (is_inline, is_file) {
                (true, _) => &inline,
                (false, true) => &from_tests,
                (false, false) => name,
            };
            TestedSide::Policy { written, is_inline, beside }
        }
    };
    let options = Options { catalogue: setup.catalogue(), ..Options::default() };
    let tests = diff_tests(diff, tested, &setup.files, path, &options);
    if let Some(text) = &tests.text {
        write_report(file, text)?;
        let cases = if tests.written == 1 { "case" } else { "cases" };
        output.message(&format!("wrote {} with {} {cases}", plain(file), tests.written));
    } else {
        output.message("no test cases: a test cannot make any of these requests");
    }
    if tests.left_out > 0 {
        let requests = if tests.left_out == 1 { "request is" } else { "requests are" };
        output.message(&format!(
            "{} {requests} left out: a rule of a service decides otherwise, or a test cannot say the caller or a key that \
             follows from it",
            tests.left_out
        ));
    }
    Ok(())
}

/// A path as the folder of the test file sees it.
fn from_folder_of(tests: &Path, name: &str) -> String {
    let folder = tests.parent().unwrap_or(Path::new(""));
    let is_plain = folder.components().all(|part| matches!(part, Component::Normal(_)));
    if Path::new(name).is_absolute() {
        return name.to_owned();
    }
    if is_plain {
        return format!("{}{name}", "../".repeat(folder.components().count()));
    }
    Path::new(name).canonicalize().map_or_else(|_| name.to_owned(), |path| path.display().to_string())
}
