//! The way through the automata, shortest text first, that goes into each state once.

use super::product::{Product, States};
use super::sifter::Sifter;
use super::{Found, Spent, Work};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::collections::VecDeque;

/// A search that can be taken up again when its work was used up.
pub(super) struct Search {
    texts: Texts,
    waiting: VecDeque<(u32, States)>,
    known: HashSet<States>,
    /// For the states of `within` those of `outside` that they were met with.
    met: HashMap<Box<[u32]>, Vec<u32>>,
    /// Whether every character was tried, or one that stands for it.
    is_whole: bool,
    /// Whether a text fitted and was not accepted.
    refused: bool,
}

/// Texts that share their beginnings. The number of a text is its place, the empty one has none.
#[derive(Default)]
pub(super) struct Texts(Vec<(u32, char)>);

/// The number of the empty text.
pub(super) const EMPTY: u32 = u32::MAX;

impl Texts {
    pub(super) fn add(&mut self, before: u32, last: char) -> Result<u32, Spent> {
        let number = u32::try_from(self.0.len()).ok().filter(|&number| number != EMPTY).ok_or(Spent)?;
        self.0.push((before, last));
        Ok(number)
    }

    pub(super) fn get(&self, number: u32) -> String {
        let mut reversed = Vec::new();
        let mut at = number;
        while let Some(&(before, last)) = self.0.get(at as usize) {
            reversed.push(last);
            at = before;
        }
        reversed.into_iter().rev().collect()
    }
}

/// With so many states that were met before a new one is compared.
const MOST_COMPARED: usize = 64;

impl Search {
    pub(super) fn new(product: &Product) -> Self {
        let mut search = Self {
            texts: Texts::default(),
            waiting: VecDeque::new(),
            known: HashSet::new(),
            met: HashMap::new(),
            is_whole: true,
            refused: false,
        };
        search.waiting.extend(product.start().map(|states| (EMPTY, states)));
        search
    }

    /// [`Found::Unknown`] when a text fitted and was not accepted, and no other state gave another.
    pub(super) fn run(
        &mut self,
        product: &mut Product,
        sifter: &mut Sifter<'_>,
        work: &mut Work,
    ) -> Result<Found, Spent> {
        while let Some((number, states)) = self.waiting.pop_front() {
            let gone_on = self.go_on(number, &states, product, sifter, work);
            match gone_on {
                Ok(Some(text)) => return Ok(Found::Text(text)),
                Ok(None) => {}
                Err(Spent) => {
                    self.waiting.push_front((number, states));
                    return Err(Spent);
                }
            }
        }
        let is_sure = self.is_whole && !self.refused && !product.leaves_out_sigma;
        Ok(if is_sure { Found::Nothing } else { Found::Unknown })
    }

    fn go_on(
        &mut self,
        number: u32,
        states: &[u32],
        product: &mut Product,
        sifter: &mut Sifter<'_>,
        work: &mut Work,
    ) -> Result<Option<String>, Spent> {
        if product.ends(states) {
            let text = self.texts.get(number);
            if sifter.confirms(&text, work)? {
                return Ok(Some(text));
            }
            self.refused = true;
        }
        let letters = product.letters(states);
        work.take(letters.list.len())?;
        self.is_whole &= letters.is_whole;
        for letter in letters.list {
            let Some(next) = product.next(states, letter, work)? else { continue };
            if self.is_new(&next, product, work)? {
                let number = self.texts.add(number, letter)?;
                self.waiting.push_back((number, next));
            }
        }
        Ok(None)
    }

    /// Whether it is worth going on from there: not from where less fits than from a state that was met before.
    fn is_new(&mut self, states: &States, product: &Product, work: &mut Work) -> Result<bool, Spent> {
        if self.known.contains(states) {
            return Ok(false);
        }
        let Some((&outside, within)) = states.split_last() else { return Ok(false) };
        let met = self.met.entry(within.into()).or_default();
        work.take(1 + met.len())?;
        if met.iter().any(|&before| product.takes_less(before, outside)) {
            return Ok(false);
        }
        if met.len() < MOST_COMPARED {
            met.push(outside);
        }
        self.known.insert(states.clone());
        Ok(true)
    }
}
