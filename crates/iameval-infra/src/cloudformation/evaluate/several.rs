//! Functions of values that are one of several: they are evaluated for each.

use super::{At, Evaluated, Evaluator, Told, Tree};
use crate::value::{Value, ValueKind};

/// For so many choices a function is evaluated at most; of more, its value is not known.
const MAX_CHOICES: usize = 32;

/// What a function makes of its arguments, of which none is one of several.
type Function<'f, 't> = &'f mut dyn FnMut(&mut Evaluator<'t>, Vec<Option<Value>>) -> Evaluated;

/// What a function comes to for all choices.
enum Chosen {
    Value(Option<Value>),
    TooMany,
}

impl<'t> Evaluator<'t> {
    /// The value of a function; one of several where an argument is.
    pub(super) fn for_each_choice(
        &mut self,
        at: At,
        node: &'t Tree,
        what: &str,
        arguments: Vec<Option<Value>>,
        function: Function<'_, 't>,
    ) -> Evaluated {
        match self.chosen(at, node, arguments, MAX_CHOICES, function)? {
            Chosen::Value(value) => Ok(value),
            Chosen::TooMany => self.unnamed(at, node, what).map(Some),
        }
    }

    /// The same, where there are no more choices than so many.
    fn chosen(
        &mut self,
        at: At,
        node: &'t Tree,
        arguments: Vec<Option<Value>>,
        most: usize,
        function: Function<'_, 't>,
    ) -> Result<Chosen, Told> {
        let open = arguments.iter().flatten().find_map(Value::first_choice);
        let Some((on, count)) = open else { return function(self, arguments).map(Chosen::Value) };
        let Some(most) = most.checked_div(count).filter(|most| *most > 0) else { return Ok(Chosen::TooMany) };
        let mut choices = Vec::with_capacity(count);
        for index in 0..count {
            let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_ref()?.chosen(on, index)).collect();
            let size = arguments.iter().flatten().map(Value::size).sum();
            self.grow(at, node.span, size)?;
            match self.chosen(at, node, arguments, most, function)? {
                Chosen::Value(choice) => choices.push(choice),
                Chosen::TooMany => return Ok(Chosen::TooMany),
            }
        }
        Ok(Chosen::Value(Some(Value { span: node.span, kind: ValueKind::OneOf { on, choices } })))
    }
}
