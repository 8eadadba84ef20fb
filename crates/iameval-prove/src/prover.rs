//! Claims, proved or refuted.

use crate::actions::{ActionPatterns, ActionSet, ActionTable};
use crate::claim::{Claim, Expectation, Policies, Scope};
use crate::findings::{Beside, Judge};
use crate::problem::{Answer, Asked, Problem, Wish, is_consistent};
use crate::realistic::Realism;
use crate::shapes::Shapes;
use crate::side::{Side, Wanted};
use crate::stranger::strangers;
use crate::verdict::{
    AllowedActions, Assumed, ClosedBy, Closing, Counterexample, LetIn, NewAccess, Proof, Public, Refutation,
    StatementFindings, Undecided, Verdict, WhatCan,
};
use iameval::{
    CompiledPolicy, ContextKey, Effect, EvaluationMode, Layer, PolicyDocument, PolicyId, PolicyKind, PrincipalClass,
    Request, StatementId,
};
use iameval_data::Catalogue;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
/// // With the rules of services `sts:GetCallerIdentity` could not be denied.
/// let set = PolicySet::builder().identity("power", text)?.build().without_service_rules();
/// let policies = Policies::new(set, [document]).unwrap();
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

/// How far statements are looked for that let somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// So many are found at most.
    pub statements: usize,
    /// So many steps are taken at most, counted as for [`Prover::statements_within`].
    pub steps: u64,
}

/// Why a claim has no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// No request is in the scope, so there is nothing that could hold.
    #[error("no request is in the scope: {0}")]
    EmptyScope(EmptyScope),
    /// The policies are evaluated as AWS's simulator does, where an Allow more can deny (R-SIM-05).
    #[error("claims are about live evaluation, and these policies are evaluated as the simulator does")]
    Simulator,
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
    /// What it says of a key whose value follows from the principal.
    #[error("`{0}` of the principal is another")]
    Principal(ContextKey),
    /// What it says of resources and context keys together.
    #[error("what it says of resources and context keys contradicts itself")]
    Requests,
}

