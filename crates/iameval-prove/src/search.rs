//! The search for values with which a formula holds: choices, what follows from them, and back to the choice that matters.

mod graph;

use crate::atom::Subject;
use crate::formula::{AtomId, Formulas, Literal, Node};
use crate::realistic;
use crate::reasons::Reasons;
use crate::theory::{Checked, Model, Theory, Value};
use crate::variables::{self, Settled};
use crate::verdict::Undecided;
use foldhash::{HashMap, HashMapExt};
use graph::{Graph, Kind, Place, Truth};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    theory: &'t mut Theory<'a>,
    graph: Graph,
    values: HashMap<AtomId, (bool, Reasons)>,
    trail: Vec<Step>,
    asserted: BTreeMap<Subject, Vec<Literal>>,
    /// For each variable a value with which its tests come out as asserted.
    witnesses: BTreeMap<Subject, Value>,
    /// What must hold and was not looked at yet, and what that rests on.
    pending: Vec<(Place, Reasons)>,
    /// Alternatives that must hold and of which one is left at most.
    narrowed: VecDeque<Place>,
    /// Alternatives that must hold.
    goals: Vec<Place>,
    /// What it rests on that alternatives must hold.
    required: HashMap<Place, Reasons>,
    choices: u64,
    /// How many parts the question has; choices are numbered behind them.
    parts: usize,
    /// What is chosen.
    chosen: Vec<Place>,
    /// For choices that failed, beside which others they did, and the parts of the question that this rests on.
    learned: HashMap<Place, Vec<(Vec<Place>, Reasons)>>,
    /// How many there are.
    lessons: usize,
}

/// What to take back of a test.
struct Step {
    atom: AtomId,
    subject: Subject,
    witness: Option<Value>,
}

/// How far a search had come.
struct Mark {
    changes: usize,
    steps: usize,
    goals: usize,
}

/// Searches for values with which every part of a question holds.
pub(crate) fn search(formulas: &Formulas, theory: &mut Theory<'_>, parts: &[Node]) -> Outcome {
    let (graph, places) = Graph::new(formulas, parts);
    theory.spend(u64::try_from(graph.len()).unwrap_or(u64::MAX));
    let mut search = Search {
        theory,
        graph,
        values: HashMap::new(),
        trail: Vec::new(),
        asserted: BTreeMap::new(),
        witnesses: BTreeMap::new(),
        pending: places.into_iter().enumerate().map(|(number, part)| (part, Reasons::one(number))).collect(),
        narrowed: VecDeque::new(),
        goals: Vec::new(),
        required: HashMap::new(),
        choices: 0,
        parts: parts.len(),
        chosen: Vec::new(),
        learned: HashMap::new(),
        lessons: 0,
    };
    search.solve()
}

impl Search<'_, '_> {
    fn solve(&mut self) -> Outcome {
        if let Err(conflict) = self.follow() {
            return Outcome::Nothing(conflict);
        }
        let Some(goal) = self.next_goal() else { return self.conclude() };
        let level = self.parts + self.chosen.len();
        let reasons = self.reasons_to_choose(goal);
        let mut conflict = reasons.clone();
        let mut undecided = BTreeSet::new();
        let is_open = |place: &Place| self.graph.truth(*place) == Truth::Open;
        let open: Vec<Place> = self.graph.parts(goal).iter().copied().filter(is_open).collect();
        for place in open {
            if let Some(why) = self.is_known_to_fail(place) {
                conflict.add(&why);
                continue;
            }
            self.choices += 1;
            let too_many = (self.choices > MOST_CHOICES).then_some(Undecided::Limit(MOST_CHOICES));
            if let Some(limit) = too_many.or_else(|| self.theory.exhausted()) {
                undecided.insert(limit);
                break;
            }
            let before = self.mark();
            self.pending.push((place, reasons.clone().and(&Reasons::one(level))));
            self.chosen.push(place);
            let outcome = self.solve();
            self.chosen.pop();
            self.take_back(&before);
            match outcome {
                Outcome::Found(_) => return outcome,
                Outcome::Unknown(why) => undecided.extend(why),
                // The choice did not matter, so no other would.
                Outcome::Nothing(why) if !why.contains(level) => return Outcome::Nothing(why),
                Outcome::Nothing(mut why) => {
                    why.remove(level);
                    self.learn(place, &why);
                    conflict.add(&why);
                }
            }
        }
        if undecided.is_empty() { Outcome::Nothing(conflict) } else { Outcome::Unknown(undecided) }
    }

    /// The alternatives to choose from next: first those that say most, since most follows from them, and of those the ones with
    /// fewest left.
    fn next_goal(&self) -> Option<Place> {
        let open = self.goals.iter().filter(|goal| self.graph.is_choice(**goal));
        open.min_by_key(|goal| (!self.graph.says_much(**goal), self.graph.left(**goal))).copied()
    }

