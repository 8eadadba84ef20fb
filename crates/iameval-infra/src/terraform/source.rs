//! Terraform's source: a folder of `*.tf` files, evaluated as far as it goes without a plan.
//!
//! Files are read as trees ([`syntax`]) of which a module is made ([`folder`], [`load`]). Expressions are evaluated where
//! they are needed ([`evaluate`], [`expression`], [`functions`]), resources once for each of their instances ([`expand`]),
//! and what comes out is what plans come to as well ([`resources`]).

mod attributes;
mod convert;
mod declared;
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
mod same;
mod syntax;
mod template;

use super::configuration::Configuration;
use super::drafted::Root;
use super::facts::Facts;
use super::naming::Naming;
use super::provider::Known;
use evaluate::Evaluator;
use iameval_world::{Files, Finding, Source};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// A plan that was made of the source.
pub(super) struct Plan<'p> {
    pub(super) facts: &'p Facts<'p>,
    pub(super) configuration: &'p Configuration<'p>,
    pub(super) source: &'p Arc<Source>,
}

/// Reads a folder.
///
/// # Errors
/// What is not the language, and what cannot be read.
pub(super) fn read(
    files: &dyn Files,
    path: &Path,
    settings: &Settings,
    beside: Option<&Plan<'_>>,
    naming: &mut Naming<'_>,
) -> Result<Root, Vec<Finding>> {
    let loaded = load::load(files, path, settings)?;
    let undeclared = loaded.undeclared(settings);
    if !undeclared.is_empty() {
        return Err(undeclared);
    }
    if let Some(Plan { configuration, source, .. }) = beside
        && let Some(finding) = same::differs(&loaded, configuration, source)
    {
        return Err(vec![finding]);
    }
    let facts = beside.map(|plan| plan.facts);
    let mut evaluator = Evaluator::new(&loaded, files, settings, facts, naming);
    Ok(evaluator.root())
}

/// Whether a plan was made of the source in a folder.
pub(super) fn is_of(files: &dyn Files, path: &Path, configuration: &Configuration<'_>) -> bool {
    if !folder::has_source(files, path) {
        return false;
    }
    let nothing = Source::new("", "");
    let loaded = load::load(files, path, &Settings::default());
    loaded.is_ok_and(|loaded| same::differs(&loaded, configuration, &nothing).is_none())
}
