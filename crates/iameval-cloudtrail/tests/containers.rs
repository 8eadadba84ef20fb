//! Whatever wraps events, the same events come out; what is not one is told, and the others still come.

use iameval_cloudtrail::{Event, Events, looks_like_events};

/// What a text holds: the names of its events, and its errors.
fn read(text: &str) -> Vec<Result<String, String>> {
    let items = Events::new(text).map(|item| match item {
        Ok(event) => Ok(event.name.into_owned()),
        Err(error) => Err(error.to_string()),
    });
    items.collect()
}

fn one(name: &str) -> String {
    format!(r#"{{"eventSource": "s3.amazonaws.com", "eventName": "{name}", "userIdentity": {{"type": "IAMUser"}}}}"#)
}

/// A JSON string with that text.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn containers_are_opened() {
    let (a, b) = (one("A"), one("B"));
    let envelope = |detail: &str| {
        format!(
            r#"{{"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "detail": {detail}}}"#
        )
    };
    let looked_up =
        |event: &str| format!(r#"{{"EventId": "1", "EventName": "x", "CloudTrailEvent": {}}}"#, quoted(event));
    let logged = |event: &str| format!(r#"{{"logStreamName": "s", "timestamp": 1, "message": {}}}"#, quoted(event));
    let lake = |name: &str| {
        format!(
            r#"[{{"eventID": "1"}}, {{"eventName": "{name}"}}, {{"eventSource": "s3.amazonaws.com"}}, {{"errorCode": "null"}}]"#
        )
    };
    let athena = |name: &str| {
        format!(
            r#"{{"eventname": "{name}", "eventsource": "s3.amazonaws.com", "useridentity": "{{type=IAMUser, arn=x}}",
                "requestparameters": "{{\"bucketName\":\"b\"}}"}}"#
        )
    };
    for (what, text) in [
        ("a log file", format!(r#"{{"Records": [{a}, {b}]}}"#)),
        ("an array", format!("[{a},\n{b}]")),
        ("lines", format!("{a}\n{b}\n")),
        ("lines of Windows, with a mark before", format!("\u{feff}{a}\r\n\r\n{b}\r\n")),
        ("one behind the other", format!("{a}{b}")),
        ("log files, one behind the other", format!(r#"{{"Records": [{a}]}} {{"Records": [{b}]}}"#)),
        ("envelopes", format!("{}\n{}", envelope(&a), envelope(&b))),
        ("an array of envelopes", format!("[{}, {}]", envelope(&a), envelope(&b))),
        ("lookup-events", format!(r#"{{"Events": [{}, {}], "NextToken": "t"}}"#, looked_up(&a), looked_up(&b))),
        (
            "filter-log-events",
            format!(r#"{{"events": [{}, {}], "searchedLogStreams": [{{"a": 1}}]}}"#, logged(&a), logged(&b)),
        ),
        (
            "a subscriber of CloudWatch Logs",
            format!(r#"{{"owner": "1", "logEvents": [{}, {}]}}"#, logged(&a), logged(&b)),
        ),
        (
            "CloudTrail Lake",
            format!(r#"{{"QueryStatus": "FINISHED", "QueryResultRows": [{}, {}]}}"#, lake("A"), lake("B")),
        ),
        ("CloudTrail Lake, whole events", format!(r#"[{{"eventJson": {}}}, {{"eventData": {b}}}]"#, quoted(&a))),
        ("Athena", format!("{}\n{}", athena("A"), athena("B"))),
        (
            "Logs Insights",
            format!(
                r#"{{"results": [[{{"field": "@message", "value": {}}}], [{{"field": "@message", "value": {}}}]]}}"#,
                quoted(&a),
                quoted(&b)
            ),
        ),
        ("SNS", format!(r#"{{"Type": "Notification", "Message": {}}}{}"#, quoted(&a), b)),
        (
            "SQS with SNS with an envelope",
            format!(
                r#"{{"Messages": [{{"Body": {}}}, {{"Body": {}}}]}}"#,
                quoted(&format!(r#"{{"Message": {}}}"#, quoted(&envelope(&a)))),
                quoted(&b)
            ),
        ),
        (
            "a queue of Lambda with a log file",
            format!(
                r#"{{"Records": [{{"messageId": "1", "body": {}}}]}}"#,
                quoted(&format!(r#"{{"Records": [{a}, {b}]}}"#))
            ),
        ),
        ("strings, as jq prints without -r", format!("{}\n{}", quoted(&a), quoted(&b))),
    ] {
        assert_eq!(read(&text), [Ok("A".into()), Ok("B".into())], "{what}: {text}");
        let is_one_column = what.starts_with("CloudTrail Lake");
        assert!(looks_like_events(&text) || is_one_column, "{what}");
    }
    for text in ["", " \n", "[]", r#"{"Records": []}"#] {
        assert_eq!(read(text), [], "{text}");
    }
}

#[test]
fn what_is_not_an_event_is_told_and_the_others_come() {
    let (a, b) = (one("A"), one("B"));
    let not_event = "not a CloudTrail event: it has no `eventSource` and `eventName`";
    for (text, problem) in [
        (format!("{a}\n{{\"x\": 1}}\n{b}"), format!("record 2 (line 2): {not_event}")),
        (format!("{{\"Records\": [\n{a},\n{{\"x\": 1}},\n{b}\n]}}"), format!("record 2 (line 3): {not_event}")),
        (
            format!("[{a}, {{\"eventName\" 1}}, {b}]"),
            "record 2 (line 1): not a JSON object as events are: expected `:`".into(),
        ),
        (format!("{a}\n{{\"eventName\": \"x\n{b}"), "record 2 (line 2): the text ends within the record".into()),
        (format!("{a}\n{{\"eventName\": {{\n{b}"), "record 2 (line 2): the text ends within the record".into()),
        (format!("{a}\nERROR: no\n{b}"), "record 2 (line 2): not JSON: expected `{` or `[`, found `E`".into()),
        (
            format!("{a}\n{{\"digestS3Bucket\": \"b\", \"logFiles\": []}}\n{b}"),
            "record 2 (line 2): a digest file, which lists log files and has no events; read the log files".into(),
        ),
        (
            format!(
                "[{a}, {{\"eventType\": \"AwsCloudTrailInsight\", \"insightDetails\": {{\"state\": \"Start\"}}}}, {b}]"
            ),
            "record 2 (line 1): an insight event, which tells of unusual activity and is not a call".into(),
        ),
        (
            format!("[{a}, {{\"message\": \"START RequestId\"}}, {b}]"),
            "record 2 (line 1): not JSON: expected `{` or `[`, found `S`".into(),
        ),
        (
            format!("[{a}, {{\"eventName\": \"x\", \"userIdentity\": {{}}}}, {b}]"),
            "record 2 (line 1): the event has no `eventSource`".into(),
        ),
    ] {
        assert_eq!(read(&text), [Ok("A".into()), Err(problem), Ok("B".into())], "{text}");
    }
    for (text, problem) in [
        (format!("{{\"Records\": [{a}"), "record 2 (line 1): the text ends within the list of records"),
        (format!("{{\"Records\": [{a}, {{\"x\""), "record 2 (line 1): the list of records ends within a record"),
    ] {
        assert_eq!(read(&text), [Ok("A".into()), Err(problem.into())], "{text}");
    }
}

#[test]
fn texts_without_escapes_are_borrowed() {
    use std::borrow::Cow;
    let text = one("A");
    let event: Event = Events::new(&text).next().unwrap().unwrap();
    assert!(matches!(event.source, Cow::Borrowed(_)));
}

#[test]
fn rows_of_query_results_are_events() {
    let text = r#"{"QueryResultRows": [[
        {"eventTime": "2026-03-01 12:00:00.000"}, {"eventSource": "s3.amazonaws.com"}, {"eventName": "PutObject"},
        {"userIdentity": "{type=AssumedRole, arn=arn:aws:sts::111122223333:assumed-role/Deploy/s, sessioncontext={attributes={creationdate=2026-03-01 11:00:00.000, mfaauthenticated=true}, sessionissuer={type=Role, arn=arn:aws:iam::111122223333:role/ci/Deploy}}}"},
        {"requestParameters": "{bucketName=reports, key=a}"}, {"readOnly": "false"}, {"resources": "null"}
    ]]}"#;
    let event = Events::new(text).next().unwrap().unwrap();
    assert_eq!(event.time.as_deref(), Some("2026-03-01T12:00:00Z"));
    assert_eq!(event.read_only, Some(false));
    assert_eq!(event.user_identity.issuer_arn.as_deref(), Some("arn:aws:iam::111122223333:role/ci/Deploy"));
    assert_eq!(event.user_identity.mfa_authenticated, Some(true));
    let asked = event.request(iameval_data::Catalogue::embedded()).unwrap();
    assert_eq!(asked.resources[0].resource, "arn:aws:s3:::reports/a");
}

#[test]
fn other_texts_do_not_look_like_events() {
    for text in [
        "",
        "Version: 1",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "cloudtrail:*", "Resource": "*"}]}"#,
        r#"{"Action": "s3:GetObject"}"#,
    ] {
        assert!(!looks_like_events(text), "{text}");
    }
}
