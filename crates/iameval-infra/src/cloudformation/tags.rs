//! The short forms of functions in YAML, such as `!Ref`.

use crate::codes;
use iameval::json::{Member, Node, Value};
use iameval::{Diagnostic, suggest};
use std::borrow::Cow;

/// The functions that have a short form, after `Fn::`.
static FUNCTIONS: [&str; 29] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "ForEach",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "Implies",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Rules",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
    "Include",
];

/// The long form of a value with a tag: `{"Fn::Sub": …}` of `!Sub …`.
pub(super) fn long_form(tag: &str, value: Node<'static>) -> Result<Node<'static>, Diagnostic> {
    let span = value.span;
    let key = match FUNCTIONS.iter().find(|name| **name == tag) {
        Some(name) => Cow::Owned(format!("Fn::{name}")),
        None if tag == "Ref" => Cow::Borrowed("Ref"),
        None if tag == "Condition" => Cow::Borrowed("Condition"),
        None => {
            let known = FUNCTIONS.iter().copied().chain(["Ref", "Condition"]);
            let near = suggest::nearest(tag, known).map(|name| format!("did you mean `!{name}`?"));
            let help = near.unwrap_or_else(|| "CloudFormation has no function of that name".into());
            let message = format!("unknown tag `!{tag}`");
            return Err(Diagnostic::new(codes::INVALID_TEMPLATE, span, message).with_help(help));
        }
    };
    let member = Member { key, key_span: span, value };
    Ok(Node { value: Value::Object(vec![member]), span })
}
