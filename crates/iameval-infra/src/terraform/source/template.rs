//! Templates: texts with expressions in them.

use super::evaluate::{Cause, Evaluated, Evaluator, Failed, Frame, Scope};
use super::expression::truth;
use super::syntax::Part;
use crate::value::{Order, Text, Value, ValueKind};
use iameval::text::Span;

impl Evaluator<'_, '_> {
    /// The text of a template. A template of nothing but one expression is its value.
    pub(super) fn template(&mut self, scope: &Scope<'_>, parts: &[Part], span: Span) -> Evaluated {
        if let [Part::Value(only)] = parts {
            return Ok(self.value(scope, only));
        }
        let mut pieces = Vec::new();
        self.pieces(scope, parts, &mut pieces)?;
        let values = pieces.iter().map(|piece| Value { span, ..piece.clone() }).collect();
        self.for_each_choice(span, values, &mut |this, pieces| {
            let mut text = Text::default();
            for piece in &pieces {
                text.push(&piece.to_text().ok_or(Failed)?);
            }
            this.grow(scope, span, text.text.len())?;
            Ok(Value { span, kind: ValueKind::Text(text) })
        })
    }

    fn pieces(&mut self, scope: &Scope<'_>, parts: &[Part], pieces: &mut Vec<Value>) -> Result<(), Cause> {
        for part in parts {
            match part {
                Part::Literal(text) => pieces.push(Value { span: Span::START, kind: ValueKind::Text(text.clone()) }),
                Part::Value(expr) => pieces.push(self.value(scope, expr)),
                Part::If { condition, then, otherwise } => {
                    let decides = self.decides(scope, condition);
                    match truth(&decides).ok_or(()).or_else(|()| self.condition(scope, condition)) {
                        Ok(true) => self.pieces(scope, then, pieces)?,
                        Ok(false) => self.pieces(scope, otherwise, pieces)?,
                        Err(on) => {
                            let then = self.template(scope, then, condition.span)?;
                            let otherwise = self.template(scope, otherwise, condition.span)?;
                            let choices = vec![Some(then), Some(otherwise)];
                            pieces.push(Value {
                                span: condition.span,
                                kind: ValueKind::OneOf { on: on.into(), choices },
                            });
                        }
                    }
                }
                Part::For { key, value, of, parts } => {
                    let given = self.value(scope, of);
                    let is_set = self.is_set(scope, of);
                    let (items, order) = self.for_each_item(scope, &given, of.span, &mut |this, number, item| {
                        let number = match key {
                            Some(_) => this.key_of_item(scope, of, is_set, number, &item),
                            // It has no name.
                            None => Value { span: of.span, kind: ValueKind::Null },
                        };
                        let own = Frame { name: value, value: item, is_set: None, outer: scope.frame };
                        let both =
                            key.as_ref().map(|name| Frame { name, value: number, is_set: None, outer: Some(&own) });
                        this.template(&scope.with(both.as_ref().unwrap_or(&own)), parts, of.span)
                    })?;
                    // What comes first in the text is not certain.
                    if order == Order::Open && items.len() > 1 {
                        return Err(Failed);
                    }
                    pieces.extend(items);
                }
            }
        }
        Ok(())
    }
}
