//! Claims, proved or refuted.

use crate::actions::{ActionPatterns, ActionSet, ActionTable};
use crate::claim::{Claim, Expectation, Policies, Scope};
use crate::findings::{Beside, Judge};
use crate::problem::{Answer, Asked, MOST_OF_QUESTION, Problem, Read, Wish};
use crate::realistic::{self, Realism};
use crate::shapes::{KnownKeys, Shapes, ShapesToTry};
use crate::side::{Side, Wanted};
use crate::symbolic::Reading;
use crate::verdict::{
    AllowedActions, Assumed, ClosedBy, Closing, Counterexample, NewAccess, Proof, Refutation, StatementFindings,
    Undecided, Verdict, WhatCan,
};
use iameval::open::Certainty;
use iameval::{ContextKey, Decision, Effect, EvaluationMode, Request, StatementId};
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
    pub(crate) catalogue: &'c Catalogue,
    pub(crate) table: ActionTable,
    pub(crate) keys: KnownKeys<'c>,
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
pub(crate) const MOST_GROUPS: usize = 16;

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
        Self { catalogue, table: ActionTable::new(catalogue), keys: KnownKeys::new(catalogue) }
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
        let policies = &claim.policies;
        let scope = &as_far_as_known(policies, scope);
        let shapes = Shapes::all(&self.keys, std::iter::once(policies), &scope.keys, scope.any_text);
        let mut steps = MOST_OF_QUESTION;
        let verdict =
            |shapes: &Shapes<'_>, _: Option<&Verdict>| self.prove_with(shapes, policies, scope, wanted, &mut steps);
        Ok(shapes.ask(verdict, Verdict::and, counts)?.leaving_open(shapes.left_open))
    }

    fn prove_with(
        &self,
        shapes: &Shapes<'_>,
        policies: &Policies,
        scope: &Scope,
        wanted: Wanted,
        steps: &mut u64,
    ) -> Result<Verdict, ClaimError> {
        let possible = Read { policies, reading: wanted.reading() };
        let certain = Read { policies, reading: wanted.reading().opposite() };
        let sides = [possible, certain];
        let sides = if policies.set().symbols().is_some() { &sides[..] } else { &sides[..1] };
        let mut problem = Problem::new(self.catalogue, &self.table, shapes, scope, sides);
        problem.limit(*steps);
        let verdict = self.prove_in(&mut problem, policies, scope, wanted);
        *steps = problem.left();
        verdict
    }

    fn prove_in(
        &self,
        problem: &mut Problem<'_>,
        policies: &Policies,
        scope: &Scope,
        wanted: Wanted,
    ) -> Result<Verdict, ClaimError> {
        let survey = self.survey(problem, scope, &[Wish::new(0, wanted)])?;
        let assumed = Assumed { single: problem.assumed_single(), owner: problem.assumes_owner() };
        let open_forms = problem.open_forms(scope);
        if !open_forms.is_empty() {
            return Ok(Verdict::Unknown(open_forms.into_iter().collect()));
        }
        if survey.has_found() && policies.set().symbols().is_some() {
            return self.settle(problem, policies, scope, &survey, wanted, assumed);
        }
        let Some(first) = survey.example(problem, &[Wish::new(0, wanted)]) else {
            return Ok(if survey.undecided.is_empty() {
                Verdict::Holds(Proof { closed_by: survey.closings(wanted), assumed })
            } else {
                Verdict::Unknown(survey.undecided.into_iter().collect())
            });
        };
        let counterexample = counterexample(policies, &first, wanted)?;
        Ok(Verdict::Refuted(Box::new(Refutation {
            counterexample,
            actions: self.written(survey.found.iter().flat_map(|(_, actions)| actions)),
            unlisted_actions: survey.unlisted.is_some(),
            undecided: survey.undecided.into_iter().collect(),
            assumed,
        })))
    }

    /// The verdict where requests may come out as wanted, by what is not known: refuted if one certainly does.
    fn settle(
        &self,
        problem: &mut Problem<'_>,
        policies: &Policies,
        scope: &Scope,
        possible: &Survey,
        wanted: Wanted,
        assumed: Assumed,
    ) -> Result<Verdict, ClaimError> {
        let wishes = [Wish::new(1, wanted)];
        let mut certain = self.survey(problem, scope, &wishes)?;
        certain.keep(|request| are_certain(problem, &wishes, request));
        let example = certain.certain_example(problem, &wishes);
        let mut undecided = certain.undecided.clone();
        undecided.extend(possible.undecided.iter().cloned());
        let beyond = possible.beyond(&certain);
        if beyond.has_found() {
            undecided.extend(depends_on(problem, &wishes, &beyond.requests().take(MOST_GROUPS)));
        }
        let Some(example) = example else {
            return Ok(Verdict::Unknown(undecided.into_iter().collect()));
        };
        Ok(Verdict::Refuted(Box::new(Refutation {
            counterexample: counterexample(policies, &example, wanted)?,
            actions: self.written(certain.found.iter().flat_map(|(_, actions)| actions)),
            unlisted_actions: certain.unlisted.is_some(),
            undecided: undecided.into_iter().collect(),
            assumed,
        })))
    }

    /// Actions as the catalogue writes them, sorted.
    fn written<'n>(&self, actions: impl IntoIterator<Item = &'n usize>) -> Vec<String> {
        let mut written: Vec<String> = actions.into_iter().map(|action| self.table.written(*action)).collect();
        written.sort();
        written
    }

    /// Everything that some request of a scope can do.
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn what_can(&self, policies: &Policies, scope: &Scope) -> Result<WhatCan, ClaimError> {
        let shapes = Shapes::all(&self.keys, std::iter::once(policies), &scope.keys, scope.any_text);
        let read = |reading| Read { policies, reading };
        let sides = [read(Reading::LEAST), read(Reading::MOST)];
        let is_open = policies.set().symbols().is_some();
        let sides = if is_open { &sides[..] } else { &sides[..1] };
        let possible = is_open.then(|| vec![Wish::new(1, Wanted::Allowed)]);
        let wishes = Wishes { certain: vec![Wish::new(0, Wanted::Allowed)], possible };
        self.allowed_in_any(&shapes, scope, sides, &wishes, &mut { MOST_OF_QUESTION })
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
        let Some(both) = in_one_table([old, new]) else {
            return Ok(not_comparable([old, new]));
        };
        let both = both.each_ref();
        let shapes = Shapes::all(&self.keys, both.into_iter(), &scope.keys, scope.any_text);
        let read = |policies, reading| Read { policies, reading };
        let least = both.map(|policies| read(policies, Reading::LEAST));
        let most = both.map(|policies| read(policies, Reading::MOST));
        let open = both.map(|policies| read(policies, Reading::OPEN));
        let is_open = both.iter().any(|policies| policies.set().symbols().is_some());
        let sides: Vec<Read<'_>> = least.into_iter().chain(most.into_iter().chain(open).filter(|_| is_open)).collect();
        let change = |allowed, not| vec![Wish::new(allowed, Wanted::Allowed), Wish::new(not, Wanted::NotAllowed)];
        let ([old, new], [old_most, new_most]) = ([0, 1], if is_open { [2, 3] } else { [0, 1] });
        let [old_open, new_open] = [4, 5];
        let gained = Wishes { certain: change(new, old_most), possible: is_open.then(|| change(new_open, old_open)) };
        let lost = Wishes { certain: change(old, new_most), possible: is_open.then(|| change(old_open, new_open)) };
        let mut steps = MOST_OF_QUESTION;
        Ok(NewAccess {
            gained: self.allowed_in_any(&shapes, scope, &sides, &gained, &mut steps)?,
            lost: self.allowed_in_any(&shapes, scope, &sides, &lost, &mut steps)?,
        })
    }

    /// Statements that do nothing: that never match, that others deny or allow whole, and conditions that are always true. Of
    /// Deny statements it is told only where the policies are all that bind the caller. Of statements in which something is not
    /// known nothing is told, and they cover no others.
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn statements(
        &self,
        policies: &Policies,
        scope: &Scope,
        beside: Beside,
    ) -> Result<StatementFindings, ClaimError> {
        let findings = self.statements_within(policies, scope, beside, MOST_OF_QUESTION)?;
        let limit = || Undecided::Limit(MOST_OF_QUESTION);
        Ok(findings.unwrap_or_else(|| StatementFindings { undecided: vec![limit()], ..StatementFindings::default() }))
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
        self.judged(policies, scope, &mut { steps }, |judge| judge.judge(beside), StatementFindings::and)
    }

    /// The Deny statements, of these, that deny nothing of a scope: without them nothing more would be allowed. Each is given
    /// with all its copies, for a policy may be attached twice, and told by its position. `steps` is how many steps may be taken,
    /// and then how many are left; when there are none, `None`.
    ///
    /// ```
    /// use iameval::{PolicyDocument, PolicySet};
    /// use iameval_data::Catalogue;
    /// use iameval_prove::{Policies, Prover, Scope};
    /// use std::sync::Arc;
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": [
    ///     {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    ///     {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::secret/*"},
    ///     {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}]}"#;
    /// let set = PolicySet::builder().identity("reader", text)?.build().without_service_rules();
    /// let policies = Policies::new(set, [Arc::new(text.parse::<PolicyDocument>()?)]).unwrap();
    /// let denies: Vec<_> = [1, 2].map(|number| policies.set().statement(0, number).into_iter().collect()).into();
    /// let prover = Prover::new(Catalogue::embedded());
    /// let idle = prover.idle_denies(&policies, &Scope::default(), &denies, &mut 100_000)?;
    /// assert_eq!(idle, Some(vec![1]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn idle_denies(
        &self,
        policies: &Policies,
        scope: &Scope,
        denies: &[Vec<StatementId>],
        steps: &mut u64,
    ) -> Result<Option<Vec<usize>>, ClaimError> {
        let both = |one: Vec<usize>, other: Vec<usize>| one.into_iter().filter(|deny| other.contains(deny)).collect();
        self.judged(policies, scope, steps, |judge| judge.idle_denies(denies), both)
    }

    /// What a judge says of the statements, in so many steps at most, of which those that are left are told.
    fn judged<T>(
        &self,
        policies: &Policies,
        scope: &Scope,
        steps: &mut u64,
        judge: impl Fn(Judge<'_, '_>) -> Option<T>,
        both: impl Fn(T, T) -> T,
    ) -> Result<Option<T>, ClaimError> {
        let shapes = Shapes::all(&self.keys, std::iter::once(policies), &scope.keys, scope.any_text);
        if !shapes.left_open.is_empty() {
            return Ok(None);
        }
        let judged = |shapes: &Shapes<'_>, _: Option<&_>| self.judged_with(shapes, policies, scope, steps, &judge);
        shapes.ask(judged, |one, other| Some(both(one?, other?)), counts)
    }

    fn judged_with<T>(
        &self,
        shapes: &Shapes<'_>,
        policies: &Policies,
        scope: &Scope,
        steps: &mut u64,
        judge: impl Fn(Judge<'_, '_>) -> Option<T>,
    ) -> Result<Option<T>, ClaimError> {
        let sides = [Reading::MOST, Reading::LEAST].map(|reading| Read { policies, reading });
        let sides = if policies.set().symbols().is_some() { &sides[..] } else { &sides[..1] };
        let mut problem = Problem::new(self.catalogue, &self.table, shapes, scope, sides);
        let (within, except) = (ActionPatterns::new(["*"]), ActionPatterns::new([]));
        let unlisted = Asked::Unlisted { within: &within, except: &except };
        refuse_simulator(&problem)?;
        refuse_empty(&mut problem, scope, &ActionSet::none(0), &unlisted)?;
        problem.limit(*steps);
        let judged = judge(Judge::new(&mut problem, policies));
        *steps = problem.left();
        Ok(judged)
    }

    /// The same for requests of all these shapes. `steps` is how many may be taken, and then how many are left.
    fn allowed_in_any(
        &self,
        shapes: &ShapesToTry<'_>,
        scope: &Scope,
        sides: &[Read<'_>],
        wishes: &Wishes,
        steps: &mut u64,
    ) -> Result<WhatCan, ClaimError> {
        let further = |shapes: &Shapes<'_>, so_far: Option<&WhatCan>| {
            let told = so_far.into_iter().flat_map(WhatCan::actions).map(str::to_owned);
            let scope =
                Scope { except_actions: scope.except_actions.iter().cloned().chain(told).collect(), ..scope.clone() };
            let mut problem = Problem::new(self.catalogue, &self.table, shapes, &scope, sides);
            problem.limit(*steps);
            let allowed = self.allowed(&mut problem, &scope, wishes);
            *steps = problem.left();
            allowed
        };
        Ok(shapes.ask(further, WhatCan::or, counts)?.leaving_open(shapes.left_open.clone()))
    }

    /// The actions for which there is a request that comes out as wished; the first wish is that it is allowed.
    fn allowed(&self, problem: &mut Problem<'_>, scope: &Scope, wishes: &Wishes) -> Result<WhatCan, ClaimError> {
        let certain = &wishes.certain;
        let mut survey = self.survey(problem, scope, certain)?;
        if wishes.possible.is_some() {
            let open_forms = problem.open_forms(scope);
            survey.keep(|request| open_forms.is_empty() && are_certain(problem, certain, request));
            survey.undecided.extend(open_forms);
        }
        let mut groups = Vec::new();
        for (request, actions) in &survey.found {
            let mut example = Example::of(problem, request, actions, certain);
            if wishes.possible.is_some() && !are_certain(problem, certain, &example.request) {
                example = Example { request: request.clone(), is_realistic: false };
            }
            let request = replayed(problem, &example, certain)?;
            groups.push(AllowedActions { actions: self.written(actions), request, depends_on: Vec::new() });
        }
        groups.sort_by(|one, other| one.actions.cmp(&other.actions));
        let unlisted = survey.unlisted.as_ref();
        let unlisted = unlisted
            .map(|request| replayed(problem, &Example { request: request.clone(), is_realistic: false }, certain))
            .transpose()?;
        let (mut may, mut unlisted_may) = (Vec::new(), None);
        if let Some(possible) = &wishes.possible {
            let all = self.survey(problem, scope, possible)?;
            survey.undecided.extend(all.undecided.iter().cloned());
            let beyond = all.beyond(&survey);
            for (request, actions) in &beyond.found {
                let request = Example::of(problem, request, actions, possible);
                may.push(self.may_allow(problem, possible, request, actions));
            }
            may.sort_by(|one, other| one.actions.cmp(&other.actions));
            let example = beyond.unlisted.map(|request| Example { request, is_realistic: false });
            unlisted_may = example.map(|example| self.may_allow(problem, possible, example, &[]));
        }
        Ok(WhatCan {
            groups,
            unlisted,
            may,
            unlisted_may,
            undecided: survey.undecided.into_iter().collect(),
            assumed: Assumed { single: problem.assumed_single(), owner: problem.assumes_owner() },
        })
    }

    /// Actions of which it depends on what is not known whether they come out as wished.
    fn may_allow(&self, problem: &Problem<'_>, wishes: &[Wish], example: Example, actions: &[usize]) -> AllowedActions {
        let Example { request, is_realistic } = example;
        let side = wishes.first().and_then(|wish| problem.sides.get(wish.side));
        let decision = side.map_or(Decision::Undetermined, |side| side.policies.set().decide(&request));
        let statement = side.and_then(|side| statement_that_may_allow(&side.policies, &request));
        let depends_on = depends_on(problem, wishes, &std::iter::once(&request));
        let request = Counterexample { request, decision, is_realistic, statement };
        AllowedActions { actions: self.written(actions), request, depends_on: depends_on.into_iter().collect() }
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
        for group in actions.parted_by(&sets) {
            let parts = if scope.realistic { problem.by_forms(&group) } else { vec![group] };
            for part in parts {
                let Some(first) = part.first() else { continue };
                match possible(scope, problem.find(&asked(scope, *first), wishes)) {
                    Answer::Found(request) => survey.found.push((*request, part)),
                    Answer::Unknown(why) => survey.undecided.extend(why),
                    Answer::Nothing(statements) => survey.close(&statements, part.len()),
                }
            }
        }
        match possible(scope, problem.find(&unlisted, wishes)) {
            Answer::Found(request) => survey.unlisted = Some(*request),
            Answer::Unknown(why) => survey.undecided.extend(why),
            Answer::Nothing(_) => {}
        }
        Ok(survey)
    }
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

