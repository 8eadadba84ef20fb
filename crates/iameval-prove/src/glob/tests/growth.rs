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
    let mut hopeless = all;
    hopeless.push(language(&["*q"]));
    let (text, steps) = found(&hopeless, &[language(&["*q*"])]);
    assert!(text == Found::Nothing && steps < 5_000, "{steps}");
}

#[test]
#[ignore = "tmp"]
fn tmp_time() {
    let time = |name: &str, within: &[Language], outside: &[Language]| {
        let start = std::time::Instant::now();
        let (text, steps) = found(within, outside);
        println!("{name}: {:?} {steps} {:?}", start.elapsed(), text);
    };
    let letters = ('a'..='x').map(|letter| language(&[&format!("*{letter}q*")])).collect::<Vec<_>>();
    time("24 fold", &[language(&["*"])], &letters);
    time("24 fold q", &[language(&["*q"]), language(&["?*"])], &letters);
    let two =
        ('a'..='x').map(|letter| language(&[&format!("*{letter}1*{letter}2*").replace('1', "q")])).collect::<Vec<_>>();
    time("24 fold two", &[language(&["*"])], &two);
    let one = |p: &str| language(&[p]);
    time("corp", &[one("arn:aws:s3:::corp/*")], &[one("arn:aws:s3:::corp/public/*")]);
    time("report", &[one("arn:aws:s3:::corp/*"), one("*/report.csv")], &[one("arn:aws:s3:::corp/public/*")]);
    time("contain", &[one("a*b")], &[one("a*")]);
    let l = |p: &str| listed(1000, p);
    time("lit-lit", &[l("arn:aws:s3:::b#")], &[l("arn:aws:s3:::b#")]);
    time("lit out", &[one("arn:aws:s3:::b*")], &[l("arn:aws:s3:::b#")]);
    time("prefix out", &[one("arn:aws:s3:::b*")], &[l("arn:aws:s3:::b#/*"), one("*/")]);
    time("prefix in out", &[l("arn:aws:s3:::b#/*")], &[l("arn:aws:s3:::b#*")]);
    time("prefix 3", &[l("arn:aws:s3:::b#/*"), l("arn:aws:s3:::b#/?*")], &[l("arn:aws:s3:::b#/?*")]);
    let two_stars = |index: u8| language(&[&format!("*a{0}*b{0}*", char::from(b'c' + index))]);
    let all: Vec<_> = (0..16).map(two_stars).collect();
    time("16 stars", &all, &[]);
    time("16 stars outside", &[one("*")], &all);
    let start = std::time::Instant::now();
    let (text, steps) = found_that(&all, &[], &mut |_| false);
    println!("16 refused: {:?} {steps} {:?}", start.elapsed(), text);
    let start = std::time::Instant::now();
    let (text, steps) = found_that(&[one("*")], &[], &mut |_| false);
    println!("* refused: {:?} {steps} {:?}", start.elapsed(), text);
}
