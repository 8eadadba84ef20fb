//! The conformance suite: `fixtures/conformance/*.json`, whose format `fixtures/conformance/README.md` describes.

use iameval::json::{self, Member, Node, Value};
use iameval::native::{Line, RequestError, RequestReader};
use iameval::{PolicySet, Simulation};
use iameval_tests::{fixture, fixtures};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// One case with the file it stands in.
pub(crate) struct Case<'a> {
    pub(crate) file: &'a str,
    text: &'a str,
    node: &'a Node<'a>,
    sets: Option<&'a Node<'a>>,
}

impl<'a> Case<'a> {
    pub(crate) fn name(&self) -> &'a str {
        self.node.get("name").and_then(Node::as_str).unwrap_or_default()
    }

    fn rules(&self) -> impl Iterator<Item = &'a str> {
        items(self.node.get("rules")).filter_map(Node::as_str)
    }

    pub(crate) fn expected(&self) -> &'a Node<'a> {
        self.node.get("expect").expect("every case expects something")
    }

    /// The case as a native request; a policy set is put in place of its name.
    pub(crate) fn request(&self) -> Node<'a> {
        let set = self.node.get("policy_set").and_then(Node::as_str);
        let policies = match set {
            Some(name) => self.sets.and_then(|sets| sets.get(name)),
            None => self.node.get("policies"),
        };
        let parts =
            [("request", self.node.get("request")), ("policies", policies), ("options", self.node.get("options"))];
        let members = parts.into_iter().filter_map(|(key, node)| {
            let span = node?.span;
            Some(Member {
                key: key.into(),
                key_span: iameval::text::Span { start: span.start, end: span.start },
                value: node?.clone(),
            })
        });
        Node::new(Value::Object(members.collect()))
    }

    pub(crate) fn read(&self, reader: &mut RequestReader) -> Result<(PolicySet, iameval::Request), Box<RequestError>> {
        match reader.read_tree(&self.request(), self.text)? {
            Line::Simulation(simulation) => Ok((simulation.policy_set(), simulation.request)),
            Line::Define(_) => unreachable!("a case has a request"),
        }
    }

    /// What is wrong with the answer, empty when nothing is.
    fn run(&self) -> String {
        let expected = self.expected();
        let mut wrong = String::new();
        let mut check = |what: &str, wanted: Option<String>, got: String| {
            if let Some(wanted) = wanted
                && wanted != got
            {
                let _ = writeln!(wrong, "    {what}: expected {wanted}, got {got}");
            }
        };
        let text = |key: &str| expected.get(key).and_then(Node::as_str).map(str::to_owned);
        match (self.read(&mut RequestReader::new()), expected.get("error")) {
            (Ok((policies, request)), None) => {
                let simulation = policies.simulate(&request);
                check("decision", text("decision"), simulation.decision.as_str().into());
                check("decided_by", text("decided_by"), simulation.decided_by.as_str().into());
                check("matched", expected.get("matched").map(list), matched(&policies, &simulation));
                let missing: Vec<&str> =
                    simulation.missing_context_keys.iter().map(iameval::ContextKey::as_str).collect();
                check("missing_context_keys", expected.get("missing_context_keys").map(list), missing.join(" "));
                check("decide", text("decision"), policies.decide(&request).as_str().into());
                check("indexed", text("decision"), policies.indexed().decide(&request).as_str().into());
                check("explain", text("decision"), policies.explain(&request).decision.as_str().into());
            }
            (Err(error), Some(wanted)) => {
                let text = |key: &str| wanted.get(key).and_then(Node::as_str).map(str::to_owned);
                check("error", text("code"), error.code.as_str().into());
                check("path", text("path"), error.path.unwrap_or_default());
            }
            (Ok(_), Some(wanted)) => check("error", Some(wanted.to_string()), "an answer".into()),
            (Err(error), None) => check("answer", Some(expected.to_string()), format!("{error} at {:?}", error.path)),
        }
        wrong
    }
}

fn items<'a>(node: Option<&'a Node<'a>>) -> impl Iterator<Item = &'a Node<'a>> {
    match node.map(|node| &node.value) {
        Some(Value::Array(items)) => items.iter(),
        _ => [].iter(),
    }
}

