//! From a question to claims, and from their verdicts to one.

use super::glob::of_service;
use super::keys;
use super::region::{Region, RegionActions, Within, regions};
use super::{ClaimQuestion, ClaimVerdict, Closed, ProvedClaim, RefutedClaim, Unproved};
use crate::added::Assembled;
use crate::asker::{Asker, Caller, is_decidable, whole};
use crate::posed::{PosedRequest, RequestSummary};
use crate::problem::{QuestionProblem, Remark};
use crate::question::{About, Refused, Tagged};
use crate::statement::Places;
use iameval::{Context, ContextKey, Mfa, PolicySet, Problem, Request, RuleSelection};
use iameval_data::{expand_pattern, is_action_pattern, parse_action, unknown_action};
use iameval_prove::{
    Assumed, Claim, ClaimError, ClosedBy, Counterexample, EmptyScope, Expectation, Policies, Proof, Prover, Refutation,
    Scope, Undecided, Verdict,
};
use std::collections::BTreeSet;
use std::sync::Arc;

type Problems = Vec<Tagged<QuestionProblem>>;

impl Asker<'_> {
    /// Proves a claim, or finds a request that refutes it.
    ///
    /// ```
    /// use iameval::Mfa;
    /// use iameval_ask::{Asker, ClaimQuestion, ClaimVerdict};
    /// use iameval_data::Catalogue;
    /// use iameval_prove::{Expectation, Prover};
    /// use iameval_world::{Example, World};
    ///
    /// let example = Example::find("force-mfa").unwrap();
    /// let world = World::load(example, &[example.world().into()]).unwrap();
    /// let asker = Asker::new(&world, Catalogue::embedded());
    /// let question = ClaimQuestion {
    ///     actions: vec!["ec2:*".into()],
    ///     mfa: vec![Mfa::False, Mfa::Absent],
    ///     ..ClaimQuestion::new(Expectation::Deny)
    /// };
    /// let proved = asker.prove(&Prover::new(Catalogue::embedded()), &question).unwrap();
    /// let ClaimVerdict::Holds(closed) = proved.verdict else { panic!("without MFA EC2 is closed") };
    /// assert_eq!(closed[0].statement().unwrap().origin.sid, Some("BlockEverythingUnlessSignedInWithMFA"));
    /// ```
    ///
    /// # Errors
    /// When the question cannot be asked, or its scope is empty.
    pub fn prove(&self, prover: &Prover<'_>, question: &ClaimQuestion) -> Result<ProvedClaim, Unproved> {
        let mut remarks = Vec::new();
        let pieces = match self.pieces(question, &mut remarks) {
            Ok(pieces) => pieces,
            Err(problems) => return Err(Unproved::Refused(Refused { problems, remarks })),
        };
        let mut tally = Tally::default();
        for piece in &pieces {
            tally.add(piece, prover.prove(&piece.claim)).map_err(Unproved::Claim)?;
        }
        let principal = pieces.first().map(|piece| piece.region.situation.principal.to_string()).unwrap_or_default();
        let (verdict, assumed) = tally.verdict(self).map_err(Unproved::Claim)?;
        let ClaimQuestion { expect, service_rules, .. } = *question;
        Ok(ProvedClaim { principal, expect, verdict, assumed, service_rules, remarks })
    }

    /// What is worth knowing about a claim, without proving it.
    ///
    /// # Errors
    /// When the question cannot be asked.
    pub fn check_claim(&self, question: &ClaimQuestion) -> Result<Vec<Tagged<Remark>>, Refused> {
        let mut remarks = Vec::new();
        match self.pieces(question, &mut remarks) {
            Ok(_) => Ok(remarks),
            Err(problems) => Err(Refused { problems, remarks }),
        }
    }

    /// The claims that a question comes to: the claim about all is the claim about each.
    fn pieces(&self, question: &ClaimQuestion, remarks: &mut Vec<Tagged<Remark>>) -> Result<Vec<Piece>, Problems> {
        let principal = self.principal(question.principal.as_deref())?;
        let endpoint = question.endpoint.as_ref().map(|name| {
            let found = self.world().named_endpoint(name);
            found.map_err(|problem| vec![Tagged::new(About::Endpoint, name, problem.into())])
        });
        let caller = Caller {
            principal: &principal,
            endpoint: endpoint.transpose()?,
            resource_account: question.resource_account,
        };
        self.check_actions(&question.actions, About::Action, remarks)?;
        self.check_actions(&question.except_actions, About::ExceptAction, remarks)?;
        let default = self.world().defaults().resource.as_ref().filter(|_| question.resources.is_empty());
        let named: Vec<&String> = question.resources.iter().chain(default).collect();
        let globs = self.globs(&caller, &named, About::Resource)?;
        let globs = if globs.iter().any(|glob| glob == "*") { Vec::new() } else { globs };
        let except: Vec<&String> = question.except_resources.iter().collect();
        let except = self.globs(&caller, &except, About::ExceptResource)?;
        let within = Within { globs: &globs, except: &except };
        let said = keys::said(question, self.world().defaults());
        let mut pieces = Vec::new();
        for region in regions(self, &caller, &within).map_err(whole)? {
            let Assembled { policies, attachments } = self.policies(&region.situation.policies).map_err(whole)?;
            let assembled = Assembled { policies: by_rules(policies, question.service_rules), attachments };
            let Some((actions, except_actions)) = actions_of(question, region.actions) else { continue };
            let documents = assembled.attachments.iter().map(|own| Arc::new(own.policy.document().clone()));
            let Some(policies) = Policies::new(assembled.policies.clone(), documents) else {
                let message = "a proof reads the documents of policies, and only what they were compiled to is at hand";
                return Err(whole(Problem::new(crate::codes::NOTHING_TO_DECIDE_BY, message)));
            };
            let region = Arc::new(region);
            for keys in &said {
                let mut keys = keys.clone();
                keys::add(&mut keys, &region.situation.context);
                let scope = Scope {
                    principal: Some(region.situation.principal.clone()),
                    resource_account: region.situation.resource_account,
                    in_management_account: region.situation.in_management_account,
                    actions: actions.clone(),
                    except_actions: except_actions.clone(),
                    resources: region.resources.clone(),
                    except_resources: region.except.clone(),
                    owners: region.owners.clone(),
                    keys,
                    derives_context: true,
                    any_text: false,
                    realistic: question.realistic,
                };
                let claim = Claim { policies: policies.clone(), scope, expect: question.expect };
                pieces.push(Piece { claim, region: region.clone(), assembled: assembled.clone() });
            }
        }
        // Whoever has no policies in a world that has some can do nothing, and that is an answer.
        let has_policies = !self.world().policies().is_empty();
        if !pieces.is_empty()
            && !has_policies
            && !is_decidable(&caller, pieces.iter().map(|piece| &piece.assembled.policies))
        {
            return Err(whole(self.nothing_to_decide_by(&caller, None)));
        }
        let mut given = Context::new();
        question.keys.iter().for_each(|scope| given.insert_absent(scope.key.as_str()));
        let read = || pieces.iter().flat_map(|piece| piece.assembled.policies.context_keys().cloned()).collect();
        remarks.extend(self.unknown_keys(&given, read));
        Ok(pieces)
    }

    /// Refuses what is no pattern for actions, and tells of those that fit no action of the catalogue.
    fn check_actions(
        &self,
        texts: &[String],
        about: fn(usize) -> About,
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<(), Problems> {
        for (index, text) in texts.iter().enumerate() {
            let about = about(index);
            let refuse = |problem: Problem| vec![Tagged::new(about, text, problem.into())];
            let unknown = if is_action_pattern(text) {
                match expand_pattern(text, self.catalogue()) {
                    Err(problem) if problem.code() == iameval_data::codes::INVALID_ACTION => {
                        return Err(refuse(problem));
                    }
                    Err(problem) => Some(problem.with_severity(iameval::Severity::Warning)),
                    Ok(_) => None,
                }
            } else {
                unknown_action(&parse_action(text).map_err(refuse)?, self.catalogue())
            };
            remarks.extend(unknown.map(|problem| Tagged::new(about, text, Remark::UnknownAction(problem))));
        }
        Ok(())
    }

    /// The globs that resources of a question stand for.
    fn globs(
        &self,
        caller: &Caller<'_>,
        texts: &[&String],
        about: fn(usize) -> About,
    ) -> Result<Vec<String>, Problems> {
        let glob = |(index, text): (usize, &&String)| {
            let is_glob = text.contains('*') && (text.starts_with("arn:") || text.starts_with(['*', '$']));
            if is_glob || text.contains('?') {
                return Ok((*text).clone());
            }
            let chosen = self.named(caller, text);
            chosen.map(|chosen| chosen.resource).map_err(|problem| vec![Tagged::new(about(index), text, problem)])
        };
        texts.iter().enumerate().map(glob).collect()
    }
}

