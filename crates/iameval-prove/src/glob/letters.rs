//! Letters: which share a lower case, and which stand for all that no pattern names.

use std::sync::LazyLock;

/// The one letter whose lower case depends on its neighbours.
pub(super) const SIGMA: char = 'Σ';

/// The one letter whose lower case is two characters.
pub(super) const DOTTED: char = 'İ';

/// The units of the lower case of a character; of a sigma those that it has within a word.
pub(super) fn lower_units(character: char) -> Vec<u16> {
    if character.len_utf16() == 2 {
        return units(character);
    }
    character.to_lowercase().flat_map(units).collect()
}

/// The units of a character.
pub(super) fn units(character: char) -> Vec<u16> {
    character.encode_utf16(&mut [0; 2]).to_vec()
}

/// Characters of the basic plane with another lower case of one character, beyond ASCII; the lower case first, sorted.
static CAPITALS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut pairs: Vec<_> =
        ('\u{80}'..='\u{FFFF}').filter_map(|capital| Some((single_lower(capital)?, capital))).collect();
    pairs.sort_unstable();
    pairs
});

fn single_lower(capital: char) -> Option<char> {
    let mut lower = capital.to_lowercase();
    let first = lower.next().filter(|&first| first != capital && capital != SIGMA)?;
    lower.next().is_none().then_some(first)
}

/// All characters whose lower case is this one character, except a sigma.
pub(super) fn with_lower(lower: char) -> Vec<char> {
    if lower.len_utf16() == 2 {
        return vec![lower];
    }
    let mut found = Vec::new();
    if lower_units(lower) == units(lower) {
        found.push(lower);
    }
    let capital = lower.to_ascii_uppercase();
    if capital != lower {
        found.push(capital);
    }
    let from = CAPITALS.partition_point(|&(other, _)| other < lower);
    let of_it = CAPITALS.iter().skip(from).take_while(|&&(other, _)| other == lower);
    found.extend(of_it.map(|&(_, capital)| capital));
    found
}

/// A letter that is none of `named`, a readable one where possible. It is neither a digit nor a colon.
pub(super) fn fresh(named: &[char]) -> Option<char> {
    let readable = ('x'..='z').chain('a'..='w').chain('X'..='Z').chain('A'..='W').chain('à'..='ö');
    let rest = ('\u{4E00}'..='\u{9FFF}').chain('\u{AC00}'..='\u{D7A3}').chain('\u{E000}'..='\u{F8FF}');
    readable.chain(rest).find(|letter| named.binary_search(letter).is_err())
}
