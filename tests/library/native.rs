//! Native requests and results: the schema, round trips, and what is refused.

use crate::conformance;
use crate::oracle;
use iameval::json;
use iameval::native::{Line, RequestReader, SCHEMA, request_to_json, write_error, write_result};
use iameval::{AccountId, Decision, EvaluationMode, Layer, PolicyDocument, PolicySet, Principal, Request};
use iameval_tests::generate::{self, check};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::cell::Cell;

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("a schema")
}

fn request_schema() -> Validator {
    jsonschema::validator_for(&schema()).expect("a schema")
}

fn result_schema() -> Validator {
    let definitions = &schema()["$defs"];
    jsonschema::validator_for(&json!({"$defs": definitions, "$ref": "#/$defs/result"})).expect("a schema")
}

#[track_caller]
fn validate(schema: &Validator, text: &str) {
    let value: Value = serde_json::from_str(text).expect("JSON");
    if let Err(error) = schema.validate(&value) {
        panic!("{error} at {}: {text}", error.instance_path);
    }
}

/// The result line of a request line.
fn answer(line: &str) -> String {
    let mut out = String::new();
    match RequestReader::new().read(line) {
        Ok(Line::Simulation(simulation)) => {
            let policies = simulation.policy_set();
            write_result(&mut out, simulation.id.as_deref(), &policies, &policies.simulate(&simulation.request));
        }
        Ok(Line::Define(_)) => {}
        Err(error) => write_error(&mut out, error.id.as_deref(), &error),
    }
    out
}

#[test]
fn requests_and_results_of_the_suite_fit_the_schema() {
    let (requests, results) = (request_schema(), result_schema());
    let mut count = 0;
    conformance::for_each(|case| {
        let line = case.request().to_string();
        let result = answer(&line);
        validate(&results, &result);
        if result.ends_with("\"error\":null}") {
            validate(&requests, &line);
            count += 1;
        }
    });
    assert!(count > 3_900, "only {count} requests");
}

#[test]
fn generated_requests_fit_the_schema_and_are_answered() {
    let (requests, results) = (request_schema(), result_schema());
    check(500, generate::scenarios(), |scenario| {
        let line = scenario.to_string();
        validate(&requests, &line);
        let result = answer(&line);
        validate(&results, &result);
        let decision = scenario.policies().to_set().decide(&scenario.asked.request());
        assert!(result.contains(&format!("\"decision\":\"{}\"", decision.as_str())), "{result}");
    });
}

#[test]
fn a_request_survives_its_native_form() {
    check(1_000, generate::scenarios(), |scenario| {
        let line = scenario.to_string();
        let Ok(Line::Simulation(simulation)) = RequestReader::new().read(&line) else { panic!("a request") };
        assert_eq!(simulation.request, scenario.asked.request());
        let tree = json::parse(&line).expect("JSON");
        let (policies, facts) = oracle::read(&tree).expect("in the subset");
        assert_eq!(facts, scenario.asked.facts());
        let decide = |policies: &iameval::PolicySet| policies.decide(&simulation.request);
        assert_eq!(decide(&simulation.policy_set()), decide(&policies.to_set()));
    });
}

/// What is written of a request and its policies is read as the same, and decided alike under every selection of rules.
#[test]
fn a_written_request_is_decided_alike() {
    let requests = request_schema();
    let count = Cell::new(0);
    let rules = [PolicySet::without_service_rules, PolicySet::with_only_refusals, std::convert::identity::<PolicySet>];
    check(1_500, generate::scenarios(), |scenario| {
        let line = scenario.to_string();
        let Ok(Line::Simulation(simulation)) = RequestReader::new().read(&line) else { panic!("a request") };
        let documents = || simulation.policies.documents().map(|written| &*written.document);
        for (rules, mode) in rules.into_iter().flat_map(|rules| EvaluationMode::ALL.map(|mode| (rules, mode))) {
            let set = rules(simulation.policies.to_set()).with_mode(mode);
            let written = request_to_json(&simulation.request, &set, documents());
            let written = written.unwrap_or_else(|error| panic!("{error}: {line}")).to_string();
            validate(&requests, &written);
            let Ok(Line::Simulation(again)) = RequestReader::new().read(&written) else { panic!("{written}") };
            assert_eq!((again.options.service_rules, again.options.mode), (set.rule_selection(), mode));
            let (one, other) = (set.simulate(&simulation.request), again.policy_set().simulate(&again.request));
            assert_eq!((one.decision, one.matched), (other.decision, other.matched), "{line}\n{written}");
            let names = |set: &PolicySet| set.policies().map(|policy| policy.id().to_string()).collect::<Vec<_>>();
            assert_eq!(names(&set), names(&again.policy_set()));
            count.set(count.get() + usize::from(other.decision.is_allowed()));
        }
    });
    assert!(count.get() > 1_000, "only {} were allowed", count.get());
}