/// A claim about resources that have their policies in common.
struct Piece {
    claim: Claim,
    region: Arc<Region>,
    assembled: Assembled,
}

fn by_rules(policies: PolicySet, rules: RuleSelection) -> PolicySet {
    match rules {
        RuleSelection::None => policies.without_service_rules(),
        RuleSelection::Refusals => policies.with_only_refusals(),
        RuleSelection::All => policies,
    }
}

/// The actions of a question that a region is about, and those that are left out; `None` where there are none.
fn actions_of(question: &ClaimQuestion, of: RegionActions) -> Option<(Vec<String>, Vec<String>)> {
    let (actions, mut except) = (question.actions.clone(), question.except_actions.clone());
    match of {
        RegionActions::All => Some((actions, except)),
        RegionActions::AllButSts => {
            except.push("sts:*".into());
            Some((actions, except))
        }
        RegionActions::OfSts if actions.is_empty() => Some((vec!["sts:*".into()], except)),
        RegionActions::OfSts => {
            let actions: Vec<String> = actions.iter().filter_map(|pattern| of_service(pattern, "sts")).collect();
            (!actions.is_empty()).then_some((actions, except))
        }
    }
}

/// Verdicts as they come together.
#[derive(Default)]
struct Tally<'p> {
    closed: Vec<Closed>,
    refuted: Vec<(&'p Piece, Box<Refutation>)>,
    undecided: BTreeSet<Undecided>,
    assumed: Assumed,
    /// Whether there was a claim with requests in its scope.
    has_requests: bool,
    empty: Option<EmptyScope>,
}

