//! What worlds were read from, so that other processes, which may have none of the files, can read them again.

use iameval::text::Position;
use iameval_infra::{Infrastructure, WithInfrastructure};
use iameval_world::{Entry, Files, Finding, Recorded, Recording, Source, World};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// What a world was read from.
#[derive(Debug)]
pub(crate) struct Origin {
    paths: Vec<PathBuf>,
    deployment: Deployment,
    files: Recorded,
}

/// What is said of a deployment beside what infrastructure code says itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deployment {
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) values: Vec<(String, String)>,
    pub(crate) source: Option<PathBuf>,
}

impl Deployment {
    fn infrastructure(&self) -> Infrastructure {
        let mut known = Infrastructure::new();
        for (name, value) in &self.parameters {
            known = known.parameter(name, value);
        }
        for (address, value) in &self.values {
            known = known.value(address, value);
        }
        match &self.source {
            Some(folder) => known.source(folder),
            None => known,
        }
    }
}

/// An origin as objects that are pickled: paths, parameters, values, source, files, folders and identities.
pub(crate) type State = (
    Vec<OsString>,
    Vec<(String, String)>,
    Vec<(String, String)>,
    Option<OsString>,
    Vec<(OsString, String, Vec<u8>)>,
    Vec<(OsString, Vec<String>)>,
    Vec<(OsString, OsString)>,
);

impl Origin {
    /// Reads a world.
    pub(crate) fn load(
        files: impl Files,
        deployment: Deployment,
        paths: Vec<PathBuf>,
    ) -> Result<(World, Self), Vec<Finding>> {
        let files = WithInfrastructure(Recording::new(files), deployment.infrastructure());
        let world = World::load(&files, &paths)?;
        Ok((world, Self { paths, deployment, files: files.0.into_recorded() }))
    }

    /// Reads the world again.
    pub(crate) fn reload(&self) -> Result<World, Vec<Finding>> {
        World::load(&WithInfrastructure(&self.files, self.deployment.infrastructure()), &self.paths)
    }

    pub(crate) fn to_state(&self) -> State {
        let Self { paths, deployment, files } = self;
        let entries = files.entries.iter().map(|(path, entry)| {
            let (kind, bytes) = match entry {
                Entry::Text(source) if source.path.is_some() => ("file", source.text.as_bytes()),
                Entry::Text(source) => ("text", source.text.as_bytes()),
                Entry::Bytes(bytes) => ("bytes", &**bytes),
                Entry::Folder => ("folder", &[][..]),
                Entry::Unreadable => ("unreadable", &[][..]),
            };
            (path.into(), kind.to_owned(), bytes.to_vec())
        });
        (
            paths.iter().map(Into::into).collect(),
            deployment.parameters.clone(),
            deployment.values.clone(),
            deployment.source.as_ref().map(Into::into),
            entries.collect(),
            files.folders.iter().map(|(path, names)| (path.into(), names.clone())).collect(),
            files.identities.iter().map(|(path, identity)| (path.into(), identity.into())).collect(),
        )
    }

    pub(crate) fn of_state(state: State) -> PyResult<Self> {
        let (paths, parameters, values, source, entries, folders, identities) = state;
        let mut files = Recorded {
            folders: folders.into_iter().map(|(path, names)| (path.into(), names)).collect(),
            identities: identities.into_iter().map(|(path, identity)| (path.into(), identity.into())).collect(),
            ..Recorded::default()
        };
        for (path, kind, bytes) in entries {
            let path = PathBuf::from(path);
            let entry = match &*kind {
                "file" => text(Source { path: Some(path.clone()), ..unread(files.name(&path)) }, bytes)?,
                "text" => text(unread(files.name(&path)), bytes)?,
                "bytes" => Entry::Bytes(bytes.into()),
                "folder" => Entry::Folder,
                _ => Entry::Unreadable,
            };
            files.entries.insert(path, entry);
        }
        let source = source.map(PathBuf::from);
        let paths = paths.into_iter().map(PathBuf::from).collect();
        Ok(Self { paths, deployment: Deployment { parameters, values, source }, files })
    }
}

/// A file whose text follows.
fn unread(name: String) -> Source {
    Source { name, text: String::new(), path: None, start: Position::default() }
}

fn text(source: Source, bytes: Vec<u8>) -> PyResult<Entry> {
    Ok(Entry::Text(Arc::new(Source { text: String::from_utf8(bytes)?, ..source })))
}

/// Refuses what another version pickled: it may decide otherwise, and may keep other things.
pub(crate) fn check_version(pickled: &str) -> PyResult<()> {
    let own = env!("CARGO_PKG_VERSION");
    if pickled == own {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "this was pickled by iameval {pickled}, and here is iameval {own}: install the same version everywhere"
    )))
}