/// The answer, where AWS could make the request that was found, if such requests are asked about.
fn possible(scope: &Scope, answer: Answer) -> Answer {
    match answer {
        Answer::Found(request) if scope.realistic => match realistic::disagreement(&request) {
            Some(why) => Answer::Unknown(BTreeSet::from([why])),
            None => Answer::Found(request),
        },
        answer => answer,
    }
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

/// Whether an error counts where requests of another shape have an answer: a scope may be empty of those of one alone.
fn counts(error: &ClaimError) -> bool {
    !matches!(error, ClaimError::EmptyScope(_))
}

/// The scope of a claim, without what cannot be told of resources that are not known: whether AWS could make the request.
fn as_far_as_known(policies: &Policies, scope: &Scope) -> Scope {
    let symbols = policies.set().symbols();
    let has_symbols = |glob: &String| symbols.is_some_and(|symbols| symbols.within(glob).next().is_some());
    Scope { realistic: scope.realistic && !scope.resources.iter().any(has_symbols), ..scope.clone() }
}

/// Whether a request comes out as wished whatever is not known.
pub(crate) fn are_certain(problem: &Problem<'_>, wishes: &[Wish], request: &Request) -> bool {
    wishes.iter().all(|wish| {
        let decision = problem.sides.get(wish.side).map(|side| side.policies.set().decide(request));
        decision.is_some_and(|decision| decision.is_certain() && wish.wanted.is_met_by(decision))
    })
}

/// What it depends on whether requests come out as wished.
pub(crate) fn depends_on<'r>(
    problem: &Problem<'_>,
    wishes: &[Wish],
    requests: &(impl Iterator<Item = &'r Request> + Clone),
) -> BTreeSet<Undecided> {
    let mut names = BTreeSet::new();
    let sides = wishes.iter().filter_map(|wish| problem.sides.get(wish.side));
    let open = sides.filter_map(|side| Some((side.policies.set(), side.unknown()?)));
    for (set, unknown) in open.clone() {
        let undetermined = requests.clone().filter_map(|request| set.simulate(request).undetermined);
        names.extend(undetermined.flat_map(|undetermined| unknown.names(undetermined.depends_on)));
    }
    if names.is_empty() {
        names.extend(open.flat_map(|(_, unknown)| unknown.all()));
    }
    names
}

/// The first Allow statement of which it is not known whether it applies; else one that does.
fn statement_that_may_allow(policies: &Policies, request: &Request) -> Option<StatementId> {
    let explanation = policies.set().explain(request);
    let allows = explanation.statements.iter().filter(|trace| trace.effect == Effect::Allow);
    let best = |certainty: Certainty| allows.clone().find(move |trace| trace.applies == certainty);
    best(Certainty::Maybe).or_else(|| best(Certainty::Yes)).map(|trace| trace.id)
}

/// What is wished, and what is where only what may come out so is meant.
struct Wishes {
    certain: Vec<Wish>,
    /// Where not everything is known.
    possible: Option<Vec<Wish>>,
}

/// The policies of two sides with the symbols of both, where a character stands for the same on either.
fn in_one_table(sides: [&Policies; 2]) -> Option<[Policies; 2]> {
    let symbols = sides.map(|side| side.set().symbols());
    let mut known = symbols.into_iter().flatten().peekable();
    if known.peek().is_none() {
        return Some(sides.map(Policies::clone));
    }
    let all = known.find(|all| symbols.into_iter().flatten().all(|own| own.is_part_of(all)))?;
    Some(sides.map(|side| side.with_symbols(all)))
}

/// What there is to say of two sides in which the same character stands for different things.
fn not_comparable(sides: [&Policies; 2]) -> NewAccess {
    let symbols = sides.into_iter().filter_map(|side| side.set().symbols());
    let names = symbols.flat_map(|symbols| symbols.iter().map(|symbol| Undecided::Symbol(symbols.name(symbol).into())));
    let undecided = WhatCan { undecided: names.collect::<BTreeSet<_>>().into_iter().collect(), ..WhatCan::default() };
    NewAccess { gained: undecided.clone(), lost: undecided }
}

/// A request to show.
pub(crate) struct Example {
    pub(crate) request: Request,
    pub(crate) is_realistic: bool,
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
pub(crate) fn counterexample(
    policies: &Policies,
    example: &Example,
    wanted: Wanted,
) -> Result<Counterexample, ClaimError> {
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

    /// The request to show of all that were found, which comes out as wished whatever is not known if all of them do.
    pub(crate) fn certain_example(&self, problem: &mut Problem<'_>, wishes: &[Wish]) -> Option<Example> {
        let example = self.example(problem, wishes)?;
        let first = self.requests().next()?;
        let is_certain = example.request == *first || are_certain(problem, wishes, &example.request);
        Some(if is_certain { example } else { Example { request: first.clone(), is_realistic: false } })
    }

    pub(crate) fn has_found(&self) -> bool {
        !self.found.is_empty() || self.unlisted.is_some()
    }

    /// Leaves out the requests that are not as they should be.
    pub(crate) fn keep(&mut self, is_meant: impl Fn(&Request) -> bool) {
        self.found.retain(|(request, _)| is_meant(request));
        self.unlisted = self.unlisted.take().filter(is_meant);
    }

    /// What was found of actions of which another found nothing.
    fn beyond(&self, other: &Self) -> Self {
        let known: BTreeSet<usize> = other.found.iter().flat_map(|(_, actions)| actions.iter().copied()).collect();
        let beyond = self.found.iter().map(|(request, actions)| {
            let actions: Vec<usize> = actions.iter().copied().filter(|action| !known.contains(action)).collect();
            (request.clone(), actions)
        });
        Self {
            found: beyond.filter(|(_, actions)| !actions.is_empty()).collect(),
            unlisted: self.unlisted.clone().filter(|_| other.unlisted.is_none()),
            ..Self::default()
        }
    }

    /// The requests that were found.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &Request> + Clone {
        self.found.iter().map(|(request, _)| request).chain(&self.unlisted)
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
