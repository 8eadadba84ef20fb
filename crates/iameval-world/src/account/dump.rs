//! Account dumps as sources of worlds.

use super::Account;
use crate::builder::WorldBuilder;
use crate::clash::{Clash, Place};
use crate::files::WorldSource;
use crate::files::{Files, unreadable};
use crate::finding::Finding;
use crate::limits::Capped;
use crate::model::policy::{LoadedPolicy, PolicyRef};
use crate::model::principal::PrincipalParts;
use crate::source::Source;
use iameval::Layer;
use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

type Result<T> = std::result::Result<T, Vec<Finding>>;

/// The file of an account dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFile {
    path: PathBuf,
}

impl AccountFile {
    /// The dump in that file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl WorldSource for AccountFile {
    /// Its account is the world's, unless that has one.
    fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<()> {
        let dump = AccountDump::read(files, &self.path, Place::in_file(&files.name(&self.path)))?;
        world.file(dump.name());
        if let (None, Some(account)) = (world.account(), dump.account.id()) {
            world.set_account(account);
        }
        Ok(dump.account.add_to(world, &dump.place)?)
    }
}

/// An account dump that was read, and where it is named.
pub(crate) struct AccountDump {
    name: String,
    account: Account,
    place: Place,
}

impl AccountDump {
    /// Reads a dump that is named at that place.
    pub(crate) fn read(files: &dyn Files, path: &Path, place: Place) -> Result<Self> {
        let stream = files.stream(path).map_err(|finding| vec![finding])?;
        let name = files.name(path);
        let account = Account::load(stream, &name, &mut |bytes| files.progress(path, bytes))?;
        Ok(Self { name, account, place })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }
}

/// What a file is, as its beginning tells.
pub(crate) enum Opened {
    /// An account dump, read already.
    Dump(Box<AccountDump>),
    /// Anything else, as text.
    Text(Arc<Source>),
}

impl Opened {
    /// Reads a file that is an account dump or a world file.
    pub(crate) fn open(files: &dyn Files, path: &Path) -> Result<Self> {
        // Enough for the first member, which a dump has soon.
        const BEGINNING: usize = 64 * 1024;
        let one = |finding: Finding| vec![finding];
        let mut stream = files.stream(path).map_err(one)?;
        let name = files.name(path);
        let mut beginning = vec![0; BEGINNING];
        let mut length = 0;
        while let Some(rest) = beginning.get_mut(length..).filter(|rest| !rest.is_empty()) {
            match stream.read(rest) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(one(unreadable(&name, &error))),
            }
        }
        beginning.truncate(length);
        if Account::is_dump(&beginning) {
            let whole = beginning.as_slice().chain(stream);
            let account = Account::load(whole, &name, &mut |bytes| files.progress(path, bytes))?;
            let place = Place::in_file(&name);
            return Ok(Opened::Dump(Box::new(AccountDump { name, account, place })));
        }
        if files.is_lasting(path) {
            return files.read(path).map(Opened::Text).map_err(one);
        }
        // What was read is not there again.
        let mut rest = Capped::new(stream, files.limits().file).after(beginning.len());
        rest.read_to_end(&mut beginning).map_err(|error| one(unreadable(&name, &error)))?;
        Source::from_bytes(name, beginning).map(|source| Opened::Text(Arc::new(source))).map_err(one)
    }
}

impl Account {
    /// Adds everything that the dump holds to a world. `from` is where it is named.
    ///
    /// # Errors
    /// When the world has a policy, a group or a principal of one of the names already.
    pub fn add_to(&self, world: &mut WorldBuilder, from: &Place) -> std::result::Result<(), Clash> {
        world.cannot_know([Layer::ServiceControl, Layer::ResourceControl, Layer::Resource]);
        let mut adding = Adding { world, known: HashMap::new() };
        for known in &self.policies {
            let policy = adding.policy(&known.policy);
            adding.world.name_policy(&known.policy.name, policy, from)?;
        }
        for (policy, warning) in &self.unknown {
            let policy = adding.policy(policy);
            adding.world.warn_about(policy, warning.clone());
        }
        for group in &self.groups {
            let policies = adding.policies(&group.policies);
            adding.world.group(&group.name, policies, from)?;
        }
        for user in &self.users {
            let mut parts = PrincipalParts::new(user.principal.clone());
            parts.policies = adding.policies(&user.policies);
            parts.boundary = adding.policies(&user.boundary).pop();
            parts.groups = user.groups.iter().filter_map(|group| Some(self.groups.get(*group)?.name.clone())).collect();
            (parts.unique_id, parts.tags) = (user.unique_id.clone(), user.tags.clone());
            adding.world.principal(&self.name_of("user", &user.name), parts, from)?;
        }
        for role in &self.roles {
            let mut parts = PrincipalParts::new(role.principal.clone());
            parts.policies = adding.policies(&role.policies);
            parts.boundary = adding.policies(&role.boundary).pop();
            parts.trust = Some(adding.policy(&role.trust));
            (parts.unique_id, parts.tags) = (role.unique_id.clone(), role.tags.clone());
            adding.world.principal(&self.name_of("role", &role.name), parts, from)?;
        }
        Ok(())
    }
}

/// Policies of a dump on their way into a world, each once however often it is attached.
struct Adding<'w> {
    world: &'w mut WorldBuilder,
    /// By address, which stays as long as the dump does.
    known: HashMap<*const LoadedPolicy, PolicyRef>,
}

impl Adding<'_> {
    fn policy(&mut self, policy: &Arc<LoadedPolicy>) -> PolicyRef {
        let world = &mut *self.world;
        *self.known.entry(Arc::as_ptr(policy)).or_insert_with(|| world.policy(policy.clone()))
    }

    fn policies<'p>(&mut self, policies: impl IntoIterator<Item = &'p Arc<LoadedPolicy>>) -> Vec<PolicyRef> {
        policies.into_iter().map(|policy| self.policy(policy)).collect()
    }
}
