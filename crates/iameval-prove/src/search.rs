//! The search for values with which a formula holds: choices, what follows from them, and back to the choice that matters.

use crate::atom::Subject;
use crate::formula::{AtomId, Formula, Formulas, Literal, Node};
use crate::realistic;
use crate::reasons::Reasons;
use crate::theory::{Checked, Model, Theory, Value};
use crate::variables::{self, Settled};
use crate::verdict::Undecided;
use foldhash::{HashMap, HashMapExt};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What came of a search.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Found(Model),
    /// There are no such values; the parts of the question that rule them out.
    Nothing(Reasons),
    Unknown(BTreeSet<Undecided>),
}

/// How many choices a search may make.
const MOST_CHOICES: u64 = 20_000;

/// So many failed choices are remembered, and none that depends on more others than this.
const MOST_LEARNED: usize = 2_000;
const MOST_BESIDE: usize = 12;

/// So many tests at most are tried to do without when it is told what rules something out.
const MOST_EXPLAINED: usize = 48;

/// A search for values.
pub(crate) struct Search<'t, 'a> {
    formulas: &'t Formulas,
    theory: &'t mut Theory<'a>,
    values: HashMap<AtomId, (bool, Reasons)>,
    trail: Vec<Step>,
    asserted: BTreeMap<Subject, Vec<Literal>>,
    /// For each variable a value with which its tests come out as asserted.
    witnesses: BTreeMap<Subject, Value>,
    choices: u64,
    /// How many parts the question has; choices are numbered behind them.
    parts: usize,
    /// The number of the next choice.
    next: usize,
    /// What is chosen.
    chosen: Vec<Node>,
    /// For choices that failed, beside which others they did, and the parts of the question that this rests on.
    learned: HashMap<Node, Vec<(Vec<Node>, Reasons)>>,
    /// How many there are.
    lessons: usize,
}

/// What to take back.
struct Step {
    atom: AtomId,
    subject: Subject,
    witness: Option<Value>,
}

enum Truth {
    Holds,
    Fails(Reasons),
    Open,
}

/// A part of what must hold: any of these, and what that rests on.
#[derive(Clone)]
struct Goal {
    any: Rc<[Node]>,
    reasons: Reasons,
}

/// Searches for values with which every part of a question holds.
pub(crate) fn search(formulas: &Formulas, theory: &mut Theory<'_>, parts: &[Node]) -> Outcome {
    let mut search = Search {
        formulas,
        theory,
        values: HashMap::new(),
        trail: Vec::new(),
        asserted: BTreeMap::new(),
        witnesses: BTreeMap::new(),
        choices: 0,
        parts: parts.len(),
        next: parts.len(),
        chosen: Vec::new(),
        learned: HashMap::new(),
        lessons: 0,
    };
    let goal = |(number, part): (usize, &Node)| Goal { any: Rc::new([*part]), reasons: Reasons::one(number) };
    search.solve(parts.iter().enumerate().map(goal).collect())
}

impl Search<'_, '_> {
    fn solve(&mut self, goals: Vec<Goal>) -> Outcome {
        let mut goals = match self.follow(goals) {
            Ok(goals) => goals,
            Err(conflict) => return Outcome::Nothing(conflict),
        };
        let first = goals.iter().enumerate().min_by_key(|(_, goal)| self.rank(goal)).map(|(at, _)| at);
        let Some(first) = first else { return self.conclude() };
        let Goal { any, reasons } = goals.swap_remove(first);
        let level = self.next;
        let mut conflict = reasons.clone();
        let mut undecided = BTreeSet::new();
        for node in any.iter() {
            if let Some(why) = self.is_known_to_fail(*node) {
                conflict.add(&why);
                continue;
            }
            self.choices += 1;
            let too_many = (self.choices > MOST_CHOICES).then_some(Undecided::Limit(MOST_CHOICES));
            if let Some(limit) = too_many.or_else(|| self.theory.exhausted()) {
                undecided.insert(limit);
                break;
            }
            let before = self.trail.len();
            let chosen = Goal { any: Rc::new([*node]), reasons: reasons.clone().and(&Reasons::one(level)) };
            let mut further = goals.clone();
            further.push(chosen);
            self.next = level + 1;
            self.chosen.push(*node);
            let outcome = self.solve(further);
            self.chosen.pop();
            self.next = level;
            self.take_back(before);
            match outcome {
                Outcome::Found(_) => return outcome,
                Outcome::Unknown(why) => undecided.extend(why),
                // The choice did not matter, so no other would.
                Outcome::Nothing(why) if !why.contains(level) => return Outcome::Nothing(why),
                Outcome::Nothing(mut why) => {
                    why.remove(level);
                    self.learn(*node, &why);
                    conflict.add(&why);
                }
            }
        }
        if undecided.is_empty() { Outcome::Nothing(conflict) } else { Outcome::Unknown(undecided) }
    }

