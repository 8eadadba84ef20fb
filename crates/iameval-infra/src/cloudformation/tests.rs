//! Tests of templates as a whole: the fixtures, functions by tables of cases, what goes wrong, and how it grows.

mod fixtures;
mod functions;
mod nested;
mod robustness;
mod world;
mod wrong;

use super::{CloudFormation, ReadTemplates};
use crate::stack::Stack;
use crate::testing::Memory;
use crate::value::{Value, ValueKind};
use iameval::symbol::{Symbol, Symbols};
use iameval_world::Finding;

/// What a template comes to, read from a file `t.yaml` without more.
fn read(text: &str) -> Result<(ReadTemplates, Symbols), Vec<Finding>> {
    read_with(text, |options| options)
}

fn read_with(
    text: &str,
    options: impl FnOnce(CloudFormation) -> CloudFormation,
) -> Result<(ReadTemplates, Symbols), Vec<Finding>> {
    let mut symbols = Symbols::new();
    let stacks =
        options(CloudFormation::new("t.yaml")).stacks(&Memory::default().with("t.yaml", text), &mut symbols)?;
    Ok((stacks, symbols))
}

/// The findings of a template that has something wrong, as `line:column: message; help`.
fn told(text: &str, options: impl FnOnce(CloudFormation) -> CloudFormation) -> Vec<String> {
    let findings = match read_with(text, options) {
        Ok((stacks, _)) => stacks.warnings,
        Err(findings) => findings,
    };
    findings.iter().map(in_words).collect()
}

pub(super) fn in_words(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let lines = iameval::text::LineIndex::new(&finding.source.text);
    let place = finding.source.position(&lines, diagnostic.place().start);
    let help = diagnostic.help().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{}:{}: {}{help}", place.line, place.column, diagnostic.message())
}

/// A value as text, much like JSON.
pub(super) fn shown(value: &Value, symbols: &Symbols) -> String {
    let all = |values: &[Value]| values.iter().map(|value| shown(value, symbols)).collect::<Vec<_>>().join(", ");
    match &value.kind {
        ValueKind::Null => "null".into(),
        ValueKind::Bool(value) => value.to_string(),
        ValueKind::Number(text) | ValueKind::Untyped(text) => text.clone(),
        ValueKind::Text(text) => symbols.display(&text.text).into_owned(),
        ValueKind::List(items) | ValueKind::Unordered(items) => format!("[{}]", all(items)),
        ValueKind::Map(entries) => {
            let entry = |entry: &crate::value::Entry| {
                format!("{}: {}", symbols.display(&entry.key.text), shown(&entry.value, symbols))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        ValueKind::Unknown(symbol) => format!("<{}>", name(*symbol, symbols)),
        ValueKind::OneOf { on, choices } => {
            let choice = |choice: &Option<Value>| choice.as_ref().map_or("-".into(), |value| shown(value, symbols));
            let choices: Vec<String> = choices.iter().map(choice).collect();
            format!("({}? {})", name(on.symbol(), symbols), choices.join(" | "))
        }
    }
}

fn name(symbol: Symbol, symbols: &Symbols) -> String {
    symbols.name(symbol).to_owned()
}

/// The resource of that id.
pub(super) fn resource<'s>(stack: &'s Stack, id: &str) -> &'s crate::stack::Resource {
    stack.resources.iter().find(|resource| resource.id == id).unwrap_or_else(|| panic!("{id} in {stack:?}"))
}