/// In so many groups of actions at most a request is looked for that AWS could make.
const MOST_GROUPS: usize = 16;

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
        let survey = self.survey(&mut problem, scope, &[Wish::new(0, wanted)])?;
        let assumed = Assumed { single: problem.assumed_single(), owner: problem.assumes_owner() };
        let Some(first) = survey.example(&mut problem, &[Wish::new(0, wanted)]) else {
            return Ok(if survey.undecided.is_empty() {
                Verdict::Holds(Proof { closed_by: survey.closings(wanted), assumed })
            } else {
                Verdict::Unknown(survey.undecided.into_iter().collect())
            });
        };
        let counterexample = counterexample(&claim.policies, &first, wanted)?;
        let mut actions: Vec<String> =
            survey.found.iter().flat_map(|(_, actions)| actions).map(|action| self.table.written(*action)).collect();
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
        self.allowed(&mut problem, scope, &[Wish::new(0, Wanted::Allowed)])
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
        let gained = [Wish::new(1, Wanted::Allowed), Wish::new(0, Wanted::NotAllowed)];
        let lost = [Wish::new(0, Wanted::Allowed), Wish::new(1, Wanted::NotAllowed)];
        Ok(NewAccess {
            gained: self.allowed(&mut problem, scope, &gained)?,
            lost: self.allowed(&mut problem, scope, &lost)?,
        })
    }

    /// Whether the resource policies let in a caller without any tie to their accounts: an anonymous one, a user or role of an
    /// account and organization that no policy names, or someone whom an OIDC provider signed in that many tenants share.
    ///
    /// ```
    /// use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind, PolicySet};
    /// use iameval_data::Catalogue;
    /// use iameval_prove::{Policies, Prover, Scope};
    /// use std::sync::Arc;
    ///
    /// let text = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::site/*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}}"#;
    /// let policy = CompiledPolicy::parse(PolicyId::new("site"), PolicyKind::Resource, text)?;
    /// let set = PolicySet::builder().add(Arc::new(policy)).build();
    /// let policies = Policies::new(set, [Arc::new(text.parse::<PolicyDocument>()?)]).unwrap();
    /// let public = Prover::new(Catalogue::embedded()).public(&policies, &Scope::default())?;
    /// assert_eq!(public.counterexample.unwrap().request.action().as_str(), "s3:GetObject");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn public(&self, policies: &Policies, scope: &Scope) -> Result<Public, ClaimError> {
        let LetIn { by, undecided } = self.let_in(policies, scope, Most { statements: 1, steps: u64::MAX })?;
        let counterexample = by.into_iter().next();
        let undecided = if counterexample.is_some() { Vec::new() } else { undecided };
        let deciding = counterexample.as_ref().map(|found: &Counterexample| {
            let has_policies =
                matches!(found.request.principal().class(), Some(PrincipalClass::User | PrincipalClass::RoleSession));
            if has_policies { with_all_allowed(policies) } else { policies.clone() }
        });
        Ok(Public { counterexample, policies: deciding, undecided })
    }

    /// The statements that let such callers in, each with a request of the first kind of caller that it lets in. What ends it
    /// early is not known.
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn let_in(&self, policies: &Policies, scope: &Scope, most: Most) -> Result<LetIn, ClaimError> {
        let mut by: Vec<Counterexample> = Vec::new();
        let mut undecided = BTreeSet::new();
        let mut steps = most.steps;
        for stranger in strangers(policies, scope) {
            if by.len() >= most.statements {
                break;
            }
            let own = if stranger.has_policies { with_all_allowed(policies) } else { policies.clone() };
            let scope = &stranger.scope;
            let shapes = Shapes::new(self.catalogue, std::iter::once(&own), &scope.keys, scope.any_text);
            let mut problem = Problem::new(self.catalogue, &self.table, &shapes, scope, &[&own]);
            problem.limit(steps);
            while by.len() < most.statements {
                let found = by.iter().filter_map(|found| same_statement(policies, &own, found.statement?));
                let wishes = [found.fold(Wish::new(0, Wanted::Allowed), Wish::leaving_out)];
                let survey = self.survey(&mut problem, scope, &wishes)?;
                let Some(first) = survey.example(&mut problem, &wishes) else {
                    undecided.extend(survey.undecided);
                    break;
                };
                let found = counterexample(&own, &first, Wanted::Allowed)?;
                let statement = letting_in(policies, &own, &found.request, &by);
                by.push(Counterexample { statement, ..found });
                if statement.is_none() {
                    break;
                }
            }
            steps = problem.left();
        }
        Ok(LetIn { by, undecided: undecided.into_iter().collect() })
    }

    /// Statements that do nothing: that never match, that others deny or allow whole, and conditions that are always true. Of
    /// Deny statements it is told only where the policies are all that bind the caller.
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn statements(
        &self,
        policies: &Policies,
        scope: &Scope,
        beside: Beside,
    ) -> Result<StatementFindings, ClaimError> {
        let findings = self.statements_within(policies, scope, beside, u64::MAX)?;
        Ok(findings.unwrap_or_default())
    }

    /// The same, unless it takes more than so many steps: then nothing. How many it takes depends on nothing but the policies,
    /// the scope and the catalogue.
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn statements_within(
        &self,
        policies: &Policies,
        scope: &Scope,
        beside: Beside,
        steps: u64,
    ) -> Result<Option<StatementFindings>, ClaimError> {
        let shapes = Shapes::new(self.catalogue, std::iter::once(policies), &scope.keys, scope.any_text);
        let mut problem = Problem::new(self.catalogue, &self.table, &shapes, scope, &[policies]);
        let (within, except) = (ActionPatterns::new(["*"]), ActionPatterns::new([]));
        let unlisted = Asked::Unlisted { within: &within, except: &except };
        refuse_simulator(&problem)?;
        refuse_empty(&mut problem, scope, &ActionSet::none(0), &unlisted)?;
        problem.limit(steps);
        Ok(Judge::new(&mut problem, policies, beside).judge())
    }

    /// The actions for which there is a request that comes out as wished; the first wish is that it is allowed.
    fn allowed(&self, problem: &mut Problem<'_>, scope: &Scope, wishes: &[Wish]) -> Result<WhatCan, ClaimError> {
        let survey = self.survey(problem, scope, wishes)?;
        let mut groups = Vec::new();
        for (request, actions) in &survey.found {
            let example = Example::of(problem, request, actions, wishes);
            let request = replayed(problem, &example, wishes)?;
            let mut actions: Vec<String> = actions.iter().map(|action| self.table.written(*action)).collect();
            actions.sort();
            groups.push(AllowedActions { actions, request });
        }
        groups.sort_by(|one, other| one.actions.cmp(&other.actions));
        Ok(WhatCan {
            groups,
            unlisted: survey
                .unlisted
                .map(|request| replayed(problem, &Example { request, is_realistic: false }, wishes))
                .transpose()?,
            undecided: survey.undecided.into_iter().collect(),
            assumed: Assumed { single: problem.assumed_single(), owner: problem.assumes_owner() },
        })
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
        refuse_simulator(problem)?;
        refuse_empty(problem, scope, &actions, &unlisted)?;
        let mut survey = Survey::default();
        let sets = problem.action_sets(&actions);
        for group in self.table.parts(&actions, &sets) {
            let parts = if scope.realistic { problem.by_forms(&group) } else { vec![group] };
            for part in parts {
                let Some(first) = part.first() else { continue };
                match problem.find(&asked(scope, *first), wishes) {
                    Answer::Found(request) if scope.realistic && !is_consistent(&request) => {
                        survey.undecided.insert(Undecided::Clocks);
                    }
                    Answer::Found(request) => survey.found.push((*request, part)),
                    Answer::Unknown(why) => survey.undecided.extend(why),
                    Answer::Nothing(statements) => survey.close(&statements, part.len()),
                }
            }
        }
        match problem.find(&unlisted, wishes) {
            Answer::Found(request) => survey.unlisted = Some(*request),
            Answer::Unknown(why) => survey.undecided.extend(why),
            Answer::Nothing(_) => {}
        }
        Ok(survey)
    }
}

