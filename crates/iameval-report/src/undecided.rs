//! Why the prover does not know something.

use crate::json::{number, text};
use iameval::json::{Node, Value};
use iameval_ask::words::listed;
use iameval_prove::Undecided;

/// Why something could not be decided, in words.
pub fn undecided_in_words(reason: &Undecided) -> String {
    match reason {
        Undecided::Variable(key) => format!("the policy variable `${{{key}}}` ties a pattern to the request"),
        Undecided::MixedTypes(key) => format!("conditions of several types test `{key}`"),
        Undecided::Shape(key) => {
            format!("`{key}` is compared both as a list and as one value, and nothing says which it is")
        }
        Undecided::Clocks => "`aws:CurrentTime` and `aws:EpochTime` are both tested, and say the same time".into(),
        Undecided::Limit(steps) => format!("the search was ended after {steps} steps"),
        Undecided::Symbol(name) => {
            format!("it {}", unknown_in_words(&[name]).unwrap_or_default())
        }
    }
}

/// What something depends on that is not known, and what settles it; nothing where it depends on nothing of the kind.
pub(crate) fn unknown_in_words(names: &[&str]) -> Option<String> {
    const FEW: usize = 4;
    let first = names.first()?;
    let set = format!("`--set '{first}=VALUE'`");
    Some(match names {
        [_] => format!("depends on {first}, which is not known: {set} settles it"),
        several => {
            format!("depends on {}, which are not known: {set} settles the first", listed(several, ", ", FEW))
        }
    })
}

/// The reason as JSON.
pub(crate) fn undecided_to_json(reason: &Undecided) -> Node<'static> {
    let (word, of) = match reason {
        Undecided::Variable(key) => ("variable", ("key", text(key))),
        Undecided::MixedTypes(key) => ("mixed_types", ("key", text(key))),
        Undecided::Shape(key) => ("shape", ("key", text(key))),
        Undecided::Clocks => ("clocks", ("key", text("aws:EpochTime"))),
        Undecided::Limit(steps) => ("limit", ("steps", number(*steps))),
        Undecided::Symbol(name) => ("symbol", ("name", text(name))),
    };
    because(word, of)
}

/// A reason, and what it is about.
pub(crate) fn because(word: &'static str, of: (&'static str, Node<'static>)) -> Node<'static> {
    Node::object([("reason", Node::string(word)), of])
}

/// A reason that nothing more is known of.
pub(crate) fn other() -> Node<'static> {
    because("other", ("key", Node::new(Value::Null)))
}