#[test]
fn a_layer_that_is_there_without_policies_stays_there() {
    let request = Request::builder("vpc-lattice-svcs:Invoke".parse().unwrap()).build();
    let allow = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let document = PolicyDocument::parse(allow).value.unwrap();
    for layer in Layer::ALL {
        let set = PolicySet::builder().identity("allow", allow).unwrap().present(layer).build();
        let written = request_to_json(&request, &set, [&document]).unwrap().to_string();
        let Ok(Line::Simulation(again)) = RequestReader::new().read(&written) else { panic!("{written}") };
        assert_eq!(again.policy_set().decide(&again.request), set.decide(&request), "{layer}: {written}");
    }
}

#[test]
fn what_the_native_form_cannot_say_is_an_error() {
    let [own, other] = ["111122223333", "444455556666"].map(|account| account.parse::<AccountId>().unwrap());
    let allow = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let document = PolicyDocument::parse(allow).value.unwrap();
    let error = |request: &Request, set: &PolicySet, documents: usize| {
        let documents = std::iter::repeat_n(&document, documents);
        request_to_json(request, set, documents).unwrap_err().to_string()
    };
    let builder = Request::builder("a:b".parse().unwrap());
    let foreign = builder.clone().principal(Principal::unnamed_in(own)).resource_account(other).build();
    let none = PolicySet::builder().build();
    let expected = "the native form cannot say an unnamed user who asks for something of another account";
    assert_eq!(error(&foreign, &none, 0), expected);
    let request = builder.build();
    let boundaries = PolicySet::builder().boundary("b", allow).unwrap().boundary("c", allow).unwrap().build();
    assert_eq!(error(&request, &boundaries, 2), "the native form cannot say more than one `boundary` policy");
    assert_eq!(error(&request, &boundaries, 1), "the native form cannot say the policy `c` without its document");
    assert_eq!(error(&request, &none, 1), "the native form cannot say documents of no policy");
}

/// A request in which the place marked `@` is replaced.
fn with(place: &str, text: &str) -> String {
    const REQUEST: &str = r#"{"id":"7","request":{"action":"s3:GetObject","resource":"*"@request},
        "policies":{"identity":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}]@policies}@top}"#;
    let mut out = REQUEST.replacen(&format!("@{place}"), text, 1);
    for place in ["@request", "@policies", "@top"] {
        out = out.replacen(place, "", 1);
    }
    out
}

#[track_caller]
fn refused(line: &str, code: &str, path: Option<&str>) {
    let Err(error) = RequestReader::new().read(line) else { panic!("{line} is read") };
    assert_eq!((error.code.as_str(), error.path.as_deref()), (code, path), "{line}: {error}");
    validate(&result_schema(), &answer(line));
    assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error}");
    assert!(error.span.is_some_and(|span| line.get(span.range()).is_some()), "{line}: {error:?}");
}

