//! Expressions: what they come to, and what they refer to.

use super::convert::{self, decimal};
use super::declared::Sort;
use super::evaluate::{Cause, Evaluated, Evaluator, Failed, Frame, Scope};
use super::expand::Form;
use super::functions::order_of;
use super::syntax::{Expr, ExprKind, For, ITEM, Operator};
use crate::document::choices::may_be_same;
use crate::terraform::resources::entry;
use crate::value::{Entry, Order, Switch, Text, Value, ValueKind};
use iameval::symbol::{OnlyIf, SymbolKind};
use iameval::text::Span;

/// How many ways are followed where several choices are open.
const MAX_WAYS: usize = 64;

/// A step from what a reference begins with.
enum Step<'e> {
    Name(&'e str),
    Key(&'e Expr),
}

/// What a reference begins with, and the steps from there.
fn path<'e>(expr: &'e Expr, steps: &mut Vec<Step<'e>>) -> Option<&'e str> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name),
        ExprKind::Attribute(of, name) => {
            let root = path(of, steps)?;
            steps.push(Step::Name(name));
            Some(root)
        }
        ExprKind::Index(of, key) => {
            let root = path(of, steps)?;
            steps.push(Step::Key(key));
            Some(root)
        }
        _ => None,
    }
}

impl Evaluator<'_, '_> {
    /// What an expression comes to.
    pub(super) fn evaluate(&mut self, scope: &Scope<'_>, expr: &Expr) -> Evaluated {
        let scope = &self.deeper(scope, expr.span)?;
        self.grow(scope, expr.span, Value::SIZE)?;
        let span = expr.span;
        let kind = match &expr.kind {
            ExprKind::Null => ValueKind::Null,
            ExprKind::Bool(value) => ValueKind::Bool(*value),
            ExprKind::Number(text) => ValueKind::Number(decimal(text).ok_or(Failed)?),
            ExprKind::Text(text) => {
                self.grow(scope, span, text.text.len())?;
                ValueKind::Text(text.clone())
            }
            ExprKind::Template(parts) => return self.template(scope, parts, span),
            ExprKind::List(items) => {
                let mut made = Vec::with_capacity(items.len());
                for item in items {
                    let value = self.value(scope, item);
                    self.grow(scope, span, value.size())?;
                    made.push(value);
                }
                ValueKind::List(made)
            }
            ExprKind::Map(pairs) => {
                let mut entries: Vec<Entry> = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let name = self.value(scope, key).to_text().ok_or(Failed)?;
                    let value = self.value(scope, value);
                    self.grow(scope, span, value.size())?;
                    entries.retain(|known| known.key.text != name.text);
                    entries.push(Entry { key: name, key_span: key.span, value });
                }
                ValueKind::Map(entries)
            }
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) => {
                let mut steps = Vec::new();
                return match path(expr, &mut steps) {
                    Some(root) => self.reference(scope, root, &steps, span),
                    None => self.part(scope, expr),
                };
            }
            ExprKind::Splat(of, each) => return self.splat(scope, of, each, span),
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                let decides = self.decides(scope, condition);
                return self.for_each_choice(span, vec![decides], &mut |this, values| {
                    let known = values.first().and_then(truth).ok_or(());
                    match known.or_else(|()| this.condition(scope, condition)) {
                        Ok(true) => Ok(this.taken(scope, then, otherwise)),
                        Ok(false) => Ok(this.taken(scope, otherwise, then)),
                        Err(on) => {
                            let (one, other) = (this.value(scope, then), this.value(scope, otherwise));
                            let are_sets = this.are_sets(scope, then, otherwise);
                            let symbols = &*this.naming.symbols;
                            let of = |value: Value, other: &Value| {
                                convert::in_order(convert::beside(value, Some(other), symbols), are_sets, symbols)
                            };
                            let choices = vec![Some(of(one.clone(), &other)), Some(of(other, &one))];
                            this.grow(scope, span, choices.iter().flatten().map(Value::size).sum())?;
                            Ok(Value { span, kind: ValueKind::OneOf { on: on.into(), choices } })
                        }
                    }
                });
            }
            ExprKind::Call { name, arguments, expands } => return self.call(scope, name, arguments, *expands, span),
            ExprKind::Not(inner) => {
                let value = self.value(scope, inner);
                return self.for_each_choice(span, vec![value], &mut |_, values| {
                    let truth = values.first().and_then(truth).ok_or(Failed)?;
                    Ok(Value { span, kind: ValueKind::Bool(!truth) })
                });
            }
            ExprKind::Negative(inner) => {
                let value = self.value(scope, inner);
                ValueKind::Number(
                    exact(&value).filter(|number| *number != 0.0).map(|number| shown(-number)).ok_or(Failed)?,
                )
            }
            ExprKind::Binary(left, operator, right) => return self.operated(scope, left, *operator, right, span),
            ExprKind::For(each) => return self.each(scope, each, span),
        };
        Ok(Value { span, kind })
    }

    /// What an operator makes of two values.
    fn operated(&mut self, scope: &Scope<'_>, left: &Expr, operator: Operator, right: &Expr, span: Span) -> Evaluated {
        let values = vec![self.value(scope, left), self.value(scope, right)];
        let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        let sort = |of| if is_equality { self.sort(scope, of) } else { None };
        let sorts = (sort(left), sort(right));
        let is_count = |of: &Expr| matches!(&of.kind, ExprKind::Call { name, .. } if name == "length");
        let counts = is_count(left) || is_count(right);
        let made = self.for_each_choice(span, values, &mut |this, values| {
            let [left, right] = values.as_slice() else { return Err(Failed) };
            let kind = this.binary(left, operator, right, sorts).ok_or(Failed)?;
            Ok(Value { span, kind })
        });
        match made {
            Err(Failed) if counts => {
                let bounds = (self.bounds(scope, left), self.bounds(scope, right));
                let (Some(left), Some(right)) = bounds else { return Err(Failed) };
                let kind = ValueKind::Bool(within_bounds(left, operator, right).ok_or(Failed)?);
                Ok(Value { span, kind })
            }
            made => made,
        }
    }

    /// The value that a condition takes, of the type of both.
    fn taken(&mut self, scope: &Scope<'_>, taken: &Expr, other: &Expr) -> Value {
        let value = self.value(scope, taken);
        let are_sets = if value.items().is_some() { self.are_sets(scope, taken, other) } else { Some(false) };
        let value = convert::in_order(value, are_sets, self.naming.symbols);
        if !convert::depends_on_type(&value) {
            return value;
        }
        // What fails in the other one does not matter.
        self.tries += 1;
        let other = self.evaluate(scope, other);
        self.tries -= 1;
        convert::beside(value, other.ok().as_ref(), self.naming.symbols)
    }

    /// Whether two values are sets where both are of one type: beside a set a tuple is one, and a list stays one. `None` where
    /// that is not certain.
    fn are_sets(&self, scope: &Scope<'_>, one: &Expr, other: &Expr) -> Option<bool> {
        if [one, other].into_iter().any(|expr| matches!(expr.kind, ExprKind::Null)) {
            return Some(false);
        }
        match (self.sort(scope, one)?, self.sort(scope, other)?) {
            (Sort::Set, Sort::Set | Sort::Tuple | Sort::Literal) | (Sort::Tuple | Sort::Literal, Sort::Set) => {
                Some(true)
            }
            (Sort::Set, Sort::List) | (Sort::List, Sort::Set) => Some(false),
            (Sort::Set, _) | (_, Sort::Set) => None,
            _ => Some(false),
        }
    }

    /// A function of values, once for each way in which what they depend on can turn out.
    pub(super) fn for_each_choice(
        &mut self,
        span: Span,
        values: Vec<Value>,
        of: &mut dyn FnMut(&mut Self, Vec<Value>) -> Evaluated,
    ) -> Evaluated {
        self.choices_of(span, values, &|value| is_choice(value), of, MAX_WAYS)
    }

    /// The same where choices count wherever in the values they are.
    pub(super) fn for_each_choice_within(
        &mut self,
        span: Span,
        values: Vec<Value>,
        of: &mut dyn FnMut(&mut Self, Vec<Value>) -> Evaluated,
    ) -> Evaluated {
        self.choices_of(span, values, &Value::first_choice, of, MAX_WAYS)
    }

    fn choices_of(
        &mut self,
        span: Span,
        values: Vec<Value>,
        choice: &dyn Fn(&Value) -> Option<(Switch, usize)>,
        of: &mut dyn FnMut(&mut Self, Vec<Value>) -> Evaluated,
        left: usize,
    ) -> Evaluated {
        let Some((on, count)) = values.iter().find_map(choice) else { return of(self, values) };
        if count > left {
            return Err(Failed);
        }
        let mut made = Vec::with_capacity(count);
        let mut is_missing = false;
        for index in 0..count {
            let chosen: Option<Vec<Value>> = values.iter().map(|value| value.chosen(on, index)).collect();
            made.push(match chosen.map(|chosen| self.choices_of(span, chosen, choice, of, left / count)) {
                Some(Ok(value)) => Some(value),
                Some(Err(Failed)) => return Err(Failed),
                Some(Err(Cause::Missing)) => {
                    is_missing = true;
                    None
                }
                None => None,
            });
        }
        // Where something is missing on some ways only, it is not certain that there is no such thing.
        if is_missing {
            return Err(if made.iter().all(Option::is_none) { Cause::Missing } else { Failed });
        }
        Ok(Value { span, kind: ValueKind::OneOf { on, choices: made } })
    }

    /// What a reference means.
    fn reference(&mut self, scope: &Scope<'_>, root: &str, steps: &[Step<'_>], span: Span) -> Evaluated {
        if let Some(value) = scope.named(root) {
            let value = value.clone();
            return self.follow(scope, value, steps, span);
        }
        let each = |of: fn(&super::evaluate::Each) -> Option<&Value>| scope.each.and_then(of).cloned().ok_or(Failed);
        match (root, steps) {
            ("var", [Step::Name(name), rest @ ..]) => {
                let value = self.variable(scope, name, span)?;
                self.follow(scope, value, rest, span)
            }
            ("local", [Step::Name(name), rest @ ..]) => {
                let value = self.local(scope, name, span)?;
                self.follow(scope, value, rest, span)
            }
            ("each", [Step::Name("key"), rest @ ..]) => {
                let value = each(|each| each.key.as_ref())?;
                self.follow(scope, value.placed(span), rest, span)
            }
            ("each", [Step::Name("value"), rest @ ..]) => {
                let value = each(|each| each.value.as_ref())?;
                self.follow(scope, value.placed(span), rest, span)
            }
            ("count", [Step::Name("index")]) => each(|each| each.index.as_ref()).map(|value| value.placed(span)),
            ("path", [Step::Name(name)]) => self.path_of(scope, name).map(|text| Value::text(span, text)).ok_or(Failed),
            ("terraform" | "tofu", [Step::Name(name)]) => {
                let text = self.naming.text(&format!("terraform.{name}"), SymbolKind::Text);
                Ok(Value::text(span, text))
            }
            ("module", [Step::Name(name), Step::Key(key), Step::Name(output), rest @ ..]) => {
                let key = self.value(scope, key);
                let value = self.for_each_choice(span, vec![key], &mut |this, keys| {
                    this.of_module(scope, name, keys.first(), Some(output), span)
                })?;
                self.follow(scope, value, rest, span)
            }
            ("module", [Step::Name(name), Step::Name(output), rest @ ..]) => {
                let value = self.of_module(scope, name, None, Some(output), span)?;
                self.follow(scope, value, rest, span)
            }
            ("module", [Step::Name(name), rest @ ..]) => {
                let value = self.all_of_module(scope, name, span)?;
                self.follow(scope, value, rest, span)
            }
            ("data", [Step::Name(kind), Step::Name(name), rest @ ..]) => {
                self.of_resource(scope, true, kind, name, rest, span)
            }
            (kind, [Step::Name(name), rest @ ..]) => self.of_resource(scope, false, kind, name, rest, span),
            _ => Err(Failed),
        }
    }

    /// A resource or data source, one of several, or an attribute of it.
    fn of_resource(
        &mut self,
        scope: &Scope<'_>,
        is_data: bool,
        kind: &str,
        name: &str,
        steps: &[Step<'_>],
        span: Span,
    ) -> Evaluated {
        let resources = &self.folder(scope.module).resources;
        let is_it = |resource: &&super::folder::Resource| {
            resource.is_data == is_data && resource.kind == kind && resource.name == name
        };
        let Some(resource) = resources.iter().find(is_it) else {
            let what = if is_data { "data source" } else { "resource" };
            let message = format!("the module has no {what} `{kind}.{name}`");
            // Without a type it may be a name of a newer language.
            let is_type = kind.contains('_');
            return Err(if is_type { self.undefined(scope, span, message, None) } else { Failed });
        };
        let expansion = self.expansion(scope.module, resource, (scope.file, span), scope.depth)?;
        match (expansion.keys, steps) {
            (Form::Single, [Step::Name(attribute), rest @ ..]) => {
                let number = expansion.member(None).ok_or(Failed)?;
                let value = self.attribute(scope, number, attribute, span)?;
                self.follow(scope, value, rest, span)
            }
            (Form::List | Form::Object | Form::Unknown, [Step::Key(key), Step::Name(attribute), rest @ ..]) => {
                let key = self.value(scope, key);
                let value = self.for_each_choice(span, vec![key], &mut |this, keys| {
                    let key = keys.first().ok_or(Failed)?;
                    let number = this.member(&expansion, Some(key))?;
                    this.doubt(number);
                    this.attribute(scope, number, attribute, span)
                })?;
                self.follow(scope, value, rest, span)
            }
            // `one(resource[*])` and old references leave the key out where there is one.
            (_, steps) => {
                let mut members = Vec::new();
                for (key, number) in &expansion.members {
                    let only_if = self.instances.get(*number).and_then(|instance| instance.only_if);
                    let value = self.instance_object(scope, *number, span)?;
                    let value = match only_if {
                        Some(symbol) if expansion.keys != Form::Single => {
                            Value::only_if(OnlyIf::holds(symbol), &value, None)
                        }
                        _ => value,
                    };
                    members.push((key.clone(), value));
                }
                let value = expansion.together(members, span).ok_or(Failed)?;
                self.follow(scope, value, steps, span)
            }
        }
    }

    /// Remembers, where something may fail, that an instance may not be there though its module is.
    fn doubt(&mut self, number: usize) {
        let Some(instance) = self.instances.get(number).filter(|_| self.tries > 0) else { return };
        let of_module = self.modules.get(instance.module).and_then(|module| module.only_if);
        self.doubts.extend(instance.only_if.filter(|symbol| Some(*symbol) != of_module));
    }

    /// What is at the end of steps from a value.
    fn follow(&mut self, scope: &Scope<'_>, value: Value, steps: &[Step<'_>], span: Span) -> Evaluated {
        let Some((step, rest)) = steps.split_first() else { return Ok(value) };
        let key = match step {
            Step::Name(name) => Value::text(span, *name),
            Step::Key(key) => self.value(scope, key),
        };
        let next = self.for_each_choice(span, vec![value, key], &mut |this, values| {
            let [of, key] = values.as_slice() else { return Err(Failed) };
            this.item(of, key)
        })?;
        self.follow(scope, next, rest, span)
    }

    /// An item of a list or object.
    pub(super) fn item(&self, of: &Value, key: &Value) -> Evaluated {
        let text = key.to_text().ok_or(Failed)?.text;
        if self.naming.symbols.within(&text).next().is_some() {
            return Err(Failed);
        }
        match &of.kind {
            ValueKind::Map(entries) => {
                // A key that is not known may be this one, and of several the last counts.
                let found = entries.iter().rfind(|entry| may_be_same(&entry.key.text, &text, self.naming.symbols));
                match found {
                    Some(entry) if entry.key.text == text => Ok(entry.value.clone()),
                    Some(_) => Err(Failed),
                    None => Err(Cause::Missing),
                }
            }
            ValueKind::Null => Err(Cause::Missing),
            ValueKind::List(items) => {
                // Where an item may be missing, those after it may be elsewhere.
                let may_move =
                    items.iter().any(|item| matches!(item.kind, ValueKind::OneOf { .. }) && may_be_missing(item));
                let number: usize = text.parse().map_err(|_| Failed)?;
                if may_move {
                    return Err(Failed);
                }
                items.get(number).cloned().ok_or(Cause::Missing)
            }
            _ => Err(Failed),
        }
    }

    /// An attribute or item of an expression that is no reference.
    fn part(&mut self, scope: &Scope<'_>, expr: &Expr) -> Evaluated {
        let (of, key) = match &expr.kind {
            ExprKind::Attribute(of, name) => (self.evaluate(scope, of)?, Value::text(expr.span, name.as_str())),
            ExprKind::Index(of, key) => (self.evaluate(scope, of)?, self.value(scope, key)),
            _ => return Err(Failed),
        };
        self.for_each_choice(expr.span, vec![of, key], &mut |this, values| {
            let [of, key] = values.as_slice() else { return Err(Failed) };
            this.item(of, key)
        })
    }

    fn splat(&mut self, scope: &Scope<'_>, of: &Expr, each: &Expr, span: Span) -> Evaluated {
        let value = self.evaluate(scope, of)?;
        let list = match &value.kind {
            ValueKind::List(_) | ValueKind::Unordered(_) => value,
            ValueKind::Null => Value { span, kind: ValueKind::List(Vec::new()) },
            ValueKind::Unknown(_) => return Err(Failed),
            // One value is a list of it.
            _ => Value { span, kind: ValueKind::List(vec![value]) },
        };
        let (items, order) = self.for_each_item(scope, &list, span, &mut |this, _, item| {
            let frame = Frame { name: ITEM, value: item, is_set: None, outer: scope.frame };
            this.evaluate(&scope.with(&frame), each)
        })?;
        Ok(Value { span, kind: order.list(items) })
    }

    fn each(&mut self, scope: &Scope<'_>, each: &For, span: Span) -> Evaluated {
        let of = self.evaluate(scope, &each.of)?;
        let is_set = self.is_set(scope, &each.of);
        let mut keys: Vec<Value> = Vec::new();
        let mut left_out: Vec<bool> = Vec::new();
        let makes_object = each.result_key.is_some();
        let (items, order) = self.for_each_item(scope, &of, span, &mut |this, key, value| {
            let key = match &each.key {
                Some(_) => this.key_of_item(scope, &each.of, is_set, key, &value),
                // It has no name.
                None => Value { span, kind: ValueKind::Null },
            };
            let own = Frame { name: &each.value, value, is_set: None, outer: scope.frame };
            let both = each.key.as_ref().map(|name| Frame { name, value: key, is_set: None, outer: Some(&own) });
            let inner = scope.with(both.as_ref().unwrap_or(&own));
            let is_wanted = match &each.condition {
                Some(condition) => {
                    let value = this.decides(&inner, condition);
                    match truth(&value).ok_or(()).or_else(|()| this.condition(&inner, condition)) {
                        Ok(wanted) => wanted,
                        Err(_) if makes_object => return Err(Failed),
                        Err(on) => {
                            let result = this.value(&inner, &each.result);
                            left_out.push(false);
                            return Ok(Value::only_if(OnlyIf::holds(on), &result, None));
                        }
                    }
                }
                None => true,
            };
            left_out.push(!is_wanted);
            if !is_wanted {
                return Ok(Value { span, kind: ValueKind::Null });
            }
            if let Some(name) = &each.result_key {
                keys.push(this.value(&inner, name));
            }
            Ok(this.value(&inner, &each.result))
        })?;
        // Alternatives of one item are made one by one.
        if left_out.len() != items.len() && left_out.contains(&true) {
            return Err(Failed);
        }
        let is_in = items.into_iter().enumerate().filter(|(at, _)| left_out.get(*at) != Some(&true));
        let items: Vec<Value> = is_in.map(|(_, item)| item).collect();
        if !makes_object {
            return Ok(Value { span, kind: order.list(items) });
        }
        if keys.len() != items.len() {
            return Err(Failed);
        }
        let mut entries: Vec<Entry> = Vec::new();
        for (key, item) in keys.into_iter().zip(items) {
            let name = key.to_text().ok_or(Failed)?;
            match entries.iter_mut().find(|known| known.key.text == name.text) {
                Some(Entry { value: Value { kind: ValueKind::List(known), .. }, .. }) if each.groups => {
                    known.push(item);
                }
                Some(_) => return Err(Failed),
                None => {
                    let value = if each.groups { Value { span, kind: ValueKind::List(vec![item]) } } else { item };
                    entries.push(entry(&name.text, value));
                }
            }
        }
        if each.groups {
            // Groups of which the keys may be one may be one.
            order_of(&entries, self.naming.symbols).ok_or(Failed)?;
            for entry in &mut entries {
                if let ValueKind::List(known) = &mut entry.value.kind {
                    entry.value.kind = order.list(std::mem::take(known));
                }
            }
        }
        Ok(Value { span, kind: ValueKind::Map(entries) })
    }

    /// The least and the most that a number may be: of the items of a set of which some are not known, some may be one.
    fn bounds(&mut self, scope: &Scope<'_>, expr: &Expr) -> Option<(f64, f64)> {
        let value = match &expr.kind {
            ExprKind::Call { name, arguments, .. } if name == "length" => match arguments.as_slice() {
                [of] => self.evaluate(scope, of).ok()?,
                _ => return None,
            },
            _ => {
                let number = number(&self.evaluate(scope, expr).ok()?)?;
                return Some((number, number));
            }
        };
        let (items, order) = value.items()?;
        let sure = items.iter().filter(|item| !may_be_missing(item)).count();
        let least = if order == Order::Open { sure.min(1) } else { sure };
        let count = |count: usize| u32::try_from(count).ok().map(f64::from);
        Some((count(least)?, count(items.len())?))
    }

    fn binary(
        &self,
        left: &Value,
        operator: Operator,
        right: &Value,
        sorts: (Option<Sort>, Option<Sort>),
    ) -> Option<ValueKind> {
        let same = || same_sort(self.equal(left, right)?, (left, right), sorts);
        let both = || Some((number(left)?, number(right)?));
        let compared = |of: fn(f64, f64) -> bool| both().map(|(left, right)| ValueKind::Bool(of(left, right)));
        let computed = || compute(exact(left)?, operator, exact(right)?).map(|made| ValueKind::Number(shown(made)));
        match operator {
            Operator::Equal => same().map(ValueKind::Bool),
            Operator::NotEqual => same().map(|same| ValueKind::Bool(!same)),
            Operator::Less => compared(|left, right| left < right),
            Operator::LessOrEqual => compared(|left, right| left <= right),
            Operator::Greater => compared(|left, right| left > right),
            Operator::GreaterOrEqual => compared(|left, right| left >= right),
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                computed()
            }
            // One side may decide although the other is not known.
            Operator::And => match (truth(left), truth(right)) {
                (Some(false), _) | (_, Some(false)) => Some(ValueKind::Bool(false)),
                (Some(true), Some(true)) => Some(ValueKind::Bool(true)),
                _ => None,
            },
            Operator::Or => match (truth(left), truth(right)) {
                (Some(true), _) | (_, Some(true)) => Some(ValueKind::Bool(true)),
                (Some(false), Some(false)) => Some(ValueKind::Bool(false)),
                _ => None,
            },
        }
    }

    /// Whether two values are the same; `None` where that is not known.
    pub(super) fn equal(&self, left: &Value, right: &Value) -> Option<bool> {
        let open = |value: &Value| match &value.kind {
            ValueKind::Unknown(_) | ValueKind::OneOf { .. } | ValueKind::Unordered(_) | ValueKind::Untyped(_) => true,
            ValueKind::Text(text) => {
                self.naming.symbols.within(&text.text).next().is_some() || !convert::is_composed(&text.text)
            }
            _ => false,
        };
        if open(left) || open(right) {
            return None;
        }
        match (&left.kind, &right.kind) {
            (ValueKind::Null, ValueKind::Null) => Some(true),
            (ValueKind::Bool(left), ValueKind::Bool(right)) => Some(left == right),
            (ValueKind::Number(left), ValueKind::Number(right)) => Some(decimal(left)? == decimal(right)?),
            (ValueKind::Text(left), ValueKind::Text(right)) => Some(left.text == right.text),
            (ValueKind::List(left), ValueKind::List(right)) => {
                if left.len() != right.len() {
                    return if left.iter().chain(right).any(may_be_missing) { None } else { Some(false) };
                }
                let pairs = left.iter().zip(right).map(|(left, right)| self.equal(left, right));
                pairs.collect::<Option<Vec<bool>>>().map(|all| all.into_iter().all(|same| same))
            }
            (ValueKind::Map(left), ValueKind::Map(right)) => {
                // A key that is not known may be any.
                if order_of(left, self.naming.symbols) != Some(Order::Certain)
                    || order_of(right, self.naming.symbols) != Some(Order::Certain)
                {
                    return None;
                }
                if left.len() != right.len() {
                    return Some(false);
                }
                let pairs = left.iter().map(|entry| {
                    let other = right.iter().find(|other| other.key.text == entry.key.text);
                    other.map_or(Some(false), |other| self.equal(&entry.value, &other.value))
                });
                pairs.collect::<Option<Vec<bool>>>().map(|all| all.into_iter().all(|same| same))
            }
            // Values of different types are different.
            _ => Some(false),
        }
    }
}

