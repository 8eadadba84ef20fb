//! What is known of the deployment of templates.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What is known of a deployment
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Templates")]
pub(crate) struct Deployment {
    /// The value of a parameter of a template; `STACK/NAME` is that of one stack
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) parameter: Vec<String>,

    /// A file with values of parameters, in a form that the AWS CLI or CodePipeline takes
    #[arg(long, value_name = "FILE")]
    pub(crate) parameters: Vec<PathBuf>,

    /// What something comes to that is not known before the deployment, by its address
    ///
    /// Addresses are those that answers and `iameval world --symbols` name: the name of a resource, `Key`; an attribute,
    /// `Key.Arn`; a condition, `Condition IsProduction`; `AWS::AccountId`.
    #[arg(long, value_name = "ADDRESS=VALUE")]
    pub(crate) set: Vec<String>,

    /// What becomes of what a template leaves to the deployment, such as a parameter without a value
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) unknown: UnknownIs,
}

/// What becomes of what is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnknownIs {
    /// It stands for any value, and answers say what depends on it
    #[default]
    Symbol,
    /// It is an error (exit 2)
    Error,
}
