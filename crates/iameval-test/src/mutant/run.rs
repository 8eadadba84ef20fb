//! Mutants tried on cases, shared among threads.

use super::change::{PolicyChange, changes};
use super::{Mutant, MutantReport, PolicyNotInPlay, Probe};
use crate::claim::PassedClaim;
use crate::threads::in_threads;
use crate::written::Written;
use iameval::json::Node;
use iameval::{
    AccountId, Action, ActionPattern, CompiledPolicy, LayeredPolicy, PolicyDocument, PolicyId, PolicyKind, PolicySet,
    Statement,
};
use iameval_ask::OtherPolicy;
use iameval_ask::words::statement_name;
use iameval_report::Places;
use iameval_world::{Attached, LoadedPolicy, SituationPolicies};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which policies to change, and how to go about it.
#[derive(Clone, Copy)]
pub struct MutantRun<'a> {
    /// The policies. Those of several worlds that stand at the same place of the same text are one policy.
    pub policies: &'a [Arc<LoadedPolicy>],
    /// How many threads to use.
    pub jobs: NonZero<usize>,
    /// Told again and again, by any thread, how many changes were tried so far, and how many there are.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl MutantRun<'_> {
    /// Tries every mutant on the cases that have its policy in play until one notices, and then on the claims that read it,
    /// since proofs take longer. Cases that fail without any change notice nothing.
    pub fn run<P: Probe>(&self, probes: &[P], claims: &[PassedClaim<'_>]) -> MutantReport {
        let plan = Plan::new(self.policies, probes, claims);
        let fates = self.fates(&plan);
        let mut report = MutantReport::default();
        let mut places = Places::default();
        let mut changes = plan.changes.iter().zip(fates).peekable();
        for (number, subject) in plan.subjects.iter().enumerate() {
            let mut idle = 0;
            while let Some(((_, change), fate)) = changes.next_if(|((of, _), _)| *of == number) {
                match fate {
                    Some(Fate::Noticed) => report.noticed += 1,
                    Some(Fate::Survived) => report.survivors.extend(mutant(subject.policy, change, &mut places)),
                    Some(Fate::NotInPlay) => idle += 1,
                    None => {}
                }
            }
            if subject.is_idle() {
                let (policy, file) = (subject.policy.name.clone(), subject.policy.source.name.clone());
                report.not_in_play.push(PolicyNotInPlay { policy, file, mutants: idle });
            }
        }
        report
    }

    /// What becomes of each change, in their order.
    fn fates<P: Probe>(&self, plan: &Plan<'_, P>) -> Vec<Option<Fate>> {
        let (done, total) = (AtomicUsize::new(0), plan.changes.len());
        let progress = |more| (self.progress)(done.fetch_add(more, Ordering::Relaxed) + more, total);
        in_threads(self.jobs, 1, &progress, &plan.changes, |(subject, change)| plan.fate(*subject, change))
    }
}

/// A changed document whose statements depend on what those of the old one depend on. Each has its number still.
fn as_open(changed: PolicyDocument, old: &PolicyDocument) -> PolicyDocument {
    let open = old.statements().iter().map(Statement::only_if).enumerate();
    let open = open.flat_map(|(number, needed)| needed.iter().map(move |only_if| (number, *only_if)));
    open.fold(changed, |document, (number, only_if)| document.with_statement_only_if(number, only_if))
}

/// What becomes of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Noticed,
    Survived,
    NotInPlay,
}

/// As what a policy is attached, and what it is called there.
type AttachedAs<'a> = (PolicyKind, &'a str);

/// What is tried on what.
struct Plan<'a, P> {
    probes: &'a [P],
    claims: &'a [PassedClaim<'a>],
    subjects: Vec<ChangedPolicy<'a>>,
    /// The subject of each policy, by its address.
    subject_of: HashMap<usize, usize>,
    /// All changes with the number of their subject, subject by subject.
    changes: Vec<(usize, PolicyChange<'a>)>,
}