/// The policies, with an identity policy that allows everything.
fn with_all_allowed(policies: &Policies) -> Policies {
    const ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let compiled = CompiledPolicy::parse(PolicyId::new("everything"), PolicyKind::Identity, ALL);
    match (compiled, ALL.parse::<PolicyDocument>()) {
        (Ok(compiled), Ok(document)) => policies.with(&Arc::new(compiled), Arc::new(document)),
        _ => policies.clone(),
    }
}

/// The statement of the resource's policy that lets a request in, other than those that were found, as one of `policies`;
/// `with_identity` are those with a further identity policy.
fn letting_in(
    policies: &Policies,
    with_identity: &Policies,
    request: &Request,
    found: &[Counterexample],
) -> Option<StatementId> {
    let simulation = with_identity.set().simulate(request);
    let allowing =
        simulation.matched.iter().filter(|matched| matched.layer == Layer::Resource && matched.effect == Effect::Allow);
    let own = allowing.filter_map(|matched| same_statement(with_identity, policies, matched.id));
    own.into_iter().find(|own| !found.iter().any(|found| found.statement == Some(*own)))
}

/// A statement of a resource policy as one of `to`, which differ from `from` in identity policies only: resource policies come
/// before those, so their positions are the same.
fn same_statement(from: &Policies, to: &Policies, statement: StatementId) -> Option<StatementId> {
    let origin = from.set().origin(statement)?;
    to.set().statement(origin.policy_index, origin.statement_index)
}

/// An error where some policies are evaluated as the simulator does.
fn refuse_simulator(problem: &Problem<'_>) -> Result<(), ClaimError> {
    let is_live = |side: &Side| side.policies.set().mode() == EvaluationMode::Live;
    if problem.sides.iter().all(is_live) { Ok(()) } else { Err(ClaimError::Simulator) }
}

/// One action, in whatever requests the scope means.
fn asked(scope: &Scope, action: usize) -> Asked<'static> {
    if scope.realistic { Asked::Realistic(action, Realism::Possible) } else { Asked::Listed(action) }
}

