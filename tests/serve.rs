//! `iameval-serve` against fixtures: bytes in, bytes out, and the conformance suite through the API.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where something is not as it should be")]

use iameval::native::{Line, RequestReader};
use iameval_data::Catalogue;
use iameval_infra::{Infrastructure, WithInfrastructure};
use iameval_serve::{Api, Call, Form, Settings, Shape};
use iameval_world::{Disk, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn api(world: &str, settings: Settings) -> Api {
    let files = WithInfrastructure(Disk::default(), Infrastructure::new());
    let world = World::load(&files, &[fixtures().join("serve").join(world)]).unwrap();
    world.decide_by(Catalogue::embedded().service_rules().clone());
    Api::new(Arc::new(world), Catalogue::embedded(), settings)
}

fn call() -> Call<'static> {
    let mut call = Call::default();
    call.request_id = "00000000-0000-4000-8000-000000000000";
    call
}

/// `NAME.request` is a body, `NAME.response` the status and what is answered. `UPDATE=1` writes the latter. Those named
/// `template-…` ask about a template, all others about a world file.
#[test]
fn bytes_in_and_bytes_out() {
    let mut names: Vec<PathBuf> = std::fs::read_dir(fixtures().join("serve"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "request"))
        .collect();
    names.sort();
    assert!(names.len() > 30);
    let (now, template) = (api("world.yaml", Settings::default()), api("template.yml", Settings::default()));
    let mut old = Settings::default();
    old.shape = Shape::Compat2025;
    let (old, update) = (api("world.yaml", old), std::env::var_os("UPDATE").is_some());
    let mut wrong = Vec::new();
    for path in names {
        let request = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let api = match name {
            _ if name.ends_with("-2025") => &old,
            _ if name.starts_with("template-") => &template,
            _ => &now,
        };
        let reply = match Form::parse(request.trim_ascii()) {
            Ok(form) => api.call(&form, &call()),
            Err(fault) => Api::refused(&fault, &call()),
        };
        let response = format!("{}\n{}\n", reply.status, reply.body);
        let file = path.with_extension("response");
        if update {
            std::fs::write(&file, &response).unwrap();
        } else if std::fs::read_to_string(&file).unwrap_or_default() != response {
            wrong.push(format!("{}:\n{response}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn resource_names_an_account(request: &serde_json::Map<String, Value>) -> bool {
    let resource = request.get("resource").and_then(Value::as_str).unwrap_or_default();
    resource.split(':').nth(4).is_some_and(|account| !account.is_empty())
}

/// The request of a conformance case as a form; `None` where a form cannot say it.
fn form(case: &Value, policies: &Value) -> Option<Form> {
    let mut form = Form::default();
    let mut add = |name: String, value: &str| form.add(&name, value.to_owned()).unwrap();
    let request = case["request"].as_object()?;
    for (field, value) in request {
        match (field.as_str(), value) {
            ("action", Value::String(action)) => add("ActionNames.member.1".into(), action),
            ("resource", Value::String(resource)) => add("ResourceArns.member.1".into(), resource),
            ("principal", Value::String(arn)) if arn.contains(":user/") || arn.contains(":role/") => {
                add("CallerArn".into(), arn);
            }
            // An owner is for ARNs that name none.
            ("resource_account", Value::String(account)) if !resource_names_an_account(request) => {
                add("ResourceOwner".into(), &format!("arn:aws:iam::{account}:root"));
            }
            ("context", Value::Object(context)) => {
                for (number, (key, value)) in (1..).zip(context) {
                    let at = format!("ContextEntries.member.{number}");
                    let (kind, values) = match value {
                        Value::String(_) => ("string", vec![value]),
                        Value::Array(values) if !values.is_empty() => ("stringList", values.iter().collect()),
                        _ => return None,
                    };
                    add(format!("{at}.ContextKeyName"), key);
                    add(format!("{at}.ContextKeyType"), kind);
                    for (number, value) in (1..).zip(values) {
                        add(format!("{at}.ContextKeyValues.member.{number}"), value.as_str()?);
                    }
                }
            }
            _ => return None,
        }
    }
    let text = |policy: &Value| match policy {
        Value::String(text) => text.clone(),
        _ => policy.to_string(),
    };
    let list = |policies: &Value| match policies {
        Value::Array(policies) => policies.clone(),
        Value::Null => Vec::new(),
        policy => vec![policy.clone()],
    };
    add("PolicyInputList".into(), "");
    for (field, value) in policies.as_object()? {
        match field.as_str() {
            "identity" => {
                for (number, policy) in (1..).zip(list(value)) {
                    add(format!("PolicyInputList.member.{number}"), &text(&policy));
                }
            }
            "boundary" if list(value).len() == 1 => {
                add("PermissionsBoundaryPolicyInputList.member.1".into(), &text(&list(value)[0]));
            }
            "resource" if list(value).len() == 1 => add("ResourcePolicy".into(), &text(&list(value)[0])),
            "scp" => {
                // Bare policies are one level.
                let is_bare = list(value).iter().any(|level| !level.is_array());
                let levels = if is_bare { vec![value.clone()] } else { list(value) };
                for (level, policies) in (1..).zip(levels) {
                    let at = format!("OrderedOrganizationPolicyInputList.member.{level}");
                    add(format!("{at}.ServiceControlPolicyInputList"), "");
                    for (number, policy) in (1..).zip(list(&policies)) {
                        add(format!("{at}.ServiceControlPolicyInputList.member.{number}"), &text(&policy));
                    }
                }
            }
            _ => return None,
        }
    }
    add("Action".into(), "SimulateCustomPolicy");
    Some(form)
}

#[test]
fn conformance_cases_through_the_api_give_the_answers_of_the_library() {
    let api = Api::new(World::default().into(), Catalogue::embedded(), Settings::default());
    let (mut compared, mut refused) = (0, 0);
    for entry in std::fs::read_dir(fixtures().join("conformance")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let shared = case["policy_set"].as_str().map(|name| &file["sets"][name]);
            let policies = shared.unwrap_or(&case["policies"]);
            let all = format!("{case}{policies}").to_lowercase();
            // What a simulation has of itself, where a request has what it is given.
            let differs = ["userid", "principalaccount"].iter().any(|key| all.contains(key));
            if case.get("options").is_some() || differs {
                continue;
            }
            let Some(form) = form(case, policies) else { continue };
            let line = json!({"request": case["request"], "policies": policies, "options": {"derive_context": true}});
            let Ok(Line::Simulation(simulation)) = RequestReader::new().read(&line.to_string()) else { continue };
            let mut call = call();
            call.live = true;
            let reply = api.call(&form, &call);
            if reply.status != 200 {
                refused += 1;
                continue;
            }
            let decision = simulation.policy_set().decide(&simulation.request).as_str();
            let word = match decision {
                "allowed" => "allowed",
                "explicit_deny" => "explicitDeny",
                _ => "implicitDeny",
            };
            let said = reply.body.split_once("<EvalDecision>").unwrap().1.split('<').next().unwrap();
            assert_eq!(said, word, "{}: {}", path.display(), case["name"]);
            compared += 1;
        }
    }
    assert!(compared > 1000 && refused < compared / 3, "{compared} compared, {refused} refused");
}
