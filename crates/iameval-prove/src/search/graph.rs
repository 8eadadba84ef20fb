//! The formulas of a question as a graph: what holds of each under what is asserted so far. A test that is asserted touches only
//! the formulas that it stands in, however many there are.

use crate::formula::{AtomId, Formula, Formulas, Literal, Node};
use foldhash::{HashMap, HashMapExt};

/// A formula of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place(u32);

/// What is known of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Open,
    Holds,
    Fails,
}

/// What a formula says of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Literal(Literal),
    All,
    Any,
}

#[derive(Debug)]
struct Entry {
    kind: Kind,
    parts: Vec<Place>,
    /// The formulas that it is a part of.
    within: Vec<Place>,
    truth: Truth,
    /// How many of its parts do not hold yet, or of alternatives do not fail yet.
    left: usize,
    is_required: bool,
    /// How many of its parts must hold by themselves.
    required_parts: usize,
    /// Whether some part has parts that must all hold.
    says_much: bool,
}

/// What to take back.
#[derive(Debug, Clone, Copy)]
enum Change {
    Truth(Place),
    Left(Place),
    Required(Place),
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    // INVARIANT: a `Place` is an index of it.
    entries: Vec<Entry>,
    literals: HashMap<AtomId, Vec<Place>>,
    changes: Vec<Change>,
}

impl Graph {
    /// The formulas and all of their parts, and where they are.
    pub(super) fn new(formulas: &Formulas, nodes: &[Node]) -> (Self, Vec<Place>) {
        let mut graph = Self::default();
        let mut known = HashMap::new();
        let places = nodes.iter().map(|node| graph.add(*node, formulas, &mut known)).collect();
        (graph, places)
    }

    fn add(&mut self, node: Node, formulas: &Formulas, known: &mut HashMap<Node, Place>) -> Place {
        if let Some(place) = known.get(&node) {
            return *place;
        }
        let (kind, parts): (Kind, &[Node]) = match formulas.get(node) {
            Formula::Literal(literal) => (Kind::Literal(*literal), &[]),
            Formula::All(parts) => (Kind::All, parts),
            Formula::Any(parts) => (Kind::Any, parts),
        };
        let parts: Vec<Place> = parts.iter().map(|part| self.add(*part, formulas, known)).collect();
        let place = Place(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        for part in &parts {
            self.entry_mut(*part).within.push(place);
        }
        let truth = match kind {
            Kind::All if parts.is_empty() => Truth::Holds,
            Kind::Any if parts.is_empty() => Truth::Fails,
            _ => Truth::Open,
        };
        if let Kind::Literal(literal) = kind {
            self.literals.entry(literal.atom).or_default().push(place);
        }
        let says_much = parts.iter().any(|part| self.kind(*part) == Kind::All);
        self.entries.push(Entry {
            kind,
            truth,
            says_much,
            left: parts.len(),
            parts,
            within: Vec::new(),
            is_required: false,
            required_parts: 0,
        });
        known.insert(node, place);
        place
    }

    #[expect(clippy::indexing_slicing, reason = "places come from `add` alone")]
    fn entry(&self, place: Place) -> &Entry {
        &self.entries[place.0 as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "places come from `add` alone")]
    fn entry_mut(&mut self, place: Place) -> &mut Entry {
        &mut self.entries[place.0 as usize]
    }

    /// How many formulas there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn kind(&self, place: Place) -> Kind {
        self.entry(place).kind
    }

    pub(super) fn truth(&self, place: Place) -> Truth {
        self.entry(place).truth
    }

    pub(super) fn parts(&self, place: Place) -> &[Place] {
        &self.entry(place).parts
    }

    /// How many alternatives do not fail.
    pub(super) fn left(&self, place: Place) -> usize {
        self.entry(place).left
    }

    pub(super) fn is_required(&self, place: Place) -> bool {
        self.entry(place).is_required
    }

    /// Whether it is for a choice which of its alternatives holds: several are left, and none of them must hold by itself.
    pub(super) fn is_choice(&self, place: Place) -> bool {
        let entry = self.entry(place);
        entry.truth == Truth::Open && entry.left > 1 && entry.required_parts == 0
    }

    /// Whether more than one test follows from an alternative.
    pub(super) fn says_much(&self, place: Place) -> bool {
        self.entry(place).says_much
    }

    /// Notes that a formula must hold.
    pub(super) fn require(&mut self, place: Place) {
        self.set_required(place, true);
        self.changes.push(Change::Required(place));
    }

    fn set_required(&mut self, place: Place, is_required: bool) {
        self.entry_mut(place).is_required = is_required;
        for at in 0..self.entry(place).within.len() {
            let Some(whole) = self.entry(place).within.get(at).copied() else { continue };
            let count = &mut self.entry_mut(whole).required_parts;
            *count = if is_required { *count + 1 } else { *count - 1 };
        }
    }

    /// Notes how a test comes out. Returns how many formulas that touched; to `narrowed` go those with alternatives that must
    /// hold and of which one is left at most.
    pub(super) fn assert(&mut self, literal: Literal, narrowed: &mut impl Extend<Place>) -> u64 {
        let mut touched = 0;
        let mut decided: Vec<Place> = Vec::new();
        for place in self.literals.get(&literal.atom).cloned().unwrap_or_default() {
            if let Kind::Literal(own) = self.kind(place) {
                let truth = if own.holds == literal.holds { Truth::Holds } else { Truth::Fails };
                self.decide(place, truth);
                decided.push(place);
            }
        }
        while let Some(part) = decided.pop() {
            let of_part = self.truth(part);
            for at in 0..self.entry(part).within.len() {
                let Some(place) = self.entry(part).within.get(at).copied() else { continue };
                touched += 1;
                let entry = self.entry(place);
                if entry.truth != Truth::Open {
                    continue;
                }
                let counts = if entry.kind == Kind::All { Truth::Holds } else { Truth::Fails };
                if of_part != counts {
                    self.decide(place, of_part);
                    decided.push(place);
                    continue;
                }
                self.entry_mut(place).left -= 1;
                self.changes.push(Change::Left(place));
                let entry = self.entry(place);
                if entry.left == 0 {
                    self.decide(place, counts);
                    decided.push(place);
                }
                let entry = self.entry(place);
                if entry.is_required && entry.kind == Kind::Any && entry.left <= 1 {
                    narrowed.extend([place]);
                }
            }
        }
        touched
    }

    fn decide(&mut self, place: Place, truth: Truth) {
        self.entry_mut(place).truth = truth;
        self.changes.push(Change::Truth(place));
    }

    /// How much has changed.
    pub(super) fn mark(&self) -> usize {
        self.changes.len()
    }

    /// Takes back what has changed since.
    pub(super) fn take_back(&mut self, mark: usize) {
        while self.changes.len() > mark {
            match self.changes.pop() {
                Some(Change::Truth(place)) => self.entry_mut(place).truth = Truth::Open,
                Some(Change::Left(place)) => self.entry_mut(place).left += 1,
                Some(Change::Required(place)) => self.set_required(place, false),
                None => return,
            }
        }
    }
}
