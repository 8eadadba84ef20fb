//! Verdicts beside brute force: every request of a small world is decided, and none may break a claim that holds.

use iameval::{Context, ContextKey, ContextValue, Decision, PolicyDocument, PolicySet, Principal, Request};
use iameval_data::Catalogue;
use iameval_prove::{Claim, Expectation, KeyScope, KeyState, Policies, Prover, Scope, ValueRange, Verdict};
use std::fmt::Write as _;
use std::sync::Arc;

/// Numbers that look random and are the same in every run.
struct Draw(u64);

impl Draw {
    fn number(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn one<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.number(texts.len())]
    }

    fn some(&mut self, texts: &[&str], most: usize) -> String {
        let count = 1 + self.number(most);
        let texts: Vec<String> = (0..count).map(|_| format!("{:?}", self.one(texts))).collect();
        format!("[{}]", texts.join(","))
    }

    fn is(&mut self, in_ten: usize) -> bool {
        self.number(10) < in_ten
    }
}

const ACTIONS: [&str; 6] = ["iam:ListUsers", "iam:List*", "iam:ListRoles", "*", "iam:*Users", "x:*"];
const REAL_ACTIONS: [&str; 3] = ["iam:ListUsers", "iam:ListRoles", "x:y"];
const RESOURCES: [&str; 12] =
    ["a", "a*", "*a", "*", "?", "a?", "*b*", "b", "a${t:k}", "${t:k}*", "${t:k, 'a'}", "*${t:k}"];
const VALUES: [&str; 8] = ["a", "b", "a*", "*b", "*", "?", "${t:j}", "a${t:j, 'b'}"];
const KEYS: [&str; 3] = ["t:k", "t:j", "aws:TagKeys"];

fn condition(draw: &mut Draw) -> String {
    let base = draw.one(&[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "NumericLessThan",
        "NumericNotEquals",
        "Bool",
        "Null",
        "IpAddress",
        "NotIpAddress",
        "ArnLike",
        "ArnNotLike",
        "DateLessThan",
        "StringNotEqualsIgnoreCase",
        "NumericEquals",
        "BinaryEquals",
    ]);
    let values = match base {
        "NumericLessThan" | "NumericNotEquals" | "NumericEquals" => draw.some(&["1", "2", "x"], 2),
        "Bool" | "Null" => draw.some(&["true", "false", "${t:j}"], 1),
        "IpAddress" | "NotIpAddress" => draw.some(&["10.0.0.0/8", "10.0.0.1", "::/0", "0.0.0.0/0"], 2),
        "ArnLike" | "ArnNotLike" => draw.some(&["arn:a:b:c:d:e", "arn:*:*:*:*:*", "x", "arn:a:b:c:d:${t:j}"], 2),
        "DateLessThan" => draw.some(&["2026-01-01", "1"], 1),
        "BinaryEquals" => draw.some(&["YQ==", "a"], 1),
        _ => draw.some(&VALUES, 2),
    };
    let quantifier = if draw.is(3) { draw.one(&["ForAllValues:", "ForAnyValue:"]) } else { "" };
    let exists = if draw.is(3) && base != "Null" { "IfExists" } else { "" };
    format!("{:?}:{{{:?}:{values}}}", format!("{quantifier}{base}{exists}"), draw.one(&KEYS))
}

fn policy(draw: &mut Draw) -> String {
    let mut statements = Vec::new();
    for _ in 0..1 + draw.number(3) {
        let effect = draw.one(&["Allow", "Allow", "Deny"]);
        let action = if draw.is(2) { "NotAction" } else { "Action" };
        let resource = if draw.is(2) { "NotResource" } else { "Resource" };
        let mut text = format!(
            "{{\"Effect\":\"{effect}\",\"{action}\":{},\"{resource}\":{}",
            draw.some(&ACTIONS, 2),
            draw.some(&RESOURCES, 2)
        );
        if draw.is(7) {
            let first = condition(draw);
            let mut conditions = vec![first];
            if draw.is(4) {
                let second = condition(draw);
                let name =
                    |text: &str| text.split(':').take(2).collect::<String>().split('{').next().unwrap().to_owned();
                if name(&second) != name(&conditions[0]) {
                    conditions.push(second);
                }
            }
            let _ = write!(text, ",\"Condition\":{{{}}}", conditions.join(","));
        }
        statements.push(text + "}");
    }
    let version = if draw.is(9) { "2012-10-17" } else { "2008-10-17" };
    format!("{{\"Version\":\"{version}\",\"Statement\":[{}]}}", statements.join(","))
}

fn contexts() -> Vec<Context> {
    let singles: [Option<&str>; 12] = [
        None,
        Some("a"),
        Some("b"),
        Some(""),
        Some("ab"),
        Some("A"),
        Some("1"),
        Some("true"),
        Some("10.0.0.1"),
        Some("arn:a:b:c:d:e"),
        Some("2025-01-01"),
        Some("YQ=="),
    ];
    let lists: [Option<&[&str]>; 5] = [None, Some(&[]), Some(&["a"]), Some(&["a", "b"]), Some(&["b", "x"])];
    let mut all = Vec::new();
    for k in singles {
        for j in singles {
            for list in lists {
                let mut context = Context::new();
                let mut set = |key: &str, value: Option<&str>| match value {
                    Some(value) => context.insert(key, value),
                    None => context.insert_absent(key),
                };
                set("t:k", k);
                set("t:j", j);
                match list {
                    Some(list) => context.insert("aws:TagKeys", ContextValue::list(list.iter().copied())),
                    None => context.insert_absent("aws:TagKeys"),
                }
                all.push(context);
            }
        }
    }
    all
}

