//! What an undetermined decision depends on.

use crate::answer::Answer;
use crate::mark::{Mark, OpenElement};
use crate::statement::PlacedStatement;
use iameval::open::Certainty;
use iameval::{Decision, Effect, Explanation};
use std::borrow::Cow;

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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it is, such as `a parameter without a value`.
    pub what: &'a str,
    /// What would settle it, such as `--parameter Stage=VALUE`.
    pub settle: Cow<'a, str>,
}

/// A statement that may apply.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OpenStatement<'a> {
    /// The statement.
    pub statement: PlacedStatement<'a>,
    /// Its effect.
    pub effect: Effect,
    /// What of it is open, each with its place. Where nothing is, it is open whether the statement is there.
    pub open: Vec<Mark>,
}

impl Answer {
    /// Why the decision is undetermined; `None` where it is not.
    pub(crate) fn unsettled(&self, explanation: &Explanation) -> Option<Unsettled<'_>> {
        let undetermined = self.simulation.undetermined.as_ref()?;
        let symbols = self.policies.symbols()?;
        let depends_on = undetermined.depends_on.iter().map(|&symbol| Unknown {
            name: symbols.name(symbol),
            what: symbols.what(symbol),
            settle: symbols.settle(symbol),
        });
        let open = explanation.statements.iter().filter(|trace| trace.applies == Certainty::Maybe);
        let statements = open.filter_map(|trace| {
            let elements = [
                (trace.principal, OpenElement::Principal),
                (trace.action, OpenElement::Action),
                (trace.resource, OpenElement::Resource),
            ];
            let conditions =
                trace.conditions.iter().enumerate().map(|(at, test)| (test.satisfied, OpenElement::Condition(at)));
            let open = elements.into_iter().chain(conditions).filter(|(holds, _)| *holds == Certainty::Maybe);
            let statement = self.place(trace.id)?;
            let open = open.filter_map(|(_, element)| self.what_is_open(&element, &statement)).collect();
            Some(OpenStatement { statement, effect: trace.effect, open })
        });
        Some(Unsettled {
            possible: &undetermined.possible,
            depends_on: depends_on.collect(),
            statements: statements.collect(),
        })
    }
}
