//! What holds of every input, however odd: one function for each fuzz target. Property tests run the same functions.
//!
//! Another JSON reader and the reader of YAML come in as functions, since nothing here depends on them.

mod denial;
mod draw;
mod event;
mod form;
mod policy_file;
mod template;
mod test_file;

pub use denial::denial_text;
pub use event::event_text;
pub use form::form_text;
pub use policy_file::policy_file_text;
pub use template::{service_text, template_text, terraform_text};
pub use test_file::{CASES, test_file_text};

use crate::generate::quoted;
use crate::naive;
use draw::Question;
use iameval::json::{self, Node, Value};
use iameval::native::{Line, RequestReader, SimulationRequest, write_error, write_result};
use iameval::text::Span;
use iameval::{
    ActionPattern, CompiledPolicy, Context, Diagnostic, EvaluationMode, PolicyDocument, PolicyId, PolicyKind,
    PolicySet, Request, Simulation,
};
use iameval_data::Catalogue;
use iameval_lint::{guess_kind, mend};
use std::sync::Arc;

/// Whether another reader takes a text for JSON.
pub type IsJson = fn(&str) -> bool;
/// A reader of YAML.
pub type ReadYaml = fn(&str) -> Result<Node<'static>, Diagnostic>;

/// Every kind of policy.
pub const KINDS: [PolicyKind; 9] = [
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::RoleTrust,
    PolicyKind::PermissionsBoundary,
    PolicyKind::Session,
    PolicyKind::ScopeDown,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Endpoint,
];

/// Keys that evaluation reads also where no policy names them (R-PRIN-10, R-SVC-06, R-SVC-25).
const UNNAMED_KEYS: [&str; 4] = ["aws:userid", "aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:ViaAWSService"];

