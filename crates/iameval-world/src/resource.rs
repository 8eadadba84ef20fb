//! The resources of a world: whose they are, their policies and tags; and which of them an ARN is or lies under.

use crate::context::read_tags;
use crate::definition::{Definition, OVERRIDE};
use crate::file::Result;
use crate::load::Loader;
use crate::{Attached, Via, World};
use iameval::json::fields::{fields, invalid, parsed, text};
use iameval::{AccountId, Arn, PolicyKind, PrincipalClass};
use std::collections::HashMap;

/// A resource with what is known of it.
#[derive(Debug, Clone)]
pub struct WorldResource {
    /// Its ARN.
    pub arn: Arn,
    /// The account that owns it, when it is known.
    pub account: Option<AccountId>,
    /// Its policy; for a role that is the trust policy.
    pub policy: Option<Attached>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    pub(crate) number: usize,
}

/// What stands behind ARNs.
#[derive(Debug, Default)]
pub(crate) struct ResourceIndex {
    /// The names of resources.
    resources: HashMap<String, String>,
    /// The names of principals that are users and roles: the first with a trust policy, else with tags.
    principals: HashMap<String, String>,
}

/// Services whose names have slashes of their own, so that nothing lies under anything.
const FLAT: [&str; 3] = ["ecr", "iam", "ssm"];

impl World {
    /// The ARN that a text means: an ARN, the name of a resource of the world, or such a name with a suffix after a
    /// slash. `None` when it is none of these.
    pub fn resource_arn(&self, text: &str) -> Option<String> {
        if text.starts_with("arn:") {
            return text.parse::<Arn>().is_ok().then(|| text.to_owned());
        }
        if let Some(resource) = self.resources.get(text) {
            return Some(resource.arn.to_string());
        }
        let cuts = text.rmatch_indices('/').filter_map(|(at, _)| text.split_at_checked(at));
        let mut named = cuts.filter_map(|(name, suffix)| Some((self.resources.get(name)?, suffix)));
        named.next().map(|(resource, suffix)| format!("{}{suffix}", resource.arn.as_str().trim_end_matches('/')))
    }

    /// The resource of the world that an ARN is, or lies under, with its name; the longest when there are several.
    pub fn resource_at(&self, arn: &str) -> Option<(&str, &WorldResource)> {
        let by_arn = |arn: &str| self.resources.get_key_value(self.index.resources.get(arn)?);
        let named = |(name, resource)| (String::as_str(name), resource);
        if let Some(found) = by_arn(arn) {
            return Some(named(found));
        }
        let own = arn.match_indices(':').nth(4).map(|(at, _)| at)?;
        if FLAT.contains(&arn.split(':').nth(2).unwrap_or_default()) {
            return None;
        }
        let above = arn.rmatch_indices('/').take_while(|(at, _)| *at > own);
        above.filter_map(|(at, _)| by_arn(arn.get(..at)?)).map(named).next()
    }

    /// The name of the principal that is the user or role of that ARN.
    pub(crate) fn principal_at(&self, arn: &str) -> Option<&str> {
        self.index.principals.get(arn).map(String::as_str)
    }
}

impl Loader<'_> {
    pub(crate) fn resource(&mut self, definition: Definition<'_>) -> Result<()> {
        let Definition { file, member } = definition;
        let error = |diagnostic| file.error(diagnostic);
        let name: &str = &member.key;
        if matches!(name, "self" | "*") || name.starts_with("arn:") || name.starts_with("tf:") {
            let mut wrong = invalid(member.key_span, format!("a resource cannot be called `{name}`"));
            wrong.help = Some("where a resource is asked for, that text means something else".into());
            return Err(error(wrong));
        }
        let [arn, account, policy, tags, _] =
            fields(&member.value, "a resource", ["arn", "account", "policy", "tags", OVERRIDE]).map_err(error)?;
        let Some(arn_node) = arn else {
            let mut missing = invalid(member.key_span, format!("the resource `{name}` has no `arn`"));
            missing.help = Some("such as `arn: arn:aws:s3:::bucket`".into());
            return Err(error(missing));
        };
        let arn: Arn = parsed(arn_node, "`arn`").map_err(error)?;
        text(arn_node, "`arn`").map_err(error)?;
        if let Some(other) = self.world.index.resources.get(arn.as_str()) {
            return Err(error(invalid(arn_node.span, format!("the resource `{other}` has that ARN already"))));
        }
        let given: Option<AccountId> = account.map(|node| parsed(node, "`account`")).transpose().map_err(error)?;
        if let (Some(node), Some(given), Some(own)) = (account, given, arn.account_id())
            && given != own
        {
            return Err(error(invalid(node.span, format!("the ARN says that the resource is of account {own}"))));
        }
        let is_role = arn.service() == "iam" && arn.resource().starts_with("role/");
        let kind = if is_role { PolicyKind::RoleTrust } else { PolicyKind::Resource };
        let policy = policy.map(|node| self.attach(file, &format!("{name}:policy"), node, kind)).transpose()?;
        let resource = WorldResource {
            account: given.or(arn.account_id()).or(file.account),
            policy: policy.map(|policy| Attached { policy, via: Via::Attached(name.into()) }),
            tags: read_tags(tags).map_err(error)?,
            number: self.world.resources.len(),
            arn,
        };
        self.world.index.resources.insert(resource.arn.to_string(), name.into());
        self.world.resources.insert(name.into(), resource);
        Ok(())
    }

    /// Makes principals findable by their ids.
    pub(crate) fn index(&mut self) {
        let world = &mut self.world;
        for (name, known) in &world.principals {
            if let Some(id) = known.principal.id() {
                world.by_id.entry(id.into()).or_insert_with(|| name.clone());
            }
        }
        let telling = |known: &crate::WorldPrincipal| (known.trust.is_some(), !known.tags.is_empty());
        for (name, known) in &world.principals {
            let is_entity = matches!(
                known.principal.class(),
                Some(PrincipalClass::User | PrincipalClass::Role | PrincipalClass::RoleSession)
            );
            let Some(arn) = known.principal.principal_arn().filter(|_| is_entity) else { continue };
            let better = match world.index.principals.get(arn).and_then(|other| world.principals.get(other)) {
                Some(other) => telling(known) > telling(other),
                None => true,
            };
            if better {
                world.index.principals.insert(arn.into(), name.clone());
            }
        }
    }
}