#[test]
fn what_is_no_request_is_refused_at_its_place() {
    assert!(RequestReader::new().read(&with("top", "")).is_ok());
    // Unknown fields.
    for (place, text, path) in [
        ("top", r#","policy":{}"#, "policy"),
        ("request", r#","actions":[]"#, "request.actions"),
        ("policies", r#","scps":[]"#, "policies.scps"),
        ("top", r#","options":{"pure":true}"#, "options.pure"),
        ("request", r#","principal":{"id":"anonymous","kind":"x"}"#, "request.principal.kind"),
        ("policies", r#","session":[{"name":"s","doc":{}}]"#, "policies.session[0].doc"),
        ("policies", r#","scp":[{"level":"root","policy":[]}]"#, "policies.scp[0].policy"),
        // Doubled ones.
        ("top", r#","id":"8""#, "id"),
        ("request", r#","resource":"*""#, "request.resource"),
        ("request", r#","context":{"a:b":"1","A:B":"2"}"#, "request.context.A:B"),
        ("policies", r#","identity":[]"#, "policies.identity"),
        // Wrong types and forms.
        ("top", r#","options":[]"#, "options"),
        ("top", r#","options":{"mode":"fast"}"#, "options.mode"),
        ("top", r#","options":{"service_rules":"no"}"#, "options.service_rules"),
        ("top", r#","policy_set":7"#, "policy_set"),
        ("request", r#","resource_account":"123""#, "request.resource_account"),
        ("request", r#","resource_account":123456789012"#, "request.resource_account"),
        ("request", r#","principal":"somebody""#, "request.principal"),
        ("request", r#","principal":{"type":"user"}"#, "request.principal"),
        ("request", r#","principal":{"id":"anonymous","type":"nobody"}"#, "request.principal.type"),
        ("request", r#","principal":{"id":"anonymous","role":"x"}"#, "request.principal.role"),
        ("request", r#","context":[]"#, "request.context"),
        ("request", r#","context":{"a:b":{}}"#, "request.context.a:b"),
        ("request", r#","context":{"a:b":["x",null]}"#, "request.context.a:b[1]"),
        ("policies", r#","boundary":[{},{}]"#, "policies.boundary"),
        ("policies", r#","endpoint":[{"document":{"Statement":[]},"gateway":1}]"#, "policies.endpoint[0].gateway"),
    ] {
        refused(&with(place, text), "invalid_request", Some(path));
    }
    refused(r#"{"id":"7"}"#, "invalid_request", None);
    refused(r#"{"request":{}}"#, "invalid_request", Some("request"));
    refused(r#"{"request":{"action":"GetObject"}}"#, "invalid_request", Some("request.action"));
    refused(r#"{"request":{"action":"s3:Get:Object"}}"#, "invalid_request", Some("request.action"));
    refused(r#"{"request":{"action":["s3:GetObject"]}}"#, "invalid_request", Some("request.action"));
    let owners =
        r#"{"request":{"action":"a:b","resource_account":"111122223333","resource":{"account":"444455556666"}}}"#;
    let Err(error) = RequestReader::new().read(owners) else { panic!("two owners are read") };
    assert_eq!(error.code.as_str(), "invalid_request");
    refused(r#"{"define":7,"policies":{}}"#, "invalid_request", Some("define"));
    refused(r#"{"define":"x"}"#, "invalid_request", None);
    refused(r#"{"define":"x","policies":{},"request":{}}"#, "invalid_request", Some("request"));
    for text in ["", "[]", "7", "null", "{", r#"{"request":}"#] {
        refused(text, "invalid_json", None);
    }
}

#[test]
fn malformed_policies_are_refused_at_their_place() {
    for (text, path) in [
        (r#","resource":{"Statement":{"Effect":"allow","Action":"*"}}"#, "policies.resource.Statement.Effect"),
        (
            r#","session":[{"name":"s","document":{"Statement":[{"Effect":"Allow","Action":"*"}]}}]"#,
            "policies.session[0].document.Statement[0]",
        ),
        (
            r#","boundary":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringLikes\":{}}}}""#,
            "policies.boundary.Statement.Condition.StringLikes",
        ),
        (
            r#","scp":[[{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"}}]]"#,
            "policies.scp[0][0].Statement.Principal",
        ),
        (
            r#","rcp":[{"level":"root","policies":[{"Statement":{"Effect":"Deny","NotAction":[],"Resource":"*"}}]}]"#,
            "policies.rcp[0].policies[0].Statement.NotAction",
        ),
        (
            r#","endpoint":{"Statement":{"Effect":"Deny","Effect":"Deny","Action":"*"}}"#,
            "policies.endpoint.Statement.Effect",
        ),
        (r#","session":7"#, "policies.session"),
        (r#","session":[null]"#, "policies.session[0]"),
        (r#","session":"{\"Statement\":[],}""#, "policies.session"),
    ] {
        refused(&with("policies", text), "malformed_policy", Some(path));
    }
}

#[test]
fn an_id_comes_back() {
    for (id, expected) in
        [("\"x\"", "\"x\""), ("7", "\"7\""), ("1.0", "\"1.0\""), ("null", "null"), ("\"é\\n\"", "\"é\\n\"")]
    {
        let line = format!(r#"{{"id":{id},"request":{{"action":"a:b"}}}}"#);
        let expected = format!(r#"{{"id":{expected},"decision":"{}","#, Decision::ImplicitDeny.as_str());
        assert!(answer(&line).starts_with(&expected), "{}", answer(&line));
        let wrong = format!(r#"{{"id":{id},"request":{{"action":"a"}}}}"#);
        assert!(answer(&wrong).starts_with(&expected.replace("\"implicit_deny\"", "null")), "{}", answer(&wrong));
    }
}
