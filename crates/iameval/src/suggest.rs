//! "Did you mean": the nearest of some known words.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound::{self, Excluded, Included, Unbounded};

/// The word nearest to `text` that is near enough to be meant.
pub fn nearest<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    nearest_with_slips(text, words).map(|(word, _)| word)
}

/// The same, and how many slips away it is; of several words, the first.
pub fn nearest_with_slips<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<(&'w str, usize)> {
    let limit = (text.chars().count() / 3).clamp(1, 3);
    let (text, mut letters) = (lowercase(text).collect::<Vec<char>>(), Vec::new());
    let kinds_of_text = kinds(text.iter().copied());
    let (mut limit, mut found) = (Some(limit), None);
    for word in words {
        // Only a word that is nearer than the one before it counts.
        let Some(most) = limit else { break };
        // A character has four bytes at most. Of the words of a catalogue nearly all are told apart by this and the next.
        if word.len() > 4 * (text.len() + most) || (word.is_ascii() && word.len().abs_diff(text.len()) > most) {
            continue;
        }
        // A slip takes one kind of letter away and adds one at most.
        if (kinds_of_text ^ kinds(lowercase(word))).count_ones() as usize > 2 * most {
            continue;
        }
        letters.clear();
        letters.extend(lowercase(word));
        if let Some(distance) = distance(&text, &letters, most) {
            (limit, found) = (distance.checked_sub(1), Some((word, distance)));
        }
    }
    found
}

/// The same as a help line: "did you mean `Action`?"
pub fn did_you_mean<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    nearest(text, words).map(|word| format!("did you mean `{word}`?"))
}

/// The same among names that someone defined, of which there may be any number.
pub fn did_you_mean_name<K: Borrow<str> + Ord, V>(text: &str, names: &BTreeMap<K, V>) -> Option<String> {
    did_you_mean(text, names_around(text, names))
}

/// So many names are compared with a text at most.
pub const MOST_NAMES: usize = 1_000;

/// The names in their order; of very many, those on either side of where the text would stand. So a suggestion costs the
/// same among a thousand and among a million.
pub fn names_around<'w, K: Borrow<str> + Ord, V>(
    text: &str,
    names: &'w BTreeMap<K, V>,
) -> impl Iterator<Item = &'w str> {
    let side = if names.len() > MOST_NAMES { MOST_NAMES / 2 } else { MOST_NAMES };
    let within = |bounds| names.range::<str, (Bound<&str>, Bound<&str>)>(bounds);
    let before: Vec<_> = within((Unbounded, Excluded(text))).rev().take(side).collect();
    before.into_iter().rev().chain(within((Included(text), Unbounded)).take(side)).map(|(name, _)| name.borrow())
}

/// The kinds of letters in a text, as bits. Rare ones share a bit.
fn kinds(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(0, |kinds, letter| kinds | 1 << (u32::from(letter) % u64::BITS))
}

fn lowercase(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|character| character.to_ascii_lowercase())
}

/// Edit distance where swapping two neighbours counts once; `None` when it is more than `limit`.
///
/// A cell of the table that lies further from the diagonal than the limit is not looked at, so the cost grows with the
/// length alone.
fn distance(left: &[char], right: &[char], limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let far = limit + 1;
    let cell = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(far);
    let first: Vec<usize> = (0..=right.len()).map(|column| column.min(far)).collect();
    let (mut before, mut row, mut next) = (vec![far; first.len()], first, vec![far; right.len() + 1]);
    let mut previous = None;
    for (index, from) in left.iter().enumerate() {
        let columns = index.saturating_sub(limit)..(index + limit + 1).min(right.len());
        next.fill(far);
        if let Some(start) = next.first_mut() {
            *start = far.min(index + 1);
        }
        let mut least = far.min(index + 1);
        for column in columns {
            let to = right.get(column);
            let substituted = cell(&row, column) + usize::from(Some(from) != to);
            let mut best = substituted.min(cell(&row, column + 1) + 1).min(cell(&next, column) + 1);
            let swapped = previous == to && column.checked_sub(1).and_then(|column| right.get(column)) == Some(from);
            if swapped && previous.is_some() {
                best = best.min(cell(&before, column - 1) + 1);
            }
            least = least.min(best);
            if let Some(cell) = next.get_mut(column + 1) {
                *cell = best.min(far);
            }
        }
        // A row is never nearer than the one before it.
        if least > limit {
            return None;
        }
        previous = Some(from);
        std::mem::swap(&mut before, &mut row);
        std::mem::swap(&mut row, &mut next);
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_slips_are_found() {
        let words = ["Action", "NotAction", "Effect"];
        assert_eq!(nearest("Acton", words), Some("Action"));
        assert_eq!(nearest("effect", words), Some("Effect"));
        assert_eq!(nearest("Efefct", words), Some("Effect"));
        assert_eq!(nearest("Actions", words), Some("Action"));
        assert_eq!(nearest("Something", words), None);
    }

    #[test]
    fn of_several_the_nearest_wins_and_of_equals_the_first() {
        assert_eq!(nearest("abcdef", ["abcxyz", "abcdxy", "abcdeg", "abcdeh"]), Some("abcdeg"));
        assert_eq!(nearest_with_slips("abcd", ["abce", "abcd"]), Some(("abcd", 0)));
        assert_eq!(nearest_with_slips("abcd", ["abef"]), None);
        assert_eq!(nearest("", ["a", ""]), Some(""));
    }

    /// The whole table, cell by cell.
    fn by_definition(left: &[char], right: &[char]) -> usize {
        let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
        for i in 0..=left.len() {
            for j in 0..=right.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let substituted = table[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                    let best = substituted.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    let swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                    if swapped { best.min(table[i - 2][j - 2] + 1) } else { best }
                };
            }
        }
        table[left.len()][right.len()]
    }

    #[test]
    fn distances_are_those_of_the_definition() {
        let words: Vec<Vec<char>> = (0..3_usize.pow(6))
            .map(|number| (0..6).map(|place| ['a', 'b', 'c'][number / 3_usize.pow(place) % 3]).collect())
            .collect();
        for (index, left) in words.iter().enumerate() {
            for right in words.iter().skip(index % 7).step_by(7) {
                let (left, right) = (&left[..3 + index % 4], &right[..2 + right.len() / 2]);
                let expected = by_definition(left, right);
                for limit in 0..5 {
                    assert_eq!(distance(left, right, limit), Some(expected).filter(|found| *found <= limit));
                }
            }
        }
    }

    #[test]
    fn of_very_many_names_those_that_begin_alike_are_compared() {
        let names: BTreeMap<String, usize> =
            (0..MOST_NAMES * 3).map(|number| (format!("set-{number:05}"), number)).collect();
        assert_eq!(names_around("set-01500x", &names).count(), MOST_NAMES);
        assert_eq!(did_you_mean_name("set-01500x", &names).as_deref(), Some("did you mean `set-01500`?"));
        let few: BTreeMap<&str, u8> = [("Effect", 1), ("Action", 2)].into();
        assert_eq!(did_you_mean_name("xEffect", &few).as_deref(), Some("did you mean `Effect`?"));
    }
}
