//! From a request in names to a question that can be decided.

use crate::policies::Policies;
use crate::refusal::{in_words, said};
use crate::request::TestRequest;
use iameval::{Context, PolicySet};
use iameval_ask::{Asker, Attachment, PosedRequest, Question};
use iameval_data::{Catalogue, parse_action};
use iameval_world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a world, or policies without one, make of a request.
pub trait Pose {
    /// The question that the request comes to.
    ///
    /// # Errors
    /// Why it cannot be asked.
    fn pose(&self, request: &TestRequest) -> Result<PosedRequest, String>;

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
}

impl Pose for Policies {
    fn pose(&self, request: &TestRequest) -> Result<PosedRequest, String> {
        pose(&World::default(), Some((self.set(), self.attachments())), request)
    }
}

fn pose(world: &World, instead: Option<Instead<'_>>, wanted: &TestRequest) -> Result<PosedRequest, String> {
    // An assertion is about one action, not about those that a pattern covers.
    parse_action(&wanted.action).map_err(|diagnostic| said(&diagnostic))?;
    let mut asker = Asker::new(world, Catalogue::embedded());
    if let Some((policies, attachments)) = instead {
        if wanted.via.is_some() {
            let message = "policies without a world have no endpoints; `Policies::endpoint` adds the policy of one";
            return Err(message.into());
        }
        asker = asker.instead(policies.clone(), attachments.clone());
    }
    let question = Question {
        principal: wanted.principal.clone(),
        actions: vec![wanted.action.clone()],
        resources: wanted.resource.iter().cloned().collect(),
        resource_account: None,
        endpoint: wanted.via.clone(),
        context: wanted.context.clone(),
        mfa: wanted.mfa.into_iter().collect(),
    };
    let posed = asker.pose(&question).map_err(|refused| {
        let problems: Vec<String> = refused.problems.into_iter().map(|problem| in_words(problem.what)).collect();
        problems.join("\n")
    })?;
    posed.requests.into_iter().next().ok_or_else(|| "the request is empty".into())
}

/// Policies in place of those of the world, which is empty then.
type Instead<'a> = (&'a PolicySet, &'a Arc<[Attachment]>);
