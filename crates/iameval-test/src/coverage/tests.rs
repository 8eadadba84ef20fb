//! What counts as covered, and how it is shown.

mod laws;
mod lcov;
mod observing;
mod shown;

use super::*;
use iameval::{Action, Context, Mfa};
use iameval_world::{Ask, Files, Finding, Source, World};
use std::path::Path;

/// Files in memory, as if they stood on the disk.
struct Texts<'t>(&'t [(&'t str, &'t str)]);

impl Files for Texts<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let (name, text) = self.0.iter().find(|(name, _)| Path::new(name) == path).expect("the file is there");
        Ok(Arc::new(Source { path: Some(path.into()), ..Source::clone(&Source::new(*name, *text)) }))
    }
}

/// The world of the first file.
#[track_caller]
fn load(files: &[(&str, &str)]) -> World {
    World::load(&Texts(files), &[files[0].0.into()]).unwrap_or_else(|found| panic!("{}", found[0]))
}

/// The starting scenario.
fn force_mfa() -> World {
    load(&[
        ("world.yaml", include_str!("../../../../fixtures/force-mfa/world.yaml")),
        ("policies/force-mfa.json", include_str!("../../../../fixtures/force-mfa/policies/force-mfa.json")),
        ("policies/PowerUserAccess.json", include_str!("../../../../fixtures/force-mfa/policies/PowerUserAccess.json")),
        (
            "policies/IAMUserChangePassword.json",
            include_str!("../../../../fixtures/force-mfa/policies/IAMUserChangePassword.json"),
        ),
    ])
}

/// A request in a world: `who action resource`, with context keys as `key=value`; `mfa=` gives the state of MFA.
#[track_caller]
fn asked(world: &World, question: &str) -> AskedRequest {
    let mut words = question.split_whitespace();
    let mut next = || words.next().expect("who, action and resource");
    let (who, action, resource) = (next(), next(), next());
    let action: Action = action.parse().unwrap();
    let principal = world.principal(who).unwrap_or_else(|| world.stranger(who.parse().unwrap()));
    let situation =
        world.situation(&Ask::new(&principal, &action, resource)).unwrap_or_else(|found| panic!("{}", found[0]));
    let mut context = Context::new();
    let mut mfa: Option<Mfa> = None;
    for word in words {
        match word.split_once('=').unwrap() {
            ("mfa", state) => mfa = Some(state.parse().unwrap()),
            (key, value) => context.insert(key, value),
        }
    }
    let request = situation.request(action, &context);
    let request = mfa.into_iter().fold(request, iameval::RequestBuilder::mfa).build();
    AskedRequest { layers: situation.policies, request }
}

/// What the requests reach in a world.
#[track_caller]
fn coverage(world: &World, questions: &[&str]) -> Coverage {
    let mut coverage = Coverage::new(&[]);
    coverage.add_policies(world.policies());
    for question in questions {
        coverage.observe(&asked(world, question));
    }
    coverage
}

/// The parts of the only policy that was not covered, each with what is missing.
fn missing(coverage: &Coverage) -> Vec<String> {
    let parts = coverage.policies().flat_map(PolicyCoverage::parts);
    parts.filter_map(|part| Some(format!("{} {}", part.kind, part.missing()?))).collect()
}
