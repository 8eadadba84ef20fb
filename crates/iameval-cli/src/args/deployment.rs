//! What is known of the deployment of templates.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What these flags stand under in help. The flags after them stand where they stood.
const HEADING: &str = "Templates";

/// What is known of a deployment
#[derive(Debug, Default, Args)]
pub(crate) struct Deployment {
    /// The value of a parameter of a template, or of a Terraform variable; `STACK/NAME` is that of one stack
    #[arg(long, value_name = "NAME=VALUE", help_heading = HEADING)]
    pub(crate) parameter: Vec<String>,

    /// A file with values of parameters, in a form that the AWS CLI or AWS pipelines take; or a `*.tfvars` file
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    pub(crate) parameters: Vec<PathBuf>,

    /// What something comes to that is not known before the deployment, by its address
    ///
    /// Addresses are those that answers and `iameval world --symbols` name: the name of a resource, `Key`; an attribute,
    /// `Key.Arn` or `aws_kms_key.k.arn`; a condition, `Condition IsProduction`; a variable, `var.name`; `AWS::AccountId`.
    #[arg(long, value_name = "ADDRESS=VALUE", help_heading = HEADING)]
    pub(crate) set: Vec<String>,

    /// The folder of the source that a Terraform plan was made of, for what the plan leaves out
    #[arg(long, value_name = "FOLDER", help_heading = HEADING)]
    pub(crate) source: Option<PathBuf>,

    /// Lets Terraform's source and `serverless.yml` read files outside of their folders
    #[arg(long, help_heading = HEADING)]
    pub(crate) read_outside: bool,

    /// What becomes of what a template leaves to the deployment, such as a parameter without a value
    #[arg(long, value_enum, value_name = "WHAT", default_value_t, help_heading = HEADING)]
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
