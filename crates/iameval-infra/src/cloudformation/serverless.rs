//! Services of the Serverless Framework: from `serverless.yml` to a template.
//!
//! Variables are replaced ([`resolve`]), and what the framework makes of a service is made: roles, permissions, and the
//! resources that these name, under the ids that the framework gives them. What has no part in that is left out: code,
//! stages, event source mappings. The resources that are written are merged into it. Everything made stands at the place of
//! what it is made from, in whatever file that is ([`parts`]).

mod api;
mod custom;
mod events;
mod functions;
mod merge;
mod parts;
mod plugins;
mod resolve;
mod roles;
mod service;
mod sources;
mod statements;
mod syntax;
mod template;
#[cfg(test)]
mod tests;
mod texts;

use super::template::Notation;
use super::tree::Tree;
use iameval_world::{Files, Finding, Source};
pub(super) use parts::Parts;
pub(super) use resolve::Setting;
use resolve::{Resolver, Told};
use service::Service;
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use template::Made;

/// The template that a service comes to.
pub(super) struct Lowered {
    pub(super) tree: Tree,
    /// The text that the places of the tree are in.
    pub(super) source: Arc<Source>,
    /// The files that this text is put together from.
    pub(super) parts: Rc<Parts>,
    pub(super) region: Option<String>,
    pub(super) stack: Option<String>,
    /// Names that values were given for.
    pub(super) asked: BTreeSet<String>,
    pub(super) warnings: Vec<Finding>,
    /// Whether resources may be missing, as what defines them is not known.
    pub(super) is_incomplete: bool,
}

/// Whether a file is a service: by what it says, or by its name where it is not a template.
pub(super) fn is_service(name: &str, tree: &Tree) -> bool {
    let says = |name: &str| tree.get(name).is_some();
    let is_called_so = || is_called_so(name) && !super::template::is_template(tree);
    (says("service") && says("provider")) || is_called_so()
}

/// Whether a file has the name that the framework looks for.
pub(super) fn is_called_so(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    ["serverless.yml", "serverless.yaml", "serverless.json"].contains(&name)
}

/// Which YAML a file is written in, by its name.
pub(super) fn notation(name: &str) -> Notation {
    if is_called_so(name) { Notation::Service } else { Notation::Template }
}

/// The template that a service comes to.
///
/// # Errors
/// What is wrong with the service, and with the files that it reads.
pub(super) fn lower(
    files: &dyn Files,
    path: &Path,
    (source, tree): (&Arc<Source>, Tree),
    setting: Setting<'_>,
) -> Result<Lowered, Vec<Finding>> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let prefix = super::load::stem(path);
    let mut resolver = Resolver::new(files, folder, source.clone(), tree, (setting, prefix));
    let lowered = made(&mut resolver);
    match lowered {
        Ok((tree, service)) if resolver.errors.is_empty() => Ok(Lowered {
            tree,
            source: resolver.parts.whole(),
            stack: service.stack(),
            region: service.region,
            asked: resolver.asked,
            warnings: resolver.warnings,
            is_incomplete: resolver.is_incomplete,
            parts: Rc::new(resolver.parts),
        }),
        _ => Err(resolver.errors),
    }
}

fn made(resolver: &mut Resolver<'_>) -> Result<(Tree, Service), Told> {
    let service = Service::read(resolver)?;
    let mut made = Made::default();
    service.deployment_bucket(&mut made);
    service.roles(resolver, &mut made);
    service.lambdas(&mut made);
    service.apis(&mut made);
    service.events(&mut made);
    service.custom_resources(&mut made);
    functions::layers(resolver, &mut made)?;
    let template = made.template(resolver)?;
    let template = match service.pseudo_parameters {
        Some(plugin) => plugin.put_into(template),
        None => template,
    };
    Ok((template, service))
}
