//! Answers as JSON: `{"schema": "iameval/simulate/1", "results": [native result + extras]}`.

use crate::Answer;
use crate::text::{absent_keys, via};
use iameval::analysis::{Change, Missed, NearMiss};
use iameval::json::{self, Member, Node, Value};
use iameval::native::write_result;
use iameval::text::Span;
use iameval::{Decision, Effect};
use std::borrow::Cow;
use std::fmt::Display;

/// The answers as one document; print it with `{:#}`.
pub fn answers_to_json(answers: &[Answer]) -> Node<'_> {
    Node::object([("schema", Node::string("iameval/simulate/1")), ("results", Node::array(answers.iter().map(answer)))])
}

fn answer(answer: &Answer) -> Node<'_> {
    let mut native = String::new();
    let question = &answer.question;
    write_result(&mut native, question.id.as_deref(), &answer.policies, &answer.simulation);
    let mut node = json::parse(&native).map_or_else(|_| Node::object([]), Node::into_owned);
    let texts = |texts: Vec<String>| Node::array(texts.into_iter().map(Node::string));
    if let Value::Object(members) = &mut node.value {
        place(members, answer);
        let undecided = answer.undecided.iter().map(|key| key.as_str().to_owned()).collect();
        let layers = answer.simulation.layers.iter();
        let layers = layers.map(|layer| {
            let verdict = layer.decision.map_or("none", iameval::Decision::as_str);
            (layer.layer.as_str(), Node::string(if layer.unbound { "does_not_apply" } else { verdict }))
        });
        let optional = |text: Option<String>| optional(text.map(Node::string));
        let extras = [
            ("action", Node::string(question.action.clone())),
            ("resource", Node::string(question.resource.clone())),
            ("resource_inferred", optional(question.inferred.map(|inferred| inferred.as_str().to_owned()))),
            ("principal", Node::string(question.principal.clone())),
            ("mfa", optional(question.mfa.map(|mfa| mfa.to_string()))),
            ("service_rule", optional(answer.simulation.service_rule.map(|rule| rule.id().to_owned()))),
            ("undecided_context_keys", texts(undecided)),
            ("absent_context_keys", texts(absent_keys(answer).into_iter().map(str::to_owned).collect())),
            ("same_account", Node::new(Value::Bool(answer.request.is_same_account()))),
            ("layers", Node::object(layers)),
            ("notes", texts(answer.notes_in_words())),
        ];
        members.extend(extras.map(|(key, value)| member(key, value)));
        members.extend(analysis(answer));
    }
    node
}

/// Adds file, line, column and way to each matched statement.
fn place(members: &mut [Member<'static>], answer: &Answer) {
    let matched = members.iter_mut().find(|member| member.key == "matched");
    let Some(Value::Array(items)) = matched.map(|member| &mut member.value.value) else { return };
    for (item, matched) in items.iter_mut().zip(&answer.simulation.matched) {
        let (Value::Object(members), Some(placed)) = (&mut item.value, answer.place(matched.id)) else { continue };
        if let Some((file, at)) = placed.file {
            members.push(member("file", Node::string(file.to_owned())));
            members.push(member("line", number(at.line)));
            members.push(member("column", number(at.column)));
        }
        if let Some(via) = placed.via.and_then(via) {
            members.push(member("via", Node::string(via)));
        }
    }
}

/// A number that was not read from a text.
pub fn number<'a>(number: impl Display + Copy) -> Node<'a> {
    Node::new(Value::Number(Cow::Owned(number.to_string())))
}

/// The node, or null where there is none.
pub(crate) fn optional(node: Option<Node<'_>>) -> Node<'_> {
    node.unwrap_or(Node::new(Value::Null))
}

fn member<'a>(key: &'static str, value: Node<'a>) -> Member<'a> {
    Member { key: Cow::Borrowed(key), key_span: Span::default(), value }
}

/// What nearly happened, and what would change the decision.
fn analysis(answer: &Answer) -> Vec<Member<'static>> {
    let analysis = answer.analyse(&answer.explain());
    let misses = |misses: &[NearMiss]| Node::array(misses.iter().filter_map(|miss| near_miss(answer, miss)));
    let states = analysis.mfa.iter().map(|(mfa, decision)| {
        Node::object([("mfa", Node::string(mfa.to_string())), ("decision", Node::string(decision.as_str()))])
    });
    let flips = analysis.flips.iter().map(|flip| {
        let mut node = change(&flip.change);
        if let Value::Object(members) = &mut node.value {
            members.push(member("decision", Node::string(flip.decision.as_str())));
        }
        node
    });
    let flips = Node::object([("mfa", Node::array(states)), ("context", Node::array(flips))]);
    vec![
        member("exempted", misses(&analysis.exempted)),
        member("near_misses", misses(&analysis.near_misses)),
        member("flips", flips),
    ]
}

fn near_miss(answer: &Answer, miss: &NearMiss) -> Option<Node<'static>> {
    let placed = answer.place(miss.id)?;
    let origin = &placed.origin;
    let text = |text: Option<&str>| optional(text.map(|text| Node::string(text.to_owned())));
    let effect = if miss.effect == Effect::Allow { "Allow" } else { "Deny" };
    let (file, at) = placed.file?;
    let missed = miss.missed.iter().filter_map(|missed| {
        let mark = answer.why_it_misses_one(missed, &placed)?;
        let element = match missed {
            Missed::Principal => "principal",
            Missed::Action { .. } => "action",
            Missed::Resource { .. } => "resource",
            Missed::Condition { .. } => "condition",
        };
        let wanted = match missed {
            Missed::Condition { wanted: Some(wanted), .. } => change(wanted),
            _ => Node::new(Value::Null),
        };
        let at = answer.position(origin, mark.span.start)?;
        Some(Node::object([
            ("element", Node::string(element)),
            ("line", number(at.line)),
            ("column", number(at.column)),
            ("message", Node::string(mark.words)),
            ("wanted", wanted),
        ]))
    });
    Some(Node::object([
        ("policy", Node::string(origin.policy.as_str().to_owned())),
        ("policy_type", Node::string(miss.layer.as_str())),
        ("level", text(origin.level)),
        ("sid", text(origin.sid)),
        ("statement_index", number(origin.statement_index)),
        ("effect", Node::string(effect)),
        ("file", Node::string(file.to_owned())),
        ("line", number(at.line)),
        ("column", number(at.column)),
        ("missed", Node::array(missed.collect::<Vec<_>>())),
        ("decision_then", text(miss.decision_then.map(Decision::as_str))),
    ]))
}

/// `{ key, value }`: a text, a list, or null for a key that becomes absent.
fn change(change: &Change) -> Node<'static> {
    let value = match &change.value {
        None => Node::new(Value::Null),
        Some(value) if value.is_list() => {
            Node::array(value.texts().map(|text| Node::string(text.to_owned())).collect::<Vec<_>>())
        }
        Some(value) => Node::string(value.texts().collect::<String>()),
    };
    Node::object([("key", Node::string(change.key.as_str().to_owned())), ("value", value)])
}
