//! Whether two texts with symbols in them are the same.

use iameval::symbol::{Symbol, SymbolKind, Symbols};

/// Whether two texts are equal; `None` where that depends on what the symbols stand for.
pub(super) fn equal(left: &str, right: &str, symbols: &Symbols) -> Option<bool> {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let same = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let (left, right) = (left.get(same..).unwrap_or_default(), right.get(same..).unwrap_or_default());
    let same = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    let cut = |side: &[char]| side.len() - same;
    let (left, right) = (left.get(..cut(left)).unwrap_or_default(), right.get(..cut(right)).unwrap_or_default());
    let symbol = |character: &char| symbols.of_char(*character);
    let is_known = |character: Option<&char>| character.is_some_and(|character| symbol(character).is_none());
    match (left, right) {
        ([], []) => Some(true),
        ([], rest) | (rest, []) => {
            let may_vanish =
                |character: &char| symbol(character).is_some_and(|symbol| may_be_empty(symbols.kind(symbol)));
            if rest.iter().all(may_vanish) { None } else { Some(false) }
        }
        _ if is_known(left.first()) && is_known(right.first()) => Some(false),
        _ if is_known(left.last()) && is_known(right.last()) => Some(false),
        ([one], [other]) => match (symbol(one), symbol(other)) {
            (Some(one), Some(other)) => symbols.differ(one, other).then_some(false),
            (Some(one), None) => may_be(one, right, symbols),
            (None, Some(other)) => may_be(other, left, symbols),
            (None, None) => Some(false),
        },
        ([one], rest) | (rest, [one]) => symbol(one).and_then(|one| may_be(one, rest, symbols)),
        _ => None,
    }
}

/// `Some(false)` where a symbol certainly does not stand for a text.
fn may_be(one: Symbol, text: &[char], symbols: &Symbols) -> Option<bool> {
    let kind = symbols.kind(one);
    let known: Vec<char> = text.iter().copied().filter(|letter| symbols.of_char(*letter).is_none()).collect();
    let is_impossible = known.iter().any(|letter| !may_hold(kind, *letter));
    let is_wrong_length = kind == SymbolKind::Account && known.len() == text.len() && text.len() != 12;
    (is_impossible || is_wrong_length).then_some(false)
}

fn may_be_empty(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Input | SymbolKind::Path)
}

/// Whether what a symbol of that kind stands for can hold a character.
pub(super) fn may_hold(kind: SymbolKind, letter: char) -> bool {
    match kind {
        SymbolKind::Input => true,
        SymbolKind::Text => !"*?".contains(letter),
        SymbolKind::Path => !"*?:".contains(letter),
        SymbolKind::Name => letter.is_ascii_alphanumeric() || "+=,.@_-".contains(letter),
        SymbolKind::Region => letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-',
        SymbolKind::Account => letter.is_ascii_digit(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_what_is_certain() {
        let mut symbols = Symbols::new();
        let input = symbols.define("i", SymbolKind::Input).unwrap();
        let name = symbols.define_in_family("n", SymbolKind::Name, 1).unwrap();
        let other = symbols.define_in_family("o", SymbolKind::Name, 1).unwrap();
        let account = symbols.define("a", SymbolKind::Account).unwrap();
        let region = symbols.define("r", SymbolKind::Region).unwrap();
        for (left, right, expected) in [
            ("a", "a", Some(true)),
            ("a", "b", Some(false)),
            ("I", "", None),
            ("N", "", Some(false)),
            ("N", "N", Some(true)),
            ("xNy", "xNy", Some(true)),
            ("N", "O", Some(false)),
            ("xN", "xO", Some(false)),
            ("I", "N", None),
            ("N", "a/b", Some(false)),
            ("N", "a-b", None),
            ("aI", "bI", Some(false)),
            ("aI", "ab", None),
            ("aIc", "abd", Some(false)),
            ("A", "123456789012", None),
            ("A", "1234", Some(false)),
            ("R", "US", Some(false)),
            ("R", "us-east-1", None),
        ] {
            let put = |text: &str| {
                let put = |text: String, (letter, symbol): (char, Symbol)| text.replace(letter, &symbol.to_string());
                [('I', input), ('N', name), ('O', other), ('A', account), ('R', region)]
                    .into_iter()
                    .fold(text.to_owned(), put)
            };
            let (left, right) = (put(left), put(right));
            assert_eq!(equal(&left, &right, &symbols), expected, "{left} {right}");
            assert_eq!(equal(&right, &left, &symbols), expected, "{right} {left}");
        }
    }
}
