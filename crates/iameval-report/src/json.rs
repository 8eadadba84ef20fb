//! Answers as JSON: `{"schema": "iameval/simulate/1", "results": [native result + extras]}`.

use crate::mark::says_in_words;
use crate::text::why_in_words;
use crate::vocabulary::{note_in_words, via};
use iameval::analysis::Change;
use iameval::json::{Node, Value};
use iameval::{AccountId, ContextKey, Decision, Effect};
use iameval_ask::{
    Answer, Element, Flips, LayerOutcome, Mark, MissedStatement, PlacedStatement, Reading, Says, Sides, Unsettled, Why,
};
use std::borrow::Cow;
use std::fmt::Display;

/// The answers as one document; print it with `{:#}`.
pub fn answers_to_json(answers: &[Answer]) -> Node<'_> {
    let results = answers.iter().map(|answer| result(&answer.read()));
    Node::object([
        ("schema", Node::string("iameval/simulate/1")),
        ("results", Node::array(results.collect::<Vec<_>>())),
    ])
}

fn result(reading: &Reading<'_>) -> Node<'static> {
    Node::object(result_members(reading))
}

/// The members of a result.
pub(crate) fn result_members(reading: &Reading<'_>) -> Vec<(&'static str, Node<'static>)> {
    let Answer { summary, request, simulation, .. } = reading.answer;
    let keys = |keys: &mut dyn Iterator<Item = &ContextKey>| list(keys.map(|key| text(key.as_str())));
    let effects = simulation.matched.iter().map(|matched| (matched.id, matched.effect));
    let matched = effects.filter_map(|(id, effect)| Some(placed(&reading.answer.place(id)?, effect)));
    let of_effect =
        |statements: &[PlacedStatement<'_>], effect| list(statements.iter().map(|statement| placed(statement, effect)));
    // What a Deny outvotes are Allows; what a rule of the service does are Denies.
    let outvoted = if reading.decision == Decision::ExplicitDeny { Effect::Allow } else { Effect::Deny };
    let layers = reading.layers.iter().map(|(layer, outcome)| (layer.as_str(), Node::string(outcome_word(*outcome))));
    let mut members = vec![
        ("id", optional(summary.id.as_deref().map(text))),
        ("decision", Node::string(reading.decision.as_str())),
        ("decided_by", Node::string(reading.decided_by.as_str())),
        ("matched", list(matched)),
        ("missing_context_keys", keys(&mut simulation.missing_context_keys.iter())),
        ("error", Node::new(Value::Null)),
        ("action", text(&summary.action)),
        ("resource", text(&summary.resource)),
        ("resource_inferred", optional(summary.inferred.map(|inferred| Node::string(inferred.as_str())))),
        ("principal", text(&summary.principal)),
        ("mfa", optional(summary.mfa.map(text))),
        ("service_rule", optional(simulation.service_rule.map(|rule| Node::string(rule.id())))),
        ("undecided_context_keys", keys(&mut reading.not_given.iter())),
        ("absent_context_keys", keys(&mut reading.absent.iter().copied())),
        ("same_account", Node::new(Value::Bool(request.is_same_account()))),
        ("layers", Node::object(layers)),
        ("notes", list(reading.notes.iter().map(|note| text(note_in_words(*note))))),
        ("note_codes", list(reading.notes.iter().map(|note| Node::string(note.id())))),
        ("why", optional(reading.why.as_ref().map(why))),
        ("outvoted", of_effect(&reading.outvoted, outvoted)),
        ("granted", of_effect(&reading.granted, Effect::Allow)),
        ("sides", optional(reading.sides.as_ref().map(sides))),
        ("exempted", list(reading.exempt.iter().filter_map(|missed| missed_statement(reading, missed)))),
        ("further_exempted", number(reading.further_exempt)),
        ("near_misses", list(reading.near_misses.iter().filter_map(|missed| missed_statement(reading, missed)))),
        ("flips", flips(&reading.flips)),
    ];
    if let Some(unsettled) = &reading.unsettled {
        members.extend(open_question(reading, unsettled));
    }
    members
}

/// What an undetermined decision may be, and what it depends on.
fn open_question(reading: &Reading<'_>, unsettled: &Unsettled<'_>) -> [(&'static str, Node<'static>); 3] {
    let possible = unsettled.possible.iter().map(|decision| Node::string(decision.as_str()));
    let depends_on = unsettled
        .depends_on
        .iter()
        .map(|unknown| Node::object([("address", text(unknown.name)), ("settle", text(&unknown.settle))]));
    let may_match = unsettled.statements.iter().map(|open| {
        let elements = open.open.iter().filter_map(|open| element(reading, open));
        placed_with(&open.statement, open.effect, ("open", list(elements)))
    });
    [("possible", list(possible)), ("depends_on", list(depends_on)), ("may_match", list(may_match))]
}

/// A number that was not read from a text.
pub fn number<'a>(number: impl Display + Copy) -> Node<'a> {
    Node::new(Value::Number(Cow::Owned(number.to_string())))
}

/// The node, or null where there is none.
pub(crate) fn optional(node: Option<Node<'_>>) -> Node<'_> {
    node.unwrap_or(Node::new(Value::Null))
}

pub(crate) fn text(text: impl Display) -> Node<'static> {
    Node::string(text.to_string())
}

pub(crate) fn list(nodes: impl Iterator<Item = Node<'static>>) -> Node<'static> {
    Node::array(nodes.collect::<Vec<_>>())
}

fn outcome_word(outcome: LayerOutcome) -> &'static str {
    match outcome {
        LayerOutcome::Says(decision) => decision.as_str(),
        LayerOutcome::DoesNotBind => "does_not_apply",
        LayerOutcome::NotPresent => "none",
    }
}

/// What names a statement.
fn named(statement: &PlacedStatement<'_>, effect: Effect) -> Vec<(&'static str, Node<'static>)> {
    let origin = &statement.origin;
    vec![
        ("policy", text(origin.policy.as_str())),
        ("policy_type", Node::string(origin.layer.as_str())),
        ("level", optional(origin.level.map(text))),
        ("sid", optional(origin.sid.map(text))),
        ("statement_index", number(origin.statement_index)),
        ("effect", Node::string(effect.as_str())),
    ]
}

/// A statement with file, line, column and how it reaches the principal, where these are known.
pub(crate) fn placed(statement: &PlacedStatement<'_>, effect: Effect) -> Node<'static> {
    Node::object(placed_members(statement, effect))
}

fn placed_members(statement: &PlacedStatement<'_>, effect: Effect) -> Vec<(&'static str, Node<'static>)> {
    let mut members = named(statement, effect);
    if let Some(place) = statement.place {
        members.push(("file", text(&place.source.name)));
        members.push(("line", number(place.at.line)));
        members.push(("column", number(place.at.column)));
    }
    if let Some(via) = statement.via.and_then(via) {
        members.push(("via", Node::string(via)));
    }
    members
}

/// The same with one member more.
pub(crate) fn placed_with(
    statement: &PlacedStatement<'_>,
    effect: Effect,
    more: (&'static str, Node<'static>),
) -> Node<'static> {
    let mut members = placed_members(statement, effect);
    members.push(more);
    Node::object(members)
}

/// `{ code, message, layer, levels, policies }`; the last three say what lacks an Allow.
fn why(why: &Why<'_>) -> Node<'static> {
    let (layer, levels, policies): (_, &[&str], &[&str]) = match why {
        Why::LevelsLack { layer, levels } => (Some(layer), levels, &[]),
        Why::LayerLacks { layer, policies } => (Some(layer), &[], policies),
        _ => (None, &[], &[]),
    };
    Node::object([
        ("code", Node::string(why.id())),
        ("message", text(why_in_words(why))),
        ("layer", optional(layer.map(|layer| Node::string(layer.as_str())))),
        ("levels", list(levels.iter().map(text))),
        ("policies", list(policies.iter().map(text))),
    ])
}

fn sides(sides: &Sides) -> Node<'static> {
    let account = |account: Option<AccountId>| optional(account.map(text));
    Node::object([
        ("caller_account", account(sides.caller_account)),
        ("resource_account", account(sides.resource_account)),
        ("identity", Node::string(outcome_word(sides.identity))),
        ("resource", Node::string(outcome_word(sides.resource))),
        ("needed", Node::string(sides.needed.id())),
    ])
}

/// What would change the decision.
fn flips(flips: &Flips) -> Node<'static> {
    let states = flips
        .mfa
        .iter()
        .map(|flip| Node::object([("mfa", text(flip.mfa)), ("decision", Node::string(flip.decision.as_str()))]));
    let changes = flips.context.iter().map(|flip| {
        let [key, value] = change(&flip.change);
        Node::object([key, value, ("decision", Node::string(flip.decision.as_str()))])
    });
    Node::object([("mfa", list(states)), ("context", list(changes))])
}

/// A statement that nearly applied; `None` where its text is not at hand.
fn missed_statement(reading: &Reading<'_>, missed: &MissedStatement<'_>) -> Option<Node<'static>> {
    let place = missed.statement.place?;
    let elements = missed.missed.iter().filter_map(|mark| element(reading, mark));
    let mut members = named(&missed.statement, missed.effect);
    members.extend([
        ("file", text(&place.source.name)),
        ("line", number(place.at.line)),
        ("column", number(place.at.column)),
        ("missed", list(elements)),
        ("decision_then", optional(missed.decision_then.map(|decision| Node::string(decision.as_str())))),
    ]);
    Some(Node::object(members))
}

/// An element that does not match.
fn element(reading: &Reading<'_>, mark: &Mark) -> Option<Node<'static>> {
    let element = match mark.element {
        Element::Principal => "principal",
        Element::Action => "action",
        Element::Resource => "resource",
        _ => "condition",
    };
    let wanted = match &mark.says {
        Says::Key { wanted: Some(wanted), .. } => Some(Node::object(change(wanted))),
        _ => None,
    };
    let at = mark.at?;
    Some(Node::object([
        ("element", Node::string(element)),
        ("line", number(at.line)),
        ("column", number(at.column)),
        ("message", text(says_in_words(mark, &reading.answer.request))),
        ("wanted", optional(wanted)),
        ("hint", optional(mark.hint.as_ref().map(|hint| Node::string(hint.id())))),
    ]))
}

/// `key` and `value`: a text, a list, or null for a key that becomes absent.
fn change(change: &Change) -> [(&'static str, Node<'static>); 2] {
    let value = match &change.value {
        None => Node::new(Value::Null),
        Some(value) if value.is_list() => list(value.texts().map(text)),
        Some(value) => text(value.texts().collect::<String>()),
    };
    [("key", text(change.key.as_str())), ("value", value)]
}
