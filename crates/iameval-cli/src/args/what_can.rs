//! `iameval what-can`

use super::TableFormat;
use super::asked::{RequestFlags, WorldFlags};
use clap::Args;
use std::path::PathBuf;

/// List everything that a principal can do
///
/// The exact list of actions that some request of the principal can do, proved and not sampled: by service and access level, with
/// what is worth knowing first above it, each with the statement that gives it. Context keys that are not given are free, and so is
/// the state of multi-factor authentication without `--mfa`. Rules of single services are left out: policies alone decide.
///
/// Exits with 0, or with 2 when something could not be decided.
///
/// Example: iameval what-can ana --mfa=false
#[derive(Debug, Args)]
pub(crate) struct WhatCan {
    /// The principal: a name in the world, or an ARN; by default, that of the world
    #[arg(value_name = "PRINCIPAL")]
    pub(crate) principal: Option<String>,

    /// Compare with an identity policy: what the principal can do beyond it, and what only the policy allows
    #[arg(long, value_name = "POLICY")]
    pub(crate) diff_against: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) world: WorldFlags,

    #[command(flatten)]
    pub(crate) asked: RequestFlags,

    /// How to print the list
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: TableFormat,

    /// The same as `--format csv`
    #[arg(long, conflicts_with = "format")]
    pub(crate) csv: bool,
}
