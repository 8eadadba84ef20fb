//! The resources of a world file.

use super::context::read_tags;
use super::definition::{Definition, OVERRIDE};
use super::file::Result;
use super::loader::Loader;
use crate::model::resource::ResourceParts;
use iameval::json::fields::{fields, invalid, parsed, text};
use iameval::{AccountId, Arn};

/// Reads a resource into the world.
pub(super) fn resource(loader: &mut Loader<'_>, definition: Definition<'_>) -> Result<()> {
    let Definition { file, member, .. } = definition;
    let error = |diagnostic| file.error(diagnostic);
    let name: &str = &member.key;
    let [arn, account, policy, tags, _] =
        fields(&member.value, "a resource", ["arn", "account", "policy", "tags", OVERRIDE]).map_err(error)?;
    let Some(arn_node) = arn else {
        let missing = invalid(member.key_span, format!("the resource `{name}` has no `arn`"))
            .with_help("such as `arn: arn:aws:s3:::bucket`");
        return Err(error(missing));
    };
    let arn: Arn = parsed(arn_node, "`arn`").map_err(error)?;
    text(arn_node, "`arn`").map_err(error)?;
    if let Some(other) = loader.world.resource_with(arn.as_str()).filter(|other| *other != name) {
        return Err(error(invalid(arn_node.span, format!("the resource `{other}` already has that ARN"))));
    }
    let given: Option<AccountId> = account.map(|node| parsed(node, "`account`")).transpose().map_err(error)?;
    if let (Some(node), Some(given), Some(own)) = (account, given, arn.account_id())
        && given != own
    {
        return Err(error(invalid(node.span, format!("according to the ARN, the resource is in account {own}"))));
    }
    let mut parts = ResourceParts::new(arn);
    parts.policy = policy.map(|node| loader.attach(file, &format!("{name}:policy"), node)).transpose()?;
    parts.account = given.or(parts.arn.account_id()).or(file.account);
    parts.tags = read_tags(tags).map_err(error)?;
    Ok(loader.world.resource(name, parts, &definition.place())?)
}
