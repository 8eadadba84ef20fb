//! Values of parameters that the user gives: one by one, and in files.

use super::Deployment;
use super::assembly::Root;
use super::parameters::{Parameter, scalar};
use super::template;
use crate::codes;
use crate::literal;
use iameval::json::{Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, Problem, suggest};
use iameval_world::{Files, Finding, Source, yaml};
use std::path::Path;
use std::sync::Arc;

/// A value of a parameter, and where it was given.
struct Given {
    name: String,
    value: String,
    place: Option<(Arc<Source>, Span)>,
}

/// Gives the parameters of stacks their values.
pub(super) fn give(options: &Deployment, files: &dyn Files, roots: &mut [Root]) -> Result<(), Vec<Finding>> {
    let mut all = Vec::new();
    for path in &options.parameter_files {
        all.extend(read(files, path).map_err(|finding| vec![finding])?);
    }
    all.extend(options.parameters.iter().map(|(name, value)| Given {
        name: name.clone(),
        value: value.clone(),
        place: None,
    }));
    let mut wrong = Vec::new();
    for given in all {
        if let Err(finding) = give_one(given, roots) {
            wrong.push(finding);
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn give_one(given: Given, roots: &mut [Root]) -> Result<(), Finding> {
    let Given { name, value, place } = given;
    let about = |problem: Problem| match &place {
        Some((source, span)) => Finding::new(source, problem.at(*span)),
        None => Finding::about_file(roots.first().map_or("", |root| &*root.source.name), problem),
    };
    if literal::holds_symbol(&value) {
        let message = format!("the value of parameter `{name}` holds a character of the last plane of Unicode");
        return Err(about(Problem::new(codes::INVALID_PARAMETER, message).with_help("remove the character")));
    }
    let takes = |root: &Root| {
        let id = name.strip_prefix(&*root.name).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&name);
        template::section(&root.tree, "Parameters")
            .get(id)
            .map(|member| (id.to_owned(), Parameter::new(member).is_secret()))
    };
    let declared: Vec<(usize, String, bool)> = roots
        .iter()
        .enumerate()
        .filter_map(|(index, root)| takes(root).map(|(id, is_secret)| (index, id, is_secret)))
        .collect();
    if declared.is_empty() {
        let names: Vec<&str> = roots
            .iter()
            .flat_map(|root| root.tree.get("Parameters").and_then(Node::members).unwrap_or_default())
            .map(|member| &*member.key)
            .collect();
        let help = suggest::did_you_mean(&name, names.iter().copied());
        let problem = Problem::new(codes::INVALID_PARAMETER, format!("no template has a parameter `{name}`"));
        return Err(about(match help {
            Some(help) => problem.with_help(help),
            None => problem,
        }));
    }
    for (index, id, is_secret) in declared {
        // What must not be shown is not kept.
        if let Some(root) = roots.get_mut(index).filter(|_| !is_secret) {
            root.settings.parameters.insert(id, value.clone());
        }
    }
    Ok(())
}

/// The values in a parameter file, in any of the forms that AWS's tools take.
fn read(files: &dyn Files, path: &Path) -> Result<Vec<Given>, Finding> {
    let source = files.read(path)?;
    let tree = yaml::parse(&source.text).map_err(|diagnostic| Finding::new(&source, diagnostic))?;
    let given = |name: String, value: String, span: Span| Given { name, value, place: Some((source.clone(), span)) };
    let wrong = |node: &Node<'_>| {
        let message = format!("{} is no value of a parameter", node.kind());
        let help =
            "a parameter file is a list of `ParameterKey` and `ParameterValue`, or an object of names and values";
        Finding::new(&source, Diagnostic::new(codes::INVALID_PARAMETER, node.beginning(), message).with_help(help))
    };
    let mut all = Vec::new();
    match &tree.value {
        Value::Array(items) => {
            for item in items {
                if let Some((name, value)) = item.as_str().and_then(|text| text.split_once('=')) {
                    all.push(given(name.to_owned(), value.to_owned(), item.span));
                    continue;
                }
                let key = item.get("ParameterKey").and_then(Node::as_str).ok_or_else(|| wrong(item))?;
                if let Some(value) = item.get("ParameterValue") {
                    all.push(given(key.to_owned(), text(value).ok_or_else(|| wrong(value))?, value.span));
                }
            }
        }
        Value::Object(_) => {
            let members = tree.get("Parameters").and_then(Node::members).or(tree.members()).unwrap_or_default();
            for member in members {
                let value = text(&member.value).ok_or_else(|| wrong(&member.value))?;
                all.push(given(member.key.clone().into_owned(), value, member.value.span));
            }
        }
        _ => return Err(wrong(&tree)),
    }
    Ok(all)
}

/// A value as text; a list is joined as CloudFormation takes it.
fn text(node: &Node<'_>) -> Option<String> {
    match &node.value {
        Value::Array(items) => Some(items.iter().map(scalar).collect::<Option<Vec<String>>>()?.join(",")),
        _ => scalar(node),
    }
}