    /// What it rests on that one of the alternatives must hold that are left.
    fn reasons_to_choose(&self, goal: Place) -> Reasons {
        let mut reasons = self.required.get(&goal).cloned().unwrap_or_default();
        for part in self.graph.parts(goal).iter().filter(|part| self.graph.truth(**part) == Truth::Fails) {
            self.add_why(*part, &mut reasons);
        }
        reasons
    }

    /// Remembers that a choice fails beside others.
    fn learn(&mut self, place: Place, why: &Reasons) {
        let parts = self.parts;
        let others: Vec<Place> =
            why.iter().filter_map(|number| self.chosen.get(number.checked_sub(parts)?).copied()).collect();
        if others.len() <= MOST_BESIDE && self.lessons < MOST_LEARNED {
            self.lessons += 1;
            let mut of_parts = Reasons::default();
            why.iter().filter(|number| *number < parts).for_each(|number| of_parts.insert(number));
            self.learned.entry(place).or_default().push((others, of_parts));
        }
    }

    /// What a choice is known to fail for, if it is.
    fn is_known_to_fail(&self, place: Place) -> Option<Reasons> {
        self.learned.get(&place)?.iter().find_map(|(others, of_parts)| {
            let mut why = of_parts.clone();
            for other in others {
                match self.chosen.iter().position(|chosen| chosen == other) {
                    Some(at) => why.insert(self.parts + at),
                    None if self.graph.truth(*other) == Truth::Holds => self.add_why(*other, &mut why),
                    None => return None,
                }
            }
            Some(why)
        })
    }

    /// Adds what it rests on that a formula holds, or fails.
    fn add_why(&self, place: Place, reasons: &mut Reasons) {
        let truth = self.graph.truth(place);
        let parts = self.graph.parts(place);
        let rests_on_one = match self.graph.kind(place) {
            Kind::Literal(literal) => {
                if let Some((_, own)) = self.values.get(&literal.atom) {
                    reasons.add(own);
                }
                return;
            }
            Kind::All => truth == Truth::Fails,
            Kind::Any => truth == Truth::Holds,
        };
        let of_parts = parts.iter().filter(|part| self.graph.truth(**part) == truth);
        for part in of_parts.take(if rests_on_one { 1 } else { parts.len() }) {
            self.add_why(*part, reasons);
        }
    }

    /// Draws every conclusion that needs no choice; the error is what rules all out.
    fn follow(&mut self) -> Result<(), Reasons> {
        loop {
            if let Some((place, reasons)) = self.pending.pop() {
                self.require(place, reasons)?;
            } else if let Some(goal) = self.narrowed.pop_front() {
                self.narrow(goal)?;
            } else {
                return Ok(());
            }
        }
    }

    /// Takes a formula for one that must hold.
    fn require(&mut self, place: Place, reasons: Reasons) -> Result<(), Reasons> {
        self.theory.spend(1);
        match self.graph.truth(place) {
            Truth::Holds => return Ok(()),
            Truth::Open if self.graph.is_required(place) => return Ok(()),
            Truth::Open => self.graph.require(place),
            Truth::Fails => {
                let mut reasons = reasons;
                self.add_why(place, &mut reasons);
                return Err(reasons);
            }
        }
        match self.graph.kind(place) {
            Kind::Literal(literal) => self.assert(literal, reasons)?,
            Kind::All => {
                self.pending.extend(self.graph.parts(place).iter().map(|part| (*part, reasons.clone())));
            }
            Kind::Any => {
                self.required.insert(place, reasons);
                if self.graph.left(place) == 1 {
                    self.narrowed.push_back(place);
                } else {
                    self.goals.push(place);
                }
            }
        }
        Ok(())
    }

    /// Takes the one alternative that is left.
    fn narrow(&mut self, goal: Place) -> Result<(), Reasons> {
        if self.graph.truth(goal) == Truth::Holds {
            return Ok(());
        }
        let reasons = self.reasons_to_choose(goal);
        let only = self.graph.parts(goal).iter().find(|part| self.graph.truth(**part) == Truth::Open);
        self.pending.push((*only.ok_or_else(|| reasons.clone())?, reasons));
        Ok(())
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
        let touched = self.graph.assert(literal, &mut self.narrowed);
        self.theory.spend(touched);
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

    fn mark(&self) -> Mark {
        Mark { changes: self.graph.mark(), steps: self.trail.len(), goals: self.goals.len() }
    }

    fn take_back(&mut self, to: &Mark) {
        self.pending.clear();
        self.narrowed.clear();
        self.goals.truncate(to.goals);
        self.graph.take_back(to.changes);
        while self.trail.len() > to.steps {
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