    /// Remembers that a choice fails beside others.
    fn learn(&mut self, node: Node, why: &Reasons) {
        let parts = self.parts;
        let others: Vec<Node> =
            why.iter().filter_map(|number| self.chosen.get(number.checked_sub(parts)?).copied()).collect();
        if others.len() <= MOST_BESIDE && self.lessons < MOST_LEARNED {
            self.lessons += 1;
            let mut of_parts = Reasons::default();
            why.iter().filter(|number| *number < parts).for_each(|number| of_parts.insert(number));
            self.learned.entry(node).or_default().push((others, of_parts));
        }
    }

    /// What a choice is known to fail for, if it is.
    fn is_known_to_fail(&self, node: Node) -> Option<Reasons> {
        self.learned.get(&node)?.iter().find_map(|(others, of_parts)| {
            let mut why = of_parts.clone();
            for other in others {
                match self.chosen.iter().position(|chosen| chosen == other) {
                    Some(at) => why.insert(self.parts + at),
                    None => why.add(&self.reasons_for(*other)?),
                }
            }
            Some(why)
        })
    }

    /// What a formula rests on that holds under what is asserted.
    fn reasons_for(&self, node: Node) -> Option<Reasons> {
        match self.formulas.get(node) {
            Formula::Literal(literal) => {
                let (value, reasons) = self.values.get(&literal.atom)?;
                (*value == literal.holds).then(|| reasons.clone())
            }
            Formula::All(parts) => {
                let mut all = Reasons::default();
                for part in parts {
                    all.add(&self.reasons_for(*part)?);
                }
                Some(all)
            }
            Formula::Any(parts) => parts.iter().find_map(|part| self.reasons_for(*part)),
        }
    }

    /// In which order goals are chosen from: first those whose alternatives say most, since most follows from them, and of
    /// those the ones with fewest alternatives.
    fn rank(&self, goal: &Goal) -> (bool, usize) {
        let says_much = |node: &Node| matches!(self.formulas.get(*node), Formula::All(_));
        (!goal.any.iter().any(says_much), goal.any.len())
    }

    /// Draws every conclusion that needs no choice. What is left are goals of which several alternatives are open; the error
    /// is what rules all out.
    fn follow(&mut self, mut goals: Vec<Goal>) -> Result<Vec<Goal>, Reasons> {
        loop {
            let mut open = Vec::with_capacity(goals.len());
            let before = self.trail.len();
            while let Some(Goal { any, mut reasons }) = goals.pop() {
                let mut left: Vec<Node> = Vec::new();
                let mut is_met = false;
                for node in any.iter() {
                    match self.truth(*node) {
                        Truth::Holds => is_met = true,
                        Truth::Fails(why) => reasons.add(&why),
                        Truth::Open => left.push(*node),
                    }
                    if is_met {
                        break;
                    }
                }
                match left.as_slice() {
                    _ if is_met => {}
                    [] => return Err(reasons),
                    [only] => match self.formulas.get(*only) {
                        Formula::Literal(literal) => self.assert(*literal, reasons)?,
                        Formula::All(parts) => {
                            goals.extend(
                                parts.iter().map(|part| Goal { any: Rc::new([*part]), reasons: reasons.clone() }),
                            );
                        }
                        Formula::Any(parts) => goals.push(Goal { any: parts.iter().copied().collect(), reasons }),
                    },
                    _ => open.push(Goal { any: left.into(), reasons }),
                }
            }
            if self.trail.len() == before {
                return Ok(open);
            }
            goals = open;
        }
    }

    /// Whether a formula holds under what is asserted.
    fn truth(&self, node: Node) -> Truth {
        self.theory.spend(1);
        match self.formulas.get(node) {
            Formula::Literal(literal) => match self.values.get(&literal.atom) {
                Some((value, _)) if *value == literal.holds => Truth::Holds,
                Some((_, reasons)) => Truth::Fails(reasons.clone()),
                None => Truth::Open,
            },
            Formula::All(parts) => {
                let mut all_hold = true;
                for part in parts {
                    match self.truth(*part) {
                        Truth::Holds => {}
                        Truth::Open => all_hold = false,
                        fails @ Truth::Fails(_) => return fails,
                    }
                }
                if all_hold { Truth::Holds } else { Truth::Open }
            }
            Formula::Any(parts) => {
                let mut reasons = Some(Reasons::default());
                for part in parts {
                    match self.truth(*part) {
                        Truth::Holds => return Truth::Holds,
                        Truth::Open => reasons = None,
                        Truth::Fails(why) => {
                            if let Some(reasons) = &mut reasons {
                                reasons.add(&why);
                            }
                        }
                    }
                }
                reasons.map_or(Truth::Open, Truth::Fails)
            }
        }
    }

