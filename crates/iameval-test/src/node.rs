//! What is common to reading the elements of test files.

use iameval::Diagnostic;
use iameval::json::{Node, Value};

/// What is read of an element, or what is wrong with it, before it is said in which file.
pub(crate) type Checked<T> = Result<T, Diagnostic>;

/// The items of a list, or the one value that stands for it.
pub(crate) fn items<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.value {
        Value::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}
