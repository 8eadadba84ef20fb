//! What stacks give to each other: outputs of nested stacks, exports and imports.

use super::{At, Evaluated, Evaluator, Key, Told, Tree, Truth};
use crate::codes;
use crate::value::{Value, ValueKind};
use iameval::Diagnostic;
use iameval::json::Node;
use iameval::suggest;
use iameval::symbol::SymbolKind;
use iameval::text::Span;
use std::rc::Rc;

/// An output that other stacks may import.
#[derive(Debug)]
pub(super) struct Export<'t> {
    stack: usize,
    name: String,
    output: &'t str,
}

impl<'t> Evaluator<'t> {
    /// The value of an output of a nested stack, `inner`, for the stack around it.
    pub(super) fn output(&mut self, at: At, inner: At, name: &str, span: Span) -> Evaluated {
        let Some((&name, &member)) = self.sections(inner).outputs.get_key_value(name) else {
            let message = format!("the nested stack has no output `{name}`");
            let help = suggest::did_you_mean(name, self.sections(inner).outputs.keys().copied());
            let diagnostic = Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message).with_any_help(help);
            return Err(self.wrong_with(at, diagnostic));
        };
        if let Some(value) = self.outputs.get(&(inner.stack, name)) {
            return value.clone();
        }
        self.enter(inner, Key::Output(name), member.key_span)?;
        let owner = self.owner.take();
        let value = match member.value.get("Value") {
            Some(node) => self.value(inner, node),
            None => Ok(None),
        };
        self.owner = owner;
        self.leave();
        self.outputs.insert((inner.stack, name), value.clone());
        value
    }

    /// `Fn::ImportValue`.
    pub(super) fn import(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let name = self.value(at, argument)?;
        self.for_each_choice(at, node, "Fn::ImportValue", vec![name], &mut |this, mut names| {
            let Some(name) = names.pop().flatten().and_then(|name| name.to_text()) else {
                return Err(this.misused(at, argument.span, "Fn::ImportValue", "the name of an export"));
            };
            let exports = this.exports(at)?;
            let mut found = exports.iter().filter(|export| export.name == name.text);
            if let (Some(export), None) = (found.next(), found.next()) {
                let inner = At { stack: export.stack, ..this.deeper(at, node.span)? };
                if this.is_same_place(at, inner)?
                    && let Some(value) = this.output(at, inner, export.output, node.span)?
                {
                    this.grow(at, node.span, value.size())?;
                    return Ok(Some(value.placed(node.span)));
                }
            }
            let address = format!("{}Import {}", this.template(at).prefix, this.symbols.display(&name.text));
            let text = this.text_of(at, node.span, &address, SymbolKind::Input)?;
            Ok(Some(Value::text(node.span, text)))
        })
    }

    /// Whether two stacks may be of one account and one region, where exports are shared.
    fn is_same_place(&mut self, left: At, right: At) -> Result<bool, Told> {
        let accounts = (self.account(left)?, self.account(right)?);
        let regions = (self.region(left)?, self.region(right)?);
        let equal = |(left, right): &(String, String)| super::super::compare::equal(left, right, self.symbols);
        Ok(equal(&accounts) != Some(false) && equal(&regions) != Some(false))
    }

    /// The exports of all stacks.
    fn exports(&mut self, at: At) -> Result<Rc<Vec<Export<'t>>>, Told> {
        if let Some(exports) = &self.exports {
            return Ok(exports.clone());
        }
        let mut exports = Vec::new();
        let owner = self.owner.take();
        for stack in 0..self.templates.len() {
            let inner = At { stack, ..at };
            let members = self.template(inner).tree.get("Outputs").and_then(Node::members).unwrap_or_default();
            for member in members {
                let Some(name) = member.value.get("Export").and_then(|export| export.get("Name")) else { continue };
                if self.is_without(inner, &member.value)? {
                    continue;
                }
                self.enter(inner, Key::Output(&member.key), member.key_span)?;
                let name = self.value(inner, name);
                self.leave();
                if let Some(Value { kind: ValueKind::Text(name), .. }) = name? {
                    exports.push(Export { stack, name: name.text, output: &member.key });
                }
            }
        }
        self.owner = owner;
        let exports = Rc::new(exports);
        self.exports = Some(exports.clone());
        Ok(exports)
    }

    fn is_without(&mut self, at: At, node: &'t Tree) -> Result<bool, Told> {
        let Some(condition) = node.get("Condition") else { return Ok(false) };
        let truth = self.condition(at, condition.as_str().unwrap_or_default(), condition.span)?;
        Ok(truth == Truth::False)
    }
}
