//! Maintenance: `cargo xtask data` makes the files of the catalogue anew from the packages that
//! `crates/iameval-data/data/manifest.toml` pins; `cargo xtask data --check` only tells whether the files are those that
//! the manifest names.

mod data;
mod overlay;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What went wrong, in words.
type Problem = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "this program talks to the person who runs it")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["data"] => data::generate(&root()),
        ["data", "--check"] => data::check(&root()),
        _ => Err("usage: cargo xtask data [--check]".into()),
    };
    match done {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            println!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