/// What a comparison of two numbers comes to, of which the least and the most are known.
fn within_bounds(left: (f64, f64), operator: Operator, right: (f64, f64)) -> Option<bool> {
    let (is_below, is_above) = (left.1 < right.0, left.0 > right.1);
    match operator {
        Operator::Less if is_below => Some(true),
        Operator::Less if left.0 >= right.1 => Some(false),
        Operator::LessOrEqual if left.1 <= right.0 => Some(true),
        Operator::LessOrEqual if is_above => Some(false),
        Operator::Greater | Operator::GreaterOrEqual => {
            let turned = if operator == Operator::Greater { Operator::Less } else { Operator::LessOrEqual };
            within_bounds(right, turned, left)
        }
        Operator::Equal if is_below || is_above => Some(false),
        Operator::NotEqual if is_below || is_above => Some(true),
        _ => None,
    }
}

fn is_choice(value: &Value) -> Option<(Switch, usize)> {
    match &value.kind {
        ValueKind::OneOf { on, choices } => Some((*on, choices.len())),
        _ => None,
    }
}

/// Whether there may be nothing instead of a value.
pub(super) fn may_be_missing(value: &Value) -> bool {
    match &value.kind {
        ValueKind::OneOf { choices, .. } => choices.iter().any(|choice| choice.as_ref().is_none_or(may_be_missing)),
        _ => false,
    }
}

