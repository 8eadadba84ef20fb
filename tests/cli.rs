//! The `iameval` command from outside: arguments in, standard output, standard error and exit status out.
//!
//! Most tests are transcripts: sections of the pages in `fixtures/cli`, which `cli/page.rs` runs. The functions are for
//! what a page shows badly: bytes, colours, pipes, files that are written, tables of many small cases, long outputs.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "cli/account.rs"]
mod account;
#[path = "cli/actions.rs"]
mod actions;
#[path = "cli/aids.rs"]
mod aids;
#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/batch.rs"]
mod batch;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/check_worlds.rs"]
mod check_worlds;
#[path = "cli/data.rs"]
mod data;
#[path = "cli/expand.rs"]
mod expand;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/init.rs"]
mod init;
#[path = "cli/keys.rs"]
mod keys;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/page.rs"]
mod page;
#[path = "cli/readme.rs"]
mod readme;
#[path = "cli/request.rs"]
mod request;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/scenario.rs"]
mod scenario;
#[path = "cli/service_rules.rs"]
mod service_rules;
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
