//! The flags of `iameval mcp`.

use super::WorldSource;
use clap::Args;
use std::path::PathBuf;

/// Answer the questions of a coding assistant about IAM policies
///
/// A server of the Model Context Protocol (MCP) on standard input and output: the assistant starts it, and its tools check,
/// simulate, prove and compare policies, explain denials, find actions and run the tests. The world and the test files are read
/// again when they change. Nothing is written and nothing leaves the machine.
///
/// Example: iameval mcp -w world.yaml policies/
#[derive(Debug, Args)]
pub(crate) struct Mcp {
    /// Test files, or folders that contain them, for the tool `run_tests`; by default as for `iameval test`
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) source: WorldSource,
}
