//! How bad something is.

use crate::keyword::keywords;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Accepted by AWS, but probably a mistake.
    Warning,
    /// AWS refuses it.
    Error,
}

keywords! {
    /// The name in reports.
    Severity, "a severity" { Info => "info", Warning => "warning", Error => "error" }
}