fn broken_by(expect: Expectation, decision: Decision) -> bool {
    match expect {
        Expectation::Deny => decision.is_allowed(),
        Expectation::Allow => !decision.is_allowed(),
        Expectation::ExplicitDeny => decision != Decision::ExplicitDeny,
        Expectation::ImplicitDeny => decision != Decision::ImplicitDeny,
    }
}

/// How many claims of a run came out each way: held, refuted, unknown.
fn run(seeds: std::ops::Range<u64>) -> [usize; 3] {
    let prover = Prover::new(Catalogue::embedded());
    let contexts = contexts();
    let mut texts = vec![String::new()];
    for length in 0..3 {
        let longer: Vec<String> = texts
            .iter()
            .filter(|text| text.len() == length)
            .flat_map(|text| ["a", "b", "x"].map(|letter| format!("{text}{letter}")))
            .collect();
        texts.extend(longer);
    }
    let user: Principal = "arn:aws:iam::123456789012:user/john".parse().unwrap();
    let mut came = [0; 3];
    for seed in seeds {
        let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        draw.number(2);
        let (own, boundary) = (policy(&mut draw), policy(&mut draw));
        let has_boundary = draw.is(3);
        let mut builder = PolicySet::builder().identity("own", &own).unwrap();
        let mut documents = vec![own.parse::<PolicyDocument>().unwrap()];
        if has_boundary {
            builder = builder.boundary("boundary", &boundary).unwrap();
            documents.push(boundary.parse().unwrap());
        }
        let set = builder.build().without_service_rules();
        let policies = Policies::new(set.clone(), documents.into_iter().map(Arc::new)).unwrap();
        let mut scope = Scope { principal: Some(user.clone()), derives_context: true, ..Scope::default() };
        // Keys that no policy mentions with a set operator hold one value; say so of all.
        let fixed = draw.one(&["", "a", "-"]);
        for key in ["t:k", "t:j"] {
            let mut alternatives = vec![KeyState::Absent, KeyState::Present(Box::default())];
            if key == "t:k" && !fixed.is_empty() {
                alternatives = vec![match fixed {
                    "-" => KeyState::Absent,
                    text => KeyState::Present(Box::new(ValueRange {
                        any_of: Some(vec![text.into()]),
                        ..ValueRange::default()
                    })),
                }];
            }
            scope.keys.push(KeyScope { key: ContextKey::new(key), is_list: Some(false), alternatives });
        }
        if draw.is(5) {
            scope.actions = vec![draw.one(&ACTIONS).into()];
        }
        if draw.is(3) {
            scope.resources = vec![draw.one(&["a*", "*b", "?", "*"]).into()];
        }
        let expect = [
            Expectation::Deny,
            Expectation::Deny,
            Expectation::Allow,
            Expectation::ExplicitDeny,
            Expectation::ImplicitDeny,
        ][draw.number(5)];
        let claim = Claim { policies, scope: scope.clone(), expect };
        let verdict = match prover.prove(&claim) {
            Ok(verdict) => verdict,
            Err(error) => panic!("seed {seed}: {error:?}\n{own}\n{boundary}"),
        };
        match &verdict {
            Verdict::Refuted(_) => came[1] += 1,
            Verdict::Unknown(why) => {
                println!("seed {seed} unknown {why:?}\n{own}\n{}", if has_boundary { &*boundary } else { "" });
                came[2] += 1;
            }
            Verdict::Holds(_) => {
                came[0] += 1;
                let pattern = |text: &str| iameval::ActionPattern::new(text);
                for action in REAL_ACTIONS {
                    let parsed: iameval::Action = action.parse().unwrap();
                    if scope.actions.iter().any(|text| !pattern(text).matches(&parsed)) {
                        continue;
                    }
                    for resource in &texts {
                        let within = scope.resources.iter().all(|glob| match glob.as_str() {
                            "a*" => resource.starts_with('a'),
                            "*b" => resource.ends_with('b'),
                            "?" => resource.len() == 1,
                            _ => true,
                        });
                        if !within {
                            continue;
                        }
                        for context in &contexts {
                            let k = context.value(&ContextKey::new("t:k")).and_then(|value| value.texts().next());
                            if (fixed == "a" && k != Some("a")) || (fixed == "-" && k.is_some()) {
                                continue;
                            }
                            let request = Request::builder(parsed.clone())
                                .principal(user.clone())
                                .resource(resource)
                                .context(context.clone())
                                .build();
                            let decision = set.decide(&request);
                            assert!(
                                !broken_by(expect, decision),
                                "seed {seed}: {expect:?} does not hold: {action} on {resource:?} with {context:?} is {decision:?}\n{own}\n{}",
                                if has_boundary { &*boundary } else { "" }
                            );
                        }
                    }
                }
            }
        }
    }
    came
}

#[test]
fn no_request_breaks_a_claim_that_holds() {
    let [held, refuted, unknown] = run(0..120);
    println!("{held} held, {refuted} refuted, {unknown} unknown");
    assert!(held > 20 && refuted > 60, "{held} {refuted}");
}