/// Whether a value is true or false, where it is known.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match &value.kind {
        ValueKind::Bool(value) => Some(*value),
        ValueKind::Text(Text { text, .. }) | ValueKind::Untyped(text) => match &**text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The number that a value is.
pub(super) fn number(value: &Value) -> Option<f64> {
    match &value.kind {
        ValueKind::Number(text) => text.parse().ok(),
        ValueKind::Text(Text { text, .. }) | ValueKind::Untyped(text) => decimal(text)?.parse().ok(),
        _ => None,
    }
}

/// The number that a value is, where computing with it is exact.
pub(super) fn exact(value: &Value) -> Option<f64> {
    let found = number(value)?;
    (is_exact(found) && value.to_text()?.text.len() <= 16).then_some(found)
}

/// Whether sums and products of such numbers are exact: whole numbers, and small ones with a few binary places.
pub(super) fn is_exact(number: f64) -> bool {
    let is_small = number.abs() < 65_536.0 && (number * 1024.0).fract() == 0.0;
    is_small || number.abs() < 1e15 && number.fract() == 0.0
}

/// What Terraform computes, where that is exact here as well.
fn compute(left: f64, operator: Operator, right: f64) -> Option<f64> {
    let are_whole = left.fract() == 0.0 && right.fract() == 0.0;
    let are_small = left.abs() < 65_536.0 && right.abs() < 65_536.0;
    let made = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply if are_whole || are_small => left * right,
        Operator::Divide if right != 0.0 => {
            let made = left / right;
            let is_whole = are_whole && made.fract() == 0.0;
            let divides = is_exact(made) && made.abs() < 65_536.0 && right.abs() < 65_536.0;
            // The bits of both factors have a place in the product.
            if is_whole || divides && (made * right).total_cmp(&left).is_eq() { made } else { return None }
        }
        Operator::Remainder if are_whole && left >= 0.0 && right > 0.0 => left % right,
        _ => return None,
    };
    let is_negative_zero = made == 0.0 && made.is_sign_negative();
    (is_exact(made) && !is_negative_zero).then_some(made)
}

