//! The search against all short texts, the matcher against a simpler one and that of the core.

use super::found;
use crate::glob::{Found, Glob, Language, Piece, Reach, Work, find};
use iameval::text::lowercase;
use iameval::{CompiledCondition, Context, Effect, PolicyDocument};

/// The definition of what fits, and nothing else.
fn fits_by_definition(pieces: &[Piece], text: &[u16], ignores_case: bool) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    let go_on = |count: usize| fits_by_definition(rest, &text[count..], ignores_case);
    match first {
        Piece::Literal(literal) => {
            let literal = if ignores_case { lowercase(literal) } else { literal.to_string() };
            let literal: Vec<u16> = literal.encode_utf16().collect();
            text.starts_with(&literal) && go_on(literal.len())
        }
        Piece::Unit(reach) => text.first().is_some_and(|&unit| reach.takes(unit)) && go_on(1),
        Piece::Star(reach) => {
            let most = text.iter().take_while(|&&unit| reach.takes(unit)).count();
            (0..=most).any(go_on)
        }
    }
}

fn fits_one(language: &Language, text: &str) -> bool {
    let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
    let (plain, lower) = (units(text), units(&lowercase(text)));
    let fits = |glob: &Glob| {
        fits_by_definition(&glob.pieces, if glob.ignores_case { &lower } else { &plain }, glob.ignores_case)
    };
    language.0.iter().any(fits)
}

/// A generator of numbers, the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn glob(&mut self, letters: &[char], cases: bool) -> Glob {
        let count = self.below(5);
        let pieces = (0..count).map(|_| match self.below(9) {
            0 | 1 => Piece::Star(self.reach()),
            2 => Piece::Star(Reach::Free),
            3 => Piece::Unit(self.reach()),
            4 => Piece::Unit(Reach::Free),
            5 => Piece::Literal([self.pick(letters), self.pick(letters)].iter().collect::<String>().into()),
            _ => Piece::Literal(self.pick(letters).to_string().into()),
        });
        Glob { pieces: pieces.collect(), ignores_case: cases && self.below(2) == 0 }
    }

    fn reach(&mut self) -> Reach {
        self.pick(&[Reach::Free, Reach::Confined, Reach::Confined, Reach::Digit])
    }

    fn languages(&mut self, most: usize, letters: &[char], cases: bool) -> Vec<Language> {
        let count = self.below(most + 1);
        let language = |numbers: &mut Self| {
            let count = 1 + numbers.below(3);
            Language((0..count).map(|_| numbers.glob(letters, cases)).collect())
        };
        (0..count).map(|_| language(self)).collect()
    }
}

fn texts_up_to(length: usize, letters: &[char]) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let until = all.len();
        for index in from..until {
            all.extend(letters.iter().map(|letter| format!("{}{letter}", all[index])).collect::<Vec<_>>());
        }
        from = until;
    }
    all
}

/// Letters of patterns, letters of texts, and whether some patterns ignore letter case.
const ALPHABETS: [(&[char], &[char], bool); 6] = [
    (&['a', 'b'], &['a', 'b', 'c'], false),
    (&['a', ':'], &['a', ':', 'c', '7'], false),
    (&['a', ':', '7'], &['a', ':', 'c', '7', '8'], false),
    (&['a', '😀', '😁'], &['a', '😀', '😁', 'c', '7'], false),
    (&['a', 'K', 'k'], &['a', 'A', 'k', 'K', '\u{212A}', 'c'], true),
    (&['i', 'İ', '\u{307}'], &['i', 'I', 'İ', '\u{307}', 'c'], true),
];

/// Whether the search tells the truth in this many cases of each alphabet.
fn agree(cases: usize, seed: u64) {
    for (index, (letters, of_texts, ignore_case)) in ALPHABETS.into_iter().enumerate() {
        let mut numbers = Numbers(seed + index as u64);
        let texts = texts_up_to(if of_texts.len() < 5 { 5 } else { 4 }, of_texts);
        let mut nothing = 0;
        for _ in 0..cases {
            let within = numbers.languages(3, letters, ignore_case);
            let outside = numbers.languages(2, letters, ignore_case);
            let fits = |text: &str| {
                within.iter().all(|language| fits_one(language, text))
                    && !outside.iter().any(|language| fits_one(language, text))
            };
            match found(&within, &outside).0 {
                Found::Text(text) => assert!(fits(&text), "{text:?} of {within:?} - {outside:?}"),
                Found::Nothing => {
                    nothing += 1;
                    let missed = texts.iter().find(|text| fits(text));
                    assert_eq!(missed, None, "{within:?} - {outside:?}");
                }
                Found::Unknown => panic!("{within:?} - {outside:?} is not decided"),
            }
        }
        assert!(nothing > cases / 10 && nothing < cases * 9 / 10, "{nothing} of {cases}");
    }
}

