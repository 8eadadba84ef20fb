//! The automaton of a language made deterministic, as far as it is walked through.

use super::trie::{Named, Trie};
use super::{Glob, Spent, Work};
use foldhash::{HashMap, HashMapExt};

/// Nothing fits from here on.
pub(super) const DEAD: u32 = 0;
/// Everything fits from here on.
pub(super) const ALL: u32 = 1;
/// Where it begins, unless that is one of the other two.
const START: u32 = 2;

#[derive(Debug)]
pub(super) struct Automaton {
    pub(super) trie: Trie,
    // INVARIANT: the states DEAD and ALL are always there.
    states: Vec<State>,
    numbers: HashMap<Box<[u32]>, u32>,
    steps: HashMap<(u32, Kind), u32>,
    pub(super) start: u32,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// The nodes of the trie that it may be at, sorted.
    pub(super) nodes: Box<[u32]>,
    /// Whether the text may end here.
    pub(super) ends: bool,
    /// What is told apart from here on.
    pub(super) named: Named,
}

/// Characters that a state treats alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Named(char),
    Colon,
    Digit,
    /// One unit that nothing names.
    Single,
    /// Two units that nothing names.
    Pair,
}

impl Kind {
    fn of(character: char, named: &[char]) -> Self {
        match character {
            _ if named.binary_search(&character).is_ok() => Self::Named(character),
            ':' => Self::Colon,
            '0'..='9' => Self::Digit,
            _ if character.len_utf16() == 2 => Self::Pair,
            _ => Self::Single,
        }
    }
}

impl Automaton {
    pub(super) fn new<'g>(globs: impl IntoIterator<Item = &'g Glob>, work: &mut Work) -> Result<Self, Spent> {
        let trie = Trie::new(globs, work)?;
        let dead = State::default();
        let all = State { ends: true, named: Named { open: true, ..Named::default() }, ..State::default() };
        let (numbers, steps) = (HashMap::new(), HashMap::new());
        let mut automaton = Self { trie, states: vec![dead, all], numbers, steps, start: START };
        let nodes = automaton.trie.start();
        automaton.start = automaton.number(nodes, work)?;
        Ok(automaton)
    }

    pub(super) fn state(&self, number: u32) -> Option<&State> {
        self.states.get(number as usize)
    }

    /// Whether the text may end in this state.
    pub(super) fn ends(&self, number: u32) -> bool {
        self.state(number).is_some_and(|state| state.ends)
    }

    /// The state after a character.
    pub(super) fn next(&mut self, number: u32, character: char, work: &mut Work) -> Result<u32, Spent> {
        let state = match self.states.get(number as usize) {
            Some(state) if number > ALL => state,
            _ => return Ok(number),
        };
        let key = (number, Kind::of(character, &state.named.letters));
        if let Some(&next) = self.steps.get(&key) {
            return Ok(next);
        }
        work.take(state.nodes.len())?;
        let nodes = self.trie.step(&state.nodes, character);
        let next = self.number(nodes, work)?;
        self.steps.insert(key, next);
        Ok(next)
    }

    fn number(&mut self, nodes: Vec<u32>, work: &mut Work) -> Result<u32, Spent> {
        let alive = |at: &u32| self.trie.node(*at).is_some_and(super::trie::Node::is_alive);
        let nodes: Vec<u32> = nodes.into_iter().filter(alive).collect();
        if nodes.is_empty() {
            return Ok(DEAD);
        }
        if nodes.iter().filter_map(|&at| self.trie.node(at)).any(super::trie::Node::takes_all) {
            return Ok(ALL);
        }
        if let Some(&number) = self.numbers.get(&*nodes) {
            return Ok(number);
        }
        let named = self.trie.named(&nodes);
        work.take(nodes.len() + named.letters.len())?;
        let ends = nodes.iter().filter_map(|&at| self.trie.node(at)).any(|node| node.ends);
        let number = u32::try_from(self.states.len()).map_err(|_| Spent)?;
        let nodes: Box<[u32]> = nodes.into();
        self.states.push(State { nodes: nodes.clone(), ends, named });
        self.numbers.insert(nodes, number);
        Ok(number)
    }
}
