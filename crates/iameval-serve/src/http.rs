//! The server: HTTP around the API, and what keeps it safe. Nothing here knows IAM.

mod answer;
mod guard;
mod log;
mod metrics;
mod patient;
mod server;
mod v1;

pub use server::{Handle, Server, ServerOptions};
