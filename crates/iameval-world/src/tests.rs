//! Worlds from texts: every field, what can be wrong, and what follows for a question.

mod builder;
mod files;
mod levels;
mod principals;
mod sections;
mod situations;
mod standings;

use crate::{Ask, Files, Finding, Situation, Source, World, WorldPolicy, codes};
use PolicyKind::{
    Endpoint, Identity, PermissionsBoundary, Resource, ResourceControl, RoleTrust, ScopeDown, ServiceControl, Session,
};
use iameval::text::{LineIndex, Span};
use iameval::{Action, Context, ContextKey, Decision, Layer, PolicyKind, Problem};
use std::path::Path;
use std::sync::Arc;

/// Files in memory.
struct Texts<'t>(&'t [(&'t str, &'t str)]);

impl Files for Texts<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let wanted = self.identity(path);
        let found = self.0.iter().find(|(name, _)| Path::new(name) == wanted);
        found.map(|(name, text)| Source::new(*name, *text)).ok_or_else(|| {
            let name = path.display().to_string();
            let message = format!("cannot read `{name}`: no such file");
            Finding::about_file(&name, Problem::new(codes::UNREADABLE, message))
        })
    }
}

fn load(files: &[(&str, &str)]) -> Result<World, Vec<Finding>> {
    World::load(&Texts(files), &[files[0].0.into()])
}

#[track_caller]
fn world(text: &str) -> World {
    load(&[("world.yaml", text)]).unwrap_or_else(|found| panic!("{}", told(&found)))
}

/// Each finding as `file:line:column: message (help)`.
fn told(found: &[Finding]) -> String {
    let one = |finding: &Finding| {
        let Finding { source, diagnostic, .. } = finding;
        let at = LineIndex::new(&source.text).position(&source.text, diagnostic.span().start);
        let help = diagnostic.help().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}:{}:{}: {}{help}\n", source.name, at.line, at.column, diagnostic.message())
    };
    found.iter().map(one).collect()
}

#[track_caller]
fn refused_files(files: &[(&str, &str)], expected: &str) {
    let found = load(files).expect_err("something is wrong");
    assert_eq!(told(&found).trim_end(), expected);
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    refused_files(&[("world.yaml", text)], &format!("world.yaml:{expected}"));
}

#[track_caller]
fn ask(world: &World, who: &str, action: &str, resource: &str, via: Option<&str>) -> Situation {
    let action: Action = action.parse().unwrap();
    let principal = world.principal(who).unwrap_or_else(|| world.stranger(who.parse().unwrap()));
    let via = via.map(|name| &world.endpoints()[name]);
    let resource = world.resource_arn(resource).unwrap_or_else(|| resource.into());
    world
        .situation(&Ask::new(&principal, &action, &resource).via(via))
        .unwrap_or_else(|found| panic!("{}", told(&found)))
}

/// The value of a key; the values of a list joined by `|`.
fn value(context: &Context, key: &str) -> Option<String> {
    let value = context.value(&ContextKey::new(key))?;
    Some(value.texts().collect::<Vec<_>>().join("|"))
}

fn policies_of(situation: &Situation, kind: PolicyKind) -> Vec<String> {
    let levels = situation.policies.placed().layer(Layer::of(kind)).enumerate();
    let told = levels.flat_map(|(number, level)| {
        let of_kind = level.iter().filter(|placed| placed.kind == kind);
        of_kind.map(move |placed| format!("{} {number}", placed.policy.policy.name))
    });
    told.collect()
}

/// A policy that allows everything, as flow YAML; `{}` stands for its own name.
const ALLOW: &str = "{ Statement: { Effect: Allow, Action: '*', Resource: '*' } }";
const OPEN: &str = "{ Statement: { Effect: Allow, Principal: '*', Action: '*', Resource: '*' } }";

#[test]
fn every_policy_is_listed_once_with_its_kinds() {
    let world = world(&format!(
        "
account: \"123456789012\"
policies:
  unused: {ALLOW}
  power: aws:PowerUserAccess
  open: {OPEN}
  scp: {ALLOW}
groups:
  all: [power, {ALLOW}]
principals:
  jane: {{ user: jane, groups: [all], boundary: \"arn:aws:iam::aws:policy/PowerUserAccess\" }}
  john: {{ federated: john, policies: aws:ReadOnlyAccess, session_policies: [aws:ReadOnlyAccess], scope_down: [power] }}
  ci: {{ role: ci, trust: {{ Statement: {{ Effect: Allow, Principal: '*', Action: 'sts:*' }} }} }}
resources:
  bucket: {{ arn: 'arn:aws:s3:::bucket', policy: open }}
organization:
  id: o-a1b2c3d4e5
  scps: [[scp], [{ALLOW}]]
  rcps: [[open]]
endpoints:
  door: {{ policies: [open, {OPEN}] }}
"
    ));
    let listed = world
        .policies()
        .iter()
        .map(|WorldPolicy { policy, kinds, .. }| (policy.name.as_str(), kinds.iter().copied().collect()));
    let listed: Vec<(&str, Vec<PolicyKind>)> = listed.collect();
    assert_eq!(
        listed,
        [
            ("unused", vec![]),
            ("aws:PowerUserAccess", vec![Identity, PermissionsBoundary, ScopeDown]),
            ("open", vec![Resource, ResourceControl, Endpoint]),
            ("scp", vec![ServiceControl]),
            ("all:1", vec![Identity]),
            ("organization:scp1.0", vec![ServiceControl]),
            ("aws:ReadOnlyAccess", vec![Identity, Session]),
            ("ci:trust", vec![RoleTrust]),
            ("door:1", vec![Endpoint]),
        ]
    );
}

#[test]
fn worlds_go_from_thread_to_thread() {
    fn check<T: Send + Sync>() {}
    check::<World>();
    check::<Situation>();
}

#[test]
fn the_examples_of_the_page_are_read() {
    let page = include_str!("../../../docs/worlds.md");
    let blocks = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for block in blocks {
        if let Err(error) = crate::yaml::parse(block) {
            panic!("{}\n{block}", error.message());
        }
    }
    let whole = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let open = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let files = [("world.yaml", whole), ("policies/developer.json", allow), ("policies/reports-bucket.json", open)];
    let world = load(&files).unwrap_or_else(|found| panic!("{}", told(&found)));
    assert_eq!(world.resource_arn("reports/q3.csv").as_deref(), Some("arn:aws:s3:::example-billing-reports/q3.csv"));
}
