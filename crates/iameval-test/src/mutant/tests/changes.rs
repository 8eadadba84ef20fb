//! The changes of a statement, all of them and in order.

use crate::mutant::change::{PolicyChange, changes};
use iameval::PolicyDocument;
use iameval::json::Value;
use iameval::text::LineIndex;

/// What stands where a statement was dropped.
const NOTHING: &str = r#"{"Effect":"Deny","Action":[],"Resource":[]}"#;

/// The changes of a policy that leave one: what is changed, where, and the statement afterwards.
fn told(policy: &str) -> Vec<String> {
    let document = PolicyDocument::parse(policy).value.unwrap();
    let tree = document.to_json();
    let lines = LineIndex::new(policy);
    let one = |change: &PolicyChange<'_>| {
        let edit = &change.edit;
        let at = lines.position(policy, edit.place.start);
        let part = |sign: &str, text: &Option<String>| match text {
            Some(text) => format!("{sign} {text}  "),
            None => String::new(),
        };
        let (before, after) = (part("-", &edit.before), part("+", &edit.after));
        let changed = statement(&change.document(&tree)?, change.statement);
        Some(format!("{} {}:{}  {before}{after}=> {changed}", edit.mutation.as_str(), at.line, at.column))
    };
    changes(&tree, Some("111122223333".parse().unwrap())).iter().filter_map(one).collect()
}

fn statement(document: &PolicyDocument, number: usize) -> String {
    let tree = document.to_json();
    let statements = tree.get("Statement").unwrap();
    match &statements.value {
        Value::Array(all) => all[number].to_string(),
        _ => statements.to_string(),
    }
}

