//! The organization and the accounts in it: which SCPs and RCPs bind whom, and what is known of an account.

use crate::definition::{Definition, OVERRIDE, Place};
use crate::file::{Checked, Result, WorldFile};
use crate::load::Loader;
use crate::{Attached, WorldPrincipal};
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::{AccountId, PolicyKind};
use std::collections::BTreeMap;

/// Which accounts are in the organization.
///
/// CHOICE: the world's own account is, and every account under `accounts`; any other is not. Without `accounts` and
/// without an account of the world, every account is.
#[derive(Debug, Default)]
pub(crate) struct Membership {
    own: Option<AccountId>,
    organization: Option<WorldAccount>,
    defined: Option<Place>,
    accounts: BTreeMap<AccountId, WorldAccount>,
}

/// What is known of an account of the organization.
#[derive(Debug, Clone, Default)]
pub struct WorldAccount {
    /// The id of the organization.
    pub organization: Option<String>,
    /// Where the account sits, as `aws:PrincipalOrgPaths` has it: `o-…/r-…/ou-…/`.
    pub path: Option<String>,
    /// The levels of SCPs, root first, account last.
    pub scps: Vec<Vec<Attached>>,
    /// The levels of RCPs, root first, account last.
    pub rcps: Vec<Vec<Attached>>,
    /// Whether it is the management account, to which neither SCPs nor RCPs apply; `None` where it is not said.
    pub management: Option<bool>,
    /// Whether it is a delegated administrator; `None` where it is not said.
    pub delegated_administrator: Option<bool>,
    pub(crate) number: usize,
}

impl Membership {
    /// What is known of an account; `None` when it is not in the organization.
    pub(crate) fn of(&self, account: AccountId) -> Option<&WorldAccount> {
        let everywhere = self.own.is_none() && self.accounts.is_empty();
        let own = || self.organization.as_ref().filter(|_| everywhere || self.own == Some(account));
        self.accounts.get(&account).or_else(own)
    }

    /// Tells a principal what follows from its account.
    pub(crate) fn tell(&self, told: &mut WorldPrincipal) {
        let Some(account) = told.principal.account().and_then(|account| self.of(account)) else { return };
        let mut principal = told.principal.clone();
        // An organization has one management account.
        let another = || self.accounts.values().any(|other| other.management == Some(true)).then_some(false);
        if let Some(management) = account.management.or_else(another) {
            principal = principal.with_management_account(management);
        }
        if let Some(delegated) = account.delegated_administrator {
            principal = principal.with_delegated_administrator(delegated);
        }
        if let Some(id) = &account.organization {
            principal = principal.with_organization_id(id);
        }
        told.principal = principal;
        if let Some(path) = &account.path {
            told.context.insert("aws:PrincipalOrgPaths", [path.as_str()]);
        }
    }
}

