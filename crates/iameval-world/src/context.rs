//! Contexts and tags as worlds write them, the named contexts, and the defaults.

use crate::definition::{Definition, OVERRIDE};
use crate::file::{Checked, Result, WorldFile};
use crate::load::Loader;
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Member, Node, Value};
use iameval::{Context, ContextKey, ContextValue, Mfa, Principal};
use std::collections::BTreeMap;

/// Reads a context: `key: value`, `key: [values]`, `key: absent`.
///
/// # Errors
/// When it is no map, a value is neither, or a key is there in two spellings.
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
                format!("`{earlier}` and `{}` are one key: case does not count", member.key)
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
            let message = format!("a context value must be a text, a number or a boolean, found {}", node.kind());
            let mut error = invalid(node.span, message);
            error.help = match node.value {
                Value::Null => Some("a key that is not in the request is `absent`; an empty text is \"\"".into()),
                _ => None,
            };
            Err(error)
        }
    }
}

/// Reads tags: a map from keys to texts.
pub(crate) fn read_tags(node: Option<&Node<'_>>) -> Checked<Vec<(String, String)>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let members = node
        .members()
        .ok_or_else(|| invalid(node.span, format!("the tags must be a map of keys to texts, found {}", node.kind())))?;
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
                return Err(invalid(member.value.span, format!("the value of a tag must be a text, found {found}")));
            }
        };
        tags.push((member.key.to_string(), value));
    }
    Ok(tags)
}

/// Gives the keys of tags their values; a tag that is there already in any spelling is replaced (R-CTX-12).
pub(crate) fn tag_context(context: &mut Context, prefix: &str, tags: &[(String, String)]) {
    for (key, value) in tags {
        let key = format!("{prefix}{key}");
        context.remove(&key);
        context.insert(&key, value.as_str());
    }
}

impl Loader<'_> {
    pub(crate) fn context(&mut self, definition: Definition<'_>) -> Result<()> {
        let Definition { file, member } = definition;
        let members = member.value.members().ok_or_else(|| {
            let found = member.value.kind();
            file.error(invalid(member.value.span, format!("a context must be a map of keys, found {found}")))
        })?;
        let context = read_members(members.iter().filter(|member| member.key != OVERRIDE));
        let context = context.map_err(|error| file.error(error))?;
        self.world.contexts.insert(member.key.to_string(), context);
        Ok(())
    }

    /// Defaults; each field of a later file stands in for that of an earlier.
    pub(crate) fn defaults(&mut self, file: &WorldFile, node: Option<&Node<'static>>) -> Result<()> {
        let Some(node) = node else { return Ok(()) };
        let error = |diagnostic| file.error(diagnostic);
        let [principal, resource, mfa, context, strict] =
            fields(node, "the defaults", ["principal", "resource", "mfa", "context", "strict_context"])
                .map_err(error)?;
        if let Some(node) = principal {
            let name = text(node, "`principal`").map_err(error)?;
            let is_arn = name.starts_with("arn:") && name.parse::<Principal>().is_ok();
            if !is_arn && self.world.principal(name).is_none() {
                return Err(file.unknown("principal", name, node.span, self.world.principals.keys()));
            }
            self.world.defaults.principal = Some(name.into());
        }
        if let Some(node) = resource {
            let name = text(node, "`resource`").map_err(error)?;
            if !matches!(name, "self" | "*") && self.world.resource_arn(name).is_none() {
                return Err(file.unknown("resource", name, node.span, self.world.resources.keys()));
            }
            self.world.defaults.resource = Some(name.into());
        }
        if let Some(node) = mfa {
            let word = match &node.value {
                Value::Bool(value) => value.to_string(),
                _ => text(node, "`mfa`").map_err(error)?.to_owned(),
            };
            let state: Mfa = word
                .parse()
                .map_err(|problem: iameval::ParseMfaError| error(invalid(node.span, problem.to_string())))?;
            self.world.defaults.mfa = Some(state);
        }
        if let Some(node) = context {
            self.world.defaults.context = self.default_context(file, node)?;
        }
        if let Some(node) = strict {
            self.world.defaults.strict_context = Some(boolean(node, "`strict_context`").map_err(error)?);
        }
        Ok(())
    }

    /// A map, the name of a context, or a list of names, of which a later one stands above an earlier.
    fn default_context(&self, file: &WorldFile, node: &Node<'static>) -> Result<Context> {
        if node.members().is_some() {
            return read_context(node).map_err(|error| file.error(error));
        }
        let mut context = Context::new();
        for node in crate::file::items(Some(node)) {
            let name = text(node, "a context").map_err(|error| file.error(error))?;
            let Some(named) = self.world.contexts.get(name) else {
                return Err(file.unknown("context", name, node.span, self.world.contexts.keys()));
            };
            overlay(&mut context, named);
        }
        Ok(context)
    }
}

/// Puts every key of `above` over what a context says of it.
pub fn overlay(context: &mut Context, above: &Context) {
    for (key, value) in above.iter() {
        context.remove(key.as_str());
        match value {
            Some(value) => context.insert(key.as_str(), value.clone()),
            None => context.insert_absent(key.as_str()),
        }
    }
}
