//! Claims, proved or refuted.

use crate::actions::{ActionPatterns, ActionSet, ActionTable};
use crate::claim::{Claim, Expectation, Policies, Scope};
use crate::problem::{Answer, Asked, Problem, Wish};
use crate::shapes::Shapes;
use crate::side::Wanted;
use crate::verdict::{
    AllowedActions, Assumed, ClosedBy, Closing, Counterexample, NewAccess, Proof, Refutation, Undecided, Verdict,
    WhatCan,
};
use iameval::{Request, StatementId};
use iameval_data::Catalogue;
use std::collections::{BTreeMap, BTreeSet};

/// Proves claims.
///
/// ```
/// use iameval::{PolicyDocument, PolicySet};
/// use iameval_data::Catalogue;
/// use iameval_prove::{Claim, Expectation, KeyScope, KeyState, Policies, Prover, Scope, Verdict};
/// use std::sync::Arc;
///
/// let text = r#"{"Version": "2012-10-17", "Statement": [
///     {"Effect": "Allow", "Action": "*", "Resource": "*"},
///     {"Effect": "Deny", "NotAction": "iam:ChangePassword", "Resource": "*",
///      "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]}"#;
/// let document = Arc::new(text.parse::<PolicyDocument>()?);
/// let policies = Policies::new(PolicySet::builder().identity("power", text)?.build(), [document]).unwrap();
///
/// let mut scope = Scope { except_actions: vec!["iam:ChangePassword".into()], ..Scope::default() };
/// scope.keys.push(KeyScope {
///     key: "aws:MultiFactorAuthPresent".parse().unwrap(),
///     is_list: None,
///     alternatives: vec![KeyState::Absent],
/// });
/// let claim = Claim { policies, scope, expect: Expectation::Deny };
/// let verdict = Prover::new(Catalogue::embedded()).prove(&claim)?;
/// assert!(matches!(verdict, Verdict::Holds(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Prover<'c> {
    catalogue: &'c Catalogue,
    table: ActionTable,
}

/// Why a claim has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// No request is in the scope, so there is nothing that could hold.
    #[error("no request is in the scope: {0}")]
    EmptyScope(EmptyScope),
    /// The prover found a request that evaluation decides otherwise. This is a defect of the prover.
    #[error("the request that was found does not decide as it should: this is a defect of iameval")]
    NotReplayed(Box<Request>),
}

/// What leaves a scope without requests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmptyScope {
    /// The patterns for actions.
    #[error("its patterns for actions leave none")]
    Actions,
    /// What it says of resources and context keys together.
    #[error("what it says of resources and context keys contradicts itself")]
    Requests,
}

/// What came of the actions of a scope.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// A request for each group of actions for which one was found, with the actions.
    pub(crate) found: Vec<(Request, Vec<usize>)>,
    /// A request for an action that the catalogue does not have.
    pub(crate) unlisted: Option<Request>,
    pub(crate) undecided: BTreeSet<Undecided>,
    /// How many actions each statement helped to rule out; `None` where it took none.
    closed: BTreeMap<Option<StatementId>, usize>,
}

