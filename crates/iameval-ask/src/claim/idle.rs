//! Deny statements that deny nothing of what those who have them are otherwise allowed.
//!
//! A lone policy cannot tell: what it denies, another may allow. A world has all policies of a principal, so it can be proved of
//! those that are attached to principals. Not of SCPs, RCPs and resource policies, which bind callers no world has all of.

use super::ClaimQuestion;
use super::ready::Piece;
use crate::asker::Asker;
use iameval::{Diagnostic, Effect, PolicyDocument, PolicyKind, StatementId};
use iameval_lint::idle_deny;
use iameval_prove::{ClaimError, Expectation, Prover};
use iameval_world::{Attached, Defaults, LoadedPolicy, WorldPrincipal};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A Deny statement of a policy that principals of a world have.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct JudgedDeny {
    /// The policy that it is in.
    pub policy: Arc<LoadedPolicy>,
    /// As what the policy is attached.
    pub kind: PolicyKind,
    /// Its position in the policy, from 0.
    pub statement: usize,
    /// How many principals have it.
    pub holders: usize,
    /// Whether it is proved that it denies none of them anything that would be allowed without it.
    pub is_idle: bool,
}

impl JudgedDeny {
    /// That it denies nothing, as a finding in the text of its policy.
    pub fn finding(&self, document: &PolicyDocument) -> Option<Diagnostic> {
        let statement = document.statements().get(self.statement)?;
        (self.is_idle && statement.effect() == Effect::Deny).then(|| idle_deny(statement, self.holders))
    }
}

/// What the proof about one set of policies takes before it begins, in steps.
const STEPS_OF_A_SET: u64 = 1_000;

/// A policy and as what it is attached.
type Attachment = (*const LoadedPolicy, PolicyKind);

impl Asker<'_> {
    /// The Deny statements of identity policies, permissions boundaries and session policies of the world, each with whether it
    /// is idle: no request of any principal that has it would be allowed without it. `None` where that would take more than so
    /// many steps, counted as for [`Prover::idle_denies`] with 1,000 for each set of policies that is looked at.
    ///
    /// ```
    /// use iameval_ask::Asker;
    /// use iameval_data::Catalogue;
    /// use iameval_prove::Prover;
    /// use iameval_world::{Example, World};
    ///
    /// let example = Example::find("force-mfa").unwrap();
    /// let world = World::load(example, &[example.world().into()]).unwrap();
    /// let asker = Asker::new(&world, Catalogue::embedded());
    /// let denies = asker.judge_denies(&Prover::new(Catalogue::embedded()), 1_000_000).unwrap();
    /// assert!(!denies.is_empty() && !denies.iter().any(|deny| deny.is_idle));
    /// ```
    pub fn judge_denies(&self, prover: &Prover<'_>, mut steps: u64) -> Option<Vec<JudgedDeny>> {
        let mut search = Search::default();
        let principals: Vec<(&str, &WorldPrincipal)> =
            self.world().principals().iter().map(|(name, principal)| (name.as_ref(), principal)).collect();
        let numbers = self.alike(principals.iter().map(|(_, principal)| *principal));
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (position, number) in numbers.into_iter().enumerate() {
            match groups.get_mut(number) {
                Some(group) => group.push(position),
                None => groups.push(vec![position]),
            }
            if let Some((_, principal)) = principals.get(position) {
                search.add(principal);
            }
        }
        for group in &groups {
            let Some((name, principal)) = group.first().and_then(|first| principals.get(*first)) else { continue };
            if !search.is_anything_left_of(principal) {
                continue;
            }
            let question = ClaimQuestion {
                principal: Some((*name).into()),
                resources: vec!["*".into()],
                ..ClaimQuestion::new(Expectation::Deny)
            };
            let for_all = question.whatever_the_name(principal).filter(|_| group.len() > 1);
            // What cannot be asked proves nothing.
            let pieces = self.pieces(&for_all.unwrap_or(question), &Defaults::default(), &mut Vec::new());
            match pieces {
                Ok(pieces) if !pieces.iter().any(Piece::has_unknown_policies) => {
                    for piece in &pieces {
                        steps = steps.saturating_sub(STEPS_OF_A_SET);
                        search.narrow(prover, piece, &mut steps);
                    }
                }
                _ => search.give_up(principal),
            }
            if steps == 0 {
                return None;
            }
        }
        Some(search.denies)
    }
}

