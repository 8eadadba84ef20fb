//! Everything that is wrong with a case, so that all of it is told at once.

use crate::node::Checked;
use iameval::Diagnostic;

/// What is wrong so far.
#[derive(Default)]
pub(super) struct Gathered(Vec<Diagnostic>);

impl Gathered {
    /// What was made, unless something is wrong with it.
    pub(super) fn take<T>(&mut self, told: Checked<T>) -> Option<T> {
        match told {
            Ok(made) => Some(made),
            Err(diagnostic) => {
                self.0.push(diagnostic);
                None
            }
        }
    }

    /// The same, of something that need not be there.
    pub(super) fn take_any<T>(&mut self, told: Checked<Option<T>>) -> Option<T> {
        self.take(told).flatten()
    }

    /// The value, unless something is wrong.
    pub(super) fn finish<T>(self, made: Option<T>) -> Result<T, Vec<Diagnostic>> {
        made.filter(|_| self.0.is_empty()).ok_or(self.0)
    }
}
