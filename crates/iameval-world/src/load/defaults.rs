//! The defaults of a world file.

use super::context::read_context;
use super::file::{Result, WorldFile, items};
use super::loader::Loader;
use crate::builder::Kind;
use crate::clash::Place;
use crate::model::context::overlay;
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::{Context, Mfa};

/// Reads defaults into the world; each field of a later file replaces that of an earlier.
pub(super) fn defaults(loader: &mut Loader<'_>, file: &WorldFile, node: Option<&Node<'static>>) -> Result<()> {
    let Some(node) = node else { return Ok(()) };
    let error = |diagnostic| file.error(diagnostic);
    let names = ["principal", "resource", "mfa", "context", "strict_context", "lenient"];
    let [principal, resource, mfa, context, strict, lenient] = fields(node, "the defaults", names).map_err(error)?;
    if let Some(node) = principal {
        let name = text(node, "`principal`").map_err(error)?;
        loader.world.default_principal(name, &Place::new(&file.source, node.span));
    }
    if let Some(node) = resource {
        let name = text(node, "`resource`").map_err(error)?;
        loader.world.default_resource(name, &Place::new(&file.source, node.span));
    }
    if let Some(node) = mfa {
        let word = match &node.value {
            Value::Bool(value) => value.to_string(),
            _ => text(node, "`mfa`").map_err(error)?.to_owned(),
        };
        let state: Mfa =
            word.parse().map_err(|problem: iameval::ParseMfaError| error(invalid(node.span, problem.to_string())))?;
        loader.world.default_mfa(state);
    }
    if let Some(node) = context {
        let context = default_context(loader, file, node)?;
        loader.world.default_context(context);
    }
    if let Some(node) = strict {
        loader.world.default_strict_context(boolean(node, "`strict_context`").map_err(error)?);
    }
    if let Some(node) = lenient {
        loader.world.default_lenient(boolean(node, "`lenient`").map_err(error)?);
    }
    Ok(())
}

/// A map, the name of a context, or a list of names, of which a later one stands above an earlier.
fn default_context(loader: &Loader<'_>, file: &WorldFile, node: &Node<'static>) -> Result<Context> {
    if node.members().is_some() {
        return read_context(node).map_err(|error| file.error(error));
    }
    let mut context = Context::new();
    for node in items(Some(node)) {
        let name = text(node, "a context").map_err(|error| file.error(error))?;
        let Some(named) = loader.world.named_context(name) else {
            return Err(loader.world.undefined(Kind::Context, name, &file.place(node.span)).into());
        };
        overlay(&mut context, named);
    }
    Ok(context)
}
