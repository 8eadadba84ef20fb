//! Which texts operators for numbers, dates, addresses and truth values can read, as patterns. They fit more than that and
//! never less, so that what fits none of them is certainly not read.

use crate::atom::Condition;
use crate::glob::{Glob, Language, Piece, Reach};
use iameval::{Context, ContextKey, OperatorFamily};
use iameval_data::KeyType;

/// What patterns tell of a condition that compares no texts: of those that fit, and of others. `None` where they tell nothing.
#[derive(Debug)]
pub(crate) struct Outline {
    pub(crate) language: Language,
    pub(crate) matched: Option<bool>,
    pub(crate) otherwise: Option<bool>,
}

impl Outline {
    /// That of a condition without variables; `None` for operators that compare texts.
    pub(crate) fn of(condition: &Condition, key: &ContextKey) -> Option<Self> {
        /// A text that is no number, date, address, truth value or base64.
        const UNREADABLE: &str = "x";
        let holds = |text: &str| condition.holds(key, text, &Context::new());
        let (language, matched) = match condition.operator.family() {
            OperatorFamily::String | OperatorFamily::Arn => return None,
            OperatorFamily::Numeric => (numbers(), None),
            OperatorFamily::Date => (dates(), None),
            OperatorFamily::IpAddress => (addresses(), None),
            OperatorFamily::Bool => (Language::one(ignoring_case("true")), Some(holds("true"))),
            OperatorFamily::Binary => {
                let held = condition.values.iter().filter(|value| holds(value));
                (Language(held.map(|value| Glob::literal(value)).collect()), Some(true))
            }
            OperatorFamily::Null => (Language::default(), None),
        };
        Some(Self { language, matched, otherwise: Some(holds(UNREADABLE)) })
    }
}

/// The texts that a key of a type can have; `None` where that is not known of any, and for ARNs, which are told apart in
/// another way.
pub(crate) fn by_type(key_type: KeyType) -> Option<Language> {
    match key_type {
        KeyType::Numeric => Some(numbers()),
        KeyType::Date => Some(dates()),
        KeyType::IpAddress => Some(addresses()),
        KeyType::Bool => Some(Language(["true", "false"].map(ignoring_case).into())),
        _ => None,
    }
}

/// This text in any letter case.
fn ignoring_case(text: &str) -> Glob {
    Glob { ignores_case: true, ..Glob::literal(text) }
}

/// A sign, digits, a fraction and an exponent, all but one of the digits optional.
fn numbers() -> Language {
    let signs = ["", "+", "-"].map(literal);
    let sizes = [digits(), [digits(), literal("."), vec![any_digits()]].concat(), [literal("."), digits()].concat()];
    let marks = ["e", "e+", "e-", "E", "E+", "E-"];
    let exponents = std::iter::once(Vec::new()).chain(marks.map(|mark| [literal(mark), digits()].concat()));
    let exponents: Vec<Vec<Piece>> = exponents.collect();
    let with_exponent =
        |start: Vec<Piece>| exponents.iter().map(move |end| glob([start.clone(), end.clone()].concat()));
    let starts = signs.iter().flat_map(|sign| sizes.iter().map(|size| [sign.clone(), size.clone()].concat()));
    Language(starts.flat_map(with_exponent).collect())
}

/// Seconds, and dates that begin with a year.
fn dates() -> Language {
    let starts = ["", "+", "-"].map(literal);
    let date = |start: Vec<Piece>| glob([start, vec![Piece::Unit(Reach::Digit), Piece::Star(Reach::Free)]].concat());
    Language(starts.map(date).into())
}

/// Four numbers with dots between them, and all that has two colons.
fn addresses() -> Language {
    let v4 = [digits(), literal("."), digits(), literal("."), digits(), literal("."), digits()].concat();
    let any = || vec![Piece::Star(Reach::Free)];
    let v6 = [any(), literal(":"), any(), literal(":"), any()].concat();
    Language([v4, v6].map(glob).into())
}

fn glob(pieces: Vec<Piece>) -> Glob {
    Glob { pieces: pieces.into(), ignores_case: false }
}

fn literal(text: &str) -> Vec<Piece> {
    if text.is_empty() { Vec::new() } else { vec![Piece::Literal(text.into())] }
}

fn any_digits() -> Piece {
    Piece::Star(Reach::Digit)
}

fn digits() -> Vec<Piece> {
    vec![Piece::Unit(Reach::Digit), any_digits()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All texts of up to so many of these characters.
    fn texts(letters: &str, most: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..most {
            last = last.iter().flat_map(|text| letters.chars().map(move |letter| format!("{text}{letter}"))).collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn every_text_that_is_read_fits() {
        let types = [KeyType::Numeric, KeyType::Date, KeyType::IpAddress, KeyType::Bool];
        let further = [
            "2026-01-01T00:00:00.5+01:00",
            "-0001-02",
            "+1780000000",
            "203.0.113.007",
            "1:2:3:4:5:6:7:8",
            ":2:3:4:5:6:7:8:",
            "::ffff:1.2.3.4",
            "TRUE",
            "False",
            "-1.50E-07",
        ];
        let short = texts("01+-.eE:T", 5).into_iter().chain(texts("1.:", 8));
        let all: Vec<String> = short.chain(further.map(str::to_owned)).collect();
        for key_type in types {
            let language = by_type(key_type).unwrap();
            let read = all.iter().filter(|text| key_type.reads(text)).collect::<Vec<_>>();
            assert!(read.len() > 1, "{key_type:?}");
            for text in read {
                assert!(language.fits(text), "{key_type:?}: {text}");
                assert!(!crate::template::any_arn().fits(text), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_number_fits_no_pattern_for_numbers() {
        for text in texts("01+-.eE", 5) {
            assert_eq!(numbers().fits(&text), KeyType::Numeric.reads(&text), "{text}");
        }
    }
}