/// An error where no request is in the scope.
fn refuse_empty(
    problem: &mut Problem<'_>,
    scope: &Scope,
    actions: &ActionSet,
    unlisted: &Asked<'_>,
) -> Result<(), ClaimError> {
    if let Some(key) = problem.contradicted() {
        return Err(ClaimError::EmptyScope(EmptyScope::Principal(key)));
    }
    let mut is_listed = false;
    let listed: Vec<usize> = actions.iter().collect();
    // Of actions that are evaluated on the same resources one is enough.
    let groups = if scope.realistic { problem.by_forms(&listed) } else { vec![listed] };
    for first in groups.iter().filter_map(|group| group.first()) {
        is_listed = true;
        if !matches!(problem.find(&asked(scope, *first), &[]), Answer::Nothing(_)) {
            return Ok(());
        }
    }
    match problem.find(unlisted, &[]) {
        Answer::Nothing(_) if is_listed => Err(ClaimError::EmptyScope(EmptyScope::Requests)),
        Answer::Nothing(_) => Err(ClaimError::EmptyScope(EmptyScope::Actions)),
        Answer::Found(_) | Answer::Unknown(_) => Ok(()),
    }
}

/// A request to show.
struct Example {
    request: Request,
    is_realistic: bool,
}

impl Example {
    /// One that AWS could make, where there is one among these actions; else the one that was found.
    fn of(problem: &mut Problem<'_>, request: &Request, actions: &[usize], wishes: &[Wish]) -> Self {
        match problem.find_realistic(actions, wishes) {
            Some(request) => Self { request, is_realistic: true },
            None => Self { request: request.clone(), is_realistic: false },
        }
    }
}

/// The request with its decision, which was tried.
fn counterexample(policies: &Policies, example: &Example, wanted: Wanted) -> Result<Counterexample, ClaimError> {
    let Example { request, is_realistic } = example;
    let set = policies.set();
    let decision = set.decide(request);
    if !wanted.is_met_by(decision) {
        return Err(ClaimError::NotReplayed(Box::new(request.clone())));
    }
    let statement = set.simulate(request).deciding().next().map(|matched| matched.id);
    Ok(Counterexample { request: request.clone(), decision, is_realistic: *is_realistic, statement })
}

/// The same for a request that comes out as wished on several sides; the decision is that of the first.
fn replayed(problem: &Problem<'_>, example: &Example, wishes: &[Wish]) -> Result<Counterexample, ClaimError> {
    let mut first = None;
    for wish in wishes {
        let Some(side) = problem.sides.get(wish.side) else { continue };
        let counterexample = counterexample(&side.policies, example, wish.wanted)?;
        first = first.or(Some(counterexample));
    }
    first.ok_or_else(|| ClaimError::NotReplayed(Box::new(example.request.clone())))
}

impl Survey {
    /// The request to show of all that were found.
    fn example(&self, problem: &mut Problem<'_>, wishes: &[Wish]) -> Option<Example> {
        let mut groups: Vec<&(Request, Vec<usize>)> = self.found.iter().collect();
        groups.sort_by_cached_key(|(_, actions)| problem.rank(actions));
        for (_, actions) in groups.iter().take(MOST_GROUPS) {
            if let Some(request) = problem.find_realistic(actions, wishes) {
                return Some(Example { request, is_realistic: true });
            }
        }
        let first = groups.first().map(|(request, _)| request).or(self.unlisted.as_ref())?;
        Some(Example { request: first.clone(), is_realistic: false })
    }

    fn close(&mut self, statements: &BTreeSet<StatementId>, actions: usize) {
        if statements.is_empty() {
            *self.closed.entry(None).or_default() += actions;
        }
        for statement in statements {
            *self.closed.entry(Some(*statement)).or_default() += actions;
        }
    }

    fn closings(&self, wanted: Wanted) -> Vec<Closing> {
        // Only what would have to be allowed is closed by the lack of an Allow.
        let is_for_lack = matches!(wanted, Wanted::Allowed | Wanted::NotImplicitlyDenied);
        let closing = |(by, actions): (&Option<StatementId>, &usize)| Closing {
            by: by.map_or(ClosedBy::NoAllow, ClosedBy::Statement),
            actions: *actions,
        };
        let closed = self.closed.iter().filter(|(by, _)| by.is_some() || is_for_lack);
        let mut closings: Vec<Closing> = closed.map(closing).collect();
        closings.sort_by_key(|closing| (std::cmp::Reverse(closing.actions), closing.by));
        closings
    }
}
