//! Formulas over tests, in negation normal form, each kept once.

use foldhash::{HashMap, HashMapExt};

/// A test of one variable, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AtomId(pub(crate) u32);

/// A test, or its contrary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Literal {
    pub(crate) atom: AtomId,
    pub(crate) holds: bool,
}

/// A formula, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Node(u32);

/// What a formula says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Formula {
    Literal(Literal),
    /// All of these; none make it true.
    All(Box<[Node]>),
    /// Any of these; none make it false.
    Any(Box<[Node]>),
}

/// Formulas, each once.
#[derive(Debug)]
pub(crate) struct Formulas {
    kept: Vec<Formula>,
    known: HashMap<Formula, Node>,
}

impl Formulas {
    pub(crate) const TRUE: Node = Node(0);
    pub(crate) const FALSE: Node = Node(1);

    pub(crate) fn new() -> Self {
        let mut formulas = Self { kept: Vec::new(), known: HashMap::new() };
        let all = formulas.keep(Formula::All(Box::default()));
        let any = formulas.keep(Formula::Any(Box::default()));
        debug_assert_eq!((all, any), (Self::TRUE, Self::FALSE));
        formulas
    }

    #[expect(clippy::indexing_slicing, reason = "the numbers of formulas come from `keep` alone")]
    pub(crate) fn get(&self, node: Node) -> &Formula {
        &self.kept[node.0 as usize]
    }

    pub(crate) fn constant(holds: bool) -> Node {
        if holds { Self::TRUE } else { Self::FALSE }
    }

    pub(crate) fn literal(&mut self, atom: AtomId, holds: bool) -> Node {
        self.keep(Formula::Literal(Literal { atom, holds }))
    }

    /// All of these hold.
    pub(crate) fn all(&mut self, nodes: impl IntoIterator<Item = Node>) -> Node {
        let mut parts = Vec::new();
        for node in nodes {
            match self.get(node) {
                _ if node == Self::FALSE => return Self::FALSE,
                Formula::All(inner) => parts.extend(inner.iter().copied()),
                _ => parts.push(node),
            }
        }
        parts.sort_unstable();
        parts.dedup();
        match parts.as_slice() {
            [only] => *only,
            _ => self.keep(Formula::All(parts.into())),
        }
    }

    /// Any of these holds.
    pub(crate) fn any(&mut self, nodes: impl IntoIterator<Item = Node>) -> Node {
        let mut parts = Vec::new();
        for node in nodes {
            match self.get(node) {
                _ if node == Self::TRUE => return Self::TRUE,
                Formula::Any(inner) => parts.extend(inner.iter().copied()),
                _ => parts.push(node),
            }
        }
        parts.sort_unstable();
        parts.dedup();
        match parts.as_slice() {
            [only] => *only,
            _ => self.keep(Formula::Any(parts.into())),
        }
    }

    /// The contrary.
    pub(crate) fn not(&mut self, node: Node) -> Node {
        match self.get(node).clone() {
            Formula::Literal(Literal { atom, holds }) => self.literal(atom, !holds),
            Formula::All(parts) => {
                let parts: Vec<Node> = parts.iter().map(|part| self.not(*part)).collect();
                self.any(parts)
            }
            Formula::Any(parts) => {
                let parts: Vec<Node> = parts.iter().map(|part| self.not(*part)).collect();
                self.all(parts)
            }
        }
    }

    fn keep(&mut self, formula: Formula) -> Node {
        if let Some(node) = self.known.get(&formula) {
            return *node;
        }
        let node = Node(u32::try_from(self.kept.len()).unwrap_or(u32::MAX));
        self.kept.push(formula.clone());
        self.known.insert(formula, node);
        node
    }
}
