//! The fields of an object: each once, none unknown, each of its type. For readers of formats made of JSON objects.

use super::{Node, Value};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::suggest::did_you_mean;
use crate::text::Span;
use std::fmt::Display;
use std::str::FromStr;

type Result<T> = std::result::Result<T, Diagnostic>;

/// A finding about the element at `span`.
pub fn invalid(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(codes::INVALID_FIELD, span, message)
}

/// The values of the fields called `names`, in that order.
///
/// # Errors
/// When the node is not an object, or has another field, or one twice.
pub fn fields<'n, 'a, const N: usize>(
    node: &'n Node<'a>,
    what: &str,
    names: [&str; N],
) -> Result<[Option<&'n Node<'a>>; N]> {
    let Some(members) = node.members() else {
        return Err(invalid(node.span, format!("{what} must be an object, found {}", node.kind())));
    };
    let mut found = [None; N];
    for member in members {
        match names.iter().zip(found.iter_mut()).find(|(name, _)| **name == member.key) {
            Some((_, slot @ None)) => *slot = Some(&member.value),
            Some((_, Some(_))) => {
                let error = invalid(member.key_span, format!("`{}` is given twice", member.key));
                return Err(error.with_help("remove one of the two"));
            }
            None => {
                let error = invalid(member.key_span, format!("`{}` is not a field of {what}", member.key));
                let all = || format!("its fields are {}", names.map(|name| format!("`{name}`")).join(", "));
                return Err(error.with_help(did_you_mean(&member.key, names).unwrap_or_else(all)));
            }
        }
    }
    Ok(found)
}

/// A string that is not empty.
///
/// # Errors
/// When it is none.
pub fn text<'n>(node: &'n Node<'_>, what: &str) -> Result<&'n str> {
    match &node.value {
        Value::String(text) if text.is_empty() => Err(invalid(node.span, format!("{what} is empty"))),
        Value::String(text) => Ok(text),
        _ => Err(invalid(node.span, format!("{what} must be a string, found {}", node.kind()))),
    }
}

/// `true` or `false`.
///
/// # Errors
/// When it is neither.
pub fn boolean(node: &Node<'_>, what: &str) -> Result<bool> {
    match node.value {
        Value::Bool(value) => Ok(value),
        _ => Err(invalid(node.span, format!("{what} must be true or false, found {}", node.kind()))),
    }
}

/// A text in the form of `T`.
///
/// # Errors
/// When it is not text, or not of that form.
pub fn parsed<T: FromStr<Err: Display>>(node: &Node<'_>, what: &str) -> Result<T> {
    if let Value::Number(digits) = &node.value {
        let error = invalid(node.span, format!("{what} must be a string, found the number {digits}"));
        return Err(error.with_help(format!("put it in quotes, so that no digits are lost: \"{digits}\"")));
    }
    text(node, what)?.parse().map_err(|error: T::Err| invalid(node.span, error.to_string()))
}
