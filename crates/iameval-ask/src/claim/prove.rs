//! From a question to claims, one for each set of resources that have their policies in common.

use super::glob::of_service;
use super::keys;
use super::ready::{Piece, ReadyClaim};
use super::region::{RegionActions, Within, regions};
use super::{ClaimQuestion, ProvedClaim, Unproved};
use crate::added::Assembled;
use crate::asker::{Asker, Caller, is_decidable, whole};
use crate::problem::{QuestionProblem, Remark};
use crate::question::{About, Refused, Tagged};
use crate::sessions::NamedSessions;
use iameval::{Context, PolicySet, Problem, RuleSelection};
use iameval_data::{expand_pattern, is_action_pattern, parse_action, unknown_action};
use iameval_prove::{Claim, KeyState, Policies, Prover, Scope};
use iameval_world::{Defaults, WorldPrincipal};
use std::sync::Arc;

/// What a question names: who asks, and globs for resources that are meant and that are not.
struct Named<'p> {
    caller: Caller<'p>,
    globs: Vec<String>,
    except: Vec<String>,
}

type Problems = Vec<Tagged<QuestionProblem>>;

impl<'a> Asker<'a> {
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
        let pieces = match self.pieces(question, self.world().defaults(), &mut remarks) {
            Ok(pieces) => pieces,
            Err(problems) => return Err(Unproved::Refused(Refused { problems, remarks })),
        };
        let ready = ReadyClaim::new(pieces, self.catalogue());
        let principal = ready.principal().map(ToString::to_string).unwrap_or_default();
        let (verdict, assumed) = ready.prove(prover).map_err(Unproved::Claim)?;
        let ClaimQuestion { expect, service_rules, .. } = *question;
        Ok(ProvedClaim { principal, expect, verdict, assumed, service_rules, remarks })
    }

    /// Whether who asks, resources and endpoint of a claim can be found.
    ///
    /// # Errors
    /// When the question cannot be asked.
    pub fn check_names(&self, question: &ClaimQuestion) -> Result<(), Refused> {
        let principal = self.principal(question.principal.as_deref());
        let found = principal.and_then(|principal| self.named_in(question, &principal).map(|_| ()));
        found.map_err(|problems| Refused { problems, remarks: Vec::new() })
    }

    /// What is worth knowing about a claim, without proving it.
    ///
    /// # Errors
    /// When the question cannot be asked.
    pub fn check_claim(&self, question: &ClaimQuestion) -> Result<Vec<Tagged<Remark>>, Refused> {
        let mut remarks = Vec::new();
        match self.pieces(question, self.world().defaults(), &mut remarks) {
            Ok(_) => Ok(remarks),
            Err(problems) => Err(Refused { problems, remarks }),
        }
    }

    /// A claim that can be proved again and again, also with other policies.
    ///
    /// # Errors
    /// When the question cannot be asked.
    pub fn ready_claim(&self, question: &ClaimQuestion) -> Result<ReadyClaim<'a>, Refused> {
        let mut remarks = Vec::new();
        match self.pieces(question, self.world().defaults(), &mut remarks) {
            Ok(pieces) => Ok(ReadyClaim::new(pieces, self.catalogue())),
            Err(problems) => Err(Refused { problems, remarks }),
        }
    }

    /// The claims that a question comes to: the claim about all is the claim about each. A role is any session of it, so the
    /// sessions that policies name are asked about as well, and one that they do not name.
    pub(super) fn pieces(
        &self,
        question: &ClaimQuestion,
        defaults: &Defaults,
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Vec<Piece>, Problems> {
        let principal = self.principal(question.principal.as_deref())?;
        let mut pieces = self.pieces_of(&principal, question, defaults, remarks)?;
        let attached = pieces.iter().flat_map(|piece| piece.assembled.attachments.iter());
        let sessions = NamedSessions::of(attached.map(|own| own.policy.document())).of_role(principal.principal());
        for session in sessions {
            let session = self.principal(Some(&session))?;
            pieces.extend(self.pieces_of(&session, question, defaults, remarks)?);
        }
        Ok(pieces)
    }

    /// The same of one principal.
    fn pieces_of(
        &self,
        principal: &WorldPrincipal,
        question: &ClaimQuestion,
        defaults: &Defaults,
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Vec<Piece>, Problems> {
        let Named { caller, globs, except } = self.named_in(question, principal)?;
        self.check_actions(&question.actions, About::Action, remarks)?;
        self.check_actions(&question.except_actions, About::ExceptAction, remarks)?;
        let within = Within { globs: &globs, except: &except };
        let said = keys::said(question, defaults);
        let mut pieces = Vec::new();
        for region in regions(self, &caller, &within).map_err(whole)? {
            let Assembled { policies, attachments } = self.policies(&region.situation.policies).map_err(whole)?;
            let assembled = Assembled { policies: by_rules(policies, question.service_rules), attachments };
            let Some((actions, except_actions)) = actions_of(question, region.actions) else { continue };
            let documents = assembled.attachments.iter().map(|own| own.policy.shared_document().clone());
            let policies = Policies::new(assembled.policies.clone(), documents);
            let policies = policies.ok_or_else(|| whole(without_documents()))?;
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
                pieces.push(Piece::new(claim, region.clone(), assembled.clone()));
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
        for scope in &question.keys {
            let values = scope.alternatives.iter().flat_map(values_of);
            remarks.extend(values.filter_map(|text| self.odd_value(&scope.key, text)));
        }
        Ok(pieces)
    }

    /// What a question names.
    fn named_in<'p>(&self, question: &ClaimQuestion, principal: &'p WorldPrincipal) -> Result<Named<'p>, Problems>
    where
        'a: 'p,
    {
        let endpoint = question.endpoint.as_ref().map(|name| {
            let found = self.world().named_endpoint(name);
            found.map_err(|problem| vec![Tagged::new(About::Endpoint, name, problem.into())])
        });
        let caller = Caller { principal, endpoint: endpoint.transpose()?, resource_account: question.resource_account };
        let default = self.world().defaults().resource.as_ref().filter(|_| question.resources.is_empty());
        let named: Vec<&String> = question.resources.iter().chain(default).collect();
        let globs = self.globs(&caller, &named, About::Resource)?;
        let globs = if globs.iter().any(|glob| glob == "*") { Vec::new() } else { globs };
        let except: Vec<&String> = question.except_resources.iter().collect();
        let except = self.globs(&caller, &except, About::ExceptResource)?;
        Ok(Named { caller, globs, except })
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

/// The values that are named.
fn values_of(state: &KeyState) -> Vec<&str> {
    match state {
        KeyState::Absent => Vec::new(),
        KeyState::Is(value) => value.texts().collect(),
        KeyState::Present(range) => range.any_of.iter().flatten().chain(&range.none_of).map(String::as_str).collect(),
    }
}

/// That there are no documents to read.
pub(crate) fn without_documents() -> Problem {
    let message = "a proof reads the documents of policies, and only what they were compiled to is at hand";
    Problem::new(crate::codes::NOTHING_TO_DECIDE_BY, message)
}

/// The policies, decided with these rules of single services.
pub(crate) fn by_rules(policies: PolicySet, rules: RuleSelection) -> PolicySet {
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
