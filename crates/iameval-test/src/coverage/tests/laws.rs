//! What holds for all requests.

use super::*;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn question() -> impl Strategy<Value = String> {
    let who = ["john.doe", "john.without-attached-policy", "arn:aws:iam::123456789012:user/jane"];
    let actions = [
        "iam:ChangePassword",
        "iam:GetAccountPasswordPolicy",
        "iam:ListUsers",
        "iam:EnableMFADevice",
        "iam:ListRoles",
        "ec2:DescribeInstances",
        "organizations:ListRoots",
        "account:ListRegions",
    ];
    let resources = [
        "*",
        "arn:aws:iam::123456789012:user/",
        "arn:aws:iam::123456789012:user/john.doe",
        "arn:aws:iam::123456789012:user/team/john.doe",
        "arn:aws:iam::123456789012:mfa/john.doe",
    ];
    let parts = (
        select(who.to_vec()),
        select(actions.to_vec()),
        select(resources.to_vec()),
        select(vec!["true", "false", "absent"]),
    );
    let context = ["", " aws:username=john.doe"];
    (parts, select(context.to_vec()))
        .prop_map(|((who, action, resource, mfa), context)| format!("{who} {action} {resource} mfa={mfa}{context}"))
}

/// How often each part was reached in each way, in order.
fn times(coverage: &Coverage) -> Vec<u64> {
    let parts = coverage.policies().flat_map(PolicyCoverage::parts);
    parts.flat_map(|part| part.reached.into_iter().map(|reached| reached.times)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn more_requests_never_cover_less(questions in prop::collection::vec(question(), 1..12)) {
        let world = force_mfa();
        let mut coverage = coverage(&world, &[]);
        let mut before = coverage.summary();
        prop_assert_eq!(before.percentage(), Some(0.0));
        for question in &questions {
            coverage.observe(&asked(&world, question));
            let now = coverage.summary();
            let tallies = |summary: Summary| [summary.decided, summary.matched, summary.entries, summary.conditions];
            for (now, before) in tallies(now).into_iter().zip(tallies(before)) {
                prop_assert!(before.covered <= now.covered && now.covered <= now.total);
                prop_assert_eq!(before.total, now.total);
            }
            prop_assert!(now.decided.covered <= now.matched.covered);
            let percentage = now.percentage().unwrap();
            prop_assert!(before.percentage().unwrap() <= percentage && percentage <= 100.0);
            prop_assert_eq!(percentage >= 100.0, now.points().is_complete());
            before = now;
        }
    }

    #[test]
    fn the_order_of_requests_does_not_matter(questions in prop::collection::vec(question(), 2..8), at in any::<Index>()) {
        let world = force_mfa();
        let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
        let mut turned = questions.clone();
        turned.rotate_left(at.index(questions.len()));
        prop_assert_eq!(times(&coverage(&world, &questions)), times(&coverage(&world, &turned)));
    }

    #[test]
    fn a_statement_counts_as_often_as_the_simulation_says(questions in prop::collection::vec(question(), 1..8)) {
        let world = force_mfa();
        let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
        let requests: Vec<AskedRequest> = questions.iter().map(|question| asked(&world, question)).collect();
        let simulations = requests.iter().map(|asked| asked.set().simulate(&asked.request));
        let expected = simulations.fold((0, 0), |(matched, decided), simulation| {
            (matched + simulation.matched.len() as u64, decided + simulation.deciding().count() as u64)
        });
        let coverage = coverage(&world, &questions);
        let counts = coverage.policies().flat_map(PolicyCoverage::statements);
        let found = counts.fold((0, 0), |(matched, decided), (_, counts)| {
            (matched + counts.matched(), decided + counts.decided())
        });
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn everything_but_not_more_is_one_hundred_percent() {
    for total in 1..2000 {
        let percentage = |covered| Tally { covered, total }.percentage().unwrap();
        assert!(percentage(total) >= 100.0 && percentage(total - 1) < 100.0, "{total}");
        assert!(percentage(0) <= 0.0);
    }
}
