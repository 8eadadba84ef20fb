//! Whether a plan was made of the source as it is.

use super::folder::{Folder, Resource};
use super::load::Loaded;
use super::syntax::ExprKind;
use crate::codes;
use crate::terraform::configuration::Configuration;
use iameval::Diagnostic;
use iameval::json::{Node, Value};
use iameval::text::{LineIndex, Span};
use iameval_world::{Finding, Source};
use std::collections::HashMap;
use std::sync::Arc;

/// The first thing that a plan and the source say differently, with both places.
pub(super) fn differs(loaded: &Loaded, configuration: &Configuration<'_>, plan: &Arc<Source>) -> Option<Finding> {
    // Folders by the path of the module that they are.
    let mut folders: HashMap<String, usize> = HashMap::from([(String::new(), 0)]);
    let mut left = vec![(String::new(), 0)];
    while let Some((path, number)) = left.pop() {
        for ((_, name), called) in loaded.called.iter().filter(|((from, _), _)| *from == number) {
            let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if configuration.has_module(&inner) && folders.insert(inner.clone(), *called).is_none() {
                left.push((inner, *called));
            }
        }
    }
    let mut paths: Vec<(&String, &usize)> = folders.iter().collect();
    paths.sort();
    for (path, number) in paths {
        let folder = loaded.folders.get(*number)?;
        if let Some(finding) = module(loaded, configuration, plan, path, folder) {
            return Some(finding);
        }
    }
    None
}

fn module(
    loaded: &Loaded,
    configuration: &Configuration<'_>,
    plan: &Arc<Source>,
    path: &str,
    folder: &Folder,
) -> Option<Finding> {
    for resource in &folder.resources {
        let name = resource.in_module();
        let place = || place(loaded, resource.file, resource.head);
        let Some(known) = configuration.in_module(path, &name) else {
            return Some(older(plan, Span::START, &format!("`{name}`, at {}, is not in the plan", place())));
        };
        for attribute in &resource.body.attributes {
            let ExprKind::Text(text) = &attribute.value.kind else { continue };
            let constant = known.get("expressions").and_then(|all| all.get(&attribute.name)?.get("constant_value"));
            if let Some(Node { value: Value::String(constant), span }) = constant
                && *constant != text.text
            {
                let name = format!("{name}.{}", attribute.name);
                return Some(older(plan, *span, &format!("`{name}` is something else at {}", place())));
            }
        }
    }
    let is_written = |name: &str| folder.resources.iter().any(|resource: &Resource| resource.in_module() == name);
    let missing = configuration.names_in(path).into_iter().find(|(name, _)| !is_written(name));
    missing.map(|(name, span)| older(plan, span, &format!("`{name}` is not in `{}`", folder.path.display())))
}

fn place(loaded: &Loaded, file: usize, span: Span) -> String {
    let Some(source) = loaded.sources.get(file) else { return String::new() };
    let position = LineIndex::new(&source.text).position(&source.text, span.start);
    format!("{}:{}", source.name, position.line)
}

fn older(plan: &Arc<Source>, span: Span, what: &str) -> Finding {
    let message = format!("the plan was not made of this source: {what}");
    let diagnostic = Diagnostic::new(codes::INVALID_PLAN, span, message);
    Finding::new(plan, diagnostic.with_help("make the plan anew, or name the folder that it was made of"))
}
