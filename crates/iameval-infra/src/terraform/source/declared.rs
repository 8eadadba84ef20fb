//! What sorts of lists and maps there are, as far as expressions and the types of variables say.

use super::evaluate::{Evaluator, Scope};
use super::syntax::{Expr, ExprKind};
use crate::value::{Value, ValueKind};

/// How far it is looked what sort something is.
const MAX_STEPS: u32 = 32;

/// What sort of list or map a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Tuple,
    List,
    Set,
    Object,
    Map,
    /// A tuple or an object, whichever it looks like.
    Literal,
    /// Anything but a set.
    NoSet,
}

impl Sort {
    /// The sort of a value; `None` where it is not certain.
    pub(super) fn of(self, value: &Value) -> Option<Self> {
        match (self, &value.kind) {
            (Self::Literal, ValueKind::List(_)) => Some(Self::Tuple),
            (Self::Literal, ValueKind::Map(_)) => Some(Self::Object),
            (Self::Tuple | Self::List | Self::Set, ValueKind::List(_))
            | (Self::Object | Self::Map, ValueKind::Map(_)) => Some(self),
            _ => None,
        }
    }

    /// The sort that a type says.
    fn of_type(kind: &Expr) -> Option<Self> {
        let (ExprKind::Call { name, .. } | ExprKind::Variable(name)) = &kind.kind else { return None };
        match &**name {
            "list" => Some(Self::List),
            "map" => Some(Self::Map),
            "object" => Some(Self::Object),
            "set" => Some(Self::Set),
            "tuple" => Some(Self::Tuple),
            "any" => None,
            _ => Some(Self::NoSet),
        }
    }

    /// The sort of one of two values of which it is not known here which is taken.
    fn either(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::List, Self::List) => Some(Self::List),
            (Self::Set, Self::Set) => Some(Self::Set),
            (Self::Map, Self::Map) => Some(Self::Map),
            (Self::Set, _) | (_, Self::Set) => None,
            _ => Some(Self::NoSet),
        }
    }
}

impl Evaluator<'_, '_> {
    /// Whether an expression is a set, for certain, or certainly none.
    pub(super) fn is_set(&self, scope: &Scope<'_>, expr: &Expr) -> Option<bool> {
        self.sort(scope, expr).map(|sort| sort == Sort::Set)
    }

    /// What sort of list or map an expression is, if it is one; `None` where nothing is certain.
    pub(super) fn sort(&self, scope: &Scope<'_>, expr: &Expr) -> Option<Sort> {
        self.sort_within(scope, expr, MAX_STEPS)
    }

    fn sort_within(&self, scope: &Scope<'_>, expr: &Expr, most: u32) -> Option<Sort> {
        let most = most.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Call { name, arguments, .. } => self.sort_of_call(scope, name, arguments, most),
            ExprKind::List(_) => Some(Sort::Tuple),
            ExprKind::Map(_) => Some(Sort::Object),
            ExprKind::For(each) => Some(if each.result_key.is_some() { Sort::Object } else { Sort::Tuple }),
            ExprKind::Splat(..) => Some(Sort::NoSet),
            ExprKind::Conditional(parts) => {
                let [_, then, otherwise] = &**parts;
                self.sort_within(scope, then, most)?.either(self.sort_within(scope, otherwise, most)?)
            }
            ExprKind::Variable(name) => Some(if scope.frame_of(name)?.is_set? { Sort::Set } else { Sort::NoSet }),
            ExprKind::Attribute(of, name) => match &of.kind {
                ExprKind::Variable(word) if scope.frame_of(word).is_some() => None,
                ExprKind::Variable(word) if word == "var" => self.sort_of_variable(scope.module, name, most),
                ExprKind::Variable(word) if word == "local" => {
                    let local = self.folder(scope.module).locals.get(name)?;
                    self.sort_within(&Self::scope_of(scope.module, local.file, 0), &local.value, most)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn sort_of_call(&self, scope: &Scope<'_>, name: &str, arguments: &[Expr], most: u32) -> Option<Sort> {
        match name {
            "coalesce" | "coalescelist" | "element" | "lookup" | "nonsensitive" | "one" | "sensitive" | "try" => None,
            "setproduct" => {
                let sorts: Vec<_> = arguments.iter().map(|of| self.sort_within(scope, of, most)).collect();
                let is_list = sorts.iter().flatten().any(|sort| *sort != Sort::Set);
                if is_list { Some(Sort::List) } else { (!sorts.contains(&None)).then_some(Sort::Set) }
            }
            "setintersection" | "setsubtract" | "setunion" | "toset" => Some(Sort::Set),
            "chunklist" | "compact" | "distinct" | "formatlist" | "range" | "sort" | "split" | "tolist" => {
                Some(Sort::List)
            }
            "tomap" => Some(Sort::Map),
            _ => Some(Sort::NoSet),
        }
    }

    fn sort_of_variable(&self, module: usize, name: &str, most: u32) -> Option<Sort> {
        let variable = self.folder(module).variables.get(name)?;
        if let Some(sort) = variable.kind.as_ref().and_then(Sort::of_type) {
            return Some(sort);
        }
        // Without a type, what files and flags give is no set, and a module has what it is passed.
        let passed = self.modules.get(module).and_then(|own| {
            let call = own.call?;
            Some((own.outer, call.file, &call.body.attribute(name)?.value))
        });
        match passed {
            Some((outer, file, value)) => self.sort_within(&Self::scope_of(outer, file, 0), value, most),
            None => Some(Sort::Literal),
        }
    }
}
