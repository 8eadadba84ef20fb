//! Searches whose outcome is known.

mod growth;
mod truth;

use super::{Found, Glob, Language, Piece, Reach, Work, find};

const PLENTY: u64 = 1_000_000;

fn pieces(pattern: &str) -> Box<[Piece]> {
    let mut pieces = Vec::new();
    for character in pattern.chars() {
        let piece = match character {
            '*' => Piece::Star(Reach::Free),
            '~' => Piece::Star(Reach::Confined),
            '#' => Piece::Star(Reach::Digit),
            '?' => Piece::Unit(Reach::Free),
            '!' => Piece::Unit(Reach::Confined),
            '1' => Piece::Unit(Reach::Digit),
            other => match pieces.pop() {
                Some(Piece::Literal(before)) => Piece::Literal(format!("{before}{other}").into()),
                before => {
                    pieces.extend(before);
                    Piece::Literal(other.to_string().into())
                }
            },
        };
        pieces.push(piece);
    }
    pieces.into()
}

fn glob(pattern: &str) -> Glob {
    Glob { pieces: pieces(pattern), ignores_case: false }
}

fn any_case(pattern: &str) -> Glob {
    Glob { ignores_case: true, ..glob(pattern) }
}

fn language(patterns: &[&str]) -> Language {
    Language(patterns.iter().map(|pattern| glob(pattern)).collect())
}

/// What is found, and the work that it took.
fn found(within: &[Language], outside: &[Language]) -> (Found, u64) {
    found_that(within, outside, &mut |_| true)
}

fn found_that(within: &[Language], outside: &[Language], accepts: &mut dyn FnMut(&str) -> bool) -> (Found, u64) {
    let (within, outside): (Vec<_>, Vec<_>) = (within.iter().collect(), outside.iter().collect());
    let mut work = Work { left: PLENTY };
    let found = find(&within, &outside, accepts, &mut work);
    (found, PLENTY - work.left)
}

#[track_caller]
fn check(within: &[&[&str]], outside: &[&[&str]], expected: Option<&str>) {
    let languages = |all: &[&[&str]]| all.iter().map(|patterns| language(patterns)).collect::<Vec<_>>();
    let (found, _) = found(&languages(within), &languages(outside));
    assert_eq!(found, expected.map_or(Found::Nothing, |text| Found::Text(text.into())), "{within:?} - {outside:?}");
}

#[test]
fn finite_languages_end_when_all_is_refused() {
    let refuse = &mut |_: &str| false;
    let count = |within: &[&str]| {
        let mut tried = Vec::new();
        let (found, _) = found_that(&[language(within)], &[], &mut |text| {
            tried.push(text.to_string());
            false
        });
        tried.sort_unstable();
        tried.dedup();
        (found, tried.len())
    };
    assert_eq!(count(&["a11"]), (Found::Nothing, 100));
    assert_eq!(count(&["ab", "cd", "a1"]), (Found::Nothing, 12));
    assert_eq!(found_that(&[Language::one(any_case("abc"))], &[], refuse).0, Found::Nothing);
    let long = Language::one(any_case("ec2:DescribeInstanceCreditSpecifications"));
    assert_eq!(found_that(&[long.clone(), Language::one(Glob::any())], &[], refuse).0, Found::Nothing);
    assert_eq!(found_that(&[long, language(&["e*"])], &[], refuse).0, Found::Unknown);
    assert_eq!(found_that(&[Language::one(any_case("ec2:DescribeInstance11"))], &[], refuse).0, Found::Nothing);
    assert_eq!(count(&["a?"]).0, Found::Unknown);
    assert_eq!(count(&["a#"]).0, Found::Unknown);
    let only = |wanted: &'static str| move |text: &str| text == wanted;
    let find_only = |wanted| found_that(&[language(&["a*b1"])], &[], &mut only(wanted)).0;
    assert_eq!(find_only("axb7"), Found::Text("axb7".into()));
}

#[test]
fn found_texts_are_readable() {
    let bucket = "arn:aws:s3:::corp/*";
    check(&[&[bucket]], &[], Some("arn:aws:s3:::corp/x"));
    check(&[&[bucket]], &[&["arn:aws:s3:::corp/public/*"]], Some("arn:aws:s3:::corp/x"));
    check(&[&[bucket], &["*.csv"]], &[&["arn:aws:s3:::corp/a*"]], Some("arn:aws:s3:::corp/.csv"));
    check(&[&[bucket]], &[&["*x"]], Some("arn:aws:s3:::corp/y"));
    check(&[], &[], Some("x"));
    check(&[], &[&["?*"]], Some(""));
    check(&[&["arn:aws:iam::111:role/?"]], &[], Some("arn:aws:iam::111:role/x"));
}

