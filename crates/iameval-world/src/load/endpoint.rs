//! The VPC endpoints of a world file.

use super::context::read_context;
use super::definition::{Definition, OVERRIDE};
use super::file::Result;
use super::loader::Loader;
use crate::model::endpoint::EndpointParts;
use iameval::Context;
use iameval::json::fields::{boolean, fields};

/// Reads an endpoint into the world.
pub(super) fn endpoint(loader: &mut Loader<'_>, definition: Definition<'_>) -> Result<()> {
    let Definition { file, member, .. } = definition;
    let error = |diagnostic| file.error(diagnostic);
    let name: &str = &member.key;
    let [policies, gateway, context, _] =
        fields(&member.value, "an endpoint", ["policies", "gateway", "context", OVERRIDE]).map_err(error)?;
    let parts = EndpointParts {
        policies: loader.list(file, &format!("{name}:"), policies)?,
        gateway: gateway.map_or(Ok(false), |node| boolean(node, "`gateway`")).map_err(error)?,
        context: context.map_or(Ok(Context::new()), read_context).map_err(error)?,
        origin: None,
    };
    Ok(loader.world.endpoint(name, parts, &definition.place())?)
}
