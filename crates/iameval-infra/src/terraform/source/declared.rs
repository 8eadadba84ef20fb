//! What is a set, as far as expressions and the types of variables say.

use super::evaluate::{Evaluator, Scope};
use super::syntax::{Expr, ExprKind};

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
}
