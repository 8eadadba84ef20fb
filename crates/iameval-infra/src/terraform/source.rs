//! Terraform's source: a folder of `*.tf` files, evaluated as far as it goes without a plan.
//!
//! Files are read as trees ([`syntax`]) of which a module is made ([`folder`], [`load`]). Expressions are evaluated where
//! they are needed ([`evaluate`], [`expression`], [`functions`]), resources once for each of their instances ([`expand`]),
//! and what comes out is what plans come to as well ([`resources`]).

mod encode;
mod evaluate;
mod expand;
mod expression;
mod files;
pub(crate) mod folder;
mod functions;
mod load;
mod module;
mod resources;
mod syntax;
mod template;

use super::drafted::Root;
use super::naming::Naming;
use super::provider::Known;
use evaluate::Evaluator;
use iameval_world::{Files, Finding};
use std::path::{Path, PathBuf};

/// What is said of a folder of source.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) known: Known,
    /// Values of variables, as texts.
    pub(super) variables: Vec<(String, String)>,
    pub(super) variable_files: Vec<PathBuf>,
    /// Whether files are read that are in no folder of a module.
    pub(super) reads_outside: bool,
}

/// Reads a folder.
///
/// # Errors
/// What is not the language, and what cannot be read.
pub(super) fn read(
    files: &dyn Files,
    path: &Path,
    settings: &Settings,
    naming: &mut Naming<'_>,
) -> Result<Root, Vec<Finding>> {
    let loaded = load::load(files, path, settings)?;
    let undeclared = loaded.undeclared(settings);
    if !undeclared.is_empty() {
        return Err(undeclared);
    }
    let mut evaluator = Evaluator::new(&loaded, files, settings, naming);
    Ok(evaluator.root())
}
