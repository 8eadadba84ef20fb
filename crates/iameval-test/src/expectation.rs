//! What a test wants: a decision, and the statement that makes it.

use iameval::suggest::did_you_mean;
use iameval::{Decision, Simulation};
use std::fmt;
use std::str::FromStr;

/// The wanted decision.
///
/// ```
/// use iameval::Decision;
/// use iameval_test::Expectation;
///
/// let wanted: Expectation = "deny".parse().unwrap();
/// assert!(wanted.fits(Decision::ImplicitDeny) && wanted.fits(Decision::ExplicitDeny));
/// assert!("allowed".parse::<Expectation>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Expectation {
    /// Allowed.
    Allow,
    /// Denied, whether a statement denies or none allows.
    Deny,
    /// Denied since no statement allows.
    Implicit,
    /// Denied by a statement.
    Explicit,
    /// Neither, as long as something is not known.
    Undetermined,
}

impl Expectation {
    /// Every one of them.
    pub const ALL: [Self; 5] = [Self::Allow, Self::Deny, Self::Implicit, Self::Explicit, Self::Undetermined];

    /// The word for it in test files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Implicit => "implicit",
            Self::Explicit => "explicit",
            Self::Undetermined => "undetermined",
        }
    }

    /// Whether what a request comes to is wanted. An undetermined decision is denied where it is so whatever the rest comes
    /// to.
    pub fn fits_simulation(self, simulation: &Simulation) -> bool {
        self.fits(simulation.decision) || (self == Self::Deny && simulation.is_denied())
    }

    /// Whether a decision is the wanted one.
    pub fn fits(self, decision: Decision) -> bool {
        match self {
            Self::Deny => matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny),
            exact => exact == Self::of(decision),
        }
    }

    /// The word that says a decision exactly.
    pub fn of(decision: Decision) -> Self {
        match decision {
            Decision::Allowed => Self::Allow,
            Decision::ImplicitDeny => Self::Implicit,
            Decision::ExplicitDeny => Self::Explicit,
            Decision::Undetermined => Self::Undetermined,
        }
    }

    /// The same of every request of a scope.
    pub(crate) fn claimed(self) -> Option<iameval_prove::Expectation> {
        match self {
            Self::Allow => Some(iameval_prove::Expectation::Allow),
            Self::Deny => Some(iameval_prove::Expectation::Deny),
            Self::Implicit => Some(iameval_prove::Expectation::ImplicitDeny),
            Self::Explicit => Some(iameval_prove::Expectation::ExplicitDeny),
            Self::Undetermined => None,
        }
    }

    /// In a sentence: `allow`, `deny`, `deny (implicit)`.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Implicit => "deny (implicit)",
            Self::Explicit => "deny (explicit)",
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is not one of the five words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseExpectationError {
    text: String,
}

impl ParseExpectationError {
    /// What to write instead.
    pub fn help(&self) -> String {
        let words = Self::WORDS.iter().find(|(other, _)| self.text.eq_ignore_ascii_case(other));
        match words {
            Some((_, word)) => format!("did you mean `{word}`?"),
            None => did_you_mean(&self.text, Expectation::ALL.map(Expectation::as_str)).unwrap_or_else(|| {
                "expected `allow`, `deny` (either kind), `implicit`, `explicit` or `undetermined`".into()
            }),
        }
    }

    /// What else one might say.
    const WORDS: [(&str, &str); 7] = [
        ("unknown", "undetermined"),
        ("allowed", "allow"),
        ("true", "allow"),
        ("denied", "deny"),
        ("false", "deny"),
        ("implicitDeny", "implicit"),
        ("explicitDeny", "explicit"),
    ];
}

impl fmt::Display for ParseExpectationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an answer", self.text)
    }
}

impl std::error::Error for ParseExpectationError {}

impl FromStr for Expectation {
    type Err = ParseExpectationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|word| word.as_str() == text)
            .ok_or_else(|| ParseExpectationError { text: text.to_owned() })
    }
}