/// Any text as JSON and as a policy: places lie in the text, what is printed reads the same again, what compiles can be
/// asked, and what can be mended is a policy afterwards that decides the same and needs no more mending.
///
/// # Panics
/// When something of this does not hold.
pub fn policy_text(text: &str, is_json: IsJson) {
    let tree = json::parse(text);
    match &tree {
        Ok(tree) => {
            check_json(tree, text);
            assert!(is_json(text) || nests_deep(tree), "not JSON elsewhere");
        }
        Err(error) => {
            check_places(std::slice::from_ref(error), text);
            assert!(!is_json(text) || error.message().contains("nested deeper"), "JSON elsewhere: {}", error.message());
        }
    }
    let parsed = PolicyDocument::parse(text);
    check_places(&parsed.diagnostics, text);
    assert_eq!(parsed.value.is_none(), !parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let Some(document) = parsed.value else { return };
    let plain = tree.ok().and_then(|tree| PolicyDocument::from_tree(&tree).value);
    for printed in [document.to_string(), format!("{document:#}")] {
        let again = json::parse(&printed).ok().and_then(|tree| PolicyDocument::from_tree(&tree).value);
        assert_eq!(again, plain, "{printed}");
    }
    for kind in KINDS {
        let findings = document.check(kind);
        check_places(&findings, text);
        match CompiledPolicy::new(PolicyId::new("policy"), kind, &document) {
            Ok(policy) => {
                let policies = PolicySet::builder().add(Arc::new(policy)).build();
                for request in about_itself(&document) {
                    agree(&policies, &request);
                }
            }
            Err(error) => assert!(error.diagnostics().iter().all(|refused| findings.contains(refused)), "{error}"),
        }
        if searches(&document) <= MOST_SEARCHES {
            lint(&document, kind, text);
        }
    }
    for path in ["policy.json", text] {
        guess_kind(&document, path);
    }
}

/// How many searches through all actions of AWS a document may ask for. They take milliseconds each, many times over.
const MOST_SEARCHES: usize = 8;

/// How many patterns are about several services, and so are held against every action there is.
fn searches(document: &PolicyDocument) -> usize {
    let patterns = document.statements().iter().flat_map(|statement| statement.action().patterns());
    patterns.map(ActionPattern::new).filter(|pattern| pattern.service().is_none() && !pattern.is_never()).count()
}

/// Every lint has something to say or not, and fixes do what they promise.
fn lint(document: &PolicyDocument, kind: PolicyKind, text: &str) {
    let check = |document: &PolicyDocument| iameval_lint::check(document, kind, Catalogue::embedded());
    let findings = check(document);
    check_places(&findings, text);
    let mut fixes = findings.iter().filter_map(|finding| finding.fix()).peekable();
    if fixes.peek().is_none() {
        return;
    }
    assert!(fixes.all(|fix| lies_in(fix.span, text)), "{findings:?}");
    let find = |text: &str| PolicyDocument::parse(text).value.as_ref().map(check).unwrap_or_default();
    let Some(mended) = mend(text, find) else { panic!("fixes that do not fix: {findings:?}") };
    let Some(after) = PolicyDocument::parse(&mended.text).value else { panic!("no policy: {}", mended.text) };
    assert_eq!(mend(&mended.text, find), None, "mended twice");
    let set = |document: &PolicyDocument| {
        let policy = CompiledPolicy::new(PolicyId::new("policy"), kind, document).ok()?;
        Some(PolicySet::builder().add(Arc::new(policy)).build())
    };
    let Some(before) = set(document) else { return };
    let Some(later) = set(&after) else { panic!("does not compile any more: {}", mended.text) };
    for request in about_itself(document) {
        assert_eq!(before.decide(&request), later.decide(&request), "{request:?}, before and after: {}", mended.text);
    }
}

/// Any text as a line of a batch: all ways to decide agree, and what is written is JSON.
///
/// # Panics
/// When something of this does not hold.
pub fn request_text(line: &str, is_json: IsJson) {
    let mut reader = RequestReader::new();
    let answered = |simulation: &SimulationRequest| {
        let policies = simulation.policy_set();
        let answer = agree(&policies, &simulation.request);
        let mut result = String::new();
        write_result(&mut result, simulation.id.as_deref(), &policies, &answer);
        result
    };
    let result = match reader.read(line) {
        Ok(Line::Simulation(simulation)) => {
            let result = answered(&simulation);
            // The policies of the second reading come out of the reader's memory.
            let again = match reader.read(line) {
                Ok(Line::Simulation(simulation)) => answered(&simulation),
                other => panic!("read once, then {other:?}"),
            };
            assert_eq!(result, again);
            result
        }
        Ok(Line::Define(definition)) => {
            assert_eq!(definition.policies.is_empty(), definition.policies.to_set().policies().count() == 0);
            return;
        }
        Err(error) => {
            assert!(error.span.is_some_and(|span| lies_in(span, line)), "{error:?}");
            if error.is_in_place() {
                check_places(&error.diagnostics, line);
            }
            let mut result = String::new();
            write_error(&mut result, error.id.as_deref(), &error);
            result
        }
    };
    assert!(is_json(&result) && json::parse(&result).is_ok() && !result.contains('\n'), "{result}");
}

/// A question drawn from bytes: all ways to decide agree, with the naive evaluator where it takes part, and keys that
/// are said not to matter do not.
///
/// # Panics
/// When something of this does not hold.
pub fn decide(bytes: &[u8]) {
    let mut question = Question::draw(bytes);
    let naive = question.policies();
    let policies = naive.to_set();
    let request = question.request();
    let answer = agree(&policies, &request);
    if Question::is_plain(&naive, &request) {
        let expected = naive::decide_knowing(&naive, &request, &question.facts);
        assert_eq!(answer.decision, expected, "the engine, then the naive evaluator: {question:#?}");
    }
    let simulator = policies.clone().with_mode(EvaluationMode::Simulator);
    agree(&simulator, &request);
    let undecided = [&policies, &simulator].map(|policies| policies.undecided_context_keys(&request));
    for (policies, undecided) in [&policies, &simulator].into_iter().zip(undecided) {
        let decision = policies.decide(&request);
        let decided: Vec<String> = policies
            .context_keys()
            .filter(|key| !request.context().is_given(key) && !undecided.contains(key))
            .map(ToString::to_string)
            .collect();
        question.give(&decided);
        assert_eq!(policies.decide(&question.request()), decision, "{undecided:?} are undecided only: {question:#?}");
        question.take_back();
    }
}

/// Any text as YAML: places lie in the text, and the tree can be read as a policy.
///
/// # Panics
/// When something of this does not hold.
pub fn yaml_text(text: &str, read: ReadYaml) {
    match read(text) {
        Ok(tree) => {
            check_tree(&tree, text);
            let parsed = PolicyDocument::from_tree(&tree);
            check_places(&parsed.diagnostics, text);
            for diagnostic in parsed.diagnostics.iter().take(100) {
                tree.path_to(diagnostic.place());
            }
            if let Some(document) = parsed.value {
                for kind in KINDS {
                    check_places(&document.check(kind), text);
                }
            }
        }
        Err(error) => check_places(&[error], text),
    }
}

/// All ways to decide come to the same, and what they rest on fits together.
fn agree(policies: &PolicySet, request: &Request) -> Simulation {
    let simulation = policies.simulate(request);
    let explanation = policies.explain(request);
    let indexed = policies.indexed();
    assert_eq!(policies.decide(request), simulation.decision, "decide, then simulate");
    assert_eq!(explanation.decision, simulation.decision, "explain, then simulate");
    assert_eq!(explanation.simulation, simulation, "what explain rests on, then simulate");
    assert_eq!(indexed.decide(request), simulation.decision, "decide with an index, then simulate without");
    assert_eq!(indexed.simulate(request), simulation, "simulate with an index, then without");
    let applied = explanation.statements.iter().filter(|trace| trace.applies.is_certain()).map(|trace| trace.id);
    assert!(applied.eq(simulation.matched.iter().map(|matched| matched.id)), "{explanation:?}");
    for trace in &explanation.statements {
        let elements = trace.principal.is_certain() && trace.action.is_certain() && trace.resource.is_certain();
        assert_eq!(
            trace.applies.is_certain(),
            elements && trace.conditions.iter().all(|condition| condition.satisfied.is_certain()),
            "{trace:?}"
        );
        assert!(policies.origin(trace.id).is_some(), "{trace:?}");
    }
    for key in policies.undecided_context_keys(request) {
        let unnamed = UNNAMED_KEYS.iter().any(|name| key.as_str().eq_ignore_ascii_case(name));
        assert!(unnamed || simulation.missing_context_keys.contains(&key), "{key} is undecided and not missing");
    }
    policies.notes(request);
    simulation
}

/// What the statements of a document name, as requests: patterns as if they were names, values as if they were given.
fn about_itself(document: &PolicyDocument) -> Vec<Request> {
    let about = |statement: &iameval::Statement| {
        let action = statement.action().patterns().find_map(|pattern| pattern.parse().ok());
        let action = action.or_else(|| "s3:GetObject".parse().ok())?;
        let mut context = Context::new();
        for test in statement.condition().iter().flat_map(iameval::ConditionBlock::keys) {
            if let Some(value) = test.values().next() {
                context.insert(test.key(), value);
            }
        }
        let resource = statement.resource().and_then(|element| element.patterns().next()).unwrap_or("*");
        Some(Request::builder(action).resource(resource).context(context).build())
    };
    document.statements().iter().take(4).filter_map(about).collect()
}

fn lies_in(span: Span, text: &str) -> bool {
    text.get(span.range()).is_some()
}

fn check_places(diagnostics: &[Diagnostic], text: &str) {
    for diagnostic in diagnostics {
        let labels = diagnostic.labels().iter().map(|(span, _)| *span);
        for span in labels.chain([diagnostic.span(), diagnostic.place()]) {
            assert!(lies_in(span, text), "{span:?} is no place in the text: {diagnostic:?}");
        }
    }
}

/// Calls `visit` with every value, and the name of a member where it is one.
fn walk<'t>(node: &'t Node<'t>, visit: &mut impl FnMut(&'t Node<'t>, Option<(&'t str, Span)>)) {
    match &node.value {
        Value::Array(items) => {
            for item in items {
                visit(item, None);
                walk(item, visit);
            }
        }
        Value::Object(members) => {
            for member in members {
                visit(&member.value, Some((&member.key, member.key_span)));
                walk(&member.value, visit);
            }
        }
        _ => {}
    }
}

