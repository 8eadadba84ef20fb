//! Conditions, which are true, false or not known.

use super::{At, Evaluated, Evaluator, Key, Told, Tree};
use crate::cloudformation::compare;
use crate::codes;
use crate::value::{Value, ValueKind};
use iameval::Diagnostic;
use iameval::json::{self, Node};
use iameval::suggest;
use iameval::symbol::{Symbol, SymbolKind};
use iameval::text::Span;

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::True } else { Truth::False }
    }
}

impl<'t> Evaluator<'t> {
    /// Whether the condition of that name holds.
    pub(super) fn condition(&mut self, at: At, name: &str, span: Span) -> Result<Truth, Told> {
        let Some((&name, &member)) = self.sections(at).conditions.get_key_value(name) else {
            let names = self.sections(at).conditions.keys().copied();
            let help = suggest::did_you_mean(name, names);
            let message = format!("the template has no condition `{name}`");
            let diagnostic = Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message);
            return Err(self.wrong_with(at, diagnostic.with_any_help(help)));
        };
        if let Some(truth) = self.conditions.get(&(at.stack, name)) {
            return *truth;
        }
        let at = self.deeper(at, span)?;
        self.enter(at, Key::Condition(name), span)?;
        let truth = match self.given_truth(at, name, span) {
            Ok(Some(truth)) => Ok(truth),
            Ok(None) => self.truth(at, &member.value),
            Err(told) => Err(told),
        };
        self.leave();
        self.conditions.insert((at.stack, name), truth);
        truth
    }

    fn given_truth(&mut self, at: At, name: &str, span: Span) -> Result<Option<Truth>, Told> {
        let address = self.condition_address(at, name);
        match self.given_for(&address).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(Truth::True)),
            Some("false") => Ok(Some(Truth::False)),
            Some(other) => {
                let message = format!("`{address}` is a condition, and `{other}` is neither `true` nor `false`");
                Err(self.wrong(at, codes::INVALID_PARAMETER, span, message, "set it to `true` or `false`"))
            }
        }
    }

    fn condition_address(&self, at: At, name: &str) -> String {
        format!("{}Condition {name}", self.template(at).prefix)
    }

    /// The symbol of a condition that is not known.
    pub(super) fn condition_symbol(&mut self, at: At, name: &str, span: Span) -> Result<Symbol, Told> {
        let address = self.condition_address(at, name);
        let definition = self.sections(at).conditions.get(name).map(|member| &member.value);
        self.symbol_for(at, span, &address, SymbolKind::Text, None, definition)
    }

    /// Whether an expression of condition functions holds.
    pub(super) fn truth(&mut self, at: At, node: &'t Tree) -> Result<Truth, Told> {
        let at = self.deeper(at, node.span)?;
        if let Some([member]) = node.members() {
            let argument = &member.value;
            match &*member.key {
                "Condition" => {
                    let name = argument.as_str().unwrap_or_default();
                    return self.condition(at, name, argument.span);
                }
                "Fn::Not" => {
                    let [inner] = self.operands(at, node, "Fn::Not", "one condition in a list")?;
                    return Ok(match self.truth(at, inner)? {
                        Truth::True => Truth::False,
                        Truth::False => Truth::True,
                        Truth::Unknown => Truth::Unknown,
                    });
                }
                "Fn::And" => return self.all(at, argument, "Fn::And", Truth::False),
                "Fn::Or" => return self.all(at, argument, "Fn::Or", Truth::True),
                "Fn::Equals" => {
                    let [left, right] = self.operands(at, node, "Fn::Equals", "a list of two values")?;
                    let (left, right) = (self.value(at, left)?, self.value(at, right)?);
                    return Ok(self.equals(left.as_ref(), right.as_ref()));
                }
                _ => {}
            }
        }
        match self.value(at, node)?.map(|value| value.kind) {
            Some(ValueKind::Bool(value)) => Ok(value.into()),
            Some(ValueKind::Text(text)) if text.text == "true" || text.text == "false" => {
                Ok((text.text == "true").into())
            }
            Some(ValueKind::Unknown(_) | ValueKind::OneOf { .. }) => Ok(Truth::Unknown),
            _ => {
                let message = "this is not a condition";
                let help = "a condition is `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` or `Condition`";
                Err(self.wrong(at, codes::INVALID_TEMPLATE, node.span, message, help))
            }
        }
    }

    /// `Fn::And` and `Fn::Or`: what is `decisive` for one is for all.
    fn all(&mut self, at: At, argument: &'t Tree, name: &str, decisive: Truth) -> Result<Truth, Told> {
        let json::Value::Array(items) = &argument.value else {
            return Err(self.misused(at, argument.span, name, "a list of conditions"));
        };
        let mut truth = if decisive == Truth::True { Truth::False } else { Truth::True };
        for item in items {
            match self.truth(at, item)? {
                Truth::Unknown => truth = Truth::Unknown,
                other if other == decisive => return Ok(decisive),
                _ => {}
            }
        }
        Ok(truth)
    }

    fn equals(&self, left: Option<&Value>, right: Option<&Value>) -> Truth {
        match (left, right) {
            (None, None) => Truth::True,
            (Some(left), Some(right)) => self.same(left, right).map_or(Truth::Unknown, Truth::from),
            _ => Truth::Unknown,
        }
    }

    /// Whether two values are equal, if that is certain.
    fn same(&self, left: &Value, right: &Value) -> Option<bool> {
        match (&left.kind, &right.kind) {
            (ValueKind::Unknown(left), ValueKind::Unknown(right)) if left == right => Some(true),
            (ValueKind::Unknown(_) | ValueKind::OneOf { .. }, _)
            | (_, ValueKind::Unknown(_) | ValueKind::OneOf { .. }) => None,
            (ValueKind::List(left), ValueKind::List(right)) => {
                if left.len() != right.len() {
                    return Some(false);
                }
                let mut all = Some(true);
                for (left, right) in left.iter().zip(right) {
                    match self.same(left, right) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => all = None,
                    }
                }
                all
            }
            _ => {
                let (left, right) = (left.to_text()?.text, right.to_text()?.text);
                if self.is_refused(&left, &right) || self.is_refused(&right, &left) {
                    return Some(false);
                }
                compare::equal(&left, &right, self.symbols)
            }
        }
    }

    /// Whether a text is a parameter without a value, and the other one is not among those that it takes.
    fn is_refused(&self, text: &str, other: &str) -> bool {
        let symbol = self.symbols.within(text).next().filter(|symbol| symbol.to_string() == text);
        let allowed = symbol.and_then(|symbol| self.allowed.get(&symbol));
        let is_known = self.symbols.within(other).next().is_none();
        is_known && allowed.is_some_and(|allowed| !allowed.iter().any(|allowed| allowed == other))
    }

    /// `Fn::If`.
    pub(super) fn choose(&mut self, at: At, node: &'t Tree, argument: &'t Tree) -> Evaluated {
        let [name, yes, no] = self.operands(at, node, "Fn::If", "a condition's name and two values")?;
        let inline = name.as_str().is_none();
        let truth = match name.as_str() {
            Some(text) => self.condition(at, text, name.span)?,
            None => self.truth(at, name)?,
        };
        match truth {
            Truth::True => self.value(at, yes),
            Truth::False => self.value(at, no),
            Truth::Unknown => {
                self.branches += 1;
                let choices = (self.value(at, yes), self.value(at, no));
                self.branches -= 1;
                let choices = vec![choices.0?, choices.1?];
                let on = if inline {
                    let ValueKind::Unknown(symbol) = self.unnamed(at, name, "Condition")?.kind else {
                        return Err(self.misused(at, argument.span, "Fn::If", "the name of a condition"));
                    };
                    symbol
                } else {
                    self.condition_symbol(at, name.as_str().unwrap_or_default(), name.span)?
                };
                Ok(Some(Value { span: node.span, kind: ValueKind::OneOf { on: on.into(), choices } }))
            }
        }
    }

    /// The arguments of a function, so many in a list.
    pub(super) fn operands<const N: usize>(
        &mut self,
        at: At,
        node: &'t Tree,
        function: &str,
        takes: &str,
    ) -> Result<[&'t Tree; N], Told> {
        let argument = node.members().and_then(|members| members.first()).map(|member| &member.value);
        let items = match argument.map(|argument| &argument.value) {
            Some(json::Value::Array(items)) => &**items,
            _ => &[],
        };
        let all: Result<[&'t Node<'static>; N], _> = items.iter().collect::<Vec<_>>().try_into();
        all.map_err(|_| self.misused(at, argument.map_or(node.span, |argument| argument.span), function, takes))
    }
}
