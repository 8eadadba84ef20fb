//! The `iameval` command from outside: arguments in, standard output, standard error and exit status out.
//!
//! Tests are transcripts: sections of the pages in `fixtures/cli`, which `cli/page.rs` runs. The functions are for what a
//! page shows badly: pipes and threads, times of files, links, long inputs, and what holds of every command or code.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "cli/aids.rs"]
mod aids;
#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/batch.rs"]
mod batch;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/codes.rs"]
mod codes;
#[path = "cli/expand.rs"]
mod expand;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/init.rs"]
mod init;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/page.rs"]
mod page;
#[path = "cli/picture.rs"]
mod picture;
#[path = "cli/readme.rs"]
mod readme;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/scenario.rs"]
mod scenario;
#[path = "cli/symbols.rs"]
mod symbols;
#[cfg(unix)]
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/testing.rs"]
mod testing;
#[path = "cli/transcripts.rs"]
mod transcripts;
#[cfg(unix)]
#[path = "cli/untrusted_names.rs"]
mod untrusted_names;
#[cfg(unix)]
#[path = "cli/writing.rs"]
mod writing;
