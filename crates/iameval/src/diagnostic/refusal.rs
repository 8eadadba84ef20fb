//! What AWS answers when it refuses a policy at creation.

use super::{Code, Diagnostic};
use crate::codes;
use std::borrow::Cow;

/// AWS's answer when it refuses a policy at creation, under the error code `MalformedPolicyDocument` (table (e)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The row of the table, V-01 to V-23. AWS names the first row that fails and nothing else.
    pub row: u8,
    /// AWS's own words.
    pub message: Cow<'static, str>,
    /// Of how many in the policy it is the one that AWS names; 0 where it is not, and as long as
    /// [`Refusal::mark_first`] was not told all of them.
    pub first_of: usize,
}

impl Refusal {
    pub(super) fn new(row: u8, message: impl Into<Cow<'static, str>>) -> Self {
        Self { row, message: message.into(), first_of: 0 }
    }

    /// What AWS answers to every problem of that code.
    pub(super) fn of(code: Code) -> Option<Self> {
        code.refusal().map(|(row, message)| Self::new(row, message))
    }

    /// What AWS would answer to a policy with these findings: the first row of the table, and in it the first place.
    pub fn first(diagnostics: &[Diagnostic]) -> Option<&Refusal> {
        first_refused(diagnostics).and_then(|index| diagnostics.get(index)?.refusal())
    }

    /// Whether it is the one that AWS names, of all in the policy.
    pub fn is_first(&self) -> bool {
        self.first_of > 0
    }

    /// Marks the refusal that AWS would answer with, of all the findings in a policy.
    pub fn mark_first(diagnostics: &mut [Diagnostic]) {
        let first = first_refused(diagnostics);
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.refusal().is_some()).count();
        for (index, diagnostic) in diagnostics.iter_mut().enumerate() {
            if let Some(refusal) = &mut diagnostic.0.refusal {
                refusal.first_of = if first == Some(index) { count } else { 0 };
            }
        }
    }
}

/// The number of the finding that AWS answers with. A `Sid` is looked at once the rest can be read (V-02a after V-02).
fn first_refused(diagnostics: &[Diagnostic]) -> Option<usize> {
    let refused = diagnostics.iter().enumerate().filter_map(|(index, diagnostic)| {
        let row = diagnostic.refusal()?.row;
        Some(((row, diagnostic.code() == codes::INVALID_SID, diagnostic.span()), index))
    });
    refused.min().map(|(_, index)| index)
}
