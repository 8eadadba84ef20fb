//! Deny statements that deny nothing: what only a world can tell of its policies.

use super::input::Input;
use crate::args::Check;
use crate::output::Output;
use crate::setup::Setup;
use iameval::{Diagnostic, PolicyDocument, PolicyKind, Problem};
use iameval_ask::{Asker, JudgedDeny};
use iameval_data::Catalogue;
use iameval_prove::Prover;
use iameval_world::{Disk, Files, Finding, LoadedPolicy, Source, World};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// So many steps are taken for the proofs about the Deny statements of a world, unless asked for more.
const MOST_STEPS: u64 = 1_000_000;

/// The Deny statements of the worlds that were read.
pub(super) struct Denies<'s> {
    judged: Vec<(Text, JudgedDeny)>,
    catalogue: &'s Catalogue,
    prover: OnceLock<Prover<'s>>,
    steps: u64,
}

/// A text, whatever it is called: the file, where there is one, and where in it the text begins.
#[derive(PartialEq, Eq)]
struct Text(PathBuf, u32, u32);

impl Text {
    fn of(source: &Source) -> Self {
        let file = source.path.as_ref().map_or_else(|| (&source.name).into(), |path| Disk::default().identity(path));
        Self(file, source.start.line, source.start.column)
    }
}

impl<'s> Denies<'s> {
    pub(super) fn new(flags: &Check, setup: &'s Setup) -> Self {
        let steps = if flags.deep { u64::MAX } else { MOST_STEPS };
        Self { judged: Vec::new(), catalogue: setup.catalogue(), prover: OnceLock::new(), steps }
    }

    /// Adds the statements of a world.
    pub(super) fn judge(&mut self, world: &World, output: &mut Output) {
        let prover = self.prover.get_or_init(|| Prover::new(self.catalogue));
        match Asker::new(world, self.catalogue).judge_denies(prover, self.steps) {
            Some(judged) => self.judged.extend(judged.into_iter().map(|deny| (Text::of(&deny.policy.source), deny))),
            None => output.warn(&left_out()),
        }
    }

    /// Adds those of the world that templates make. Where they make none, what is wrong is told when it is asked for.
    pub(super) fn judge_templates(&mut self, path: &Path, files: &dyn Files, output: &mut Output) {
        if let Ok(world) = World::load(files, &[path.to_path_buf()]) {
            self.judge(&world, output);
        }
    }

    /// Which statements of a policy deny nothing, whichever world has it.
    pub(super) fn findings(&self, input: &Input, kind: PolicyKind, document: &PolicyDocument) -> Vec<Diagnostic> {
        if self.judged.is_empty() {
            return Vec::new();
        }
        let text = Text::of(&input.source);
        let is_same =
            |(other, deny): &&(Text, JudgedDeny)| deny.kind == kind && is_of(input, &deny.policy, text == *other);
        let own: Vec<&JudgedDeny> = self.judged.iter().filter(is_same).map(|(_, deny)| deny).collect();
        let is_idle = |deny: &&JudgedDeny| own.iter().all(|other| other.statement != deny.statement || other.is_idle);
        let mut idle: Vec<&JudgedDeny> = own.iter().copied().filter(is_idle).collect();
        idle.sort_by_key(|deny| deny.statement);
        idle.dedup_by_key(|deny| deny.statement);
        idle.into_iter().filter_map(|deny| deny.finding(document)).collect()
    }
}

/// Whether a policy of a world is the one that is checked.
fn is_of(input: &Input, policy: &LoadedPolicy, is_same_text: bool) -> bool {
    match (&input.template, policy.origin()) {
        (Some(template), Some(origin)) => {
            let count = |document: &PolicyDocument| document.statements().len();
            *origin == template.policy.origin
                && policy.name == template.policy.name
                && input.parsed.value.as_ref().map(count) == Some(count(policy.document()))
        }
        (None, None) => is_same_text,
        _ => false,
    }
}

fn left_out() -> Finding {
    let message = "the world is too large to prove what its Deny statements deny, so that was left out";
    let problem = Problem::new(iameval_lint::codes::PROOFS_LEFT_OUT, message);
    Finding::about_file("the world", problem.with_help("`--deep` proves it however long that takes"))
}