    /// Asserts a test; the error is what rules it out.
    fn assert(&mut self, literal: Literal, reasons: Reasons) -> Result<(), Reasons> {
        match self.values.get(&literal.atom) {
            Some((value, _)) if *value == literal.holds => return Ok(()),
            Some((_, against)) => return Err(reasons.and(against)),
            None => {}
        }
        let subject = self.theory.atoms.get(literal.atom).subject;
        self.values.insert(literal.atom, (literal.holds, reasons));
        let literals = self.asserted.entry(subject).or_default();
        literals.push(literal);
        let witness = self.witnesses.get(&subject);
        self.trail.push(Step { atom: literal.atom, subject, witness: witness.cloned() });
        // Of patterns with variables a witness tells less than a check does.
        let is_certain = !literals.iter().any(|literal| self.theory.has_variables(*literal));
        if is_certain && witness.is_some_and(|witness| self.theory.is_met(literal, witness, None)) {
            return Ok(());
        }
        match self.theory.check(subject, literals) {
            Checked::With(value) => {
                self.witnesses.insert(subject, value);
                Ok(())
            }
            Checked::Impossible => {
                let literals = literals.clone();
                Err(self.explain(subject, literals))
            }
            // Perhaps something else rules it out; if nothing does, this is told in the end.
            Checked::Unknown(_) => {
                self.witnesses.remove(&subject);
                Ok(())
            }
        }
    }

    /// What tests that cannot come out together rest on: of as few of them as are found to do.
    fn explain(&mut self, subject: Subject, mut literals: Vec<Literal>) -> Reasons {
        if literals.len() <= MOST_EXPLAINED {
            let mut at = 0;
            while at < literals.len() {
                let literal = literals.remove(at);
                if self.theory.check(subject, &literals) != Checked::Impossible {
                    literals.insert(at, literal);
                    at += 1;
                }
            }
        }
        let mut reasons = Reasons::default();
        for literal in literals {
            if let Some((_, own)) = self.values.get(&literal.atom) {
                reasons.add(own);
            }
        }
        reasons
    }

    fn take_back(&mut self, length: usize) {
        while self.trail.len() > length {
            let Some(Step { atom, subject, witness }) = self.trail.pop() else { return };
            self.values.remove(&atom);
            if let Some(literals) = self.asserted.get_mut(&subject) {
                literals.pop();
            }
            match witness {
                Some(witness) => _ = self.witnesses.insert(subject, witness),
                None => _ = self.witnesses.remove(&subject),
            }
        }
    }

    /// Nothing is left to choose but values.
    fn conclude(&mut self) -> Outcome {
        let mut undecided = BTreeSet::new();
        for (subject, literals) in &self.asserted {
            if !literals.is_empty() && !self.witnesses.contains_key(subject) {
                match self.theory.check(*subject, literals) {
                    Checked::With(value) => _ = self.witnesses.insert(*subject, value),
                    Checked::Unknown(why) => _ = undecided.insert(why),
                    Checked::Impossible => return Outcome::Nothing(self.all_reasons()),
                }
            }
        }
        if !undecided.is_empty() {
            return Outcome::Unknown(undecided);
        }
        let asserted: BTreeMap<Subject, Vec<Literal>> = self
            .asserted
            .iter()
            .filter(|(_, literals)| !literals.is_empty())
            .map(|(at, own)| (*at, own.clone()))
            .collect();
        match variables::settle(self.theory, &asserted, &self.witnesses) {
            Settled::Values(mut model) => {
                realistic::mend(self.theory, &asserted, &mut model);
                Outcome::Found(model)
            }
            Settled::Impossible => Outcome::Nothing(self.all_reasons()),
            Settled::Unknown(why) => Outcome::Unknown(why),
        }
    }

    fn all_reasons(&self) -> Reasons {
        let mut all = Reasons::default();
        for step in &self.trail {
            if let Some((_, reasons)) = self.values.get(&step.atom) {
                all.add(reasons);
            }
        }
        all
    }
}
