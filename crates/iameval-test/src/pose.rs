//! From a request in names to a question that can be decided.

use crate::policies::Policies;
use crate::refusal::{in_words, said};
use crate::request::TestRequest;
use crate::test_claim::TestClaim;
use iameval::{Context, PolicySet};
use iameval_ask::{Asker, Attachment, PosedRequest, ProvedClaim, Question, Refused, Unproved};
use iameval_data::{Catalogue, parse_action};
use iameval_prove::Prover;
use iameval_world::World;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What a world, or policies without one, make of a request.
pub trait Pose {
    /// The question that the request comes to.
    ///
    /// # Errors
    /// Why it cannot be asked.
    fn pose(&self, request: &TestRequest) -> Result<PosedRequest, String>;

    /// What comes of a claim.
    ///
    /// # Errors
    /// Why it cannot be proved.
    fn prove(&self, claim: &TestClaim) -> Result<ProvedClaim, String>;

    /// Whether an answer that depends on a key that was not given is none.
    fn is_strict(&self) -> bool {
        false
    }

    /// The named contexts.
    fn contexts(&self) -> &BTreeMap<String, Context> {
        static NONE: BTreeMap<String, Context> = BTreeMap::new();
        &NONE
    }
}

impl Pose for World {
    fn pose(&self, request: &TestRequest) -> Result<PosedRequest, String> {
        pose(self, None, request)
    }

    fn prove(&self, claim: &TestClaim) -> Result<ProvedClaim, String> {
        prove(self, None, claim)
    }

    fn is_strict(&self) -> bool {
        self.defaults().strict_context.unwrap_or(false)
    }

    fn contexts(&self) -> &BTreeMap<String, Context> {
        self.contexts()
    }
}

impl Pose for PolicySet {
    fn pose(&self, request: &TestRequest) -> Result<PosedRequest, String> {
        pose(&World::default(), Some((self, &Arc::from([]))), request)
    }

    fn prove(&self, claim: &TestClaim) -> Result<ProvedClaim, String> {
        prove(&World::default(), Some((self, &Arc::from([]))), claim)
    }
}

impl Pose for Policies {
    fn pose(&self, request: &TestRequest) -> Result<PosedRequest, String> {
        pose(&World::default(), Some((self.set(), self.attachments())), request)
    }

    fn prove(&self, claim: &TestClaim) -> Result<ProvedClaim, String> {
        prove(&World::default(), Some((self.set(), self.attachments())), claim)
    }
}

fn pose(world: &World, instead: Option<Instead<'_>>, wanted: &TestRequest) -> Result<PosedRequest, String> {
    // An assertion is about one action, not about those that a pattern covers.
    parse_action(&wanted.action).map_err(|diagnostic| said(&diagnostic))?;
    let asker = asker(world, instead, wanted.via.is_some())?;
    let question = Question {
        principal: wanted.principal.clone(),
        actions: vec![wanted.action.clone()],
        resources: wanted.resource.iter().cloned().collect(),
        resource_account: None,
        endpoint: wanted.via.clone(),
        context: wanted.context.clone(),
        mfa: wanted.mfa.into_iter().collect(),
    };
    let posed = asker.pose(&question).map_err(refused)?;
    posed.requests.into_iter().next().ok_or_else(|| "the request is empty".into())
}

fn prove(world: &World, instead: Option<Instead<'_>>, claim: &TestClaim) -> Result<ProvedClaim, String> {
    static PROVER: OnceLock<Prover<'static>> = OnceLock::new();
    let prover = PROVER.get_or_init(|| Prover::new(Catalogue::embedded()));
    let asker = asker(world, instead, claim.question.endpoint.is_some())?;
    asker.prove(prover, &claim.to_question(Catalogue::embedded())).map_err(|unproved| match unproved {
        Unproved::Refused(why) => refused(why),
        Unproved::Claim(error) => error.to_string(),
        other => format!("{other:?}"),
    })
}

fn asker<'w>(world: &'w World, instead: Option<Instead<'_>>, goes_through: bool) -> Result<Asker<'w>, String> {
    let asker = Asker::new(world, Catalogue::embedded());
    let Some((policies, attachments)) = instead else { return Ok(asker) };
    if goes_through {
        let message = "policies without a world have no endpoints; `Policies::endpoint` adds the policy of one";
        return Err(message.into());
    }
    Ok(asker.instead(policies.clone(), attachments.clone()))
}

fn refused(refused: Refused) -> String {
    let problems: Vec<String> = refused.problems.into_iter().map(|problem| in_words(problem.what)).collect();
    problems.join("\n")
}

/// Policies in place of those of the world, which is empty then.
type Instead<'a> = (&'a PolicySet, &'a Arc<[Attachment]>);
