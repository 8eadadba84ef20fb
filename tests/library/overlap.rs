//! When two patterns of ARNs have a text in common, against trying every text.

use iameval::{CompiledPolicy, Decision, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request};
use iameval_data::{ArnPattern, Catalogue};
use iameval_tests::generate::{check, quoted};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::Arc;

const LETTERS: [char; 3] = ['a', ':', '/'];
const PIECES: [char; 5] = ['a', ':', '/', '*', '?'];

/// Every text of at most so many characters.
fn texts(alphabet: &[char], length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let shorter = all[from..].to_vec();
        from = all.len();
        all.extend(shorter.iter().flat_map(|text| alphabet.iter().map(move |letter| format!("{text}{letter}"))));
    }
    all
}

/// Whether the text fits the pattern, in which `*` is any run of characters and `?` any one.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        ([b'*', rest @ ..], text) => (0..=text.len()).any(|taken| fits(rest, &text[taken..])),
        ([b'?', rest @ ..], [_, text @ ..]) => fits(rest, text),
        ([wanted, rest @ ..], [found, text @ ..]) => wanted == found && fits(rest, text),
        (_, []) => false,
    }
}

/// Which of the texts fit, as bits.
fn fitting(pattern: &str, texts: &[String]) -> Vec<u64> {
    let bit = |text: &String| u64::from(fits(pattern.as_bytes(), text.as_bytes()));
    texts.chunks(64).map(|texts| texts.iter().rev().fold(0, |bits, text| bits << 1 | bit(text))).collect()
}

fn have_one_in_common(left: &[u64], right: &[u64]) -> bool {
    left.iter().zip(right).any(|(left, right)| left & right != 0)
}

fn overlap(left: &str, right: &str) -> bool {
    let (left, right) = (ArnPattern::new(left), ArnPattern::new(right));
    let answer = left.overlaps(&right);
    assert_eq!(answer, right.overlaps(&left), "not the same both ways: {left:?} {right:?}");
    answer
}

/// Of two patterns with three pieces each, the shortest text in common has six characters at most: trying those settles
/// the question.
#[test]
fn short_patterns_overlap_exactly_when_a_text_fits_both() {
    let texts = texts(&LETTERS, 6);
    let patterns = self::texts(&PIECES, 3);
    let fitting: Vec<_> = patterns.iter().map(|pattern| fitting(pattern, &texts)).collect();
    let mut overlapping = 0;
    for (left, left_texts) in patterns.iter().zip(&fitting) {
        for (right, right_texts) in patterns.iter().zip(&fitting) {
            let expected = have_one_in_common(left_texts, right_texts);
            assert_eq!(overlap(left, right), expected, "{left:?} {right:?}");
            overlapping += usize::from(expected);
        }
    }
    assert!(overlapping > 5_000 && overlapping < 20_000, "{overlapping} of {}", patterns.len().pow(2));
}

/// In a pattern of five colons, those before the fifth part the ARN, and a wildcard there is not any run of characters.
fn is_whole(pattern: &str) -> bool {
    pattern.matches(':').count() >= 5
}

#[test]
fn patterns_with_a_text_in_common_overlap() {
    let texts = texts(&LETTERS, 6);
    let pattern = || vec(select(&PIECES[..]), 0..=6).prop_map(String::from_iter);
    let short = || pattern().prop_filter("a whole ARN", |pattern| !is_whole(pattern));
    let (found, tried) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    check(1_500, (short(), short()), |(left, right)| {
        let common = texts.iter().find(|text| [&left, &right].iter().all(|one| fits(one.as_bytes(), text.as_bytes())));
        assert!(overlap(&left, &right) || common.is_none(), "{left:?} {right:?}: {common:?}");
        found.set(found.get() + i32::from(common.is_some()));
        tried.set(tried.get() + 1);
    });
    assert!(found.get() > 100 && found.get() < tried.get() - 100, "{} of {}", found.get(), tried.get());
}

/// Whole ARNs, part by part: what fits both in every part is a text in common.
#[test]
fn whole_arns_overlap_when_all_their_parts_do() {
    let part = || vec(select(&['a', 'b', '*', '?'][..]), 0..=2).prop_map(String::from_iter);
    let resource = || vec(select(&PIECES[..]), 0..=3).prop_map(String::from_iter);
    let arn = || (part(), part(), part(), part(), part(), resource()).prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f]);
    let names = texts(&['a', 'b'], 4);
    let rests = texts(&LETTERS, 6);
    let found = std::cell::Cell::new(0);
    // Parts at random seldom all fit, so the second ARN takes most of them from the first.
    check(1_500, (arn(), arn(), vec(0..4_u8, 6)), |(left, mut right, kept)| {
        for (place, kept) in kept.into_iter().enumerate() {
            if kept > 0 {
                right[place].clone_from(&left[place]);
            }
        }
        let common = left.iter().zip(&right).enumerate().all(|(place, (left, right))| {
            let texts = if place == 5 { &rests } else { &names };
            texts.iter().any(|text| [left, right].iter().all(|one| fits(one.as_bytes(), text.as_bytes())))
        });
        assert!(overlap(&left.join(":"), &right.join(":")) || !common, "{left:?} {right:?}");
        found.set(found.get() + i32::from(common));
    });
    assert!(found.get() > 100, "{}", found.get());
}