#[test]
fn the_search_agrees_with_all_short_texts() {
    agree(100, 1);
}

#[test]
#[ignore = "takes minutes"]
fn the_search_agrees_with_all_short_texts_at_length() {
    for seed in 0..30 {
        agree(3_000, 100 * (seed + 1));
    }
}

/// With a condition that looks at the text as a whole.
#[test]
fn refused_texts_do_not_end_the_search() {
    let (mut undecided, mut nothing) = (0, 0);
    for (index, (letters, of_texts, ignore_case)) in ALPHABETS.into_iter().enumerate() {
        let mut numbers = Numbers(7 + index as u64);
        let texts = texts_up_to(4, of_texts);
        for _ in 0..60 {
            let (within, outside) =
                (numbers.languages(2, letters, ignore_case), numbers.languages(2, letters, ignore_case));
            let wanted = numbers.below(3);
            let accepts = |text: &str| {
                let lower = lowercase(text);
                lower.len() % 3 == wanted && !lower.contains("aa") && !lower.contains("ii")
            };
            let fits = |text: &str| {
                accepts(text)
                    && within.iter().all(|language| fits_one(language, text))
                    && !outside.iter().any(|language| fits_one(language, text))
            };
            let (within_refs, outside_refs): (Vec<_>, Vec<_>) = (within.iter().collect(), outside.iter().collect());
            let mut work = Work { left: 20_000 };
            match find(&within_refs, &outside_refs, &mut |text| accepts(text), &mut work) {
                Found::Text(text) => assert!(fits(&text), "{text:?} of {within:?} - {outside:?}"),
                Found::Nothing => {
                    nothing += 1;
                    let missed = texts.iter().find(|text| fits(text));
                    assert_eq!(missed, None, "{within:?} - {outside:?}");
                }
                Found::Unknown => undecided += 1,
            }
        }
    }
    assert!(undecided < 60 && nothing > 60, "{undecided} undecided, {nothing} without a text");
}

#[test]
fn the_matcher_follows_the_definition() {
    let mut numbers = Numbers(3);
    for (letters, of_texts, ignore_case) in ALPHABETS {
        let texts = texts_up_to(3, of_texts);
        for _ in 0..300 {
            let language = Language::one(numbers.glob(letters, ignore_case));
            for text in &texts {
                assert_eq!(language.fits(text), fits_one(&language, text), "{language:?} {text:?}");
            }
        }
    }
}

#[test]
fn plain_patterns_fit_as_those_of_the_core() {
    let texts = texts_up_to(4, &['a', 'b', ':', '😀']);
    let mut numbers = Numbers(5);
    for _ in 0..150 {
        let count = 1 + numbers.below(5);
        let pattern: String = (0..count).map(|_| numbers.pick(&['*', '*', '?', 'a', 'b', ':', '😀'])).collect();
        let (glob, condition) = (Glob::plain(&pattern), condition("StringLike", &pattern));
        for text in &texts {
            assert_eq!(glob.fits(text), is_satisfied(&condition, text), "{pattern:?} {text:?}");
        }
    }
}

#[test]
fn letter_case_is_ignored_as_in_the_core() {
    let texts = texts_up_to(3, &['a', 'A', 'k', '\u{212A}', 'İ', 'i', '\u{307}', 'Σ', 'σ', 'ς']);
    for pattern in ["aΣ", "ΣA", "σ", "k", "İ", "i\u{307}", "kI", "ς"] {
        let condition = condition("StringEqualsIgnoreCase", pattern);
        let glob = Glob { ignores_case: true, ..Glob::literal(pattern) };
        for text in &texts {
            assert_eq!(glob.fits(text), is_satisfied(&condition, text), "{pattern:?} {text:?}");
        }
    }
}

fn condition(operator: &str, value: &str) -> CompiledCondition {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {{"{operator}": {{"aws:PrincipalTag/t": "{value}"}}}}}}}}"#
    );
    let document = PolicyDocument::parse(&text).value.unwrap();
    let block = &document.statements()[0].condition()[0];
    CompiledCondition::new(block.operator(), &block.keys()[0], Effect::Allow, document.version())
}

fn is_satisfied(condition: &CompiledCondition, value: &str) -> bool {
    let mut context = Context::new();
    context.insert("aws:PrincipalTag/t", value);
    condition.is_satisfied(&context)
}
