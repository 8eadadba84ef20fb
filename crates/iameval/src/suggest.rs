//! "Did you mean": the nearest of some known words.

/// The word nearest to `text` that is near enough to be meant.
pub fn nearest<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    nearest_within(text, words, (text.chars().count() / 3).clamp(1, 3))
}

/// The word nearest to `text` that is so many slips away at most.
pub fn nearest_within<'w>(text: &str, words: impl IntoIterator<Item = &'w str>, limit: usize) -> Option<&'w str> {
    words
        .into_iter()
        .map(|word| (distance(text, word, limit), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The same as a help line: "did you mean `Action`?"
pub fn did_you_mean<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    nearest(text, words).map(|word| format!("did you mean `{word}`?"))
}

/// Edit distance, ignoring ASCII case, where swapping two neighbours counts once; more than `limit` for anything
/// whose length alone is further away.
fn distance(left: &str, right: &str, limit: usize) -> usize {
    let right: Vec<char> = right.chars().map(|character| character.to_ascii_lowercase()).collect();
    let length = left.chars().count();
    if length.abs_diff(right.len()) > limit {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (index, from) in left.chars().map(|character| character.to_ascii_lowercase()).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(index + 1);
        for (column, &to) in right.iter().enumerate() {
            let cell = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let substituted = cell(&row, column) + usize::from(from != to);
            let mut best = substituted.min(cell(&row, column + 1) + 1).min(cell(&next, column) + 1);
            let swapped = column > 0 && previous == Some(to) && right.get(column - 1) == Some(&from);
            if swapped && !before.is_empty() {
                best = best.min(cell(&before, column - 1) + 1);
            }
            next.push(best);
        }
        previous = Some(from);
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(length)
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
}
