//! Account dumps as sources of worlds.

use super::Account;
use crate::definition::Place;
use crate::file::Result;
use crate::load::Loader;
use crate::principal::Parts;
use crate::{Files, Finding, LoadedPolicy, Source};
use iameval::Principal;
use iameval::text::Span;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

/// What a file is, as its beginning tells.
pub(crate) enum Opened {
    /// An account dump, read already.
    Dump(Box<Account>),
    /// Anything else, as text.
    Text(Arc<Source>),
}

/// Reads a file that is an account dump or a world file.
pub(crate) fn open(files: &dyn Files, path: &Path) -> Result<Opened> {
    // Enough for the first member, which a dump has soon.
    const BEGINNING: usize = 64 * 1024;
    let one = |finding: Box<Finding>| vec![*finding];
    let mut stream = files.stream(path).map_err(one)?;
    let name = files.name(path);
    let mut beginning = vec![0; BEGINNING];
    let mut length = 0;
    while let Some(rest) = beginning.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(one(crate::source::unreadable(&name, &error))),
        }
    }
    beginning.truncate(length);
    if Account::is_dump(&beginning) {
        let whole = beginning.as_slice().chain(stream);
        let account = Account::load(whole, &name, &mut |bytes| files.progress(path, bytes))?;
        return Ok(Opened::Dump(Box::new(account)));
    }
    if path.as_os_str() != "-" {
        return files.read(path).map(Opened::Text).map_err(one);
    }
    // What was read of standard input is not there again.
    stream.read_to_end(&mut beginning).map_err(|error| one(crate::source::unreadable(&name, &error)))?;
    Source::from_bytes(name, beginning).map(|source| Opened::Text(Arc::new(source))).map_err(one)
}

/// Reads an account dump.
pub(crate) fn read(files: &dyn Files, path: &Path) -> Result<Account> {
    let stream = files.stream(path).map_err(|finding| vec![*finding])?;
    Account::load(stream, &files.name(path), &mut |bytes| files.progress(path, bytes))
}

/// The place of a file that is named on the command line.
pub(crate) fn whole(name: &str) -> Place {
    Place { source: Source::new(name, ""), span: Span::default() }
}

impl Loader<'_> {
    /// Adds everything that a dump holds. `from` is where it is named.
    pub(crate) fn add_account(&mut self, from: &Place, account: Account) -> Result<()> {
        let names: Vec<String> = account.principals().map(|principal| principal.name).collect();
        let mut names = names.into_iter();
        self.unknown.extend(account.unknown);
        for known in account.policies {
            self.add_policy(from, known.policy)?;
        }
        let groups: Vec<String> = account.groups.iter().map(|group| group.name.clone()).collect();
        for group in account.groups {
            self.keep_all(&group.policies);
            self.add_group(from, &group.name, group.policies)?;
        }
        for user in account.users {
            let mut parts = self.parts(user.principal, user.policies, user.boundary, user.unique_id, user.tags);
            parts.groups = user.groups.iter().filter_map(|group| groups.get(*group).cloned()).collect();
            self.add_principal(from, &names.next().unwrap_or(user.name), parts)?;
        }
        for role in account.roles {
            let mut parts = self.parts(role.principal, role.policies, role.boundary, role.unique_id, role.tags);
            self.keep(role.trust.clone());
            parts.trust = Some(role.trust);
            self.add_principal(from, &names.next().unwrap_or(role.name), parts)?;
        }
        Ok(())
    }

    fn parts(
        &mut self,
        principal: Principal,
        policies: Vec<Arc<LoadedPolicy>>,
        boundary: Option<Arc<LoadedPolicy>>,
        unique_id: Option<String>,
        tags: Vec<(String, String)>,
    ) -> Parts {
        self.keep_all(&policies);
        self.keep_all(boundary.as_slice());
        let mut parts = Parts::new(principal);
        (parts.policies, parts.boundary, parts.unique_id, parts.tags) = (policies, boundary, unique_id, tags);
        parts
    }

    fn keep_all(&mut self, policies: &[Arc<LoadedPolicy>]) {
        for policy in policies {
            self.keep(policy.clone());
        }
    }
}