/// Whether values that look the same are the same, after what sorts of lists or maps they are.
fn same_sort(looks_same: bool, (left, right): (&Value, &Value), sorts: (Option<Sort>, Option<Sort>)) -> Option<bool> {
    let parts = |value: &Value| -> Option<Vec<Value>> {
        match &value.kind {
            ValueKind::List(items) => Some(items.clone()),
            ValueKind::Map(entries) => Some(entries.iter().map(|entry| entry.value.clone()).collect()),
            _ => None,
        }
    };
    let (Some(inner), Some(_)) = (parts(left), parts(right)) else { return Some(looks_same) };
    if !looks_same {
        return Some(false);
    }
    let (left, right) = (sorts.0?.of(left)?, sorts.1?.of(right)?);
    if left != right {
        return Some(false);
    }
    // Of empty lists the type of the items is not known, and of lists of lists what sort those are.
    let is_plain =
        inner.iter().all(|item| matches!(item.kind, ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_)));
    let is_typed = matches!(left, Sort::Tuple | Sort::Object) || !inner.is_empty();
    (is_plain && is_typed).then_some(true)
}

/// The whole number that a value is, from zero on.
pub(super) fn whole(value: &Value) -> Option<usize> {
    shown(number(value)?).parse().ok()
}

/// A number as Terraform writes it.
pub(super) fn shown(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}
