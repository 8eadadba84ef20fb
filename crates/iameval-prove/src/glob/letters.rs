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
    match lower {
        'k' => vec!['k', 'K', '\u{212A}'],
        'a'..='z' => vec![lower, lower.to_ascii_uppercase()],
        'A'..='Z' => Vec::new(),
        _ if lower.is_ascii() || lower.len_utf16() == 2 => vec![lower],
        _ => {
            let from = CAPITALS.partition_point(|&(other, _)| other < lower);
            let capitals = CAPITALS.iter().skip(from).take_while(|&&(other, _)| other == lower);
            is_lower(lower).then_some(lower).into_iter().chain(capitals.map(|&(_, capital)| capital)).collect()
        }
    }
}

/// Whether other texts have the same lower case, or might.
pub(super) fn has_case(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_alphabetic() || letter == SIGMA || with_lower(letter) != [letter])
}

/// Whether it is its own lower case.
pub(super) fn is_lower(letter: char) -> bool {
    lower_units(letter) == units(letter)
}

/// Whether all texts with the same lower case have the same number of units.
pub(super) fn has_one_length(text: &str) -> bool {
    !text.contains([DOTTED, '\u{307}'])
}

/// A letter that is not among `named`, a readable one where possible. It is neither a digit nor a colon.
pub(super) fn fresh(named: &[char]) -> Option<char> {
    let readable = ('x'..='z').chain('a'..='w').chain('X'..='Z').chain('A'..='W').chain('à'..='ö');
    let rest = ('\u{4E00}'..='\u{9FFF}').chain('\u{AC00}'..='\u{D7A3}').chain('\u{E000}'..='\u{F8FF}');
    readable.chain(rest).find(|letter| named.binary_search(letter).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_a_lower_case_are_all_that_have_it() {
        let mut of_lower = std::collections::BTreeMap::<String, Vec<char>>::new();
        for letter in ('\0'..=char::MAX).filter(|&letter| letter != SIGMA) {
            let lower = iameval::text::lowercase(&letter.to_string());
            assert_eq!(lower.encode_utf16().collect::<Vec<_>>(), lower_units(letter), "{letter}");
            assert_eq!(lower.chars().count() == 2, letter == DOTTED);
            of_lower.entry(lower).or_default().push(letter);
        }
        for lower in '\0'..=char::MAX {
            let mut found = with_lower(lower);
            found.sort_unstable();
            assert_eq!(found, of_lower.remove(&lower.to_string()).unwrap_or_default(), "{lower}");
        }
    }

    #[test]
    fn fresh_letters_are_readable_as_long_as_there_are_some() {
        let most: Vec<char> = ('\0'..'y').collect();
        assert_eq!((fresh(&[]), fresh(&['x']), fresh(&most)), (Some('x'), Some('y'), Some('y')));
        let all: Vec<char> = ('\0'..='\u{FFFF}').collect();
        assert_eq!(fresh(&all), None);
    }
}
