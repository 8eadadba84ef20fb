//! The patterns of a language as one automaton, in which those that begin alike share their beginning.

use super::letters::{DOTTED, lower_units, units, with_lower};
use super::{Glob, Piece, Reach, Spent, Work};
use iameval::text::lowercase;

/// A place in patterns.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Sorted by unit.
    literals: Vec<(u16, u32)>,
    pub(super) units: Vec<(Reach, u32)>,
    stars: Vec<(Reach, u32)>,
    /// What a star that ends here takes.
    pub(super) repeats: Option<Reach>,
    /// Whether a pattern ends here.
    pub(super) ends: bool,
    /// Whether it reads the lower case of the text.
    pub(super) ignores_case: bool,
}

/// The automaton of a language. What it may be in at once is a sorted list of nodes.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// Whether the letter [`DOTTED`] is another than those that no pattern names.
    knows_dotted: bool,
    /// Whether letter case is ignored and a literal has a sigma.
    pub(super) has_sigma: bool,
}

/// Which letters a node tells apart, and what its wildcards take.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) letters: Vec<char>,
    /// A wildcard that takes letters.
    pub(super) open: bool,
    /// A wildcard that takes no colon.
    pub(super) confined: bool,
    /// A wildcard that takes only digits.
    pub(super) digit: bool,
}

const PLAIN_ROOT: u32 = 0;
const LOWER_ROOT: u32 = 1;

impl Node {
    /// Whether something fits from here on; only of a language without patterns that is not so.
    pub(super) fn is_alive(&self) -> bool {
        self.ends || !(self.literals.is_empty() && self.units.is_empty() && self.stars.is_empty())
    }

    /// Whether everything fits from here on.
    pub(super) fn takes_all(&self) -> bool {
        self.ends && self.repeats == Some(Reach::Free)
    }

    fn literal(&self, unit: u16) -> Option<u32> {
        let place = self.literals.binary_search_by_key(&unit, |&(unit, _)| unit).ok()?;
        self.literals.get(place).map(|&(_, next)| next)
    }
}

