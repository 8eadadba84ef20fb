//! Statements that do nothing.

use crate::actions::{ActionPatterns, ActionSet};
use crate::claim::Policies;
use crate::problem::{Answer, Asked, Problem, Wish};
use crate::side::Wanted;
use crate::verdict::{StatementFindings, Undecided};
use iameval::{Effect, Layer, PrincipalElement, PrincipalForm, StatementId};
use std::collections::BTreeSet;

/// Which policies a statement is judged beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Those of its own layer and level: others may bind the caller as well.
    ItsOwn,
    /// All that there are: the policies are all that bind the caller.
    All,
}

/// A statement by its place among those of a side.
type Place = usize;

/// What is asked of the requests that a statement is about.
enum Question<'q> {
    /// Whether it applies to one to which none of these do.
    Applies(&'q [Place]),
    /// Whether one comes out as wished.
    Wished(&'q [Wish]),
}

/// Judges the statements of a problem's first side.
pub(crate) struct Judge<'p, 'c> {
    problem: &'p mut Problem<'c>,
    policies: &'p Policies,
    /// For each statement an action of each group that it is about; the same statements are about all of a group.
    actions: Vec<Vec<usize>>,
    undecided: BTreeSet<Undecided>,
}

impl<'p, 'c> Judge<'p, 'c> {
    pub(crate) fn new(problem: &'p mut Problem<'c>, policies: &'p Policies) -> Self {
        let sets = problem.action_sets(&ActionSet::none(0));
        let samples = problem.table.samples(&sets);
        let of = |set: &ActionSet| samples.iter().copied().filter(|action| set.has(*action)).collect();
        let actions = sets.iter().map(of).collect();
        Self { problem, policies, actions, undecided: BTreeSet::new() }
    }

    /// What there is to say of the statements; `None` where the limit of the problem ended it.
    pub(crate) fn judge(mut self, beside: Beside) -> Option<StatementFindings> {
        let mut findings = StatementFindings::default();
        let statements = self.problem.sides.first().map_or(&[][..], |side| &side.statements);
        let all = statements.iter().enumerate().filter(|(_, own)| !own.is_open);
        let all: Vec<_> = all.map(|(place, own)| (place, own.id, own.effect, own.tests.clone())).collect();
        // With more that may be allowed by others, one of them may make up for a statement.
        let least = self.problem.sides.len() - 1;
        for (place, id, effect, tests) in all {
            if self.problem.left() == 0 {
                return None;
            }
            for (number, test) in tests.into_iter().enumerate() {
                let can_fail = self.problem.can_fail(test);
                if !self.is_possible(can_fail) {
                    findings.always_true.push((id, number));
                }
            }
            if !self.is_asked(place, &Question::Applies(&[])) {
                findings.never_matches.push(id);
                findings.redundant.push(id);
                continue;
            }
            let denies = self.denying(place);
            let is_redundant = match (effect, beside) {
                (Effect::Allow, _) if !denies.is_empty() && !self.is_asked(place, &Question::Applies(&denies)) => {
                    findings.shadowed.push(id);
                    findings.covered_by.extend(self.only_one(place, &denies).map(|one| (id, one)));
                    true
                }
                (Effect::Allow, Beside::ItsOwn) => {
                    let allows = self.allowing(place);
                    let others: Vec<Place> = denies.into_iter().chain(allows.iter().copied()).collect();
                    let is_redundant = !allows.is_empty() && !self.is_asked(place, &Question::Applies(&others));
                    if is_redundant {
                        findings.covered_by.extend(self.only_one(place, &allows).map(|one| (id, one)));
                    }
                    is_redundant
                }
                (Effect::Allow, Beside::All) => {
                    let without = Wish::new(least, Wanted::NotAllowed).leaving_out(id);
                    !self.is_asked(place, &Question::Wished(&[Wish::new(0, Wanted::Allowed), without]))
                }
                (Effect::Deny, Beside::All) => !self.denies_something(place, &[id]),
                // What a lone policy denies, others may allow.
                (Effect::Deny, Beside::ItsOwn) => false,
            };
            if is_redundant {
                findings.redundant.push(id);
            }
        }
        findings.undecided = self.undecided.into_iter().collect();
        (self.problem.left() > 0).then_some(findings)
    }

    /// The Deny statements, of these, that deny nothing that is allowed without them, by position; `None` where the limit of
    /// the problem ended it. Of each all copies are given: they are left out together.
    pub(crate) fn idle_denies(mut self, denies: &[Vec<StatementId>]) -> Option<Vec<usize>> {
        let mut idle = Vec::new();
        for (position, copies) in denies.iter().enumerate() {
            let statements = self.problem.sides.first().map_or(&[][..], |side| &side.statements);
            let places = statements.iter().enumerate().filter(|(_, own)| copies.contains(&own.id));
            let places: Vec<(Place, bool)> = places.map(|(place, own)| (place, own.is_open)).collect();
            if self.problem.left() == 0 {
                return None;
            }
            if places.iter().all(|(place, is_open)| !is_open && !self.denies_something(*place, copies)) {
                idle.push(position);
            }
        }
        (self.problem.left() > 0).then_some(idle)
    }

    /// Whether there is a request that is allowed without a Deny statement and its copies, and not with them.
    fn denies_something(&mut self, place: Place, copies: &[StatementId]) -> bool {
        let without = copies.iter().copied().fold(Wish::new(0, Wanted::Allowed), Wish::leaving_out);
        self.is_asked(place, &Question::Wished(&[without, Wish::new(0, Wanted::NotAllowed)]))
    }

    /// The first of these that applies to every request to which a statement does.
    fn only_one(&mut self, place: Place, of: &[Place]) -> Option<StatementId> {
        let one = of.iter().copied().find(|other| !self.is_asked(place, &Question::Applies(&[*other])))?;
        Some(self.problem.sides.first()?.statements.get(one)?.id)
    }

    /// Whether there is such a request, for some action that a statement is about. What is not known counts as a yes.
    fn is_asked(&mut self, place: Place, question: &Question<'_>) -> bool {
        let (within, except) = (ActionPatterns::new(["*"]), ActionPatterns::new([]));
        let listed = self.actions.get(place).into_iter().flatten();
        let mut asked: Vec<Asked<'_>> = listed.map(|action| Asked::Listed(*action)).collect();
        asked.push(Asked::Unlisted { within: &within, except: &except });
        asked.into_iter().any(|asked| {
            let answer = match question {
                Question::Applies(none) => self.problem.can_apply(&asked, place, none),
                Question::Wished(wishes) => match self.problem.find(&asked, wishes) {
                    Answer::Found(_) => Ok(true),
                    Answer::Nothing(_) => Ok(false),
                    Answer::Unknown(why) => Err(why),
                },
            };
            self.is_possible(answer)
        })
    }

    fn is_possible(&mut self, answer: Result<bool, BTreeSet<Undecided>>) -> bool {
        answer.unwrap_or_else(|why| {
            self.undecided.extend(why);
            true
        })
    }

    /// The Deny statements that apply to every caller that a statement names.
    fn denying(&mut self, place: Place) -> Vec<Place> {
        let mut denies = self.covering(place, |_, other| other == Effect::Deny);
        denies.retain(|other| self.denies_wherever_it_binds(*other, place));
        denies
    }

    /// Whether the policy of a Deny statement takes part in every request in which that of another statement does.
    fn denies_wherever_it_binds(&mut self, denying: Place, place: Place) -> bool {
        let policy = |place: Place| Some(self.problem.sides.first()?.statements.get(place)?.policy);
        let (Some(denying), Some(binding)) = (policy(denying), policy(place)) else { return false };
        let actions = self.actions.get(place).map_or(&[][..], Vec::as_slice);
        self.group(denying) == self.group(binding) || self.problem.denies_with(denying, binding, actions)
    }

    /// The layer and the level of a policy.
    fn group(&self, policy: usize) -> Option<(Layer, Option<String>)> {
        let set = self.policies.set();
        let origin = set.origin(set.statement(policy, 0)?)?;
        Some((origin.layer, origin.level.map(str::to_owned)))
    }

    /// The Allow statements of the same layer and level that name every caller that a statement names, as strongly.
    fn allowing(&self, place: Place) -> Vec<Place> {
        self.covering(place, |is_same_group, other| is_same_group && other == Effect::Allow)
    }

    /// The other statements of that kind that name every caller whom a statement names.
    fn covering(&self, place: Place, is_meant: impl Fn(bool, Effect) -> bool) -> Vec<Place> {
        let Some(side) = self.problem.sides.first() else { return Vec::new() };
        let Some(own) = side.statements.get(place) else { return Vec::new() };
        let others = side.statements.iter().enumerate().filter(|(other, statement)| {
            *other != place
                && !statement.is_open
                && is_meant(self.group(statement.policy) == self.group(own.policy), statement.effect)
                && covers(self.principal(statement.policy, statement.number), self.principal(own.policy, own.number))
        });
        others.map(|(other, _)| other).collect()
    }

    fn principal(&self, policy: usize, number: usize) -> Option<&PrincipalElement> {
        self.policies.documents().get(policy)?.statements().get(number)?.principal()
    }
}

/// Whether one principal element names everyone whom another names, as strongly.
fn covers(wide: Option<&PrincipalElement>, narrow: Option<&PrincipalElement>) -> bool {
    let is_everyone = |element: &PrincipalElement| !element.is_negated() && *element.form() == PrincipalForm::Everyone;
    match (wide, narrow) {
        (Some(wide), _) if is_everyone(wide) => true,
        (wide, narrow) => wide == narrow,
    }
}
