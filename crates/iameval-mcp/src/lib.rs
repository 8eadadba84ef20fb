//! An MCP server for coding assistants: they ask what an IAM policy does before they propose it.
//!
//! [`Server::answer`] is a function from a message to an answer, [`Server::run`] reads and writes them line by line. What there
//! is to ask about, the world and the test files, a [`Workspace`] says anew for every call. Nothing is written, and nothing
//! leaves the machine. The tools are in `tools.json` as clients see them.

mod answer;
mod arguments;
mod message;
mod resource;
mod server;
mod tool;
mod tools;
mod workspace;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use server::{LONGEST, Server};
pub use workspace::Workspace;
