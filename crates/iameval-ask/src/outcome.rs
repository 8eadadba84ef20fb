//! What comes of a request in few words, for those who ask very many.

use crate::asker::{Asker, Caller, ChosenResource, NamedAction, is_decidable, whole};
use crate::given::Given;
use crate::impossible::undecided_keys;
use crate::problem::QuestionProblem;
use crate::question::{About, Tagged};
use iameval::{ContextKey, DecidedBy, Decision, PolicySet};
use std::borrow::Cow;
use std::sync::Arc;

/// A question about one request, whose parts were looked up: they are often those of other requests too.
#[derive(Debug)]
pub struct RowQuestion<'q> {
    /// Who asks.
    pub caller: Caller<'q>,
    /// The action.
    pub action: &'q NamedAction,
    /// The resource: an ARN, a name in the world, `self` or `*`. Without one it follows from the action.
    pub resource: Option<&'q str>,
    /// What is given, above the defaults of the world.
    pub given: &'q Given,
}

/// What comes of a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outcome {
    /// The decision.
    pub decision: Decision,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// The first statement that decided, where one did.
    pub statement: Option<DecidingStatement>,
    /// The keys that were not given and could change the decision.
    pub undecided: Vec<ContextKey>,
    policies: PolicySet,
}

/// A statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DecidingStatement {
    /// What its policy is called.
    pub policy: Arc<str>,
    /// Its Sid.
    pub sid: Option<Arc<str>>,
    /// Its position in the policy, from 0.
    pub index: usize,
}

impl Outcome {
    /// The keys that the policies read.
    pub fn reads(&self, key: &ContextKey) -> bool {
        self.policies.context_keys().any(|read| read == key)
    }
}

impl Asker<'_> {
    /// What comes of a request: the same as [`Asker::pose`] and an answer would say of it, without what explains it.
    ///
    /// ```
    /// use iameval::Decision;
    /// use iameval_ask::{Asker, Caller, Given, NamedActions, RowQuestion};
    /// use iameval_data::Catalogue;
    /// use iameval_world::{Example, World};
    ///
    /// let example = Example::find("force-mfa").unwrap();
    /// let world = World::load(example, &[example.world().into()]).unwrap();
    /// let asker = Asker::new(&world, Catalogue::embedded());
    /// let john = asker.principal(Some("john.doe")).unwrap();
    /// let caller = Caller { principal: &john, endpoint: None, resource_account: None };
    /// let NamedActions::One(action, _) = asker.actions("s3:ListAllMyBuckets").unwrap() else { panic!("one action") };
    /// let question = RowQuestion { caller, action: &action, resource: Some("*"), given: &Given::default() };
    /// let outcome = asker.outcome(&question).unwrap();
    /// assert_eq!(outcome.decision, Decision::ExplicitDeny);
    /// assert_eq!(outcome.statement.unwrap().policy.as_ref(), "force-mfa");
    /// ```
    ///
    /// # Errors
    /// Why the request cannot be asked.
    pub fn outcome(&self, question: &RowQuestion<'_>) -> Result<Outcome, Vec<Tagged<QuestionProblem>>> {
        let RowQuestion { caller, action, resource, given } = question;
        let defaults = self.world().defaults();
        let has_defaults = defaults.mfa.is_some() || defaults.context.iter().next().is_some();
        let given: Cow<'_, Given> =
            if has_defaults { Cow::Owned((*given).clone().above(defaults)) } else { Cow::Borrowed(*given) };
        let chosen = match resource.or(defaults.resource.as_deref()) {
            Some(text) => {
                self.named(caller, text).map_err(|problem| vec![Tagged::new(About::Resource(0), text, problem)])
            }
            None => self.inferred(caller, &action.action, &given.context).map_err(whole),
        };
        let ChosenResource { resource, .. } = chosen?;
        let situation = self.situation(caller, &action.action, &resource).map_err(whole)?;
        let policies = self.policy_set(&situation.policies).map_err(whole)?;
        if !is_decidable(caller, std::iter::once(&policies)) {
            return Err(whole(self.nothing_to_decide_by(caller, None)));
        }
        let request = self.request(&situation, &action.action, &given.context, given.mfa);
        let simulation = policies.simulate(&request);
        let first = simulation.deciding().next().and_then(|matched| policies.origin(matched.id));
        let statement = first.map(|origin| DecidingStatement {
            policy: origin.policy.as_str().into(),
            sid: origin.sid.map(Into::into),
            index: origin.statement_index,
        });
        let undecided = if simulation.missing_context_keys.is_empty() {
            Vec::new()
        } else {
            undecided_keys(&policies, &request, self.catalogue())
        };
        Ok(Outcome { decision: simulation.decision, decided_by: simulation.decided_by, statement, undecided, policies })
    }
}