/// Places lie in the text.
fn check_tree(tree: &Node<'_>, text: &str) {
    assert!(lies_in(tree.span, text), "{:?}", tree.span);
    walk(tree, &mut |node, name| {
        assert!(lies_in(node.span, text), "{node:?}");
        assert!(name.is_none_or(|(_, span)| lies_in(span, text)), "{name:?}");
    });
}

/// A value that was read from JSON stands where its place says, alone, and the path to it is the path to its place.
fn check_json(tree: &Node<'_>, text: &str) {
    check_tree(tree, text);
    let reads = |span: Span, wanted: &Value<'_>| {
        let own = text.get(span.range()).and_then(|text| json::parse(text).ok());
        assert_eq!(own.map(|node| node.value).as_ref(), Some(wanted), "at {span:?}");
    };
    walk(tree, &mut |node, name| {
        if !matches!(node.value, Value::Array(_) | Value::Object(_)) {
            reads(node.span, &node.value);
        }
        if let Some((key, span)) = name {
            reads(span, &Value::String(key.into()));
        }
    });
    check_paths(tree, tree, &mut String::new(), &mut 100);
}

fn check_paths(root: &Node<'_>, node: &Node<'_>, path: &mut String, budget: &mut usize) {
    assert_eq!(root.path_to(node.span), *path);
    let length = path.len();
    let children: Vec<(String, &Node<'_>)> = match &node.value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (format!("[{index}]"), item)).take(*budget).collect()
        }
        Value::Object(members) => {
            let dot = if path.is_empty() { "" } else { "." };
            members.iter().map(|member| (format!("{dot}{}", member.key), &member.value)).take(*budget).collect()
        }
        _ => return,
    };
    for (step, child) in children {
        *budget = budget.saturating_sub(1);
        path.push_str(&step);
        check_paths(root, child, path, budget);
        path.truncate(length);
    }
}

/// Whether other readers may refuse the tree for its depth.
fn nests_deep(tree: &Node<'_>) -> bool {
    fn depth(node: &Node<'_>) -> u32 {
        match &node.value {
            Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Object(members) => 1 + members.iter().map(|member| depth(&member.value)).max().unwrap_or(0),
            _ => 0,
        }
    }
    depth(tree) + 1 >= json::MAX_DEPTH
}