/// The changes of the element in question: those of the effect and of the statement as a whole are always the same.
#[track_caller]
fn check(elements: &str, expected: &[&str]) {
    let policy = format!(r#"{{"Statement":{{"Effect":"Allow",{elements}}}}}"#);
    let told = told(&policy);
    assert_eq!(told[..2], told_of_every(&policy), "{policy}");
    let found: Vec<String> = told[2..].iter().map(|line| line.replace(r#"{"Effect":"Allow","#, "{")).collect();
    assert_eq!(found, expected, "{policy}");
}

fn told_of_every(policy: &str) -> [String; 2] {
    let statement = policy.strip_prefix(r#"{"Statement":"#).unwrap().strip_suffix('}').unwrap();
    [
        format!("drop-statement 1:14  - {statement}  => {NOTHING}"),
        format!(r#"flip-effect 1:24  - "Allow"  + "Deny"  => {}"#, statement.replace("Allow", "Deny")),
    ]
}

#[test]
fn statements_are_dropped_and_effects_flipped() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "A", "Effect": "Deny", "Action": "s3:*"},
  {"Effect": "Allow", "Action": "iam:*"}
]}"#;
    assert_eq!(
        told(policy),
        [
            &*format!(r#"drop-statement 2:3  - {{"Sid":"A","Effect":"Deny","Action":"s3:*"}}  => {NOTHING}"#),
            r#"flip-effect 2:26  - "Deny"  + "Allow"  => {"Sid":"A","Effect":"Allow","Action":"s3:*"}"#,
            &*format!(r#"drop-statement 3:3  - {{"Effect":"Allow","Action":"iam:*"}}  => {NOTHING}"#),
            r#"flip-effect 3:14  - "Allow"  + "Deny"  => {"Effect":"Deny","Action":"iam:*"}"#,
        ]
    );
}

#[test]
fn a_dropped_statement_leaves_the_numbers_of_the_others() {
    let policy = r#"{"Version":"2012-10-17","Id":"I","Statement":[{"Effect":"Deny","Action":"a:*"},{"Effect":"Allow","Action":"b:*"}]}"#;
    let document = PolicyDocument::parse(policy).value.unwrap();
    let tree = document.to_json();
    let dropped = changes(&tree, None).remove(0).document(&tree).unwrap();
    let expected = policy.replace(r#"{"Effect":"Deny","Action":"a:*"}"#, NOTHING);
    assert_eq!(dropped.to_string(), expected);
}

#[test]
fn entries_of_not_action_are_dropped_and_added() {
    check(
        r#""NotAction":["iam:Get*","s3:*","IAM:List*","sts:AssumeRole"]"#,
        &[
            r#"drop-not-action 1:45  - "iam:Get*"  => {"NotAction":["s3:*","IAM:List*","sts:AssumeRole"]}"#,
            r#"drop-not-action 1:56  - "s3:*"  => {"NotAction":["iam:Get*","IAM:List*","sts:AssumeRole"]}"#,
            r#"drop-not-action 1:63  - "IAM:List*"  => {"NotAction":["iam:Get*","s3:*","sts:AssumeRole"]}"#,
            r#"drop-not-action 1:75  - "sts:AssumeRole"  => {"NotAction":["iam:Get*","s3:*","IAM:List*"]}"#,
            r#"add-not-action 1:45  + "iam:*"  => {"NotAction":["iam:Get*","s3:*","IAM:List*","sts:AssumeRole","iam:*"]}"#,
            r#"add-not-action 1:75  + "sts:*"  => {"NotAction":["iam:Get*","s3:*","IAM:List*","sts:AssumeRole","sts:*"]}"#,
        ],
    );
}

#[test]
fn the_only_entry_of_not_action_stays() {
    check(r#""NotAction":"iam:Get*""#, &[r#"add-not-action 1:44  + "iam:*"  => {"NotAction":["iam:Get*","iam:*"]}"#]);
    check(r#""NotAction":["s3:*"]"#, &[]);
    check(r#""NotAction":"*""#, &[]);
    // No service, and one that another pattern covers.
    check(
        r#""NotAction":["*:Get*","i?m:**","IAM:GetUser"]"#,
        &[
            r#"drop-not-action 1:45  - "*:Get*"  => {"NotAction":["i?m:**","IAM:GetUser"]}"#,
            r#"drop-not-action 1:54  - "i?m:**"  => {"NotAction":["*:Get*","IAM:GetUser"]}"#,
            r#"drop-not-action 1:63  - "IAM:GetUser"  => {"NotAction":["*:Get*","i?m:**"]}"#,
        ],
    );
    check(r#""Action":["iam:Get*","s3:*"]"#, &[]);
}

#[test]
fn resources_are_swapped() {
    check(
        r#""Action":"*","Resource":"*""#,
        &[r#"swap-resource 1:45  - "Resource"  + "NotResource"  => {"Action":"*","NotResource":"*"}"#],
    );
    check(
        r#""Action":"*","NotResource":["arn:aws:s3:::b"]"#,
        &[r#"swap-resource 1:45  - "NotResource"  + "Resource"  => {"Action":"*","Resource":["arn:aws:s3:::b"]}"#],
    );
    // AWS refuses an empty `NotResource`.
    check(r#""Action":"*","Resource":[]"#, &[]);
}

#[test]
fn accounts_of_arns_are_swapped() {
    let swap = r#"swap-resource 1:45  - "Resource"  + "NotResource"  => {"Action":"*","NotResource":["arn:aws:iam::123456789012:user/a:b","arn:aws:sqs:*:*:q","arn:aws:s3:::b","arn:aws:iam:*","arn:aws:iam::${aws:PrincipalAccount}:role/r"]}"#;
    let of_resource = |resources: &str| format!(r#"{{"Action":"*","Resource":[{resources}]}}"#);
    let rest = r#""arn:aws:s3:::b","arn:aws:iam:*","arn:aws:iam::${aws:PrincipalAccount}:role/r""#;
    let own = of_resource(&format!(r#""arn:aws:iam::*:user/a:b","arn:aws:sqs:*:*:q",{rest}"#));
    let other = of_resource(&format!(r#""arn:aws:iam::123456789012:user/a:b","arn:aws:sqs:*:111122223333:q",{rest}"#));
    check(
        &format!(r#""Action":"*","Resource":["arn:aws:iam::123456789012:user/a:b","arn:aws:sqs:*:*:q",{rest}]"#),
        &[
            swap,
            &format!(
                r#"swap-account 1:57  - "arn:aws:iam::123456789012:user/a:b"  + "arn:aws:iam::*:user/a:b"  => {own}"#
            ),
            &format!(r#"swap-account 1:94  - "arn:aws:sqs:*:*:q"  + "arn:aws:sqs:*:111122223333:q"  => {other}"#),
        ],
    );
}

#[test]
fn accounts_of_principals_are_swapped_where_they_stand_in_an_arn() {
    check(
        r#""Principal":{"AWS":["123456789012","arn:aws:iam::123456789012:root"],"Federated":"arn:aws:iam::123456789012:saml-provider/p","Service":"ec2.amazonaws.com"},"Action":"*""#,
        &[
            r#"swap-account 1:67  - "arn:aws:iam::123456789012:root"  + "arn:aws:iam::*:root"  => {"Principal":{"AWS":["123456789012","arn:aws:iam::*:root"],"Federated":"arn:aws:iam::123456789012:saml-provider/p","Service":"ec2.amazonaws.com"},"Action":"*"}"#,
            r#"swap-account 1:113  - "arn:aws:iam::123456789012:saml-provider/p"  + "arn:aws:iam::*:saml-provider/p"  => {"Principal":{"AWS":["123456789012","arn:aws:iam::123456789012:root"],"Federated":"arn:aws:iam::*:saml-provider/p","Service":"ec2.amazonaws.com"},"Action":"*"}"#,
        ],
    );
    check(r#""Principal":"*","Action":"*""#, &[]);
}

#[test]
fn without_an_account_nothing_stands_in_for_a_wildcard() {
    let policy = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:sqs:*:*:q"}}"#;
    let document = PolicyDocument::parse(policy).value.unwrap();
    let tree = document.to_json();
    let found = changes(&tree, None);
    let mutations: Vec<&str> = found.iter().map(|change| change.edit.mutation.as_str()).collect();
    assert_eq!(mutations, ["drop-statement", "flip-effect", "swap-resource"]);
}

#[test]
fn conditions_are_dropped_key_by_key() {
    check(
        r#""Action":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8"]}}"#,
        &[r#"drop-condition 1:58  - "IpAddress":{"aws:SourceIp":["10.0.0.0/8"]}  => {"Action":"*"}"#],
    );
    check(
        r#""Action":"*","Condition":{"Null":{"a":true,"b":false},"NumericEquals":{"c":1}}"#,
        &[
            r#"drop-condition 1:66  - "Null":{"a":true}  => {"Action":"*","Condition":{"Null":{"b":false},"NumericEquals":{"c":1}}}"#,
            r#"drop-condition 1:75  - "Null":{"b":false}  => {"Action":"*","Condition":{"Null":{"a":true},"NumericEquals":{"c":1}}}"#,
            r#"drop-condition 1:86  - "NumericEquals":{"c":1}  => {"Action":"*","Condition":{"Null":{"a":true,"b":false}}}"#,
        ],
    );
    check(r#""Action":"*","Condition":{"Null":{}}"#, &[]);
}

#[test]
fn if_exists_comes_and_goes() {
    check(
        r#""Action":"*","Condition":{"boolifexists":{"k":"false"}}"#,
        &[
            r#"drop-condition 1:58  - "boolifexists":{"k":"false"}  => {"Action":"*"}"#,
            r#"swap-if-exists 1:58  - "boolifexists"  + "Bool"  => {"Action":"*","Condition":{"Bool":{"k":"false"}}}"#,
        ],
    );
    // One key of two, to an operator that is there already.
    check(
        r#""Action":"*","Condition":{"Bool":{"a":"true","b":"true"},"BoolIfExists":{"c":"true"}}"#,
        &[
            r#"drop-condition 1:66  - "Bool":{"a":"true"}  => {"Action":"*","Condition":{"Bool":{"b":"true"},"BoolIfExists":{"c":"true"}}}"#,
            r#"swap-if-exists 1:66  - "Bool":{"a":"true"}  + "BoolIfExists":{"a":"true"}  => {"Action":"*","Condition":{"Bool":{"b":"true"},"BoolIfExists":{"c":"true","a":"true"}}}"#,
            r#"drop-condition 1:77  - "Bool":{"b":"true"}  => {"Action":"*","Condition":{"Bool":{"a":"true"},"BoolIfExists":{"c":"true"}}}"#,
            r#"swap-if-exists 1:77  - "Bool":{"b":"true"}  + "BoolIfExists":{"b":"true"}  => {"Action":"*","Condition":{"Bool":{"a":"true"},"BoolIfExists":{"c":"true","b":"true"}}}"#,
            r#"drop-condition 1:89  - "BoolIfExists":{"c":"true"}  => {"Action":"*","Condition":{"Bool":{"a":"true","b":"true"}}}"#,
            r#"swap-if-exists 1:89  - "BoolIfExists"  + "Bool"  => {"Action":"*","Condition":{"Bool":{"a":"true","b":"true","c":"true"}}}"#,
        ],
    );
    // The same key under both is given twice, which AWS refuses.
    check(
        r#""Action":"*","Condition":{"Bool":{"k":"true"},"BoolIfExists":{"K":"true"}}"#,
        &[
            r#"drop-condition 1:58  - "Bool":{"k":"true"}  => {"Action":"*","Condition":{"BoolIfExists":{"K":"true"}}}"#,
            r#"drop-condition 1:78  - "BoolIfExists":{"K":"true"}  => {"Action":"*","Condition":{"Bool":{"k":"true"}}}"#,
        ],
    );
    // With a set operator `IfExists` says nothing.
    check(
        r#""Action":"*","Condition":{"ForAnyValue:Bool":{"k":"true"}}"#,
        &[r#"drop-condition 1:58  - "ForAnyValue:Bool":{"k":"true"}  => {"Action":"*"}"#],
    );
}

#[test]
fn patterns_become_texts_where_that_matters() {
    check(
        r#""Action":"*","Condition":{"ForAnyValue:StringLikeIfExists":{"k":["a","b*"]}}"#,
        &[
            r#"drop-condition 1:58  - "ForAnyValue:StringLikeIfExists":{"k":["a","b*"]}  => {"Action":"*"}"#,
            r#"swap-like 1:58  - "ForAnyValue:StringLikeIfExists"  + "ForAnyValue:StringEqualsIfExists"  => {"Action":"*","Condition":{"ForAnyValue:StringEqualsIfExists":{"k":["a","b*"]}}}"#,
        ],
    );
    check(
        r#""Action":"*","Condition":{"StringEquals":{"k":"a?"}}"#,
        &[
            r#"drop-condition 1:58  - "StringEquals":{"k":"a?"}  => {"Action":"*"}"#,
            r#"swap-like 1:58  - "StringEquals"  + "StringLike"  => {"Action":"*","Condition":{"StringLike":{"k":"a?"}}}"#,
        ],
    );
    check(
        r#""Action":"*","Condition":{"StringEquals":{"k":"a"}}"#,
        &[r#"drop-condition 1:58  - "StringEquals":{"k":"a"}  => {"Action":"*"}"#],
    );
}
