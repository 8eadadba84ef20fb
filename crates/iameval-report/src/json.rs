//! Answers as JSON: `{"schema": "iameval/simulate/1", "results": [native result + extras]}`.

use crate::Answer;
use crate::text::note_text;
use iameval::json::{self, Member, Node, Value};
use iameval::native::write_result;
use iameval::text::Span;
use iameval_world::Via;
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
            ("layers", Node::object(layers)),
            ("notes", texts(answer.notes.iter().map(note_text).collect())),
        ];
        members.extend(extras.map(|(key, value)| member(key, value)));
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
        let via = match placed.via {
            Some(Via::Attached(name)) => format!("attached to {name}"),
            Some(Via::Group(name)) => format!("via group {name}"),
            Some(Via::Flag) | None => continue,
        };
        members.push(member("via", Node::string(via)));
    }
}

/// A number that was not read from a text.
pub(crate) fn number<'a>(number: impl Display + Copy) -> Node<'a> {
    Node::new(Value::Number(Cow::Owned(number.to_string())))
}

/// The node, or null where there is none.
pub(crate) fn optional(node: Option<Node<'_>>) -> Node<'_> {
    node.unwrap_or(Node::new(Value::Null))
}

fn member<'a>(key: &'static str, value: Node<'a>) -> Member<'a> {
    Member { key: Cow::Borrowed(key), key_span: Span::default(), value }
}