/// What is left to be proved: that the statements are idle of which it is not known otherwise.
#[derive(Default)]
struct Search {
    denies: Vec<JudgedDeny>,
    of: HashMap<Attachment, Vec<usize>>,
}

impl Search {
    /// Adds the Deny statements that a principal has.
    fn add(&mut self, principal: &WorldPrincipal) {
        let mut seen: Vec<Attachment> = Vec::new();
        for (kind, attached) in attached(principal) {
            let (policy, of) = (&attached.policy, (Arc::as_ptr(&attached.policy), kind));
            if seen.contains(&of) {
                continue;
            }
            seen.push(of);
            let denies = &mut self.denies;
            let known = self.of.entry(of).or_insert_with(|| {
                let first = denies.len();
                let statements = policy.document().statements().iter().enumerate();
                let own = statements.filter(|(_, statement)| statement.effect() == Effect::Deny);
                denies.extend(own.map(|(statement, _)| JudgedDeny {
                    policy: policy.clone(),
                    kind,
                    statement,
                    holders: 0,
                    is_idle: !policy.is_unknown(),
                }));
                (first..denies.len()).collect()
            });
            for number in known.iter() {
                if let Some(deny) = denies.get_mut(*number) {
                    deny.holders += 1;
                }
            }
        }
    }

    /// The statements of a policy that may be idle.
    fn left_of(&self, of: Attachment) -> impl Iterator<Item = (usize, &JudgedDeny)> {
        let known = self.of.get(&of).map_or(&[][..], Vec::as_slice);
        let denies = known.iter().filter_map(|number| Some((*number, self.denies.get(*number)?)));
        denies.filter(|(_, deny)| deny.is_idle)
    }

    fn is_anything_left_of(&self, principal: &WorldPrincipal) -> bool {
        let mut of = attached(principal).map(|(kind, attached)| (Arc::as_ptr(&attached.policy), kind));
        of.any(|of| self.left_of(of).next().is_some())
    }

    /// Leaves out the statements that deny a request of a piece.
    fn narrow(&mut self, prover: &Prover<'_>, piece: &Piece, steps: &mut u64) {
        let mut copies: BTreeMap<usize, Vec<StatementId>> = BTreeMap::new();
        for (position, (kind, policy)) in piece.policies().enumerate() {
            for (number, deny) in self.left_of((Arc::as_ptr(policy), kind)) {
                let id = piece.claim.policies.set().statement(position, deny.statement);
                copies.entry(number).or_default().extend(id);
            }
        }
        if copies.is_empty() {
            return;
        }
        let (numbers, ids): (Vec<usize>, Vec<Vec<StatementId>>) = copies.into_iter().unzip();
        let idle = match prover.idle_denies(&piece.claim.policies, &piece.claim.scope, &ids, steps) {
            Ok(idle) => idle.unwrap_or_default(),
            Err(ClaimError::EmptyScope(_)) => return,
            Err(_) => Vec::new(),
        };
        for (position, number) in numbers.into_iter().enumerate() {
            if !idle.contains(&position) {
                self.denies_something(number);
            }
        }
    }

    /// Leaves out all statements of a principal.
    fn give_up(&mut self, principal: &WorldPrincipal) {
        for (kind, attached) in attached(principal) {
            let left = self.left_of((Arc::as_ptr(&attached.policy), kind)).map(|(number, _)| number);
            left.collect::<Vec<_>>().into_iter().for_each(|number| self.denies_something(number));
        }
    }

    fn denies_something(&mut self, number: usize) {
        if let Some(deny) = self.denies.get_mut(number) {
            deny.is_idle = false;
        }
    }
}

/// The policies of a principal, and as what they are attached.
fn attached(principal: &WorldPrincipal) -> impl Iterator<Item = (PolicyKind, &Attached)> {
    let identity = principal.identity().iter().map(|own| (PolicyKind::Identity, own));
    let boundary = principal.boundary().into_iter().map(|own| (PolicyKind::PermissionsBoundary, own));
    let session = principal.session().iter().map(|own| (PolicyKind::Session, own));
    identity.chain(boundary).chain(session)
}