/// A policy that is changed.
struct ChangedPolicy<'a> {
    policy: &'a LoadedPolicy,
    tree: Node<'a>,
    /// How the cases have it attached.
    attached: BTreeSet<AttachedAs<'a>>,
    /// The cases that have it in play and pass.
    probes: Vec<usize>,
    /// The claims that read it.
    claims: Vec<&'a PassedClaim<'a>>,
}

impl ChangedPolicy<'_> {
    /// Whether nothing could notice a change.
    fn is_idle(&self) -> bool {
        self.probes.is_empty() && self.claims.is_empty()
    }
}

impl<'a, P: Probe> Plan<'a, P> {
    fn new(policies: &'a [Arc<LoadedPolicy>], probes: &'a [P], claims: &'a [PassedClaim<'a>]) -> Self {
        let mut plan = Self { probes, claims, subjects: Vec::new(), subject_of: HashMap::new(), changes: Vec::new() };
        let mut known: HashMap<Written, usize> = HashMap::new();
        for policy in policies {
            let subject = *known.entry(Written::of(policy)).or_insert_with(|| {
                let tree = policy.document().to_json();
                let (attached, probes, claims) = (BTreeSet::new(), Vec::new(), Vec::new());
                plan.subjects.push(ChangedPolicy { policy, tree, attached, probes, claims });
                plan.subjects.len() - 1
            });
            plan.subject_of.insert(address(policy), subject);
        }
        let asked = plan.put_in_play();
        let claimed = plan.put_in_claims();
        let asked = asked.or(claimed);
        for (number, subject) in plan.subjects.iter().enumerate() {
            let of_cases = subject.probes.iter().find_map(|probe| caller(probes.get(*probe)?));
            let of_claims = || subject.claims.iter().find_map(|claim| claim.caller());
            let account = of_cases.or_else(of_claims).or(asked);
            plan.changes.extend(changes(&subject.tree, account).into_iter().map(|change| (number, change)));
        }
        plan
    }

    /// Notes for each policy which cases have it in play. Gives the account of the first principal that asks at all.
    fn put_in_play(&mut self) -> Option<AccountId> {
        let mut in_play: HashMap<*const SituationPolicies, BTreeSet<(usize, AttachedAs<'_>)>> = HashMap::new();
        let mut account = None;
        for (number, probe) in self.probes.iter().enumerate() {
            let asked = probe.asked();
            if !probe.passes(asked.set()) {
                continue;
            }
            account = account.or_else(|| caller(probe));
            let placed = in_play.entry(Arc::as_ptr(&asked.layers)).or_insert_with(|| {
                let placed = asked.layers.placed().iter();
                placed.filter_map(|placed| Some((self.subject(&placed.policy.policy)?, attachment(placed)))).collect()
            });
            for &(subject, attachment) in placed.iter() {
                let Some(subject) = self.subjects.get_mut(subject) else { continue };
                subject.attached.insert(attachment);
                // A policy may be attached in several ways, and is in play once.
                if subject.probes.last() != Some(&number) {
                    subject.probes.push(number);
                }
            }
        }
        account
    }

    /// Notes for each policy which claims read it. Gives the account of the first principal that they are about.
    fn put_in_claims(&mut self) -> Option<AccountId> {
        for claim in self.claims {
            for (kind, policy) in claim.policies() {
                let subject = self.subject(policy).and_then(|number| self.subjects.get_mut(number));
                let Some(subject) = subject else { continue };
                subject.attached.insert((kind, &policy.name));
                if !subject.claims.last().is_some_and(|known| std::ptr::eq(*known, claim)) {
                    subject.claims.push(claim);
                }
            }
        }
        self.claims.iter().find_map(PassedClaim::caller)
    }

    fn subject(&self, policy: &Arc<LoadedPolicy>) -> Option<usize> {
        self.subject_of.get(&address(policy)).copied()
    }

    /// What becomes of a change; `None` when it makes no policy.
    fn fate(&self, number: usize, change: &PolicyChange<'a>) -> Option<Fate> {
        let subject = self.subjects.get(number)?;
        let document = as_open(change.document(&subject.tree)?, subject.policy.document());
        if subject.is_idle() {
            return Some(Fate::NotInPlay);
        }
        let compile = |&(kind, name): &AttachedAs<'a>| {
            let compiled = CompiledPolicy::new(PolicyId::new(name), kind, &document).ok()?;
            Some(((kind, name), Arc::new(compiled)))
        };
        let compiled: BTreeMap<_, Arc<CompiledPolicy>> = subject.attached.iter().map(compile).collect::<Option<_>>()?;
        let instead = |kind: PolicyKind, policy: &Arc<LoadedPolicy>| {
            let is_subject = self.subject(policy) == Some(number);
            if is_subject { compiled.get(&(kind, policy.name.as_str())).cloned() } else { None }
        };
        let mut sets: HashMap<*const SituationPolicies, PolicySet> = HashMap::new();
        let fails = |probe: &P| {
            let layers = &probe.asked().layers;
            let with = || layers.with(|placed| instead(placed.kind, &placed.policy.policy));
            !probe.passes(sets.entry(Arc::as_ptr(layers)).or_insert_with(with))
        };
        let is_noticed = self.most_affected_first(subject, change, &document).into_iter().any(fails) || {
            let document = Arc::new(document);
            let instead =
                |kind, policy: &_| Some(OtherPolicy { compiled: instead(kind, policy)?, document: document.clone() });
            subject.claims.iter().any(|claim| claim.notices(&instead))
        };
        Some(if is_noticed { Fate::Noticed } else { Fate::Survived })
    }

    /// The cases that have the policy in play: first those about actions that the statement gains or loses, then those
    /// about others that it is about, then the rest.
    fn most_affected_first(
        &self,
        subject: &ChangedPolicy<'a>,
        change: &PolicyChange<'a>,
        changed: &PolicyDocument,
    ) -> Vec<&'a P> {
        let number = change.statement;
        let before = subject.policy.document().statements().get(number).map(Actions::new);
        let after = changed.statements().get(number).map(Actions::new);
        let rank = |probe: &&'a P| {
            let action = probe.asked().request.action();
            let about = |actions: &Option<Actions>| actions.as_ref().is_some_and(|actions| actions.cover(action));
            match (about(&before), about(&after)) {
                (true, true) => 1,
                (false, false) => 2,
                _ => 0,
            }
        };
        let mut probes: Vec<&P> = subject.probes.iter().filter_map(|probe| self.probes.get(*probe)).collect();
        probes.sort_by_cached_key(rank);
        probes
    }
}

