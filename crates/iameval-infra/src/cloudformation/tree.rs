//! Trees as the transform reads and makes them: nodes at the place of what they come from, and functions that are not
//! evaluated.

use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use std::borrow::Cow;
use std::fmt::Write as _;

/// A node of a template.
pub(super) type Tree = Node<'static>;

/// The place of what something is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(pub(super) Span);

impl Place {
    fn node(self, value: Value<'static>) -> Tree {
        Node { value, span: self.0 }
    }

    pub(super) fn text(self, text: impl Into<Cow<'static, str>>) -> Tree {
        self.node(Value::String(text.into()))
    }

    pub(super) fn truth(self, value: bool) -> Tree {
        self.node(Value::Bool(value))
    }

    pub(super) fn list(self, items: Vec<Tree>) -> Tree {
        self.node(Value::Array(items))
    }

    pub(super) fn texts<const N: usize>(self, texts: [&'static str; N]) -> Tree {
        self.list(texts.into_iter().map(|text| self.text(text)).collect())
    }

    pub(super) fn object(self, members: Vec<Member<'static>>) -> Tree {
        self.node(Value::Object(members))
    }

    pub(super) fn map<const N: usize>(self, members: [(&'static str, Tree); N]) -> Tree {
        self.object(members.into_iter().map(|(key, value)| self.member(key, value)).collect())
    }

    pub(super) fn member(self, key: impl Into<Cow<'static, str>>, value: Tree) -> Member<'static> {
        Member { key: key.into(), key_span: self.0, value }
    }

    /// `Ref`.
    pub(super) fn reference(self, name: impl Into<Cow<'static, str>>) -> Tree {
        self.map([("Ref", self.text(name))])
    }

    /// `Fn::GetAtt`.
    pub(super) fn attribute(self, id: &str, name: &'static str) -> Tree {
        self.map([("Fn::GetAtt", self.list(vec![self.text(id.to_owned()), self.text(name)]))])
    }

    /// `Fn::Sub` with values of its own.
    pub(super) fn sub(self, text: impl Into<Cow<'static, str>>, values: Vec<Member<'static>>) -> Tree {
        let text = self.text(text);
        let argument = if values.is_empty() { text } else { self.list(vec![text, self.object(values)]) };
        self.map([("Fn::Sub", argument)])
    }

    /// A text of parts: `Fn::Join` where one of them is not a text that is known.
    pub(super) fn joined(self, parts: Vec<Tree>) -> Tree {
        let mut joined: Vec<Tree> = Vec::with_capacity(parts.len());
        for part in parts {
            match (joined.last_mut().map(|last| &mut last.value), &part.value) {
                (Some(Value::String(text)), Value::String(more)) => text.to_mut().push_str(more),
                _ => joined.push(Tree { span: self.0, ..part }),
            }
        }
        match &*joined {
            [Tree { value: Value::String(text), .. }] => self.text(text.clone()),
            [] => self.text(""),
            _ => self.map([("Fn::Join", self.list(vec![self.text(""), self.list(joined)]))]),
        }
    }

    /// `Fn::If`.
    pub(super) fn conditional(self, condition: Tree, then: Tree, otherwise: Tree) -> Tree {
        self.map([("Fn::If", self.list(vec![condition, then, otherwise]))])
    }

    /// The same tree, all of it at this place.
    pub(super) fn put(self, tree: Node<'_>) -> Tree {
        let value = match tree.value {
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.put(item)).collect()),
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|member| self.member(member.key.into_owned(), self.put(member.value)))
                    .collect(),
            ),
            other => Node::new(other).into_owned().value,
        };
        self.node(value)
    }
}

/// The only member of an object that has one.
pub(super) fn only(node: &Tree) -> Option<&Member<'static>> {
    match node.members()? {
        [member] => Some(member),
        _ => None,
    }
}

/// Whether a node is a function such as `Ref` or `Fn::Sub`.
pub(super) fn is_function(node: &Tree) -> bool {
    only(node).is_some_and(|member| is_name_of_function(&member.key))
}

fn is_name_of_function(key: &str) -> bool {
    key == "Ref" || key == "Condition" || key.starts_with("Fn::")
}

/// The condition and the two values of `Fn::If`.
pub(super) fn branches(node: &Tree) -> Option<[&Tree; 3]> {
    let argument = &only(node).filter(|member| member.key == "Fn::If")?.value;
    match &argument.value {
        Value::Array(items) => match &**items {
            [condition, then, otherwise] => Some([condition, then, otherwise]),
            _ => None,
        },
        _ => None,
    }
}

/// The name that a `Ref` is to.
pub(super) fn referred(node: &Tree) -> Option<&str> {
    only(node).filter(|member| member.key == "Ref")?.value.as_str()
}

/// Whether a node is a `Ref` to `AWS::NoValue`.
pub(super) fn is_no_value(node: &Tree) -> bool {
    referred(node) == Some("AWS::NoValue")
}

/// The id of the resource that a `Ref` or `Fn::GetAtt` is to.
pub(super) fn resource_of(node: &Tree) -> Option<&str> {
    if let Some(name) = referred(node) {
        return Some(name);
    }
    let argument = &only(node).filter(|member| member.key == "Fn::GetAtt")?.value;
    match &argument.value {
        Value::Array(items) => items.first()?.as_str(),
        Value::String(text) => text.split('.').next(),
        _ => None,
    }
}

/// Whether SAM takes a value as given: neither nothing, nor false, nor empty.
pub(super) fn is_given(node: &Tree) -> bool {
    match &node.value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(text) => !text.trim_start_matches(['0', '.']).is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// Whether two trees say the same, wherever they stand.
pub(super) fn are_same(one: &Tree, other: &Tree) -> bool {
    match (&one.value, &other.value) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| are_same(one, other))
        }
        (Value::Object(one), Value::Object(all)) => {
            one.len() == all.len()
                && one.iter().all(|member| {
                    let same = all.iter().find(|same| same.key == member.key);
                    same.is_some_and(|same| are_same(&member.value, &same.value))
                })
        }
        (one, other) => one == other,
    }
}

/// What a tree says, wherever it stands: the same for those that are the same.
pub(super) fn said(node: &Tree) -> String {
    fn append(node: &Tree, out: &mut String) {
        match &node.value {
            Value::Array(items) => {
                out.push('[');
                for item in items {
                    append(item, out);
                }
                out.push(']');
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by(|one, other| one.key.cmp(&other.key));
                out.push('{');
                for member in members {
                    let _ = write!(out, "{:?}", member.key);
                    append(&member.value, out);
                }
                out.push('}');
            }
            scalar => {
                let _ = write!(out, "{scalar:?}");
            }
        }
    }
    let mut out = String::new();
    append(node, &mut out);
    out
}

/// How much a tree is: its values, and its texts by their length.
pub(super) fn size(node: &Tree) -> usize {
    /// How much text counts as one value.
    const TEXT: usize = 32;
    1 + match &node.value {
        Value::String(text) | Value::Number(text) => text.len() / TEXT,
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.iter().map(|member| member.key.len() / TEXT + size(&member.value)).sum(),
        Value::Null | Value::Bool(_) => 0,
    }
}

/// The items of a list, or the value itself.
pub(super) fn items(node: &Tree) -> &[Tree] {
    match &node.value {
        Value::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}
