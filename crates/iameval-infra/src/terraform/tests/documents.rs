//! Documents of `aws_iam_policy_document` that are put together again, case by case.

use super::{creates, load, plan, symbols};

/// The document of a data source with those arguments, of which those are not known, as the policy of a user; with
/// references of leaves.
fn document(arguments: &str, unknown: &str, written: &str) -> String {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let data = creates("data.aws_iam_policy_document.d", leak(arguments.to_owned()))
        .unknown(leak(unknown.replacen('{', r#"{"json": true, "id": true, "#, 1).replace(", }", "}")))
        .written(leak(written.to_owned()));
    let other = creates(
        "data.aws_iam_policy_document.other",
        r#"{"statement": [{"sid": "Same", "actions": ["s3:Other"], "resources": ["*"]}, {"sid": "Not", "actions": ["s3:Not"], "resources": ["*"]}]}"#,
    )
    .unknown(r#"{"json": true, "id": true}"#)
    .written("{}");
    let policy =
        creates("aws_iam_user_policy.p", r#"{"name": "p", "user": "u"}"#).unknown(r#"{"policy": true}"#).written(
            r#"{"policy": {"references": ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]}}"#,
        );
    let user = creates("aws_iam_user.u", r#"{"name": "u"}"#);
    let text = plan(&[data, other, policy, user]);
    let world = load(&text, |plan| plan).unwrap_or_else(|wrong| panic!("{arguments}: {wrong:#?}"));
    let known = world.principal("tf:aws_iam_user.u").unwrap();
    let policy = &known.identity()[0].policy;
    let only_if: Vec<String> = policy
        .document()
        .statements()
        .iter()
        .map(|statement| {
            let names: Vec<String> =
                statement.only_if().iter().map(|only_if| symbols(&world).name(only_if.symbol()).to_owned()).collect();
            names.join("+")
        })
        .collect();
    let text = symbols(&world).display(&policy.document().to_string()).into_owned();
    let conditions = only_if.join("|");
    if conditions.trim_matches('|').is_empty() { text } else { format!("{text} if {conditions}") }
}

#[test]
fn documents_are_put_together_from_their_blocks() {
    let allow =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]}"#;
    for (arguments, unknown, written, expected) in [
        (r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["*"], "effect": null}]}"#, "{}", "{}", allow),
        // A variable of IAM is written with `&`.
        (
            r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/&{aws:username}/*"],
                "condition": [{"test": "StringLike", "variable": "s3:prefix", "values": ["&{aws:username}"]}]}]}"#,
            "{}",
            "{}",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/${aws:username}/*"],"Condition":{"StringLike":{"s3:prefix":["${aws:username}"]}}}]}"#,
        ),
        // In an action it is text.
        (
            r#"{"version": "2008-10-17", "statement": [{"sid": "A", "effect": "Deny", "not_actions": ["s3:GetObject"], "not_resources": ["*"]}]}"#,
            "{}",
            "{}",
            r#"{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Deny","NotAction":["s3:GetObject"],"NotResource":["*"]}]}"#,
        ),
        // Leaves that are not known.
        (
            r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a", null]}]}"#,
            r#"{"statement": [{"actions": [false], "resources": [false, true]}]}"#,
            r#"{"statement": [{"resources": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}}]}"#,
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::a","${unknown:data.aws_iam_policy_document.d.statement[0].resources[1]}"]}]}"#,
        ),
        // One operator with two keys, and one key twice.
        (
            r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["*"], "condition": [
                {"test": "StringEquals", "variable": "aws:a", "values": ["1"]},
                {"test": "StringEquals", "variable": "aws:b", "values": ["2"]},
                {"test": "StringEquals", "variable": "aws:a", "values": ["3"]}]}]}"#,
            "{}",
            "{}",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"],"Condition":{"StringEquals":{"aws:a":["1","3"],"aws:b":["2"]}}}]}"#,
        ),
        // An effect that is not known is either; a condition that is not known may not hold.
        (
            r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}"#,
            r#"{"statement": [{"effect": true}]}"#,
            "{}",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]},{"Effect":"Deny","Action":["s3:GetObject"],"Resource":["*"]}]} if data.aws_iam_policy_document.d.statement[0].effect|data.aws_iam_policy_document.d.statement[0].effect"#,
        ),
        (
            r#"{"statement": [{"actions": ["s3:GetObject"], "resources": ["*"], "condition": null}]}"#,
            r#"{"statement": [{"condition": true}]}"#,
            "{}",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]} if data.aws_iam_policy_document.d.statement[0].condition"#,
        ),
        // Statements that are not known may say anything.
        (
            "{}",
            r#"{"statement": true}"#,
            "{}",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]} if data.aws_iam_policy_document.d.statement|data.aws_iam_policy_document.d.statement"#,
        ),
        // Statements of a source document are replaced by those of the same `Sid`; those of an override replace others.
        (
            r#"{"source_policy_documents": [null], "statement": [{"sid": "Same", "actions": ["s3:Own"], "resources": ["*"]}]}"#,
            r#"{"source_policy_documents": [true]}"#,
            r#"{"source_policy_documents": {"references": ["data.aws_iam_policy_document.other.json", "data.aws_iam_policy_document.other"]}}"#,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Not","Effect":"Allow","Action":["s3:Not"],"Resource":["*"]},{"Sid":"Same","Effect":"Allow","Action":["s3:Own"],"Resource":["*"]}]}"#,
        ),
        (
            r#"{"override_policy_documents": [null], "statement": [{"sid": "Same", "actions": ["s3:Own"], "resources": ["*"]}]}"#,
            r#"{"override_policy_documents": [true]}"#,
            r#"{"override_policy_documents": {"references": ["data.aws_iam_policy_document.other.json", "data.aws_iam_policy_document.other"]}}"#,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Same","Effect":"Allow","Action":["s3:Other"],"Resource":["*"]},{"Sid":"Not","Effect":"Allow","Action":["s3:Not"],"Resource":["*"]}]}"#,
        ),
        // Documents that are put together have the newest version of all.
        (
            r#"{"source_json": "{\"Version\": \"2008-10-17\", \"Statement\": []}", "statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}"#,
            "{}",
            "{}",
            allow,
        ),
        (
            r#"{"version": "2008-10-17", "override_policy_documents": ["{\"Version\": \"2012-10-17\", \"Statement\": []}", "{\"Version\": \"2008-10-17\", \"Statement\": []}"], "statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}"#,
            "{}",
            "{}",
            allow,
        ),
        (
            r#"{"version": "2008-10-17", "source_policy_documents": ["{\"Version\": \"2008-10-17\", \"Statement\": []}"], "statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}"#,
            "{}",
            "{}",
            r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]}"#,
        ),
        // An override that is not known may replace what has a `Sid`, and say anything.
        (
            r#"{"override_policy_documents": [null], "statement": [{"sid": "Same", "actions": ["s3:Own"], "resources": ["*"]}, {"actions": ["s3:Stays"], "resources": ["*"]}]}"#,
            r#"{"override_policy_documents": [true]}"#,
            r#"{"override_policy_documents": {"references": ["local.x"]}}"#,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Same","Effect":"Allow","Action":["s3:Own"],"Resource":["*"]},{"Effect":"Allow","Action":["s3:Stays"],"Resource":["*"]},{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]} if data.aws_iam_policy_document.d.override_policy_documents[0]||data.aws_iam_policy_document.d.override_policy_documents[0]|data.aws_iam_policy_document.d.override_policy_documents[0]"#,
        ),
    ] {
        assert_eq!(document(arguments, unknown, written), expected, "{arguments} {unknown}");
    }
}