impl Trie {
    pub(super) fn new<'g>(globs: impl IntoIterator<Item = &'g Glob>, work: &mut Work) -> Result<Self, Spent> {
        let nodes = vec![Node::default(), Node { ignores_case: true, ..Node::default() }];
        let mut trie = Self { nodes, knows_dotted: false, has_sigma: false };
        for glob in globs {
            let before = trie.nodes.len();
            trie.add(glob);
            work.take(1 + trie.nodes.len() - before)?;
        }
        Ok(trie)
    }

    pub(super) fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(node as usize)
    }

    fn add(&mut self, glob: &Glob) {
        let mut at = if glob.ignores_case { LOWER_ROOT } else { PLAIN_ROOT };
        for piece in &glob.pieces {
            match piece {
                Piece::Literal(text) if glob.ignores_case => {
                    let lower = lowercase(text);
                    self.has_sigma |= lower.contains(['σ', 'ς']);
                    self.knows_dotted |= lower.contains('\u{307}');
                    at = lower.encode_utf16().fold(at, |at, unit| self.literal(at, unit));
                }
                Piece::Literal(text) => at = text.encode_utf16().fold(at, |at, unit| self.literal(at, unit)),
                Piece::Unit(reach) => {
                    self.knows_dotted |= glob.ignores_case;
                    at = self.wildcard(at, *reach, false);
                }
                Piece::Star(reach) => {
                    self.knows_dotted |= glob.ignores_case;
                    at = self.wildcard(at, *reach, true);
                }
            }
        }
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.ends = true;
        }
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    fn literal(&mut self, at: u32, unit: u16) -> u32 {
        let new = self.next_number();
        let Some(node) = self.nodes.get_mut(at as usize) else { return at };
        let ignores_case = node.ignores_case;
        match node.literals.binary_search_by_key(&unit, |&(unit, _)| unit) {
            Ok(place) => node.literals.get(place).map_or(at, |&(_, next)| next),
            Err(place) => {
                node.literals.insert(place, (unit, new));
                self.nodes.push(Node { ignores_case, ..Node::default() });
                new
            }
        }
    }

    fn wildcard(&mut self, at: u32, reach: Reach, repeats: bool) -> u32 {
        let new = self.next_number();
        let Some(node) = self.nodes.get_mut(at as usize) else { return at };
        if repeats && node.repeats == Some(reach) {
            return at;
        }
        let ignores_case = node.ignores_case;
        let edges = if repeats { &mut node.stars } else { &mut node.units };
        if let Some(&(_, next)) = edges.iter().find(|&&(other, _)| other == reach) {
            return next;
        }
        edges.push((reach, new));
        self.nodes.push(Node { repeats: repeats.then_some(reach), ignores_case, ..Node::default() });
        new
    }

    /// Where it begins.
    pub(super) fn start(&self) -> Vec<u32> {
        self.close(vec![PLAIN_ROOT, LOWER_ROOT])
    }

    /// The nodes, and those that are reached from them without a unit.
    pub(super) fn close(&self, mut nodes: Vec<u32>) -> Vec<u32> {
        let mut index = 0;
        while let Some(&at) = nodes.get(index) {
            nodes.extend(self.node(at).into_iter().flat_map(|node| &node.stars).map(|&(_, next)| next));
            index += 1;
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// Where a character leads.
    pub(super) fn step(&self, nodes: &[u32], character: char) -> Vec<u32> {
        let reads_lower = |at: &u32| self.node(*at).is_some_and(|node| node.ignores_case);
        let (lower, plain): (Vec<u32>, Vec<u32>) = nodes.iter().copied().partition(reads_lower);
        let mut next = self.step_units(plain, &units(character));
        if !lower.is_empty() {
            next.extend(self.step_units(lower, &lower_units(character)));
            next.sort_unstable();
        }
        next
    }

    /// Where some units lead.
    pub(super) fn step_units(&self, nodes: Vec<u32>, units: &[u16]) -> Vec<u32> {
        units.iter().fold(nodes, |nodes, &unit| {
            let mut next = Vec::new();
            for &at in &nodes {
                let Some(node) = self.node(at) else { continue };
                if node.repeats.is_some_and(|reach| reach.takes(unit)) {
                    next.push(at);
                }
                next.extend(node.units.iter().filter(|(reach, _)| reach.takes(unit)).map(|&(_, to)| to));
                next.extend(node.literal(unit));
            }
            self.close(next)
        })
    }

    /// What the nodes tell apart; the letters are sorted.
    pub(super) fn named(&self, nodes: &[u32]) -> Named {
        let mut named = Named::default();
        for node in nodes.iter().filter_map(|&at| self.node(at)) {
            self.name(node, &mut named);
        }
        named.letters.sort_unstable();
        named.letters.dedup();
        named
    }

    fn name(&self, node: &Node, named: &mut Named) {
        for reach in node.repeats.into_iter().chain(node.units.iter().map(|&(reach, _)| reach)) {
            named.open |= reach != Reach::Digit;
            named.confined |= reach.leaves_out().any(|letter| letter == ':');
            named.digit |= reach == Reach::Digit;
            named.letters.extend(reach.leaves_out().filter(|letter| *letter != ':'));
        }
        for &(unit, next) in &node.literals {
            if let Some(letter) = char::from_u32(u32::from(unit)) {
                if node.ignores_case {
                    named.letters.extend(with_lower(letter));
                } else {
                    named.letters.push(letter);
                }
                continue;
            }
            let seconds = self.node(next).into_iter().flat_map(|node| &node.literals);
            let pairs = seconds.flat_map(|&(second, _)| char::decode_utf16([unit, second]).flatten());
            named.letters.extend(pairs);
        }
        if node.ignores_case && self.knows_dotted {
            named.letters.push(DOTTED);
        }
    }
}
