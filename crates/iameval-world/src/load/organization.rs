//! The organization of world files, and its accounts.

use super::definition::{Definition, OVERRIDE};
use super::file::{Checked, Result, WorldFile};
use super::loader::Loader;
use crate::clash::Place;
use crate::model::organization::{AccountParts, LevelParts, OrganizationParts};
use iameval::AccountId;
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::text::Span;

/// Reads what holds for every account into the world.
pub(super) fn organization(loader: &mut Loader<'_>, file: &WorldFile, node: Option<&Node<'static>>) -> Result<()> {
    let Some(node) = node else { return Ok(()) };
    let error = |diagnostic| file.error(diagnostic);
    let [id, path, scps, rcps, overrides] =
        fields(node, "the organization", ["id", "path", "scps", "rcps", OVERRIDE]).map_err(error)?;
    let overrides = overrides.map_or(Ok(false), |node| boolean(node, "`override`")).map_err(error)?;
    let place = Place::new(&file.source, node.span);
    let place = if overrides { place.overriding() } else { place };
    loader.world.may_define_organization(&place)?;
    let id = id.map(read_id).transpose().map_err(error)?;
    let path = path.map(|node| read_path(node, id.as_deref())).transpose().map_err(error)?;
    let parts = OrganizationParts {
        path,
        id,
        scps: levels(loader, file, "organization", SCPS, scps)?.unwrap_or_default(),
        rcps: levels(loader, file, "organization", RCPS, rcps)?.unwrap_or_default(),
    };
    Ok(loader.world.organization(parts, &place)?)
}

/// Reads an account into the world.
pub(super) fn account(loader: &mut Loader<'_>, definition: Definition<'_>) -> Result<()> {
    let Definition { file, member, .. } = definition;
    let error = |diagnostic| file.error(diagnostic);
    let id: AccountId = member
        .key
        .parse()
        .map_err(|problem: iameval::ParseAccountIdError| error(invalid(member.key_span, problem.to_string())))?;
    let names = ["path", "scps", "rcps", "management", "delegated_administrator", OVERRIDE];
    let [path, scps, rcps, management, delegated, _] = fields(&member.value, "an account", names).map_err(error)?;
    let flag = |node: Option<&Node<'_>>, what| node.map(|node| boolean(node, what)).transpose();
    let organization = loader.world.organization_id();
    let parts = AccountParts {
        path: path.map(|node| read_path(node, organization)).transpose().map_err(error)?,
        management: flag(management, "`management`").map_err(error)?,
        delegated_administrator: flag(delegated, "`delegated_administrator`").map_err(error)?,
        scps: levels(loader, file, &member.key, SCPS, scps)?,
        rcps: levels(loader, file, &member.key, RCPS, rcps)?,
    };
    Ok(loader.world.member_account(id, parts, &definition.place())?)
}

/// Fields with levels: what one policy in them is called, and the field.
const SCPS: [&str; 2] = ["scp", "scps"];
const RCPS: [&str; 2] = ["rcp", "rcps"];

/// Reads levels that are given, and their policies.
fn levels(
    loader: &mut Loader<'_>,
    file: &WorldFile,
    owner: &str,
    [one, field]: [&str; 2],
    node: Option<&Node<'static>>,
) -> Result<Option<Vec<LevelParts>>> {
    let Some(node) = node else { return Ok(None) };
    let levels = level_nodes(node, field).map_err(|error| file.error(error))?;
    let mut read = Vec::new();
    for (number, Level { name, policies }) in levels.into_iter().enumerate() {
        let prefix = match name {
            Some(name) => format!("{owner}:{one}-{name}."),
            None => format!("{owner}:{one}{number}."),
        };
        let level = LevelParts::new(loader.list(file, &prefix, Some(policies))?);
        read.push(match name {
            Some(name) => level.named(name),
            None => level,
        });
    }
    Ok(Some(read))
}

/// A level as it is written.
struct Level<'n> {
    name: Option<&'n str>,
    policies: &'n Node<'static>,
}

/// A map of names to lists, or a list of lists, each of which may have a name: `- root: […]`. What one flat list means is
/// easily taken for something else.
fn level_nodes<'n>(node: &'n Node<'static>, field: &str) -> Checked<Vec<Level<'n>>> {
    let wrong = |span: Span, message: String| {
        invalid(span, message).with_help(format!(
            "one inner list per level, root first, account last: `{field}: [[for-all], [for-this-account]]`, or a map: \
             `{field}: {{ root: [for-all], account: [for-this-account] }}`"
        ))
    };
    let mut levels = Vec::new();
    match &node.value {
        Value::Object(members) => {
            levels.extend(members.iter().map(|member| (Some((&*member.key, member.key_span)), &member.value)));
        }
        Value::Array(items) => {
            for item in items {
                match &item.value {
                    Value::Object(members) => match members.as_slice() {
                        [member] => levels.push((Some((&*member.key, member.key_span)), &member.value)),
                        _ => return Err(wrong(item.span, "a level with a name must be `NAME: [policy…]`".into())),
                    },
                    _ => levels.push((None, item)),
                }
            }
        }
        _ => return Err(wrong(node.span, format!("`{field}` must be a list of levels, found {}", node.kind()))),
    }
    let mut names: Vec<&str> = Vec::new();
    for (name, policies) in &levels {
        if let Some((name, span)) = name {
            // A policy in place where levels should be.
            if matches!(*name, "Statement" | "Version" | "Id") {
                return Err(wrong(*span, format!("`{field}` must contain levels, and this is a member of a policy")));
            }
            if name.is_empty() {
                return Err(wrong(*span, "the name of a level is empty".into()));
            }
            if names.contains(name) {
                return Err(invalid(*span, format!("two levels are named `{name}`")));
            }
            names.push(name);
        }
        if !matches!(policies.value, Value::Array(_)) {
            return Err(wrong(policies.span, format!("a level must be a list of policies, found {}", policies.kind())));
        }
    }
    Ok(levels.into_iter().map(|(name, policies)| Level { name: name.map(|(name, _)| name), policies }).collect())
}
fn read_id(node: &Node<'_>) -> Checked<String> {
    let id = text(node, "`id`")?;
    let fits = id.strip_prefix("o-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if fits && id.len() > 2 {
        return Ok(id.into());
    }
    Err(invalid(node.span, format!("`{id}` is not an organization id"))
        .with_help("it begins with `o-`, such as `o-a1b2c3d4e5`"))
}

/// A path, ended by a slash as AWS has it.
fn read_path(node: &Node<'_>, organization: Option<&str>) -> Checked<String> {
    let path = text(node, "`path`")?;
    let first = path.split('/').next().unwrap_or_default();
    let fits = first.len() > 2 && first.starts_with("o-") && organization.is_none_or(|id| id == first);
    if !fits {
        let begin = organization.unwrap_or("o-a1b2c3d4e5");
        return Err(invalid(node.span, format!("`{path}` is not a path in the organization"))
            .with_help(format!("it begins with its id: `{begin}/r-ab12/ou-ab12-11111111/`")));
    }
    Ok(if path.ends_with('/') { path.into() } else { format!("{path}/") })
}
