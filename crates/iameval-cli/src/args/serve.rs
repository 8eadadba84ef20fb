//! The flags of `iameval serve`.

use super::{WorldSource, size};
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Answer AWS's policy simulation API on this machine
///
/// boto3, the AWS CLI and Terraform ask it with `AWS_ENDPOINT_URL_IAM=http://127.0.0.1:8086` and any keys. It answers the
/// simulator's calls, and those that read users, groups, roles and policies, from the world; nothing is changed and nothing
/// leaves the machine. The address is printed once it listens; SIGTERM and SIGINT end it after the requests under way.
///
/// Example: iameval serve -w world.yaml --listen 127.0.0.1:8086
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) source: WorldSource,

    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8086")]
    pub(crate) listen: SocketAddr,

    /// Listen on addresses that other machines reach, and answer by any name
    #[arg(long)]
    pub(crate) allow_remote: bool,

    /// Decide as live services do, where AWS's simulator differs; the header `X-Iameval-Live: true` does so for one request
    #[arg(long)]
    pub(crate) live: bool,

    /// The year whose shape of answers clients expect: until 2025, one result for each action and resource
    #[arg(long, value_enum, value_name = "YEAR", default_value = "2026")]
    pub(crate) compat: Year,

    /// Read the files of the world again when they change; while they are wrong, the last good world stays
    #[arg(long)]
    pub(crate) reload: bool,

    /// Write the address to this file once the server listens
    #[arg(long, value_name = "FILE")]
    pub(crate) once_ready: Option<PathBuf>,

    /// Maximum size of a request, in bytes; `K`, `M` and `G` multiply by 1024
    #[arg(long, value_name = "SIZE", default_value = "8M", value_parser = size)]
    pub(crate) max_body: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Year {
    #[value(name = "2025")]
    Until2025,
    #[value(name = "2026")]
    Since2026,
}
