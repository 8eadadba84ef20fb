//! `Action` and `NotAction` (section 4).

use crate::document::PatternElement;
use crate::name::Action;
use crate::variable::{Syntax, free_pattern, parts};
use crate::wildcard::{Pattern, Token};

#[derive(Debug)]
pub(super) struct ActionMatcher {
    pub(super) negated: bool,
    pub(super) patterns: Box<[ActionPattern]>,
}

/// An action as a policy writes it; everything in lower case.
#[derive(Debug)]
pub(super) enum ActionPattern {
    /// `*`
    All,
    /// No wildcards.
    Exact(Box<str>),
    /// Wildcards in the name only.
    Name { service: Box<str>, name: Pattern },
    /// Wildcards in the service prefix (R-ACT-02); they do not cross the colon.
    Both { service: Pattern, name: Pattern },
    /// Text that no request's action fits (R-ACT-05).
    Never,
}

impl ActionMatcher {
    pub(super) fn new(element: &PatternElement) -> Self {
        Self { negated: element.is_negated(), patterns: element.patterns().map(ActionPattern::new).collect() }
    }

    pub(super) fn matches(&self, action: &Action) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(action)) != self.negated
    }
}

impl ActionPattern {
    fn new(text: &str) -> Self {
        if text == "*" {
            return Self::All;
        }
        let Some((service, name)) = text.split_once(':') else { return Self::Never };
        let never = service.is_empty() || name.is_empty() || name.contains([':', ',']);
        if never || text.contains(char::is_whitespace) {
            return Self::Never;
        }
        let wild = |text: &str| text.contains(['*', '?']);
        let lower = text.to_ascii_lowercase();
        let (service_pattern, name_pattern) = lower.split_once(':').unwrap_or((&lower, ""));
        match (wild(service), wild(name)) {
            (false, false) => Self::Exact(lower.into()),
            (false, true) => Self::Name { service: service_pattern.into(), name: pattern(name_pattern) },
            (true, _) if lower == "*:*" => Self::All,
            (true, _) => Self::Both { service: pattern(service_pattern), name: pattern(name_pattern) },
        }
    }

    pub(super) fn matches(&self, action: &Action) -> bool {
        match self {
            Self::All => true,
            Self::Exact(text) => **text == *action.lowercase(),
            Self::Name { service, name } => **service == *action.service() && name.matches(action.name(), &()),
            Self::Both { service, name } => service.matches(action.service(), &()) && name.matches(action.name(), &()),
            Self::Never => false,
        }
    }
}

fn pattern(text: &str) -> Pattern {
    // There are no variables in actions (R-VAR-03).
    let parts = parts(text, Syntax { variables: false, wildcards: true });
    free_pattern(parts, |variable| Token::Literal(variable.key))
}
