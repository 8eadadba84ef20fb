//! Claims on small policies.

use iameval::{PolicyDocument, PolicySet};
use iameval_data::Catalogue;
use iameval_prove::{Claim, Expectation, KeyScope, KeyState, Policies, Prover, Scope, ValueRange, Verdict};
use std::sync::Arc;

fn identity<const N: usize>(texts: [&str; N]) -> Policies {
    let mut builder = PolicySet::builder();
    for text in texts {
        builder = builder.identity("p", text).unwrap();
    }
    let documents = texts.map(|text| Arc::new(text.parse::<PolicyDocument>().unwrap()));
    Policies::new(builder.build().without_service_rules(), documents).unwrap()
}

fn key(key: &str, alternatives: Vec<KeyState>) -> KeyScope {
    KeyScope { key: key.parse().unwrap(), is_list: None, alternatives }
}

fn any_of(values: &[&str]) -> KeyState {
    let any_of = Some(values.iter().map(|value| (*value).to_owned()).collect());
    KeyState::Present(Box::new(ValueRange { any_of, ..ValueRange::default() }))
}

fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Holds(_) => "holds".into(),
        Verdict::Unknown(why) => format!("unknown: {why:?}"),
        Verdict::Refuted(refutation) => {
            let request = &refutation.counterexample.request;
            let context: Vec<String> = request
                .context()
                .iter()
                .map(|(key, value)| {
                    let value = value.map(|value| value.texts().collect::<Vec<_>>().join(","));
                    format!("{key}={}", value.unwrap_or_else(|| "-".into()))
                })
                .collect();
            format!("refuted by {} on {} with {}", request.action(), request.resource(), context.join(" "))
        }
    }
}

#[test]
fn the_starting_scenario() {
    let policy = |operator: &str| {
        let force =
            include_str!("../../../fixtures/force-mfa/policies/force-mfa.json").replace("BoolIfExists", operator);
        let power = include_str!("../../../fixtures/force-mfa/policies/PowerUserAccess.json");
        identity([&force, power])
    };
    let except = [
        "iam:ChangePassword",
        "iam:CreateVirtualMFADevice",
        "iam:DeleteVirtualMFADevice",
        "iam:EnableMFADevice",
        "iam:ListMFADevices",
        "iam:ListUsers",
        "iam:ListVirtualMFADevices",
        "iam:GetUser",
        "iam:ResyncMFADevice",
        "sts:GetSessionToken",
    ];
    let scope = Scope {
        except_actions: except.map(Into::into).into(),
        keys: vec![key("aws:MultiFactorAuthPresent", vec![KeyState::Absent, any_of(&["false"])])],
        principal: Some("arn:aws:iam::123456789012:user/john".parse().unwrap()),
        derives_context: true,
        ..Scope::default()
    };
    for operator in ["BoolIfExists", "Bool"] {
        let start = std::time::Instant::now();
        let prover = Prover::new(Catalogue::embedded());
        let made = start.elapsed();
        let claim = Claim { policies: policy(operator), scope: scope.clone(), expect: Expectation::Deny };
        let verdict = prover.prove(&claim).unwrap();
        println!("{operator}: {} in {made:?} {:?}", told(&verdict), start.elapsed());
        if let Verdict::Holds(proof) = &verdict {
            println!("{proof:?}");
        }
        if let Verdict::Refuted(refutation) = &verdict {
            println!("{}", refutation.actions.len());
        }
    }
}

#[test]
fn variables_are_the_same_on_both_sides() {
    for (allow, deny, expected) in [
        ("home/${aws:username}/docs/*", "home/${aws:username}/*", "holds"),
        ("home/${aws:username}/*", "home/${aws:username}/docs/*", "refuted"),
        ("home/${aws:username}", "home/*", "holds"),
        ("a${aws:username}b", "a?b", "refuted"),
        ("a${aws:username}b", "a${t:other}b", "refuted"),
        ("a${aws:username}b", "a*b", "holds"),
        ("a${aws:username}x${t:other}", "a*x${t:other}", "holds"),
    ] {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::{allow}"}},
            {{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::{deny}"}}]}}"#
        );
        let claim = Claim { policies: identity([&text]), scope: Scope::default(), expect: Expectation::Deny };
        let verdict = Prover::new(Catalogue::embedded()).prove(&claim).unwrap();
        assert!(told(&verdict).starts_with(expected), "{allow} {deny}: {}", told(&verdict));
    }
}
