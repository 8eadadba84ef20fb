//! How often the parts of one statement were reached.

use iameval::{Context, Entries, PatternElement, PrincipalElement, PrincipalForm, Statement, StatementTrace};

/// How often the parts of one statement were reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementCoverage {
    pub(super) matched: u64,
    pub(super) decided: u64,
    /// The entries of `Principal` or `NotPrincipal`, counted through all lists.
    pub(super) principal: Vec<u64>,
    /// The entries of `Action` or `NotAction`.
    pub(super) action: Vec<u64>,
    /// The entries of `Resource` or `NotResource`.
    pub(super) resource: Vec<u64>,
    /// The keys of the condition.
    pub(super) conditions: Vec<Truths>,
}

/// How often a key of a condition was seen in each of its states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Truths {
    pub(super) satisfied: u64,
    pub(super) unsatisfied: u64,
    pub(super) absent: u64,
}

impl StatementCoverage {
    pub(super) fn new(statement: &Statement) -> Self {
        let patterns = |element: &PatternElement| vec![0; element.patterns().count()];
        Self {
            matched: 0,
            decided: 0,
            principal: statement.principal().map_or_else(Vec::new, |element| vec![0; principals(element)]),
            action: patterns(statement.action()),
            resource: statement.resource().map_or_else(Vec::new, patterns),
            conditions: vec![Truths::default(); statement.tests().count()],
        }
    }

    pub(super) fn observe(
        &mut self,
        statement: &Statement,
        trace: &StatementTrace,
        decided: bool,
        context: &Context,
        entries: impl FnOnce() -> Entries,
    ) {
        self.matched += u64::from(trace.applies.is_certain());
        self.decided += u64::from(decided);
        if trace.principal.is_certain() && trace.action.is_certain() && trace.resource.is_certain() {
            for (truths, condition) in self.conditions.iter_mut().zip(&trace.conditions) {
                match (context.value(&condition.key), condition.satisfied.is_certain()) {
                    (None, _) => truths.absent += 1,
                    (Some(_), true) => truths.satisfied += 1,
                    (Some(_), false) => truths.unsatisfied += 1,
                }
            }
        }
        // With more than one element against it, no entry would turn the statement.
        let against = [trace.principal.is_certain(), trace.action.is_certain(), trace.resource.is_certain()]
            .iter()
            .filter(|holds| !**holds)
            .count();
        if against > 1 || trace.conditions.iter().any(|condition| !condition.satisfied.is_certain()) {
            return;
        }
        let entries = entries();
        if trace.action.is_certain() && trace.resource.is_certain() {
            // Some of those whom `NotPrincipal` lists it does not spare (R-PRIN-12, R-PRIN-13).
            let negated = statement.principal().is_some_and(PrincipalElement::is_negated);
            if trace.principal.is_certain() != negated {
                count(&mut self.principal, &entries.principal);
            }
        }
        if trace.principal.is_certain() && trace.resource.is_certain() {
            count(&mut self.action, &entries.action);
        }
        if trace.principal.is_certain() && trace.action.is_certain() {
            count(&mut self.resource, &entries.resource);
        }
    }

    /// How often the statement matched.
    pub fn matched(&self) -> u64 {
        self.matched
    }

    /// How often it was among the statements that made the decision.
    pub fn decided(&self) -> u64 {
        self.decided
    }
}

/// How many entries a principal element has; `*` alone is one.
fn principals(element: &PrincipalElement) -> usize {
    match element.form() {
        PrincipalForm::Everyone => 1,
        PrincipalForm::Map(lists) => lists.iter().map(|list| list.values().count()).sum(),
    }
}

fn count(counts: &mut [u64], positions: &[usize]) {
    for position in positions {
        if let Some(count) = counts.get_mut(*position) {
            *count += 1;
        }
    }
}
