//! All texts that fit, one after the other, for when some are not accepted.

use super::product::Product;
use super::search::{EMPTY, Texts};
use super::sifter::Sifter;
use super::{Found, Spent, Work};
use std::collections::VecDeque;

/// Goes through the texts from the shortest on. Where they come to an end, there is none, provided that no letter stood for
/// others.
pub(super) fn run(product: &mut Product, sifter: &mut Sifter<'_>, work: &mut Work) -> Result<Found, Spent> {
    let mut texts = Texts::default();
    let mut waiting: VecDeque<_> = product.start().map(|states| (EMPTY, states)).into_iter().collect();
    let mut is_whole = !product.leaves_out_sigma;
    while let Some((number, states)) = waiting.pop_front() {
        if product.ends(&states) {
            let text = texts.get(number);
            if sifter.confirms(&text, work)? {
                return Ok(Found::Text(text));
            }
        }
        let letters = product.letters(&states);
        work.take(letters.list.len())?;
        is_whole &= letters.is_whole;
        for letter in letters.with_digits() {
            let Some(next) = product.next(&states, letter, work)? else { continue };
            is_whole &= letters.fresh != Some(letter);
            waiting.push_back((texts.add(number, letter)?, next));
        }
    }
    Ok(if is_whole { Found::Nothing } else { Found::Unknown })
}
