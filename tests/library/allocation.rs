//! Deciding allocates nothing.

use crate::conformance::{self, Case};
use iameval::native::RequestReader;
use iameval_tests::generate::{self, check};

/// Cases in which it may: an ARN that only comes about through a variable has to be put together, and so does the
/// lower case of a text that is not ASCII.
const MAY_ALLOCATE: [(&str, &str); 4] = [
    ("condition-arn-malformed", "variable-yields-no-arn-allow"),
    ("condition-arn-malformed", "variable-yields-no-arn-deny"),
    ("condition-arn-malformed", "variable-yields-no-arn-negated-allow"),
    ("condition-arn-malformed", "variable-yields-no-arn-negated-deny"),
];

#[test]
fn deciding_a_request_allocates_nothing() {
    let (mut count, mut found) = (0, Vec::new());
    conformance::for_each(|case: &Case<'_>| {
        let Ok((policies, request)) = case.read(&mut RequestReader::new()) else { return };
        for policies in [&policies, &policies.indexed()] {
            policies.decide(&request);
            let allocations = allocation_counter::measure(|| {
                policies.decide(&request);
            });
            count += 1;
            if allocations.count_total > 0 {
                found.push((case.file.to_owned(), case.name().to_owned()));
            }
        }
    });
    found.dedup();
    let expected = MAY_ALLOCATE.map(|(file, name)| (file.to_owned(), name.to_owned()));
    assert_eq!(found, expected);
    assert!(count > 7_500, "only {count} decisions");
}

#[test]
fn deciding_a_generated_request_allocates_nothing() {
    check(500, generate::scenarios(), |scenario| {
        let (policies, request) = (scenario.policies().to_set().indexed(), scenario.asked.request());
        policies.decide(&request);
        let allocations = allocation_counter::measure(|| {
            policies.decide(&request);
        });
        let text = scenario.to_string();
        // The same exceptions, told by the policies alone.
        let exception =
            text.contains("IgnoreCase") || ["ArnLike", "ArnEquals", "ArnNot"].iter().any(|name| text.contains(name));
        assert!(allocations.count_total == 0 || (exception && text.contains("${")), "{allocations:?}");
    });
}