fn list(node: &Node<'_>) -> String {
    items(Some(node)).filter_map(Node::as_str).collect::<Vec<_>>().join(" ")
}

fn matched(policies: &PolicySet, simulation: &Simulation) -> String {
    let origins = simulation.matched.iter().filter_map(|matched| policies.origin(matched.id));
    let names = origins.map(|origin| format!("{}#{}", origin.policy, origin.statement_index));
    names.collect::<Vec<_>>().join(" ")
}

/// Calls `visit` with every case of the suite.
pub(crate) fn for_each(mut visit: impl FnMut(&Case<'_>)) {
    for path in fixtures("conformance", ".json") {
        let file = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("a readable fixture");
        let tree = json::parse(&text).unwrap_or_else(|error| panic!("{}: {}", path.display(), error.message()));
        for node in items(tree.get("cases")) {
            visit(&Case { file: &file, text: &text, node, sets: tree.get("sets") });
        }
    }
}

#[test]
fn every_case_is_answered_as_expected() {
    let (mut count, mut failures) = (0, Vec::new());
    for_each(|case| {
        count += 1;
        let wrong = case.run();
        if !wrong.is_empty() {
            failures.push(format!("{}/{}\n{wrong}", case.file, case.name()));
        }
    });
    assert!(count > 4_000, "only {count} cases were found");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn cases_are_well_formed() {
    let mut names = BTreeSet::new();
    for_each(|case| {
        let keys: Vec<&str> = case.node.members().unwrap().iter().map(|member| &*member.key).collect();
        let known = ["name", "rules", "pins", "request", "policies", "policy_set", "options", "expect"];
        for key in &keys {
            assert!(known.contains(key), "{}/{}: unknown field `{key}`", case.file, case.name());
        }
        for key in ["name", "rules", "pins", "request", "expect"] {
            assert!(keys.contains(&key), "{}/{}: no `{key}`", case.file, case.name());
        }
        assert!(names.insert((case.file.to_owned(), case.name().to_owned())), "{}/{} twice", case.file, case.name());
    });
}

/// Rules of evaluation that no decision can show, each with the reason.
const NOT_SHOWN_BY_DECISIONS: [(&str, &str); 3] = [
    ("R-MFA-07", "about the missing keys that the simulation API lists"),
    ("R-MFA-08", "outside policy evaluation, and not modelled"),
    ("R-SVC-26", "a note beside the decision"),
];

#[test]
fn every_rule_has_cases_on_both_sides() {
    let semantics = fixture("../docs/semantics.md");
    let families = [
        "MODEL", "GRAM", "ARN", "ACT", "RES", "PRIN", "VAR", "COND", "CTX", "EVAL", "RBP", "XACC", "ORG", "SVC", "MFA",
    ];
    let mut outcomes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in semantics.lines() {
        let Some(rule) = line.strip_prefix("- **").and_then(|rest| rest.split("**").next()) else { continue };
        let family = rule.strip_prefix("R-").and_then(|rest| rest.rsplit_once('-')).map(|(family, _)| family);
        if family.is_some_and(|family| families.contains(&family)) {
            outcomes.insert(rule, BTreeSet::new());
        }
    }
    assert!(outcomes.len() > 120, "only {} rules were found", outcomes.len());
    for_each(|case| {
        let outcome = case.expected().get("decision").and_then(Node::as_str).map_or("refused", |decision| {
            ["allowed", "explicit_deny", "implicit_deny"]
                .into_iter()
                .find(|known| *known == decision)
                .unwrap_or_default()
        });
        for rule in case.rules() {
            if let Some((_, outcomes)) = outcomes.iter_mut().find(|(known, _)| **known == rule) {
                outcomes.insert(outcome);
            }
        }
    });
    let one_sided: Vec<_> = outcomes
        .into_iter()
        .filter(|(rule, outcomes)| outcomes.len() < 2 && !NOT_SHOWN_BY_DECISIONS.iter().any(|(known, _)| known == rule))
        .collect();
    assert!(one_sided.is_empty(), "rules without cases on both sides: {one_sided:#?}");
}
