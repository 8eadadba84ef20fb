//! Contexts and tags as worlds write them.

use super::definition::{Definition, OVERRIDE};
use super::file::{Checked, Result};
use super::loader::Loader;
use iameval::json::fields::invalid;
use iameval::json::{Member, Node, Value};
use iameval::{Context, ContextKey, ContextValue};
use std::collections::BTreeMap;

/// Reads a context: `key: value`, `key: [values]`, `key: absent`.
///
/// # Errors
/// When it is not a map, a value is neither, or a key is there in two spellings.
pub fn read_context(node: &Node<'_>) -> Checked<Context> {
    let members = node
        .members()
        .ok_or_else(|| invalid(node.span, format!("the context must be a map of keys, found {}", node.kind())))?;
    read_members(members.iter())
}

fn read_members<'n, 'a: 'n>(members: impl Iterator<Item = &'n Member<'a>>) -> Checked<Context> {
    let mut context = Context::new();
    let mut met: BTreeMap<ContextKey, &str> = BTreeMap::new();
    for member in members {
        if let Some(earlier) = met.insert(ContextKey::new(&member.key), &member.key) {
            let message = if earlier == member.key {
                format!("`{earlier}` is given twice")
            } else {
                format!("`{earlier}` and `{}` are the same key: case is ignored", member.key)
            };
            return Err(invalid(member.key_span, message));
        }
        match &member.value.value {
            Value::String(text) if text == "absent" => context.insert_absent(&member.key),
            Value::Array(items) => {
                let values: Vec<String> = items.iter().map(scalar).collect::<Checked<_>>()?;
                context.insert(&member.key, ContextValue::list(values.iter().map(String::as_str)));
            }
            _ => context.insert(&member.key, scalar(&member.value)?),
        }
    }
    Ok(context)
}

fn scalar(node: &Node<'_>) -> Checked<String> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Ok(text.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        _ => {
            let message = format!("a context value must be a string, a number or a boolean, found {}", node.kind());
            let error = invalid(node.span, message);
            Err(match node.value {
                Value::Null => {
                    error.with_help("write `absent` for a key that is not in the request; an empty string is \"\"")
                }
                _ => error,
            })
        }
    }
}

/// Reads tags: a map from keys to texts.
pub(super) fn read_tags(node: Option<&Node<'_>>) -> Checked<Vec<(String, String)>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let members = node.members().ok_or_else(|| {
        invalid(node.span, format!("the tags must be a map of keys to strings, found {}", node.kind()))
    })?;
    let mut tags: Vec<(String, String)> = Vec::new();
    for member in members {
        if tags.iter().any(|(key, _)| *key == member.key) {
            return Err(invalid(member.key_span, format!("the tag `{}` is given twice", member.key)));
        }
        let value = match &member.value.value {
            Value::String(text) | Value::Number(text) => text.to_string(),
            Value::Bool(value) => value.to_string(),
            _ => {
                let found = member.value.kind();
                return Err(invalid(member.value.span, format!("the value of a tag must be a string, found {found}")));
            }
        };
        tags.push((member.key.to_string(), value));
    }
    Ok(tags)
}

/// Reads a context with a name into the world.
pub(super) fn context(loader: &mut Loader<'_>, definition: Definition<'_>) -> Result<()> {
    let Definition { file, member, .. } = definition;
    let members = member.value.members().ok_or_else(|| {
        let found = member.value.kind();
        file.error(invalid(member.value.span, format!("a context must be a map of keys, found {found}")))
    })?;
    let context = read_members(members.iter().filter(|member| member.key != OVERRIDE));
    let context = context.map_err(|error| file.error(error))?;
    Ok(loader.world.context(&member.key, context, &definition.place())?)
}
