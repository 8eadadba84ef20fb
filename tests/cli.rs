//! The `iameval` command from outside: arguments in, standard output, standard error and exit status out.
//!
//! Every test runs the binary in a temporary folder of its own. What a person reads is compared as text, what a program
//! reads as JSON.
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
#[path = "cli/company.rs"]
mod company;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/context.rs"]
mod context;
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
#[path = "cli/layers.rs"]
mod layers;
#[path = "cli/managed.rs"]
mod managed;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/readme.rs"]
mod readme;
#[path = "cli/request.rs"]
mod request;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/scenario.rs"]
mod scenario;
#[path = "cli/scope_down.rs"]
mod scope_down;
#[path = "cli/service_rules.rs"]
mod service_rules;
#[path = "cli/testing.rs"]
mod testing;
#[path = "cli/world.rs"]
mod world;
