//! Lists of objects that the framework merges into one: `resources` and `functions`.

use super::resolve::{Found, Resolver, Told};
use crate::cloudformation::tree::{Tree, items};
use crate::codes;
use iameval::Diagnostic;
use iameval::json::{Member, Node, Value};

/// The members of an object, or of the objects of a list, later ones merged into earlier ones. `settle` replaces what it is
/// meant to of the variables in each.
pub(super) fn merged<'f>(
    resolver: &mut Resolver<'f>,
    node: &Tree,
    settle: impl Fn(&mut Resolver<'f>, &Tree) -> Result<Tree, Told>,
) -> Result<Vec<Member<'static>>, Told> {
    let mut all: Vec<Member<'static>> = Vec::new();
    let outer = resolver.step(node)?;
    let Found::Value(outer) = outer else {
        resolver.hides(node.span, "what is defined here is not known".into());
        return Ok(all);
    };
    for item in items(&outer) {
        let Found::Value(item) = resolver.step(item)? else {
            resolver.hides(item.span, "what is defined here is not known".into());
            continue;
        };
        match &item.value {
            Value::Null => {}
            Value::Object(_) => {
                if let Value::Object(members) = settle(resolver, &item)?.value {
                    for member in members {
                        add(&mut all, member);
                    }
                }
            }
            _ => {
                let message = format!("this is {}, and must be an object", item.kind());
                let diagnostic = Diagnostic::new(codes::INVALID_TEMPLATE, item.span, message);
                return Err(resolver.wrong(diagnostic.with_help("each item is an object of names")));
            }
        }
    }
    Ok(all)
}

/// Adds a member, or merges it into the one of that name.
pub(super) fn add(all: &mut Vec<Member<'static>>, new: Member<'static>) {
    match all.iter_mut().find(|known| known.key == new.key) {
        Some(known) => {
            let value = std::mem::replace(&mut known.value, Node::new(Value::Null));
            known.value = both(value, new.value);
        }
        None => all.push(new),
    }
}

/// Two values as one: objects and lists member by member, of anything else the second.
fn both(one: Tree, other: Tree) -> Tree {
    let span = one.span;
    let value = match (one.value, other.value) {
        (Value::Object(mut members), Value::Object(others)) => {
            for member in others {
                add(&mut members, member);
            }
            Value::Object(members)
        }
        (Value::Array(mut items), Value::Array(others)) => {
            for (index, item) in others.into_iter().enumerate() {
                match items.get_mut(index) {
                    Some(known) => *known = both(std::mem::replace(known, Node::new(Value::Null)), item),
                    None => items.push(item),
                }
            }
            Value::Array(items)
        }
        (_, value) => return Node { value, span: other.span },
    };
    Node { value, span }
}
