//! All languages at once: those that a text must belong to side by side, those that it must not belong to as one.

use super::automaton::{ALL, Automaton, DEAD, State};
use super::letters::{SIGMA, fresh};
use super::{Language, Spent, Work, contain};

#[derive(Debug)]
pub(super) struct Product {
    within: Vec<Automaton>,
    outside: Automaton,
    /// Whether texts with a sigma are left out, since its lower case depends on its neighbours.
    pub(super) leaves_out_sigma: bool,
}

/// One state of each automaton of `within`, then one of `outside`.
pub(super) type States = Box<[u32]>;

/// With which characters it is worth going on.
pub(super) struct Letters {
    /// Readable ones first.
    pub(super) list: Vec<char>,
    /// The first of the list, where it stands for all letters that no pattern names.
    pub(super) fresh: Option<char>,
    /// One of the list that stands for all digits that no pattern names.
    pub(super) digit: Option<char>,
    /// Whether every character is in the list, or one that all patterns treat like it.
    pub(super) is_whole: bool,
}

impl Product {
    pub(super) fn new(within: &[&Language], outside: &[&Language], work: &mut Work) -> Result<Self, Spent> {
        let within: Result<Vec<_>, _> = within.iter().map(|language| Automaton::new(&language.0, work)).collect();
        let within = within?;
        let outside = Automaton::new(outside.iter().flat_map(|language| &language.0), work)?;
        let leaves_out_sigma = within.iter().chain([&outside]).any(|automaton| automaton.trie.has_sigma);
        Ok(Self { within, outside, leaves_out_sigma })
    }

    /// Whether some language of `within` lies in those outside, as far as that shows piece by piece.
    pub(super) fn is_covered(&self, within: &[&Language], work: &mut Work) -> Result<bool, Spent> {
        if self.leaves_out_sigma {
            return Ok(false);
        }
        for language in within {
            let mut covered = true;
            for glob in &language.0 {
                covered = covered && contain::has_all(&self.outside.trie, glob, work)?;
            }
            if covered {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where it begins. `None` when nothing fits.
    pub(super) fn start(&self) -> Option<States> {
        let start = self.within.iter().map(|automaton| automaton.start).chain([self.outside.start]).collect();
        Self::alive(start)
    }

    fn alive(states: States) -> Option<States> {
        let (&outside, within) = states.split_last()?;
        (outside != ALL && !within.contains(&DEAD)).then_some(states)
    }

    /// Where a character leads. `None` when nothing fits from there on.
    pub(super) fn next(&mut self, states: &[u32], character: char, work: &mut Work) -> Result<Option<States>, Spent> {
        work.take(states.len())?;
        let mut next = Vec::with_capacity(states.len());
        for (automaton, &state) in self.within.iter_mut().chain([&mut self.outside]).zip(states) {
            next.push(automaton.next(state, character, work)?);
        }
        Ok(Self::alive(next.into()))
    }

    /// Whether a text that ends here fits.
    pub(super) fn ends(&self, states: &[u32]) -> bool {
        let mut ends = self.automata().zip(states).map(|(automaton, &state)| automaton.ends(state));
        let within = ends.by_ref().take(self.within.len()).all(|ends| ends);
        within && ends.next() == Some(false)
    }

    fn automata(&self) -> impl Iterator<Item = &Automaton> {
        self.within.iter().chain([&self.outside])
    }

    /// Whether the text fits; certain where it does not.
    pub(super) fn may_fit(&mut self, text: &str, work: &mut Work) -> Result<bool, Spent> {
        if self.leaves_out_sigma && text.contains(SIGMA) {
            return Ok(true);
        }
        let Some(mut states) = self.start() else { return Ok(false) };
        for character in text.chars() {
            match self.next(&states, character, work)? {
                Some(next) => states = next,
                None => return Ok(false),
            }
        }
        Ok(self.ends(&states))
    }

    /// Whether everything that `more` does not take is not taken by `less` either; both are states of `outside`.
    pub(super) fn takes_less(&self, less: u32, more: u32) -> bool {
        let nodes = |number| self.outside.state(number).map_or(&[][..], |state| &state.nodes);
        let mut more = nodes(more).iter();
        nodes(less).iter().all(|node| more.any(|other| other == node))
    }

    pub(super) fn letters(&self, states: &[u32]) -> Letters {
        let named: Vec<_> =
            self.automata().zip(states).filter_map(|(automaton, &state)| automaton.state(state)).collect();
        let within = named.get(..self.within.len()).unwrap_or_default();
        let narrowest = within.iter().filter(|state| !state.named.open);
        let mut letters = match narrowest.min_by_key(|state| (state.named.digit, state.named.letters.len())) {
            Some(state) => closed(state),
            None => open(&named),
        };
        if self.leaves_out_sigma {
            letters.list.retain(|&letter| letter != SIGMA);
        }
        letters
    }
}

/// Every character that leads on from a state without wildcards for letters.
fn closed(state: &State) -> Letters {
    let mut list = state.named.letters.clone();
    if state.named.digit {
        list.extend('0'..='9');
    }
    sort(&mut list);
    Letters { list, fresh: None, digit: None, is_whole: true }
}

/// Every character that one of the states names, and one for each kind of those that none names.
fn open(states: &[&State]) -> Letters {
    let mut list: Vec<char> = states.iter().flat_map(|state| &state.named.letters).copied().collect();
    list.sort_unstable();
    list.dedup();
    let fresh = fresh(&list);
    let takes_digits = states.iter().any(|state| state.named.digit);
    let digit = ('0'..='9').find(|digit| takes_digits && list.binary_search(digit).is_err());
    list.extend(digit);
    if states.iter().any(|state| state.named.confined) {
        list.push(':');
    }
    sort(&mut list);
    Letters { list: fresh.into_iter().chain(list).collect(), fresh, digit, is_whole: fresh.is_some() }
}

fn sort(letters: &mut Vec<char>) {
    letters.sort_unstable_by_key(|letter| (!letter.is_ascii_lowercase(), !letter.is_ascii_alphanumeric(), *letter));
    letters.dedup();
}
