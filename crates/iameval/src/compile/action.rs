//! `Action` and `NotAction` (section 4).

use crate::certainty::Certainty;
use crate::document::PatternElement;
use crate::name::{Action, hash_of};
use crate::symbol::{Reader, may_hold_symbols};
use crate::variable::{Syntax, free_pattern, parts};
use crate::wildcard::{Pattern, Token};

#[derive(Debug)]
pub(super) struct ActionMatcher {
    pub(super) negated: bool,
    pub(super) patterns: Box<[ActionPattern]>,
}

/// An action as a policy writes it: `*` and `?` are wildcards, case does not count (R-ACT-01 to R-ACT-05).
///
/// ```
/// use iameval::ActionPattern;
///
/// let pattern = ActionPattern::new("iam:*AccessKey*");
/// assert!(pattern.matches(&"iam:ListAccessKeys".parse().unwrap()));
/// assert!(!pattern.matches(&"iam:ListUsers".parse().unwrap()));
/// assert_eq!(pattern.service(), Some("iam"));
/// ```
#[derive(Debug)]
pub struct ActionPattern(Form);

/// The forms of a pattern; everything in lower case.
#[derive(Debug)]
pub(super) enum Form {
    /// `*`
    All,
    /// No wildcards.
    Exact(Action),
    /// Wildcards in the name only; the service prefix with its hash.
    Name { service: Box<str>, hash: u64, name: Pattern },
    /// Wildcards in the service prefix (R-ACT-02); they do not cross the colon.
    Both { service: Pattern, name: Pattern },
    /// Text that no request's action fits (R-ACT-05).
    Never,
    /// With symbols in it, unless they are text: then no action fits.
    Open(Pattern),
}

impl ActionMatcher {
    pub(super) fn new(element: &PatternElement) -> Self {
        Self { negated: element.is_negated(), patterns: element.patterns().map(ActionPattern::new).collect() }
    }

    pub(super) fn matches(&self, action: &Action) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(action)) != self.negated
    }

    /// The same where symbols may stand in the patterns.
    pub(super) fn truth(&self, action: &Action, reader: &Reader<'_>) -> Certainty {
        let patterns = self.patterns.iter().map(|pattern| match &pattern.0 {
            Form::Open(pattern) => reader.fits(pattern, action.lowercase(), &()),
            _ => pattern.matches(action).into(),
        });
        Certainty::any(patterns).negated_if(self.negated)
    }
}

impl ActionPattern {
    /// The pattern of that text. Any text is one; some fit no action (R-ACT-05).
    pub fn new(text: &str) -> Self {
        Self(Form::new(text))
    }

    /// Whether the action fits.
    pub fn matches(&self, action: &Action) -> bool {
        match &self.0 {
            Form::Exact(own) => own == action,
            Form::Name { hash, .. } if *hash != action.service_hash() => false,
            _ => self.matches_lowercase(action.service(), action.name()),
        }
    }

    /// The same for an action in two halves, both in lower case: its service prefix and its name.
    pub fn matches_lowercase(&self, service: &str, name: &str) -> bool {
        match &self.0 {
            Form::All => true,
            Form::Exact(own) => (own.service(), own.name()) == (service, name),
            Form::Name { service: own, name: pattern, .. } => **own == *service && pattern.matches(name, &()),
            Form::Both { service: pattern, name: names } => pattern.matches(service, &()) && names.matches(name, &()),
            Form::Never | Form::Open(_) => false,
        }
    }

    /// The service prefix in lower case, when the pattern is about one service.
    pub fn service(&self) -> Option<&str> {
        match &self.0 {
            Form::Exact(own) => Some(own.service()),
            Form::Name { service, .. } => Some(service),
            Form::All | Form::Both { .. } | Form::Never | Form::Open(_) => None,
        }
    }

    /// Whether the pattern is one action's name, without wildcards.
    pub fn is_exact(&self) -> bool {
        matches!(self.0, Form::Exact(_))
    }

    /// Whether no action fits, whatever actions there are (R-ACT-05).
    pub fn is_never(&self) -> bool {
        matches!(self.0, Form::Never)
    }

    pub(super) fn form(&self) -> &Form {
        &self.0
    }
}

impl Form {
    fn new(text: &str) -> Self {
        if text == "*" {
            return Self::All;
        }
        if may_hold_symbols(text) {
            return Self::Open(pattern(&text.to_ascii_lowercase()));
        }
        let (mut colon, mut wild_service, mut wild_name, mut is_action) = (None, false, false, true);
        for (at, byte) in text.bytes().enumerate() {
            match (byte, colon) {
                (b':', None) => colon = Some(at),
                (b'*' | b'?', None) => wild_service = true,
                (b'*' | b'?', Some(_)) => wild_name = true,
                (b':' | b',', Some(_)) | (b' ' | b'\t'..=b'\r', _) => is_action = false,
                _ => {}
            }
        }
        let has_halves = colon.is_some_and(|colon| colon > 0 && colon + 1 < text.len());
        let is_spaced = || !text.is_ascii() && text.contains(char::is_whitespace);
        if !has_halves || !is_action || is_spaced() {
            return Self::Never;
        }
        if !wild_service && !wild_name {
            return Action::literal(text).map_or(Self::Never, Self::Exact);
        }
        let lower = text.to_ascii_lowercase();
        let (service, name) = lower.split_once(':').unwrap_or((&lower, ""));
        match (service, name) {
            ("*", "*") => Self::All,
            _ if wild_service => Self::Both { service: pattern(service), name: pattern(name) },
            _ => Self::Name { service: service.into(), hash: hash_of(service), name: pattern(name) },
        }
    }
}

fn pattern(text: &str) -> Pattern {
    // There are no variables in actions (R-VAR-03).
    let parts = parts(text, Syntax { variables: false, wildcards: true });
    free_pattern(parts, |variable| Token::Literal(variable.key))
}
