//! `ResourcePolicy` of REST APIs and of their events: short forms of the policy of the API.

use super::tree::{Place, Tree, is_given, items, said};
use iameval::json::Node;
use iameval::text::Span;
use std::collections::HashSet;

/// The policy of a REST API in the making.
#[derive(Debug, Default)]
pub(super) struct ResourcePolicy {
    statements: Vec<Tree>,
    /// What they say.
    said: HashSet<String>,
    span: Option<Span>,
}

impl ResourcePolicy {
    /// Adds what the short forms say of a path with these methods.
    pub(super) fn add(&mut self, policy: &Tree, path: &str, methods: &[String], stage: &Tree) {
        let place = Place(policy.span);
        self.span.get_or_insert(policy.span);
        let resources = || {
            let resource = |method: &String| {
                let method = if is_any(method) { "*".to_owned() } else { method.to_uppercase() };
                let path = super::events::without_parameters(path, true);
                let text = format!("execute-api:/${{__Stage__}}/{method}{path}");
                place.sub(text, vec![place.member("__Stage__", stage.clone())])
            };
            place.list(methods.iter().map(resource).collect())
        };
        let given = |name: &str| policy.get(name).filter(|node| is_given(node));
        for (name, effect) in [("AwsAccountWhitelist", "Allow"), ("AwsAccountBlacklist", "Deny")] {
            let Some(accounts) = given(name) else { continue };
            let at = Place(accounts.span);
            let principal = at.map([("AWS", at.list(items(accounts).to_vec()))]);
            self.push(statement(at, effect, resources(), principal, None));
        }
        for (name, operator) in [("IpRangeWhitelist", "NotIpAddress"), ("IpRangeBlacklist", "IpAddress")] {
            let Some(ranges) = given(name) else { continue };
            let at = Place(ranges.span);
            let test = at.map([("aws:SourceIp", at.list(items(ranges).to_vec()))]);
            self.only_where(at, resources(), at.map([(operator, test)]));
        }
        for (suffix, operator) in [("Blacklist", "StringEquals"), ("Whitelist", "StringNotEquals")] {
            let listed = |name: &str| policy.get(&format!("{name}{suffix}")).map(items).unwrap_or_default();
            let starting = |start: &str| {
                let endpoints = listed("SourceVpc").iter();
                endpoints.filter(|node| node.as_str().is_some_and(|text| text.starts_with(start))).cloned().collect()
            };
            let mut networks: Vec<Tree> = starting("vpc-");
            networks.extend(listed("IntrinsicVpc").iter().cloned());
            let mut endpoints: Vec<Tree> = starting("vpce-");
            endpoints.extend(listed("IntrinsicVpce").iter().cloned());
            let tests = [("aws:SourceVpc", networks), ("aws:SourceVpce", endpoints)];
            let tests: Vec<_> = tests
                .into_iter()
                .filter(|(_, values)| !values.is_empty())
                .map(|(key, values)| place.member(key, place.list(values)))
                .collect();
            if !tests.is_empty() {
                self.only_where(place, resources(), place.map([(operator, place.object(tests))]));
            }
        }
    }

    /// Adds statements as they are written.
    pub(super) fn add_statements(&mut self, policy: &Tree) {
        let Some(custom) = policy.get("CustomStatements").filter(|custom| is_given(custom)) else { return };
        self.span.get_or_insert(policy.span);
        for statement in items(custom) {
            self.push_new(statement.clone());
        }
    }

    /// Adds the statements of a policy.
    pub(super) fn add_policy(&mut self, policy: &Tree) {
        self.span.get_or_insert(policy.span);
        for statement in policy.get("Statement").map(items).unwrap_or_default() {
            self.push(statement.clone());
        }
    }

    /// Everyone may call these, but for requests that meet the condition.
    fn only_where(&mut self, place: Place, resources: Tree, condition: Tree) {
        let anyone = || place.text("*");
        self.push_new(statement(place, "Allow", resources.clone(), anyone(), None));
        self.push_new(statement(place, "Deny", resources, anyone(), Some(condition)));
    }

    fn push(&mut self, statement: Tree) {
        self.said.insert(said(&statement));
        self.statements.push(statement);
    }

    fn push_new(&mut self, statement: Tree) {
        if self.said.insert(said(&statement)) {
            self.statements.push(statement);
        }
    }

    /// The document, where there is one.
    pub(super) fn document(self) -> Option<Tree> {
        let place = Place(self.span?);
        let statements = Some(self.statements).filter(|statements| !statements.is_empty())?;
        Some(place.map([("Version", place.text("2012-10-17")), ("Statement", place.list(statements))]))
    }
}

/// Whether a method stands for all.
pub(super) fn is_any(method: &str) -> bool {
    method.eq_ignore_ascii_case("any") || method.eq_ignore_ascii_case("x-amazon-apigateway-any-method")
}

fn statement(place: Place, effect: &'static str, resource: Tree, principal: Tree, condition: Option<Tree>) -> Tree {
    let mut members = vec![
        place.member("Effect", place.text(effect)),
        place.member("Action", place.text("execute-api:Invoke")),
        place.member("Resource", resource),
        place.member("Principal", principal),
    ];
    members.extend(condition.map(|condition| place.member("Condition", condition)));
    place.object(members)
}

/// The paths of a definition, each with its methods.
pub(super) fn paths_of(definition: &Tree) -> Vec<(String, Vec<String>)> {
    let paths = definition.get("paths").and_then(Node::members).unwrap_or_default();
    let methods = |path: &Tree| {
        let contents = match super::tree::branches(path) {
            Some([_, then, otherwise]) => vec![then, otherwise],
            None => vec![path],
        };
        let methods = contents.into_iter().filter(|content| !super::tree::is_no_value(content));
        let methods = methods.filter_map(Node::members).flatten().map(|member| member.key.clone().into_owned());
        methods.collect()
    };
    paths.iter().map(|path| (path.key.clone().into_owned(), methods(&path.value))).collect()
}
