//! The language in JSON: `*.tf.json`. Objects are blocks where Terraform has blocks, and texts are templates.

use super::{Attribute, Block, Body, Expr, ExprKind};
use iameval::Diagnostic;
use iameval::json::{self, Member, Node, Value};
use iameval::text::Span;

/// How many labels blocks of a kind have.
const LABELS: [(&str, usize); 8] = [
    ("resource", 2),
    ("data", 2),
    ("module", 1),
    ("variable", 1),
    ("output", 1),
    ("provider", 1),
    ("check", 1),
    ("locals", 0),
];

/// Blocks in resources and data sources, which are objects or lists of objects there.
const BLOCKS: [&str; 13] = [
    "statement",
    "principals",
    "not_principals",
    "condition",
    "inline_policy",
    "dynamic",
    "content",
    "lifecycle",
    "provisioner",
    "assume_role",
    "customer_managed_policy_reference",
    "permissions_boundary",
    "timeouts",
];

/// Reads a file.
pub(super) fn body(text: &str) -> Result<Body, Diagnostic> {
    let tree = json::parse(text)?;
    let mut body = Body::default();
    for member in tree.members().unwrap_or_default() {
        match LABELS.iter().find(|(kind, _)| *kind == member.key) {
            Some((kind, labels)) => blocks(kind, *labels, &member.value, member.key_span, Vec::new(), &mut body)?,
            // In a file with values of variables.
            None if member.key != "terraform" && member.key != "//" => body.attributes.push(attribute(member)?),
            None => {}
        }
    }
    Ok(body)
}

/// The blocks of a kind that an object or a list of objects is, under so many more labels.
fn blocks(
    kind: &str,
    left: usize,
    node: &Node<'_>,
    head: Span,
    labels: Vec<String>,
    body: &mut Body,
) -> Result<(), Diagnostic> {
    match (&node.value, left) {
        (Value::Array(items), _) => {
            items.iter().try_for_each(|item| blocks(kind, left, item, head, labels.clone(), body))
        }
        (Value::Object(members), 1..) => members.iter().filter(|member| member.key != "//").try_for_each(|member| {
            let labels = labels.iter().cloned().chain([member.key.to_string()]).collect();
            blocks(kind, left - 1, &member.value, member.key_span, labels, body)
        }),
        (Value::Object(members), 0) => {
            let span = Span { start: head.start, end: node.span.end };
            body.blocks.push(Block { kind: kind.to_owned(), labels, head, span, body: inner(members)? });
            Ok(())
        }
        _ => Ok(()),
    }
}

fn inner(members: &[Member<'_>]) -> Result<Body, Diagnostic> {
    let mut body = Body::default();
    for member in members.iter().filter(|member| member.key != "//") {
        let is_blocks = match &member.value.value {
            Value::Object(_) => true,
            Value::Array(items) => items.iter().all(|item| item.members().is_some()),
            _ => false,
        };
        if is_blocks && BLOCKS.contains(&&*member.key) {
            let labels = usize::from(member.key == "dynamic");
            blocks(&member.key, labels, &member.value, member.key_span, Vec::new(), &mut body)?;
        } else {
            body.attributes.push(attribute(member)?);
        }
    }
    Ok(body)
}

fn attribute(member: &Member<'_>) -> Result<Attribute, Diagnostic> {
    let value = expression(&member.value)?;
    Ok(Attribute { name: member.key.to_string(), value })
}

fn expression(node: &Node<'_>) -> Result<Expr, Diagnostic> {
    let kind = match &node.value {
        Value::Null => ExprKind::Null,
        Value::Bool(value) => ExprKind::Bool(*value),
        Value::Number(text) => ExprKind::Number(text.to_string()),
        Value::String(text) => return template(text, node.span),
        Value::Array(items) => ExprKind::List(items.iter().map(expression).collect::<Result<_, _>>()?),
        Value::Object(members) => {
            let pair = |member: &Member<'_>| Ok((template(&member.key, member.key_span)?, expression(&member.value)?));
            ExprKind::Map(members.iter().map(pair).collect::<Result<_, Diagnostic>>()?)
        }
    };
    Ok(Expr { span: node.span, kind })
}

/// A text, in which there may be expressions. They stand where the text does.
fn template(text: &str, span: Span) -> Result<Expr, Diagnostic> {
    if !text.contains("${") && !text.contains("%{") {
        return Ok(Expr { span, kind: ExprKind::Text(text.to_owned().into()) });
    }
    let read = super::hcl::template(text).map_err(|wrong| wrong.into_problem().at(span))?;
    let parts = match read.kind {
        ExprKind::Template(parts) => parts,
        _ => Vec::new(),
    };
    Ok(Expr { span, kind: ExprKind::Template(super::hcl::placed(parts, span)) })
}
