//! What the types of variables say: which values are sets, and what stands for attributes that are left out.

use super::evaluate::{Evaluator, Scope};
use super::syntax::{Expr, ExprKind};
use crate::value::{Entry, Value, ValueKind};

/// How far it is looked whether something is a set.
const MAX_STEPS: u32 = 32;

impl Evaluator<'_, '_> {
    /// Whether an expression is a set, for certain, or certainly none.
    pub(super) fn is_set(&self, scope: &Scope<'_>, expr: &Expr) -> Option<bool> {
        self.is_set_within(scope, expr, MAX_STEPS)
    }

    fn is_set_within(&self, scope: &Scope<'_>, expr: &Expr, most: u32) -> Option<bool> {
        let most = most.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Call { name, .. } => match &**name {
                "coalesce" | "element" | "lookup" | "nonsensitive" | "one" | "sensitive" | "try" => None,
                name => Some(name.starts_with("set") || name == "toset"),
            },
            ExprKind::List(_) | ExprKind::For(_) | ExprKind::Splat(..) => Some(false),
            ExprKind::Conditional(parts) => {
                let [_, then, otherwise] = &**parts;
                let set = self.is_set_within(scope, then, most)?;
                (self.is_set_within(scope, otherwise, most) == Some(set)).then_some(set)
            }
            ExprKind::Variable(name) => scope.frame_of(name)?.is_set,
            ExprKind::Attribute(of, name) => match &of.kind {
                ExprKind::Variable(word) if scope.frame_of(word).is_some() => None,
                ExprKind::Variable(word) if word == "var" => self.is_variable_set(scope.module, name, most),
                ExprKind::Variable(word) if word == "local" => {
                    let local = self.folder(scope.module).locals.get(name)?;
                    self.is_set_within(&Self::scope_of(scope.module, local.file, 0), &local.value, most)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn is_variable_set(&self, module: usize, name: &str, most: u32) -> Option<bool> {
        let variable = self.folder(module).variables.get(name)?;
        match variable.kind.as_ref().map(|kind| &kind.kind) {
            Some(ExprKind::Call { name, .. }) => return Some(name == "set"),
            Some(ExprKind::Variable(name)) if name != "any" => return Some(false),
            _ => {}
        }
        // Without a type, what files and flags give is no set, and a module has what it is passed.
        let passed = self.modules.get(module).and_then(|own| {
            let call = own.call?;
            Some((own.outer, call.file, &call.body.attribute(name)?.value))
        });
        match passed {
            Some((outer, file, value)) => self.is_set_within(&Self::scope_of(outer, file, 0), value, most),
            None => Some(false),
        }
    }

    /// A value as its type has it: with the defaults of attributes that are left out, and without those that the type does
    /// not name.
    pub(super) fn completed(&mut self, scope: &Scope<'_>, value: Value, kind: &Expr) -> Value {
        let ExprKind::Call { name, arguments, .. } = &kind.kind else { return value };
        let Some(of) = arguments.first() else { return value };
        let span = value.span;
        let kind = match (&**name, value.kind) {
            ("object", ValueKind::Map(entries)) => ValueKind::Map(self.completed_object(scope, entries, of)),
            ("map", ValueKind::Map(entries)) => {
                let entry = |entry: Entry| Entry { value: self.completed(scope, entry.value, of), ..entry };
                ValueKind::Map(entries.into_iter().map(entry).collect())
            }
            ("list" | "set", ValueKind::List(items)) => {
                ValueKind::List(items.into_iter().map(|item| self.completed(scope, item, of)).collect())
            }
            (_, ValueKind::OneOf { on, choices }) => {
                let choice = |choice: Option<Value>| choice.map(|choice| self.completed(scope, choice, kind));
                ValueKind::OneOf { on, choices: choices.into_iter().map(choice).collect() }
            }
            (_, kind) => kind,
        };
        Value { span, kind }
    }

    fn completed_object(&mut self, scope: &Scope<'_>, entries: Vec<Entry>, of: &Expr) -> Vec<Entry> {
        let ExprKind::Map(attributes) = &of.kind else { return entries };
        // A key that is not known may be any.
        if entries.iter().any(|entry| self.naming.symbols.within(&entry.key.text).next().is_some()) {
            return entries;
        }
        let mut made = Vec::new();
        for (name, kind) in attributes {
            let ExprKind::Text(name) = &name.kind else { continue };
            let given = entries.iter().rfind(|entry| entry.key.text == name.text);
            let given = given.filter(|entry| !matches!(entry.value.kind, ValueKind::Null)).cloned();
            let (kind, default) = match &kind.kind {
                ExprKind::Call { name, arguments, .. } if name == "optional" => match arguments.as_slice() {
                    [kind, default] => (kind, Some(default)),
                    [kind] => (kind, None),
                    _ => continue,
                },
                _ => (kind, None),
            };
            let entry = given.unwrap_or_else(|| {
                let nothing = Value { span: of.span, kind: ValueKind::Null };
                let value = default.map_or(nothing, |default| self.value(scope, default));
                Entry { key: name.clone(), key_span: of.span, value }
            });
            made.push(Entry { value: self.completed(scope, entry.value, kind), ..entry });
        }
        made
    }
}
