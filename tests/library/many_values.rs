//! A condition with many values is looked up rather than gone through. It must say what its values say one by one.

use iameval::{Decision, EvaluationMode, PolicySet, Request};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// Operators, and what a value of theirs is by its position.
type Family = (&'static [&'static str], fn(usize) -> String);

/// Operators that hold where one of their values does, the texts that they are tried with, and values for them.
const FAMILIES: [Family; 6] = [
    (&["StringEquals", "StringEqualsIgnoreCase", "StringLike"], |at| match at % 5 {
        0 => format!("Name{}", at / 5),
        1 => format!("name{}", at / 5),
        2 => format!("stra\u{df}e{}", at / 5),
        3 => format!("na*{}", at / 5),
        _ => format!("\u{3a3}\u{3a3}{}", at / 5),
    }),
    (&["NumericEquals", "NumericLessThan", "NumericGreaterThan"], |at| match at % 4 {
        0 => format!("{}", at / 4),
        1 => format!("-{}.50", at / 4),
        2 => format!("{}e1", at / 4),
        _ => format!("word{at}"),
    }),
    (&["NumericLessThanEquals", "NumericGreaterThanEquals"], |at| format!("{}.0", at % 30)),
    (&["DateEquals", "DateLessThan", "DateGreaterThan"], |at| match at % 3 {
        0 => format!("2026-01-{:02}T00:00:00Z", at % 28 + 1),
        1 => format!("{}", 1_767_225_600 + at * 3_600),
        _ => format!("not a date {at}"),
    }),
    (&["DateLessThanEquals", "DateGreaterThanEquals"], |at| format!("2026-01-{:02}", at % 28 + 1)),
    (&["IpAddress"], |at| match at % 5 {
        0 => format!("203.0.{}.0/{}", at % 32, 20 + at % 13),
        1 => format!("203.0.{}.{at}", at % 32),
        2 => format!("2001:db8:{:x}::/{}", at % 16, 40 + at % 9),
        3 => format!("2001:db8:{:x}::{at:x}", at % 16),
        _ => format!("no address {at}"),
    }),
];

fn holds(operator: &str, values: &[String], text: &str) -> bool {
    let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {{"{operator}": {{"a:key": [{}]}}}}}}}}"#,
        values.join(", ")
    );
    let set = PolicySet::builder().identity("many", &policy).unwrap().build().with_mode(EvaluationMode::Live);
    let request = Request::builder("s3:GetObject".parse().unwrap()).context_key("a:key", text).build();
    set.decide(&request) == Decision::Allowed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn many_values_say_what_each_says(
        family in 0..FAMILIES.len(),
        which in any::<prop::sample::Index>(),
        chosen in subsequence((0..120_usize).collect::<Vec<_>>(), 17..60),
        text in select((0..120_usize).collect::<Vec<_>>()),
    ) {
        let (operators, value) = FAMILIES[family];
        let operator = operators[which.index(operators.len())];
        let values: Vec<String> = chosen.iter().map(|at| value(*at)).collect();
        let text = value(text);
        let one_by_one = values.iter().any(|own| holds(operator, std::slice::from_ref(own), &text));
        prop_assert_eq!(holds(operator, &values, &text), one_by_one, "{} {:?} {:?}", operator, values, text);
    }
}