impl<'p> Tally<'p> {
    fn add(&mut self, piece: &'p Piece, verdict: Result<Verdict, ClaimError>) -> Result<(), ClaimError> {
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
    fn close(&mut self, piece: &'p Piece, closing: iameval_prove::Closing) {
        let Assembled { policies, attachments } = piece.assembled.clone();
        let new = Closed { closing, policies, attachments, places: Places::default() };
        match self.closed.iter_mut().find(|known| known.is_same(&new)) {
            Some(known) => known.closing.actions = known.closing.actions.max(new.closing.actions),
            None => self.closed.push(new),
        }
    }

    fn verdict(mut self, asker: &Asker<'_>) -> Result<(ClaimVerdict, Assumed), ClaimError> {
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
                let posed = asker.posed_counterexample(piece, &request);
                if posed.decide() != refutation.counterexample.decision {
                    return Err(ClaimError::NotReplayed(Box::new(request)));
                }
                ClaimVerdict::Refuted(Box::new(RefutedClaim {
                    counterexample: posed.answer(asker.catalogue()),
                    is_realistic,
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
                let same_text = |own: Option<&iameval::Statement>, other: Option<&iameval::Statement>| {
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

impl Asker<'_> {
    /// A counterexample as the world would pose it. Keys that policies read are known to be absent where it has none.
    fn posed_counterexample(&self, piece: &Piece, request: &Request) -> PosedRequest {
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
        let is_given = |layer: &&iameval::Layer| !policies.has_layer(**layer);
        let unknown_layers = situation.unknown_layers.iter().filter(is_given).copied().collect();
        PosedRequest { summary, request: request.without(&without), policies, attachments, unknown_layers }
    }
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