impl Loader<'_> {
    pub(crate) fn organization(&mut self, file: &WorldFile, node: Option<&Node<'static>>) -> Result<()> {
        self.world.membership.own = self.world.account;
        let Some(node) = node else { return Ok(()) };
        let error = |diagnostic| file.error(diagnostic);
        let [id, path, scps, rcps, overrides] =
            fields(node, "the organization", ["id", "path", "scps", "rcps", OVERRIDE]).map_err(error)?;
        let overrides = overrides.map_or(Ok(false), |node| boolean(node, "`override`")).map_err(error)?;
        match (&self.world.membership.defined, overrides) {
            (Some(earlier), false) => {
                let mut twice = invalid(node.span, "the organization is defined twice");
                let name = &earlier.source.name;
                twice.help = Some(format!(
                    "it is defined in {name} as well; `override: true` in this one makes it stand in for that"
                ));
                return Err(error(twice));
            }
            (None, true) => {
                return Err(error(invalid(node.span, "the organization overrides nothing: none comes before it")));
            }
            _ => {}
        }
        let id = id.map(read_id).transpose().map_err(error)?;
        let organization = WorldAccount {
            path: path.map(|node| read_path(node, id.as_deref())).transpose().map_err(error)?,
            organization: id,
            ..WorldAccount::default()
        };
        let organization = self.levels(file, "the organization", "organization", organization, [scps, rcps])?;
        self.world.membership.organization = Some(organization.with_id_of_path());
        self.world.membership.defined = Some(Place { source: file.source.clone(), span: node.span });
        Ok(())
    }

    pub(crate) fn account(&mut self, definition: Definition<'_>) -> Result<()> {
        let Definition { file, member } = definition;
        let error = |diagnostic| file.error(diagnostic);
        let id: AccountId = member
            .key
            .parse()
            .map_err(|problem: iameval::ParseAccountIdError| error(invalid(member.key_span, problem.to_string())))?;
        let names = ["path", "scps", "rcps", "management", "delegated_administrator", OVERRIDE];
        let [path, scps, rcps, management, delegated, _] = fields(&member.value, "an account", names).map_err(error)?;
        let mut account = self.world.membership.organization.clone().unwrap_or_default();
        account.number = self.world.membership.accounts.len() + 1;
        if let Some(node) = path {
            account.path = Some(read_path(node, account.organization.as_deref()).map_err(error)?);
        }
        if let Some(node) = management {
            account.management = Some(boolean(node, "`management`").map_err(error)?);
        }
        if let Some(node) = delegated {
            account.delegated_administrator = Some(boolean(node, "`delegated_administrator`").map_err(error)?);
        }
        let account = self.levels(file, &format!("account {id}"), &member.key, account, [scps, rcps])?;
        self.world.membership.accounts.insert(id, account.with_id_of_path());
        Ok(())
    }

    /// Reads the levels of SCPs and RCPs that are given.
    fn levels(
        &mut self,
        file: &WorldFile,
        owner: &str,
        place: &str,
        mut account: WorldAccount,
        [scps, rcps]: [Option<&Node<'static>>; 2],
    ) -> Result<WorldAccount> {
        for (node, field, kind, levels) in [
            (scps, "scp", PolicyKind::ServiceControl, &mut account.scps),
            (rcps, "rcp", PolicyKind::ResourceControl, &mut account.rcps),
        ] {
            let Some(node) = node else { continue };
            levels.clear();
            for (number, level) in level_nodes(node, field).map_err(|error| file.error(error))?.iter().enumerate() {
                let prefix = format!("{place}:{field}{number}.");
                levels.push(Self::attached_to(owner, self.policy_list(file, &prefix, Some(level), kind)?));
            }
        }
        Ok(account)
    }
}

impl WorldAccount {
    /// The path begins with the id of the organization.
    fn with_id_of_path(mut self) -> Self {
        let id = self.path.as_deref().and_then(|path| path.split('/').next());
        self.organization = self.organization.or_else(|| id.map(Into::into));
        self
    }
}

/// A list of lists: what one flat list means is easily taken for something else.
fn level_nodes<'n>(node: &'n Node<'static>, field: &str) -> Checked<&'n [Node<'static>]> {
    let help =
        Some(format!("one inner list a level, root first, account last: `{field}s: [[for-all], [for-this-account]]`"));
    let Value::Array(levels) = &node.value else {
        let mut error = invalid(node.span, format!("`{field}s` must be a list of levels, found {}", node.kind()));
        error.help = help;
        return Err(error);
    };
    match levels.iter().find(|level| !matches!(level.value, Value::Array(_))) {
        None => Ok(levels),
        Some(level) => {
            let mut error = invalid(level.span, format!("a level must be a list of policies, found {}", level.kind()));
            error.help = help;
            Err(error)
        }
    }
}

fn read_id(node: &Node<'_>) -> Checked<String> {
    let id = text(node, "`id`")?;
    let fits = id.strip_prefix("o-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if fits && id.len() > 2 {
        return Ok(id.into());
    }
    let mut error = invalid(node.span, format!("`{id}` is no id of an organization"));
    error.help = Some("it begins with `o-`, such as `o-a1b2c3d4e5`".into());
    Err(error)
}

/// A path, ended by a slash as AWS has it.
fn read_path(node: &Node<'_>, organization: Option<&str>) -> Checked<String> {
    let path = text(node, "`path`")?;
    let first = path.split('/').next().unwrap_or_default();
    let fits = first.len() > 2 && first.starts_with("o-") && organization.is_none_or(|id| id == first);
    if !fits {
        let begin = organization.unwrap_or("o-a1b2c3d4e5");
        let mut error = invalid(node.span, format!("`{path}` is no path in the organization"));
        error.help = Some(format!("it begins with its id: `{begin}/r-ab12/ou-ab12-11111111/`"));
        return Err(error);
    }
    Ok(if path.ends_with('/') { path.into() } else { format!("{path}/") })
}