#[test]
fn a_pattern_overlaps_itself_and_everything() {
    check(500, vec(select(&PIECES[..]), 0..=12).prop_map(String::from_iter), |pattern: String| {
        assert!(overlap(&pattern, &pattern), "{pattern:?}");
        assert!(overlap(&pattern, "*"), "{pattern:?}");
    });
}

/// The forms of all ARNs that the reference has, each with an ARN of that form.
fn forms() -> Vec<(&'static str, String)> {
    let types = Catalogue::embedded().services().flat_map(iameval_data::Service::resource_types);
    let mut forms: Vec<&str> = types.flat_map(iameval_data::ResourceType::arns).collect();
    forms.sort_unstable();
    forms.dedup();
    forms.into_iter().map(|form| (form, filled(form))).collect()
}

fn filled(form: &str) -> String {
    let mut out = String::new();
    let mut rest = form;
    while let Some((before, opened)) = rest.split_once("${") {
        let (name, after) = opened.split_once('}').expect("the end of a placeholder");
        out.push_str(before);
        out.push_str(match name {
            "Partition" => "aws",
            "Region" => "us-east-1",
            "Account" => "123456789012",
            _ => "x",
        });
        rest = after;
    }
    out + rest
}

#[test]
fn every_form_of_the_reference_overlaps_its_own_arns() {
    let forms = forms();
    assert!(forms.len() > 1_000, "{}", forms.len());
    for (form, arn) in forms {
        assert!(ArnPattern::new(&arn).overlaps(&ArnPattern::of_form(form)), "{form} {arn}");
    }
}

/// Whether an identity policy on this resource allows an action on the ARN.
fn allows(resource: &str, arn: &str) -> bool {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"a:b","Resource":{}}}}}"#,
        quoted(resource)
    );
    let document = PolicyDocument::parse(&document).value.expect("a policy");
    let policy = CompiledPolicy::new(PolicyId::new("p"), PolicyKind::Identity, &document).expect("a policy");
    let request = Request::builder("a:b".parse().unwrap()).resource(arn).build();
    PolicySet::builder().add(Arc::new(policy)).build().decide(&request) == Decision::Allowed
}

/// What evaluation says of an ARN, overlap says of its form. A star that ends its part, before the fifth colon, may take
/// colons (R-RES-02), and a short ARN is filled up (R-RES-06).
fn holds_for(resource: &str, form: &str, arn: &str) {
    if allows(resource, arn) {
        let form_pattern = ArnPattern::of_form(form);
        let overlaps = |resource: ArnPattern| resource.overlaps(&form_pattern);
        let filled_up = ArnPattern::filled_up(resource).is_some_and(overlaps);
        assert!(overlaps(ArnPattern::new(resource)) || filled_up, "{resource} {form} {arn}");
    }
}

/// An ARN with a few places taken out for `*` or `?`.
fn with_wildcards(arn: &str, changes: &[(Index, usize, bool)]) -> String {
    let mut text = arn.to_owned();
    for (place, length, star) in changes {
        let from = place.index(text.len());
        let to = (from + length).min(text.len());
        text.replace_range(from..to, if *star { "*" } else { "?" });
    }
    text
}

#[test]
fn what_evaluation_matches_overlaps_in_the_resource_part() {
    let changes = vec((any::<Index>(), 0..12_usize, any::<bool>()), 1..4);
    check(3_000, (select(forms()), changes), |((form, arn), changes)| {
        let (head, tail) = arn.split_at(arn.match_indices(':').nth(4).map_or(0, |(at, _)| at + 1));
        if !tail.is_empty() {
            holds_for(&format!("{head}{}", with_wildcards(tail, &changes)), form, &arn);
        }
    });
}

#[test]
fn what_evaluation_matches_overlaps() {
    let changes = vec((any::<Index>(), 0..20_usize, any::<bool>()), 0..4);
    check(3_000, (select(forms()), changes, any::<Option<Index>>()), |((form, arn), changes, cut)| {
        let mut resource = with_wildcards(&arn, &changes);
        if let Some(cut) = cut {
            resource.truncate(cut.index(resource.len() + 1));
        }
        holds_for(&resource, form, &arn);
    });
}
