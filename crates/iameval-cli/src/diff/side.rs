//! One of the two things that are compared.

use crate::exit::{Failure, Outcome, about_argument};
use crate::output::Output;
use crate::policy::tell_form;
use crate::revision::Revision;
use crate::setup::Setup;
use iameval::PolicyKind;
use iameval_data::ManagedPolicy;
use iameval_lint::guess_kind;
use iameval_world::{Files, Finding, Held, LoadedPolicy, PolicyFile, PolicyForm, World, find_managed};
use std::path::Path;
use std::sync::Arc;

/// A policy or a world.
pub(super) enum Side {
    Policy(Named),
    World(Box<World>),
}

/// A policy, and the text that names it.
pub(super) struct Named {
    pub(super) text: String,
    pub(super) policy: Arc<LoadedPolicy>,
}

impl Named {
    /// What the file says that it is, or what it looks like.
    pub(super) fn kind(&self) -> PolicyKind {
        let wrapped = match &self.policy.form {
            PolicyForm::Wrapped(wrapping) => wrapping.kind,
            _ => None,
        };
        let managed = || find_managed(&self.text)?.ok().map(ManagedPolicy::kind);
        wrapped.or_else(managed).unwrap_or_else(|| guess_kind(self.policy.document(), &self.text).kind)
    }
}

fn is_folder(finding: &Finding) -> bool {
    finding.diagnostic.code() == iameval_world::codes::IS_FOLDER
}

impl Side {
    /// Reads what an argument names, to be compared with another side where there is one.
    pub(super) fn load(
        flag: &str,
        text: &str,
        other: Option<&Self>,
        setup: &Setup,
        output: &mut Output,
    ) -> Outcome<Self> {
        let path = Path::new(text);
        match find_managed(text) {
            Some(Err(problem)) => return Err(Failure(vec![about_argument(flag, text, problem)])),
            Some(Ok(_)) => return Self::policy(text, path, &setup.files, output),
            None => {}
        }
        let limits = setup.files.limits();
        match Revision::read(text, limits, setup.files.infrastructure()) {
            Some((revision, path)) => Self::of_files(text, &path, other, &revision, output),
            None => Self::of_files(text, path, other, &setup.files, output),
        }
    }

    fn of_files(
        text: &str,
        path: &Path,
        other: Option<&Self>,
        files: &dyn Files,
        output: &mut Output,
    ) -> Outcome<Self> {
        let source = match files.read(path) {
            Err(finding) if is_folder(&finding) && files.formats().kind_of_folder(files, path).is_some() => {
                return Self::world(path, other, files, output);
            }
            read => read?,
        };
        let held = Held { path, source: &source, others: files };
        let is_world = || matches!(PolicyFile::read(&source, files.limits()), PolicyFile::World(_));
        if files.formats().kind_of(&source).is_none() && !is_world() {
            return Self::policy(text, path, &held, output);
        }
        Self::world(path, other, &held, output)
    }

    fn world(path: &Path, other: Option<&Self>, files: &dyn Files, output: &mut Output) -> Outcome<Self> {
        let paths = [path.to_path_buf()];
        let world = match other {
            Some(Self::World(other)) => World::load_beside(other, files, &paths)?,
            _ => World::load(files, &paths)?,
        };
        output.knows(&world);
        world.warnings().iter().for_each(|warning| output.warn(warning));
        Ok(Self::World(Box::new(world)))
    }

    fn policy(text: &str, path: &Path, files: &dyn Files, output: &mut Output) -> Outcome<Self> {
        let policy = LoadedPolicy::named(path, files)?;
        tell_form(&policy, output);
        Ok(Self::Policy(Named { text: text.to_owned(), policy: Arc::new(policy) }))
    }
}