impl<'c> Prover<'c> {
    /// A prover that knows the actions of this catalogue.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, table: ActionTable::new(catalogue) }
    }

    /// Whether a claim holds.
    ///
    /// # Errors
    /// When no request is in its scope.
    pub fn prove(&self, claim: &Claim) -> Result<Verdict, ClaimError> {
        let wanted = match claim.expect {
            Expectation::Deny => Wanted::Allowed,
            Expectation::Allow => Wanted::NotAllowed,
            Expectation::ExplicitDeny => Wanted::NotExplicitlyDenied,
            Expectation::ImplicitDeny => Wanted::NotImplicitlyDenied,
        };
        let scope = &claim.scope;
        let shapes = Shapes::new(self.catalogue, std::iter::once(&claim.policies), &scope.keys, scope.any_text);
        let mut problem = Problem::new(self.catalogue, &self.table, &shapes, scope, &[&claim.policies]);
        let survey = self.survey(&mut problem, scope, &[(0, wanted)])?;
        let assumed = Assumed { single: problem.assumed_single(), owner: false };
        let first = survey.found.first().map(|(request, _)| request).or(survey.unlisted.as_ref());
        let Some(first) = first else {
            return Ok(if survey.undecided.is_empty() {
                Verdict::Holds(Proof { closed_by: survey.closings(), assumed })
            } else {
                Verdict::Unknown(survey.undecided.into_iter().collect())
            });
        };
        let counterexample = self.counterexample(&claim.policies, first, wanted)?;
        let mut actions: Vec<String> =
            survey.found.iter().flat_map(|(_, actions)| actions).map(|action| problem.action(*action)).collect();
        actions.sort();
        Ok(Verdict::Refuted(Box::new(Refutation {
            counterexample,
            actions,
            unlisted_actions: survey.unlisted.is_some(),
            undecided: survey.undecided.into_iter().collect(),
            assumed,
        })))
    }

    /// Everything that some request of a scope can do.
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn what_can(&self, policies: &Policies, scope: &Scope) -> Result<WhatCan, ClaimError> {
        let shapes = Shapes::new(self.catalogue, std::iter::once(policies), &scope.keys, scope.any_text);
        let mut problem = Problem::new(self.catalogue, &self.table, &shapes, scope, &[policies]);
        self.allowed(&mut problem, scope, &[(0, Wanted::Allowed)])
    }

    /// What requests of a scope are allowed by `new` and not by `old`, and the other way round.
    ///
    /// ```
    /// use iameval::{PolicyDocument, PolicySet};
    /// use iameval_data::Catalogue;
    /// use iameval_prove::{Policies, Prover, Scope};
    /// use std::sync::Arc;
    ///
    /// let policies = |action: &str| {
    ///     let text = format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#);
    ///     let document: PolicyDocument = text.parse().unwrap();
    ///     let set = PolicySet::builder().identity("users", &text).unwrap().build();
    ///     Policies::new(set, [Arc::new(document)]).unwrap()
    /// };
    /// let (old, new) = (policies("iam:ListUsers"), policies("iam:List*s"));
    /// let change = Prover::new(Catalogue::embedded()).new_access(&old, &new, &Scope::default())?;
    /// assert!(change.gained.actions().contains(&"iam:ListRoles"));
    /// assert!(change.lost.is_empty());
    /// # Ok::<(), iameval_prove::ClaimError>(())
    /// ```
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn new_access(&self, old: &Policies, new: &Policies, scope: &Scope) -> Result<NewAccess, ClaimError> {
        let both = [old, new];
        let shapes = Shapes::new(self.catalogue, both.into_iter(), &scope.keys, scope.any_text);
        let mut problem = Problem::new(self.catalogue, &self.table, &shapes, scope, &both);
        let gained = [(1, Wanted::Allowed), (0, Wanted::NotAllowed)];
        let lost = [(0, Wanted::Allowed), (1, Wanted::NotAllowed)];
        Ok(NewAccess {
            gained: self.allowed(&mut problem, scope, &gained)?,
            lost: self.allowed(&mut problem, scope, &lost)?,
        })
    }

    /// The actions for which there is a request that comes out as wished; the first wish is that it is allowed.
    fn allowed(&self, problem: &mut Problem<'_>, scope: &Scope, wishes: &[Wish]) -> Result<WhatCan, ClaimError> {
        let survey = self.survey(problem, scope, wishes)?;
        let mut groups = Vec::new();
        for (request, actions) in &survey.found {
            let request = self.replayed(problem, request, wishes)?;
            let mut actions: Vec<String> = actions.iter().map(|action| problem.action(*action)).collect();
            actions.sort();
            groups.push(AllowedActions { actions, request });
        }
        groups.sort_by(|one, other| one.actions.cmp(&other.actions));
        Ok(WhatCan {
            groups,
            unlisted: survey.unlisted.map(|request| self.replayed(problem, &request, wishes)).transpose()?,
            undecided: survey.undecided.into_iter().collect(),
            assumed: Assumed { single: problem.assumed_single(), owner: false },
        })
    }

    /// A request, as the first side decides it, that comes out as wished.
    fn replayed(
        &self,
        problem: &Problem<'_>,
        request: &Request,
        wishes: &[Wish],
    ) -> Result<Counterexample, ClaimError> {
        let mut first = None;
        for (side, wanted) in wishes {
            let Some(side) = problem.sides.get(*side) else { continue };
            let counterexample = self.counterexample(&side.policies, request, *wanted)?;
            first = first.or(Some(counterexample));
        }
        first.ok_or_else(|| ClaimError::NotReplayed(Box::new(request.clone())))
    }

    /// Searches for a request for each group of actions.
    pub(crate) fn survey(
        &self,
        problem: &mut Problem<'_>,
        scope: &Scope,
        wishes: &[Wish],
    ) -> Result<Survey, ClaimError> {
        let within = ActionPatterns::new(scope.actions.iter().map(String::as_str));
        let within = if scope.actions.is_empty() { ActionPatterns::new(["*"]) } else { within };
        let except = ActionPatterns::new(scope.except_actions.iter().map(String::as_str));
        let actions = self.table.matching(&within).without(&self.table.matching(&except));
        let unlisted = Asked::Unlisted { within: &within, except: &except };
        self.refuse_empty(problem, &actions, &unlisted)?;
        let mut survey = Survey::default();
        let sets = problem.action_sets();
        for group in self.table.parts(&actions, &sets) {
            let Some(first) = group.first() else { continue };
            match problem.find(&Asked::Listed(*first), wishes) {
                Answer::Found(request) => survey.found.push((*request, group)),
                Answer::Unknown(why) => survey.undecided.extend(why),
                Answer::Nothing(statements) => survey.close(&statements, group.len()),
            }
        }
        match problem.find(&unlisted, wishes) {
            Answer::Found(request) => survey.unlisted = Some(*request),
            Answer::Unknown(why) => survey.undecided.extend(why),
            Answer::Nothing(_) => {}
        }
        Ok(survey)
    }

    fn refuse_empty(
        &self,
        problem: &mut Problem<'_>,
        actions: &ActionSet,
        unlisted: &Asked<'_>,
    ) -> Result<(), ClaimError> {
        let asked = actions.iter().next().map(Asked::Listed);
        let is_listed = asked.is_some();
        match problem.is_empty_scope(asked.as_ref().unwrap_or(unlisted)) {
            Answer::Nothing(_) if is_listed => Err(ClaimError::EmptyScope(EmptyScope::Requests)),
            Answer::Nothing(_) => Err(ClaimError::EmptyScope(EmptyScope::Actions)),
            Answer::Found(_) | Answer::Unknown(_) => Ok(()),
        }
    }

    /// The request with its decision, which was tried.
    fn counterexample(
        &self,
        policies: &Policies,
        request: &Request,
        wanted: Wanted,
    ) -> Result<Counterexample, ClaimError> {
        let set = policies.set();
        let decision = set.decide(request);
        if !wanted.is_met_by(decision) {
            return Err(ClaimError::NotReplayed(Box::new(request.clone())));
        }
        let simulation = set.simulate(request);
        let statement = simulation.deciding().next().map(|matched| matched.id);
        Ok(Counterexample { request: request.clone(), decision, is_realistic: false, statement })
    }
}

impl Survey {
    fn close(&mut self, statements: &BTreeSet<StatementId>, actions: usize) {
        if statements.is_empty() {
            *self.closed.entry(None).or_default() += actions;
        }
        for statement in statements {
            *self.closed.entry(Some(*statement)).or_default() += actions;
        }
    }

    fn closings(&self) -> Vec<Closing> {
        let closing = |(by, actions): (&Option<StatementId>, &usize)| Closing {
            by: by.map_or(ClosedBy::NoAllow, ClosedBy::Statement),
            actions: *actions,
        };
        let mut closings: Vec<Closing> = self.closed.iter().map(closing).collect();
        closings.sort_by_key(|closing| (std::cmp::Reverse(closing.actions), closing.by));
        closings
    }
}
