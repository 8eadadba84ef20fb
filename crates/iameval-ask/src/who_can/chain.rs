//! Who gets at something by assuming roles.

use super::cohort::{self, Holders, Population};
use super::inquiry::Inquiry;
use super::named::{Named, named_in};
use super::{Access, AskedOn, Verdict};
use crate::asker::{ChosenResource, NamedAction};
use iameval::{ContextKey, Mfa};
use std::collections::{BTreeSet, VecDeque};

/// How a principal gets at something by assuming one role after another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chain {
    /// The roles, by position among the principals, in the order in which they are assumed. The last one can do it.
    pub roles: Vec<usize>,
    /// Whether every step is certain, and what the last role can do.
    pub verdict: Verdict,
    /// The keys that steps depend on, in order of their names.
    pub keys: Vec<ContextKey>,
}

/// One role assumed.
#[derive(Debug, Clone)]
struct Step {
    /// By whom, by position.
    by: usize,
    verdict: Verdict,
    /// What it depends on.
    keys: Vec<ContextKey>,
}

/// For each principal that cannot do it as themselves, the shortest chain of roles; one of certain steps where there is one.
pub(super) fn find(
    inquiry: &Inquiry<'_>,
    population: &Population<'_>,
    access: &[Access],
    mfa: Option<Mfa>,
) -> Vec<Option<Chain>> {
    let mut steps = Steps { inquiry, population, mfa, holders: None, known: vec![None; population.members.len()] };
    let mut chains: Vec<Option<Chain>> = vec![None; population.members.len()];
    for certain_only in [true, false] {
        let mut queue: VecDeque<usize> = VecDeque::new();
        let counts = |verdict: Verdict| if certain_only { verdict == Verdict::Can } else { verdict.may() };
        let able = access.iter().enumerate().filter(|(_, access)| counts(access.verdict));
        queue.extend(able.map(|(position, _)| position));
        queue.extend(chains.iter().enumerate().filter(|(_, chain)| chain.is_some()).map(|(position, _)| position));
        let mut met: BTreeSet<usize> = queue.iter().copied().collect();
        while let Some(role) = queue.pop_front() {
            let beyond = chains.get(role).and_then(Clone::clone);
            let own = access.get(role).map_or(Verdict::Cannot, |access| access.verdict);
            for Step { by: assumer, verdict: step, keys } in steps.of(role) {
                let can_already = access.get(assumer).is_some_and(|access| access.verdict.may());
                if can_already || !counts(step) || !met.insert(assumer) {
                    continue;
                }
                let (mut roles, further, mut all) = match &beyond {
                    Some(chain) => (chain.roles.clone(), chain.verdict, chain.keys.clone()),
                    None => (Vec::new(), own, Vec::new()),
                };
                roles.insert(0, role);
                all.extend(keys);
                all.sort();
                all.dedup();
                let verdict = further.max(step);
                if let Some(chain) = chains.get_mut(assumer) {
                    *chain = Some(Chain { roles, verdict, keys: all });
                }
                queue.push_back(assumer);
            }
        }
    }
    chains
}

/// Who may assume which role, found out when it is asked for.
struct Steps<'s, 'a> {
    inquiry: &'s Inquiry<'a>,
    population: &'s Population<'a>,
    /// The state in which roles are assumed: that of the question.
    mfa: Option<Mfa>,
    /// The identity policies that speak of assuming roles, once looked for.
    holders: Option<Holders>,
    known: Vec<Option<Vec<Step>>>,
}

impl Steps<'_, '_> {
    /// Those who may assume the role, by position.
    fn of(&mut self, role: usize) -> Vec<Step> {
        if let Some(Some(known)) = self.known.get(role) {
            return known.clone();
        }
        let found = self.find(role).unwrap_or_default();
        if let Some(known) = self.known.get_mut(role) {
            *known = Some(found.clone());
        }
        found
    }

    /// `None` where it is not a role whose trust policy is known.
    fn find(&mut self, role: usize) -> Option<Vec<Step>> {
        let member = self.population.member(role)?;
        let trust = member.principal.trust()?;
        let arn = member.principal.principal().principal_arn()?;
        let named = named_in(trust.policy.document());
        let of_aws = |named: &Named| !matches!(named, Named::Other(kind, _) if *kind != iameval::PrincipalType::Aws);
        if !named.iter().any(of_aws) {
            return None;
        }
        let action = NamedAction { text: "sts:AssumeRole".into(), action: "sts:AssumeRole".parse().ok()? };
        let on = AskedOn::This(ChosenResource { resource: arn.to_owned(), name: None, inferred: None });
        let inquiry = self.inquiry;
        let population = self.population;
        if self.holders.is_none() {
            self.holders = Some(Holders::new(inquiry, population, &action, &on, self.mfa).ok()?);
        }
        let holders = self.holders.as_ref()?;
        let mut candidates = cohort::with_identity_side(inquiry, population, holders, &action, &on, self.mfa).ok()?;
        let names_some = named.iter().any(|named| !matches!(named, Named::Account(_)));
        for (position, other) in population.members.iter().enumerate().filter(|_| names_some) {
            let principal = other.principal.principal();
            let is_named = named.iter().any(|named| match named {
                Named::Anonymous | Named::AnyAccount => true,
                Named::Account(_) => false,
                Named::Other(_, text) => principal.id() == Some(text) || principal.principal_arn() == Some(text),
            });
            if is_named {
                candidates.insert(position);
            }
        }
        candidates.remove(&role);
        let step = |position: usize| {
            let other = self.population.member(position)?;
            let case = inquiry.case(other.principal, &action, &on, self.mfa).ok()?;
            let bounds = inquiry.bounds(&case);
            let verdict = case.access(&bounds).verdict;
            let keys = if verdict == Verdict::CanIf { bounds.keys } else { Vec::new() };
            verdict.may().then_some(Step { by: position, verdict, keys })
        };
        Some(candidates.into_iter().filter_map(step).collect())
    }
}
