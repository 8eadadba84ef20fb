//! What searches cost, in counted steps.

use super::{PLENTY, found, found_that, language};
use crate::glob::{Found, Glob, Language};

/// What finding, or finding nothing, costs for growing lists must grow as they do.
#[track_caller]
fn grows_evenly(cost: impl Fn(usize) -> u64) {
    let (small, large) = (cost(250), cost(1_000));
    assert!(large < small * 5, "{small} for 250, {large} for 1,000");
}

fn listed(count: usize, pattern: &str) -> Language {
    Language((0..count).map(|index| Glob::plain(&pattern.replace('#', &index.to_string()))).collect())
}

#[test]
fn long_lists_cost_as_much_as_they_are_long() {
    let bucket = || language(&["arn:aws:s3:::b*"]);
    let pattern = "arn:aws:s3:::b#";
    grows_evenly(|count| {
        let (found, steps) = found(&[listed(count, pattern)], &[listed(count, pattern)]);
        assert_eq!(found, Found::Nothing);
        steps
    });
    grows_evenly(|count| {
        let (found, steps) = found(&[listed(count, pattern), bucket()], &[listed(count - 1, pattern)]);
        assert_eq!(found, Found::Text(format!("arn:aws:s3:::b{}", count - 1)));
        steps
    });
    grows_evenly(|count| {
        let (found, steps) = found(&[bucket()], &[listed(count, "arn:aws:s3:::b#/*"), language(&["*/"])]);
        assert!(matches!(found, Found::Text(_)));
        steps
    });
    grows_evenly(|count| {
        let (found, steps) = found(&[listed(count, "arn:aws:s3:::b#/*")], &[listed(count, "arn:aws:s3:::b#*")]);
        assert_eq!(found, Found::Nothing);
        steps
    });
    grows_evenly(|count| {
        let within = [listed(count, "arn:aws:s3:::b#/*"), listed(count, "arn:aws:s3:::b#/?*")];
        let (found, steps) = found(&within, &[listed(count, "arn:aws:s3:::b#/?*")]);
        assert_eq!(found, Found::Nothing);
        steps
    });
}

#[test]
fn many_subtractions_stay_cheap() {
    let letters = ('a'..='x').map(|letter| language(&[&format!("*{letter}q*")])).collect::<Vec<_>>();
    let (text, steps) = found(&[language(&["*"])], &letters);
    assert!(matches!(text, Found::Text(_)) && steps < 5_000, "{steps}");
    let (text, steps) = found(&[language(&["*q"]), language(&["?*"])], &letters);
    assert!(matches!(text, Found::Text(_)) && steps < 20_000, "{steps}");
}

#[test]
fn many_stars_are_found_or_given_up() {
    let two_stars = |index: u8| language(&[&format!("*a{0}*b{0}*", char::from(b'c' + index))]);
    let all: Vec<_> = (0..16).map(two_stars).collect();
    let (text, _) = found(&all, &[]);
    assert!(matches!(text, Found::Text(_)));
    assert_eq!(found_that(&all, &[], &mut |_| false), (Found::Unknown, PLENTY));
    let (text, steps) = found(&[language(&["*"])], &all);
    assert!(matches!(text, Found::Text(_)) && steps < 5_000, "{steps}");
    // What was met before with less outside need not be gone through again.
    let ends = || language(&["*q", "*q?*"]);
    let outside: Vec<_> = all.iter().cloned().chain([ends()]).collect();
    let (text, steps) = found(&[language(&["*q*"])], &outside);
    assert!(text == Found::Nothing && steps < 20_000, "{steps}");
    let mut hopeless = all;
    hopeless.push(language(&["*q"]));
    let (text, steps) = found(&hopeless, &[language(&["*q*"])]);
    assert!(text == Found::Nothing && steps < 5_000, "{steps}");
}
