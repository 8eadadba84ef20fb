//! What an undetermined decision depends on.

use crate::answer::Answer;
use crate::statement::PlacedStatement;
use iameval::open::Certainty;
use iameval::symbol::SymbolKind;
use iameval::{ContextKey, Decision, Effect, Explanation};

/// Why a decision is undetermined, and what would settle it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unsettled<'a> {
    /// The decisions that it may be.
    pub possible: &'a [Decision],
    /// What is not known and tells, such as `LogsBucket` or `Condition IsProduction`.
    pub depends_on: Vec<Unknown<'a>>,
    /// The statements that may apply.
    pub statements: Vec<OpenStatement<'a>>,
}

/// Something that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What is certain of it.
    pub kind: SymbolKind,
}

/// A statement that may apply.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OpenStatement<'a> {
    /// The statement.
    pub statement: PlacedStatement<'a>,
    /// Its effect.
    pub effect: Effect,
    /// What of it is open. Where nothing is, it is open whether the statement is there.
    pub elements: Vec<OpenElement>,
}

/// An element of a statement that may match.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenElement {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// A key of the condition.
    Condition(ContextKey),
}

impl Answer {
    /// Why the decision is undetermined; `None` where it is not.
    pub(crate) fn unsettled(&self, explanation: &Explanation) -> Option<Unsettled<'_>> {
        let undetermined = self.simulation.undetermined.as_ref()?;
        let symbols = self.policies.symbols()?;
        let depends_on = undetermined
            .depends_on
            .iter()
            .map(|symbol| Unknown { name: symbols.name(*symbol), kind: symbols.kind(*symbol) });
        let open = explanation.statements.iter().filter(|trace| trace.applies == Certainty::Maybe);
        let statements = open.filter_map(|trace| {
            let elements = [
                (trace.principal, OpenElement::Principal),
                (trace.action, OpenElement::Action),
                (trace.resource, OpenElement::Resource),
            ];
            let conditions =
                trace.conditions.iter().map(|test| (test.satisfied, OpenElement::Condition(test.key.clone())));
            let open = elements.into_iter().chain(conditions).filter(|(holds, _)| *holds == Certainty::Maybe);
            Some(OpenStatement {
                statement: self.place(trace.id)?,
                effect: trace.effect,
                elements: open.map(|(_, element)| element).collect(),
            })
        });
        Some(Unsettled {
            possible: &undetermined.possible,
            depends_on: depends_on.collect(),
            statements: statements.collect(),
        })
    }
}
