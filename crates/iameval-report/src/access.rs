//! What statements give, in words: actions, resources, conditions, and a request that shows it.

use crate::json::{list, number, optional, placed_with, text};
use crate::text::described;
use crate::undecided::unknown_in_words;
use iameval::json::{Node, Value};
use iameval::symbol::Symbols;
use iameval::{Effect, PatternElement, Request, Statement, StatementId};
use iameval_ask::words::listed;
use iameval_ask::{AccessGroup, PlacedStatement, Provable, said_shortly_with};

/// How many of something to name.
pub(crate) const FEW: usize = 4;

/// The actions of a group in words, so many phrases at most: `all reads of s3, sqs:SendMessage and 3 more`.
pub(crate) fn actions_in_words(group: &AccessGroup, limit: usize) -> String {
    actions_in_words_with(group, limit, &str::to_owned)
}

/// The same with the names of services and actions as `name` writes them.
pub(crate) fn actions_in_words_with(group: &AccessGroup, limit: usize, name: &dyn Fn(&str) -> String) -> String {
    let said = || said_shortly_with(&group.phrases, limit, name);
    match group.phrases.len() {
        0 => "actions that AWS is not known to have".into(),
        few if few <= limit => said(),
        _ => format!("{} actions: {}", group.actions.len(), said()),
    }
}

/// Where and when a statement says so: `on arn:aws:s3:::reports/*`, `if IpAddress aws:SourceIp 203.0.113.0/24`.
pub(crate) fn limits_in_words(statement: &Statement) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(resource) = statement.resource().filter(|resource| !is_everything(resource)) {
        let patterns: Vec<&str> = resource.patterns().collect();
        let word = if resource.is_negated() { "on anything but" } else { "on" };
        parts.push(format!("{word} {}", listed(&patterns, ", ", FEW)));
    }
    let tests: Vec<String> = statement
        .tests()
        .map(|(operator, test)| {
            let values: Vec<&str> = test.values().collect();
            format!("{operator} {} {}", test.key(), listed(&values, ", ", FEW))
        })
        .collect();
    if !tests.is_empty() {
        parts.push(format!("if {}", listed(&tests, " and ", FEW)));
    }
    parts
}

fn is_everything(resource: &PatternElement) -> bool {
    !resource.is_negated() && resource.patterns().any(|pattern| pattern == "*")
}

/// A statement by its name, and where it is.
pub(crate) fn named(statement: &PlacedStatement<'_>) -> String {
    let (name, how) = described(statement);
    if how.is_empty() { name } else { format!("{name}  {how}") }
}

/// A request as a person would say it: `s3:PutObject on arn:aws:s3:::reports/x with aws:SourceIp=203.0.113.7`.
pub(crate) fn request_in_words(group: &AccessGroup) -> String {
    let request = &group.request.request;
    let context: Vec<String> = group
        .given
        .iter()
        .map(|(key, value)| {
            let values: Vec<&str> = value.texts().collect();
            let values = if value.is_list() { format!("[{}]", values.join(", ")) } else { values.concat() };
            format!("{key}={values}")
        })
        .collect();
    let with = if context.is_empty() { String::new() } else { format!(" with {}", listed(&context, ", ", FEW)) };
    format!("{} on {}{with}", request.action(), request.resource())
}

/// What it depends on whether a group is allowed.
pub(crate) fn dependence_in_words(group: &AccessGroup) -> Option<String> {
    unknown_in_words(&group.depends_on.iter().map(|name| &**name).collect::<Vec<_>>())
}

/// A group as JSON. `by` are the policies that allow, `against` those that do not.
pub(crate) fn group_to_json<'a>(group: &'a AccessGroup, by: &Provable, against: Option<&Provable>) -> Node<'a> {
    let place = |policies: &Provable, id: Option<StatementId>, effect| {
        let placed = id.and_then(|id| policies.place(id));
        let symbols = policies.policies().set().symbols().map(|symbols| &**symbols);
        optional(placed.map(|placed| statement_to_json(&placed, effect, symbols)))
    };
    let symbols = by.policies().set().symbols().map(|symbols| &**symbols);
    let denied = against.map_or(Node::new(Value::Null), |against| place(against, group.against, Effect::Deny));
    Node::object([
        ("actions", list(group.actions.iter().map(text))),
        ("summary", list(group.phrases.iter().map(text))),
        ("unlisted_actions", Node::new(Value::Bool(group.has_unlisted))),
        ("statement", place(by, group.by, Effect::Allow)),
        ("denied_by", denied),
        ("request", request_to_json(&group.request.request, symbols)),
        ("realistic", Node::new(Value::Bool(group.request.is_realistic))),
        ("depends_on", list(group.depends_on.iter().map(text))),
    ])
}

/// A text with the names of what is not known.
fn shown(symbols: Option<&Symbols>, own: &str) -> Node<'static> {
    symbols.map_or_else(|| text(own), |symbols| text(symbols.display(own)))
}

/// A statement with its resources and conditions.
fn statement_to_json(placed: &PlacedStatement<'_>, effect: Effect, symbols: Option<&Symbols>) -> Node<'static> {
    let resource = placed.statement.and_then(Statement::resource);
    let patterns = |negated: bool| {
        let patterns = resource.filter(|resource| resource.is_negated() == negated).map(PatternElement::patterns);
        optional(patterns.map(|patterns| list(patterns.map(|pattern| shown(symbols, pattern)))))
    };
    let tests = placed.statement.into_iter().flat_map(Statement::tests).map(|(operator, test)| {
        Node::object([
            ("operator", text(operator)),
            ("key", text(test.key())),
            ("values", list(test.values().map(|value| shown(symbols, value)))),
        ])
    });
    let limits = [("resources", patterns(false)), ("not_resources", patterns(true)), ("conditions", list(tests))];
    placed_with(placed, effect, ("limits", Node::object(limits)))
}

/// A request without its policies, as a native request has it.
fn request_to_json<'r>(request: &'r Request, symbols: Option<&Symbols>) -> Node<'r> {
    let context = request.context().iter().map(|(key, value)| {
        let value = match value {
            None => Node::new(Value::Null),
            Some(value) if value.is_list() => list(value.texts().map(|own| shown(symbols, own))),
            Some(value) => shown(symbols, &value.texts().collect::<String>()),
        };
        (key.as_str(), value)
    });
    Node::object([
        ("principal", optional(request.principal().id().map(|id| shown(symbols, id)))),
        ("action", text(request.action())),
        ("resource", shown(symbols, request.resource())),
        ("resource_account", optional(request.resource_account().map(|account| shown(symbols, account.as_str())))),
        ("context", Node::object(context.collect::<Vec<_>>())),
    ])
}

/// How many actions there are, as a number of JSON.
pub(crate) fn action_count(groups: &[AccessGroup]) -> Node<'static> {
    number(groups.iter().map(|group| group.actions.len()).sum::<usize>())
}
