//! Changes one by one; mutants on worlds, against worlds that are read anew, and on claims.

mod changes;
mod claims;
mod oracle;
mod worlds;

use super::{MutantReport, MutantRun, Probe};
use crate::{AskedRequest, Options, TestFile};
use iameval::text::LineIndex;
use iameval::{Action, Context, Decision, Mfa, PolicySet, Problem};
use iameval_world::{Ask, Files, Finding, LoadedPolicy, Source, World, codes};
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

/// Files in memory.
struct Texts(Vec<(String, String)>);

impl Files for Texts {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let wanted = self.identity(path);
        let found = self.0.iter().find(|(name, _)| Path::new(name) == wanted);
        found.map(|(name, text)| Source::new(&**name, &**text)).ok_or_else(|| {
            let name = path.display().to_string();
            Finding::about_file(&name, Problem::new(codes::UNREADABLE, "no such file"))
        })
    }
}

impl Texts {
    fn new(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    fn first(&self) -> &Path {
        Path::new(&self.0[0].0)
    }
}

/// A world of files in memory, of which the first is the world file.
fn load(files: &[(&str, &str)]) -> World {
    let files = Texts::new(files);
    World::load(&files, &[files.first().to_owned()]).unwrap_or_else(|found| refuse(&found))
}

/// A test file in memory, which is the first of the files.
fn load_tests(files: &[(&str, &str)]) -> TestFile<'static> {
    let files = Texts::new(files);
    TestFile::load(&files, files.first(), &Options::default()).unwrap_or_else(|found| refuse(&found))
}

fn refuse(found: &[Finding]) -> ! {
    let told = found.iter().map(|Finding { source, diagnostic, .. }| {
        let at = LineIndex::new(&source.text).position(&source.text, diagnostic.span().start);
        format!("{}:{}:{}: {}\n", source.name, at.line, at.column, diagnostic.message())
    });
    panic!("{}", told.collect::<String>())
}

/// A request that must be decided so.
struct Expected {
    asked: AskedRequest,
    decision: Decision,
}

impl Probe for Expected {
    fn asked(&self) -> &AskedRequest {
        &self.asked
    }

    fn passes(&self, policies: &PolicySet) -> bool {
        policies.decide(&self.asked.request) == self.decision
    }
}

fn ask(world: &World, who: &str, action: &str, resource: &str, context: &Context) -> AskedRequest {
    let action: Action = action.parse().unwrap();
    let principal = world.principal(who).unwrap_or_else(|| world.stranger(who.parse().unwrap()));
    let owned = principal.principal().to_string();
    let resource = if resource == "self" { owned.as_str() } else { resource };
    let ask = Ask::new(&principal, &action, resource);
    let situation = world.situation(&ask).unwrap_or_else(|_| panic!("no situation"));
    AskedRequest { layers: situation.policies.clone(), request: situation.request(action, context).build() }
}

/// A request that is to be decided as it is now.
fn as_it_is(asked: AskedRequest) -> Expected {
    let decision = asked.set().decide(&asked.request);
    Expected { asked, decision }
}

fn with_mfa(mfa: Mfa) -> Context {
    let mut context = Context::new();
    mfa.apply(&mut context);
    context
}

/// The policies of a world but for those that AWS manages.
fn own_policies(world: &World) -> Vec<Arc<LoadedPolicy>> {
    let own = world.policies().iter().filter(|known| !known.policy.is_managed());
    own.map(|known| known.policy.clone()).collect()
}

fn run<P: Probe>(policies: &[Arc<LoadedPolicy>], probes: &[P]) -> MutantReport {
    MutantRun { policies, jobs: NonZero::<usize>::MIN, progress: &|_, _| {} }.run(probes, &[])
}
