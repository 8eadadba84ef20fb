//! From the verdicts on several claims to one.

use super::ready::Piece;
use super::{ClaimVerdict, Closed, RefutedClaim};
use crate::added::Assembled;
use crate::posed::{PosedRequest, RequestSummary};
use crate::statement::Places;
use crate::what_can::foremost;
use iameval::{Context, ContextKey, Layer, Mfa, Request, Statement};
use iameval_data::Catalogue;
use iameval_prove::{
    Assumed, ClaimError, ClosedBy, Closing, Counterexample, EmptyScope, Expectation, Proof, Refutation, Undecided,
    Verdict,
};
use std::collections::BTreeSet;

/// Verdicts as they come together.
#[derive(Default)]
pub(super) struct Tally<'p> {
    closed: Vec<Closed>,
    refuted: Vec<(&'p Piece, Box<Refutation>)>,
    undecided: BTreeSet<Undecided>,
    assumed: Assumed,
    /// Whether there was a claim with requests in its scope.
    has_requests: bool,
    empty: Option<EmptyScope>,
}

impl<'p> Tally<'p> {
    pub(super) fn add(&mut self, piece: &'p Piece, verdict: Result<Verdict, ClaimError>) -> Result<(), ClaimError> {
        match verdict {
            Err(ClaimError::EmptyScope(empty)) => {
                // The patterns for actions are those of all pieces, unless a piece is about some services only.
                self.empty = self.empty.take().filter(|known| *known != EmptyScope::Actions).or(Some(empty));
                return Ok(());
            }
            Err(error) => return Err(error),
            Ok(Verdict::Holds(Proof { closed_by, assumed })) => {
                self.assume(assumed);
                // What is allowed is not allowed for want of an Allow.
                let claims_allow = piece.claim.expect == Expectation::Allow;
                let closed_by =
                    closed_by.into_iter().filter(|closing| !claims_allow || closing.by != ClosedBy::NoAllow);
                closed_by.for_each(|closing| self.close(piece, closing));
            }
            Ok(Verdict::Refuted(refutation)) => {
                self.assume(refutation.assumed.clone());
                self.undecided.extend(refutation.undecided.iter().cloned());
                self.refuted.push((piece, refutation));
            }
            Ok(Verdict::Unknown(undecided)) => self.undecided.extend(undecided),
        }
        self.has_requests = true;
        Ok(())
    }

    fn assume(&mut self, Assumed { single, owner }: Assumed) {
        self.assumed.owner |= owner;
        self.assumed.single.extend(single);
        self.assumed.single.sort_unstable();
        self.assumed.single.dedup();
    }

    /// Adds what closes a claim to the same in another: the actions may be the same, so the larger number stays.
    fn close(&mut self, piece: &'p Piece, closing: Closing) {
        let Assembled { policies, attachments } = piece.assembled.clone();
        let new = Closed { closing, policies, attachments, places: Places::default() };
        match self.closed.iter_mut().find(|known| known.is_same(&new)) {
            Some(known) => known.closing.actions = known.closing.actions.max(new.closing.actions),
            None => self.closed.push(new),
        }
    }

    pub(super) fn verdict(mut self, catalogue: &Catalogue) -> Result<(ClaimVerdict, Assumed), ClaimError> {
        if !self.has_requests {
            return Err(ClaimError::EmptyScope(self.empty.unwrap_or(EmptyScope::Requests)));
        }
        let actions: BTreeSet<String> =
            self.refuted.iter().flat_map(|(_, refutation)| refutation.actions.iter().cloned()).collect();
        let unlisted_actions = self.refuted.iter().any(|(_, refutation)| refutation.unlisted_actions);
        // A request that AWS could make says more, and so does an action that exists.
        let rank = |(_, refutation): &(&Piece, Box<Refutation>)| {
            (!refutation.counterexample.is_realistic, refutation.actions.is_empty())
        };
        let undecided: Vec<Undecided> = self.undecided.into_iter().collect();
        let verdict = match self.refuted.into_iter().min_by_key(rank) {
            Some((piece, refutation)) => {
                let Counterexample { request, is_realistic, .. } = refutation.counterexample;
                let posed = posed(piece, &request);
                if posed.decide() != refutation.counterexample.decision {
                    return Err(ClaimError::NotReplayed(Box::new(request)));
                }
                ClaimVerdict::Refuted(Box::new(RefutedClaim {
                    counterexample: posed.answer(catalogue),
                    is_realistic,
                    foremost: foremost(actions.iter().map(String::as_str), catalogue),
                    actions: actions.into_iter().collect(),
                    unlisted_actions,
                    undecided,
                }))
            }
            None if undecided.is_empty() => {
                self.closed.sort_by_key(|closed| (std::cmp::Reverse(closed.actions()), closed.by()));
                ClaimVerdict::Holds(self.closed)
            }
            None => ClaimVerdict::Unknown(undecided),
        };
        Ok((verdict, self.assumed))
    }
}

impl Closed {
    /// Whether it is the same, although maybe in another set.
    fn is_same(&self, other: &Self) -> bool {
        match (self.statement(), other.statement()) {
            (Some(own), Some(other)) => {
                let same_text = |own: Option<&Statement>, other: Option<&Statement>| {
                    own.zip(other).is_some_and(|(own, other)| own.span() == other.span())
                };
                own.origin.policy == other.origin.policy
                    && own.origin.layer == other.origin.layer
                    && own.origin.statement_index == other.origin.statement_index
                    && same_text(own.statement, other.statement)
            }
            (None, None) => self.by() == other.by(),
            _ => false,
        }
    }
}

/// A counterexample as a question would be posed. Keys that policies read are known to be absent where it has none.
fn posed(piece: &Piece, request: &Request) -> PosedRequest {
    let Assembled { policies, attachments } = piece.assembled.clone();
    let situation = &piece.region.situation;
    let without: Vec<ContextKey> =
        policies.context_keys().filter(|key| !request.context().is_given(key)).cloned().collect();
    let mfa = mfa_of(request.context());
    let summary = RequestSummary {
        account: request.resource_account().or_else(|| situation.principal.account()),
        mfa,
        ..RequestSummary::of_request(request)
    };
    let is_given = |layer: &&Layer| !policies.has_layer(**layer);
    let unknown_layers = situation.unknown_layers.iter().filter(is_given).copied().collect();
    PosedRequest { summary, request: request.without(&without), policies, attachments, unknown_layers }
}

/// The state of multi-factor authentication that a context is in, where it is one of the three.
fn mfa_of(context: &Context) -> Option<Mfa> {
    let text = |name: &str| {
        let value = context.value(&ContextKey::new(name)).filter(|value| !value.is_list());
        value.and_then(|value| value.texts().next().map(str::to_owned))
    };
    let (present, age) = (text("aws:MultiFactorAuthPresent"), text("aws:MultiFactorAuthAge"));
    match (present.as_deref(), age) {
        (Some("true"), Some(age)) => age.parse().ok().map(|age_seconds| Mfa::True { age_seconds }),
        (Some("false"), None) => Some(Mfa::False),
        (None, None) => Some(Mfa::Absent),
        _ => None,
    }
}
