//! Results for programs.

use super::Shrunk;
use super::step::Step;
use iameval::PolicyDocument;
use iameval::json::{Node, Value};

impl Shrunk {
    /// The result as a JSON document of the schema `iameval/shrink/1`.
    pub fn to_json(&self) -> Node<'_> {
        let limit = self.limit.as_ref().map_or(Node::new(Value::Null), |limit| number(limit.characters));
        Node::object([
            ("schema", Node::string("iameval/shrink/1")),
            ("kind", Node::string(self.kind.as_str())),
            ("fits", Node::new(Value::Bool(self.excess() == 0))),
            ("limit", limit),
            ("size_before", number(self.size_before)),
            ("documents", Node::array(self.documents.iter().map(document))),
            ("steps", Node::array(self.steps.iter().map(step))),
        ])
    }
}

fn document(document: &PolicyDocument) -> Node<'_> {
    Node::object([("size", number(document.size())), ("policy", document.to_json())])
}

fn step(step: &Step) -> Node<'_> {
    Node::object([("step", Node::string(step.id())), ("text", Node::string(step.to_string()))])
}

fn number(number: usize) -> Node<'static> {
    Node::new(Value::Number(number.to_string().into()))
}