/// The actions that a statement is about.
struct Actions {
    negated: bool,
    patterns: Vec<ActionPattern>,
}

impl Actions {
    fn new(statement: &Statement) -> Self {
        let element = statement.action();
        Self { negated: element.is_negated(), patterns: element.patterns().map(ActionPattern::new).collect() }
    }

    fn cover(&self, action: &Action) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(action)) != self.negated
    }
}

fn attachment(placed: LayeredPolicy<&Attached>) -> AttachedAs<'_> {
    (placed.kind, &placed.policy.policy.name)
}

/// The account of the principal who asks.
fn caller(probe: &impl Probe) -> Option<AccountId> {
    probe.asked().request.principal().account()
}

/// The mutant as people see it. Every policy has a text, and so a place.
fn mutant<'a>(policy: &'a LoadedPolicy, change: &PolicyChange<'_>, places: &mut Places<'a>) -> Option<Mutant> {
    let number = change.statement;
    let sid = policy.document().statements().get(number).and_then(Statement::sid);
    Some(Mutant {
        mutation: change.edit.mutation,
        policy: policy.name.clone(),
        statement: statement_name(&policy.name, sid, number),
        file: policy.source.name.clone(),
        position: places.place(&policy.source, change.edit.place)?.start,
        before: change.edit.before.clone(),
        after: change.edit.after.clone(),
    })
}

/// What tells policies apart as long as they live.
fn address(policy: &Arc<LoadedPolicy>) -> usize {
    Arc::as_ptr(policy).addr()
}