#[test]
fn nothing_is_found_where_nothing_is() {
    check(&[&["a*b"]], &[&["a*"]], None);
    check(&[&["a*"], &["b*"]], &[], None);
    check(&[&["*.csv"], &["*.txt"]], &[], None);
    check(&[&["a:~"]], &[&["a:*"]], None);
    check(&[&["a:~:b"], &["a:x:y:b"]], &[], None);
    check(&[&["a1"], &["a~"]], &[&["a#"]], None);
    check(&[&["?"], &["??"]], &[], None);
    check(&[&["*"]], &[&["?*", ""]], None);
    check(&[&[]], &[], None);
    check(&[&["*"]], &[&["*"]], None);
    check(&[&["*a*"]], &[&["a*", "*a", "*aa*", "?*a*?"]], None);
}

#[test]
fn pairs_of_units_stay_whole() {
    check(&[&["??"], &["😀*"]], &[], Some("😀"));
    check(&[&["?"], &["😀*"]], &[], None);
    check(&[&["a?*"], &["a😀"]], &[], Some("a😀"));
    check(&[&["a?", "a???"], &["*😀"]], &[], Some("ax😀"));
}

#[test]
fn letter_case_is_that_of_aws() {
    let whole = |text: &str| Language::one(any_case(text));
    let plain = |texts: &[&str]| language(texts);
    assert_eq!(found(&[whole("k")], &[plain(&["k", "K"])]).0, Found::Text("\u{212A}".into()));
    assert_eq!(found(&[whole("k")], &[plain(&["k", "K", "\u{212A}"])]).0, Found::Nothing);
    assert_eq!(found(&[whole("S3:Get*"), plain(&["s3:G*"])], &[]).0, Found::Text("s3:Get".into()));
    assert_eq!(found(&[whole("S3:Get*")], &[whole("s3:g*")]).0, Found::Nothing);
    assert_eq!(found(&[whole("??"), plain(&["?"])], &[]).0, Found::Text("İ".into()));
    assert_eq!(found(&[plain(&["?"])], &[whole("?")]).0, Found::Text("İ".into()));
    assert_eq!(found(&[whole("i\u{307}")], &[plain(&["i\u{307}", "I\u{307}"])]).0, Found::Text("İ".into()));
    let ends_in_y = &mut |text: &str| text.ends_with('y');
    let (text, _) = found_that(&[whole("i\u{307}*"), plain(&["??"])], &[], ends_in_y);
    assert_eq!(text, Found::Text("İy".into()));
    // The lower case of a sigma depends on its neighbours.
    assert_eq!(found(&[whole("σ")], &[plain(&["σ", "Σ", "ς"])]).0, Found::Unknown);
    assert_eq!(found(&[whole("a*σ"), plain(&["?Σ"])], &[]).0, Found::Unknown);
    assert_eq!(found(&[whole("aΣ")], &[]).0, Found::Text("aΣ".into()));
    assert_eq!(found(&[whole("a*"), plain(&["*Σ"])], &[]).0, Found::Text("aΣ".into()));
    assert!(whole("aΣ").fits("Aς") && !whole("aΣ").fits("Aσ"));
}

#[test]
fn plain_patterns_are_read() {
    let literal = |text: &str| Piece::Literal(text.into());
    let (star, unit) = (Piece::Star(Reach::Free), Piece::Unit(Reach::Free));
    let pieces = [literal("é"), star.clone(), unit, literal("😀b"), star];
    assert_eq!(*Glob::plain("é*?😀b*").pieces, pieces);
    assert!(Glob::plain("").fits("") && !Glob::plain("").fits("a"));
    assert!(Glob::any().fits("a:b") && Glob::literal("*").fits("*") && !Glob::literal("*").fits("a"));
}

#[test]
fn the_bound_holds() {
    let wide = [language(&["*"])];
    let mut work = Work { left: 3 };
    let refs: Vec<_> = wide.iter().collect();
    assert_eq!(find(&refs, &[], &mut |_| false, &mut work), Found::Unknown);
    let (found, steps) = found_that(&wide, &[], &mut |_| false);
    assert_eq!((found, steps), (Found::Unknown, PLENTY));
}
