//! Counts of what was reached.

use super::{PartKind, PolicyCoverage};
use std::ops::Add;

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many were reached.
    pub covered: usize,
    /// How many there are.
    pub total: usize,
}

/// What was reached of one policy or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Statements that decided a request.
    pub decided: Tally,
    /// Statements that matched, whether they decided or not.
    pub matched: Tally,
    /// Entries of `Principal`, `Action`, `Resource` and their negations.
    pub entries: Tally,
    /// What is to be seen of each key of a condition: true, false and absent.
    pub conditions: Tally,
}

impl Summary {
    pub(super) fn of(policy: &PolicyCoverage) -> Self {
        let mut summary = Self::default();
        for (_, statement) in policy.statements() {
            summary.decided = summary.decided + Tally { covered: usize::from(statement.decided > 0), total: 1 };
        }
        for part in policy.parts() {
            let tally = match part.kind {
                PartKind::Statement => &mut summary.matched,
                PartKind::Entry { .. } => &mut summary.entries,
                PartKind::Condition { .. } => &mut summary.conditions,
            };
            *tally = *tally + part.tally();
        }
        summary
    }

    /// Everything that counts: statements that matched, entries and conditions.
    pub fn points(&self) -> Tally {
        self.matched + self.entries + self.conditions
    }

    /// The part of everything that was reached, in percent; see [`Tally::percentage`].
    pub fn percentage(&self) -> Option<f64> {
        self.points().percentage()
    }
}

impl Tally {
    /// The part that was reached in percent, rounded down to tenths, so that 100 means everything; `None` where there is nothing.
    ///
    /// ```
    /// use iameval_test::Tally;
    ///
    /// assert_eq!(Tally { covered: 2, total: 3 }.percentage(), Some(66.6));
    /// assert_eq!(Tally { covered: 9999, total: 10000 }.percentage(), Some(99.9));
    /// assert_eq!(Tally { covered: 0, total: 0 }.percentage(), None);
    /// ```
    pub fn percentage(&self) -> Option<f64> {
        let tenths = (self.covered * 1000).checked_div(self.total)?;
        Some(f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0)
    }

    /// Whether everything was reached.
    pub fn is_complete(&self) -> bool {
        self.covered == self.total
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { covered: self.covered + other.covered, total: self.total + other.total }
    }
}

impl Add for Summary {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            decided: self.decided + other.decided,
            matched: self.matched + other.matched,
            entries: self.entries + other.entries,
            conditions: self.conditions + other.conditions,
        }
    }
}
