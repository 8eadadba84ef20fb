//! All texts that fit, one after the other, for when some are not accepted.

use super::letters::{DOTTED, is_lower};
use super::product::{Letters, Product};
use super::search::{EMPTY, Texts};
use super::sifter::Sifter;
use super::{Found, Spent, Work};
use std::collections::VecDeque;

/// Goes through the texts from the shortest on. Where they come to an end, there is none, provided that no letter stood for
/// others.
pub(super) fn run(
    product: &mut Product,
    case_matters: bool,
    sifter: &mut Sifter<'_>,
    work: &mut Work,
) -> Result<Found, Spent> {
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
        is_whole &= letters.is_whole;
        for letter in varied(&letters) {
            work.take(1)?;
            let is_fresh = letters.fresh == Some(letter);
            if !(case_matters || is_fresh || is_lower(letter) || letter == DOTTED) {
                continue;
            }
            let Some(next) = product.next(&states, letter, work)? else { continue };
            is_whole &= !is_fresh;
            waiting.push_back((texts.add(number, letter)?, next));
        }
    }
    Ok(if is_whole { Found::Nothing } else { Found::Unknown })
}

/// The letters, with more of those that one of them stands for.
fn varied(letters: &Letters) -> Vec<char> {
    let mut varied = letters.list.clone();
    if letters.digit.is_some() {
        varied.extend('0'..='9');
    }
    if letters.fresh.is_some() {
        varied.extend(['y', '1', ':', '/']);
    }
    let mut seen = Vec::new();
    varied.retain(|letter| {
        let is_new = !seen.contains(letter);
        seen.push(*letter);
        is_new
    });
    varied
}
