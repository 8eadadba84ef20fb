//! Policy variables: `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves.
//!
//! A text is cut into parts once, when its document is compiled. The text that a variable stands for is never read
//! again: it is not a pattern and holds no further variables (R-VAR-07).

use crate::wildcard::{Pattern, Reach, Slots, Token};

/// A part of a pattern, which may hold wildcards and variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stands for itself.
    Literal(String),
    /// `*`, where it is a wildcard.
    Star,
    /// `?`, where it is a wildcard: one UTF-16 code unit (R-ARN-03).
    Unit,
    /// A policy variable.
    Variable(Variable),
}

/// A policy variable as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The context key whose value it stands for.
    pub key: String,
    /// What it stands for where the key has no value.
    pub default: Option<String>,
}

/// What is special in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Syntax {
    /// `${…}`, in documents of version 2012-10-17.
    pub(crate) variables: bool,
    /// `*` and `?`.
    pub(crate) wildcards: bool,
}

/// Cuts `text` into parts. Neighbouring parts are never both literal.
pub(crate) fn parts(text: &str, syntax: Syntax) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    // No variable begins behind the last brace, so nothing behind it is searched for one.
    let behind = if syntax.variables {
        memchr::memrchr(b'}', text.as_bytes()).map_or(text.len(), |at| text.len() - at)
    } else {
        text.len()
    };
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let variable = if rest.len() > behind { take_variable(rest) } else { None };
        let (part, tail) = match (character, variable) {
            (_, Some((Part::Literal(text), tail))) => {
                literal.push_str(&text);
                rest = tail;
                continue;
            }
            (_, Some(found)) => found,
            ('*', _) if syntax.wildcards => (Part::Star, rest.get(1..).unwrap_or("")),
            ('?', _) if syntax.wildcards => (Part::Unit, rest.get(1..).unwrap_or("")),
            _ => {
                // Everything up to the next character that could be special.
                let first = character.len_utf8();
                let tail = rest.as_bytes().get(first..).unwrap_or_default();
                let special =
                    if syntax.wildcards { memchr::memchr3(b'$', b'*', b'?', tail) } else { memchr::memchr(b'$', tail) };
                let plain = special.map_or(rest.len(), |at| first + at);
                let (plain, tail) = rest.split_at_checked(plain).unwrap_or((rest, ""));
                literal.push_str(plain);
                rest = tail;
                continue;
            }
        };
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        parts.push(part);
        rest = tail;
    }
    if !literal.is_empty() || parts.is_empty() {
        parts.push(Part::Literal(literal));
    }
    parts
}

/// The variable that `text` begins with, and what follows it. An unterminated `${` and an empty `${}` are plain text
/// (R-VAR-11).
fn take_variable(text: &str) -> Option<(Part, &str)> {
    let (key, tail) = text.strip_prefix("${")?.split_once('}')?;
    if let Some((key, default, tail)) = with_default(text, key) {
        return Some((Part::Variable(Variable { key: key.into(), default: Some(default.into()) }), tail));
    }
    let part = match key {
        "" => return None,
        "*" | "?" | "$" => Part::Literal(key.into()),
        _ => Part::Variable(Variable { key: key.into(), default: None }),
    };
    Some((part, tail))
}

/// `${key, 'text'}`: comma, one space, single quotes (R-VAR-05). The text may hold anything but a quote; `head` is what
/// comes before the first brace.
fn with_default<'t>(text: &'t str, head: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
    let (key, _) = head.split_once(", '").filter(|(key, _)| !key.is_empty())?;
    let (default, tail) = text.get("${".len() + key.len() + ", '".len()..)?.split_once('\'')?;
    Some((key, default, tail.strip_prefix('}')?))
}

/// A pattern whose wildcards take anything; `variable` says what replaces a variable.
pub(crate) fn free_pattern(parts: Vec<Part>, variable: impl FnMut(Variable) -> Token) -> Pattern {
    Pattern::new(free_tokens(parts, variable).collect())
}

/// The tokens of such a pattern.
pub(crate) fn free_tokens(
    parts: Vec<Part>,
    mut variable: impl FnMut(Variable) -> Token,
) -> impl Iterator<Item = Token> {
    parts.into_iter().map(move |part| match part {
        Part::Literal(text) => Token::Literal(text),
        Part::Star => Token::Star(Reach::Free),
        Part::Unit => Token::Unit(Reach::Free),
        Part::Variable(written) => variable(written),
    })
}

/// A text in which only variables are special, to be compared as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Template(Box<[TemplatePiece]>);

#[derive(Debug, Clone)]
enum TemplatePiece {
    Literal(Box<str>),
    Slot(u32),
}

impl Template {
    pub(crate) fn new(parts: Vec<Part>, mut slot: impl FnMut(Variable) -> u32) -> Self {
        let piece = |part| match part {
            Part::Literal(text) => TemplatePiece::Literal(text.into()),
            Part::Star => TemplatePiece::Literal("*".into()),
            Part::Unit => TemplatePiece::Literal("?".into()),
            Part::Variable(variable) => TemplatePiece::Slot(slot(variable)),
        };
        Self(parts.into_iter().map(piece).collect())
    }

    /// The text where there are no variables in it, else the template as it is.
    pub(crate) fn into_literal(self) -> Result<Box<str>, Self> {
        match <[TemplatePiece; 1]>::try_from(self.0.into_vec()) {
            Ok([TemplatePiece::Literal(text)]) => Ok(text),
            Ok(slot) => Err(Self(Box::new(slot))),
            Err(pieces) if pieces.is_empty() => Ok(Box::default()),
            Err(pieces) => Err(Self(pieces.into())),
        }
    }

    /// The text, when there are no variables in it.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match &*self.0 {
            [] => Some(""),
            [TemplatePiece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether the text with its variables filled in is `text`. False when a variable has no value.
    pub(crate) fn equals(&self, text: &str, slots: &impl Slots) -> bool {
        self.compare(text, slots, |left, right| left == right) == Some(true)
    }

    /// The same, ignoring ASCII case; `None` when a variable has no value.
    pub(crate) fn equals_ignore_ascii_case(&self, text: &str, slots: &impl Slots) -> Option<bool> {
        self.compare(text, slots, str::eq_ignore_ascii_case)
    }

    /// Writes the text with its variables filled in; `None` when a variable has no value.
    pub(crate) fn fill(&self, slots: &impl Slots) -> Option<String> {
        let mut filled = String::new();
        for piece in &self.0 {
            filled.push_str(piece.text(slots)?);
        }
        Some(filled)
    }

    /// Whether a variable in it has a name that is not known; if so, `open` is told the name.
    pub(crate) fn is_open(&self, slots: &impl Slots, mut open: impl FnMut(&str)) -> bool {
        let mut is_open = false;
        for piece in &self.0 {
            if let TemplatePiece::Slot(slot) = piece
                && let Some(name) = slots.open(*slot)
            {
                open(name);
                is_open = true;
            }
        }
        is_open
    }

    /// How many bytes it has once its variables are filled in; `None` when a variable has no value.
    pub(crate) fn length(&self, slots: &impl Slots) -> Option<usize> {
        self.0.iter().try_fold(0_usize, |sum, piece| Some(sum.saturating_add(piece.text(slots)?.len())))
    }

    /// Whether all of it is ASCII once its variables are filled in; `None` when a variable has no value.
    pub(crate) fn is_ascii(&self, slots: &impl Slots) -> Option<bool> {
        self.0.iter().try_fold(true, |all, piece| Some(all && piece.text(slots)?.is_ascii()))
    }

    fn compare(&self, text: &str, slots: &impl Slots, same: impl Fn(&str, &str) -> bool) -> Option<bool> {
        let mut rest = Some(text);
        for piece in &self.0 {
            // Every variable is looked up, so that one without a value is noticed whatever the text.
            let piece = piece.text(slots)?;
            rest = rest
                .and_then(|rest| rest.split_at_checked(piece.len()))
                .and_then(|(head, tail)| same(head, piece).then_some(tail));
        }
        Some(rest == Some(""))
    }
}

impl TemplatePiece {
    fn text<'t>(&'t self, slots: &'t impl Slots) -> Option<&'t str> {
        match self {
            TemplatePiece::Literal(text) => Some(text),
            TemplatePiece::Slot(slot) => slots.text(*slot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Part {
        Part::Literal(text.into())
    }

    fn variable(key: &str, default: Option<&str>) -> Part {
        Part::Variable(Variable { key: key.into(), default: default.map(Into::into) })
    }

    #[track_caller]
    fn check(text: &str, expected: &[Part]) {
        assert_eq!(parts(text, Syntax { variables: true, wildcards: true }), expected, "{text}");
    }

    #[test]
    fn variables_are_cut_out() {
        check("", &[literal("")]);
        check("a*b", &[literal("a"), Part::Star, literal("b")]);
        check("user/${aws:username}", &[literal("user/"), variable("aws:username", None)]);
        check("${a:b, 'x'}y", &[variable("a:b", Some("x")), literal("y")]);
        check("${a:b, ''}", &[variable("a:b", Some(""))]);
        check("${a:b, 'x}*'}", &[variable("a:b", Some("x}*"))]);
        check("${*}${?}${$}", &[literal("*?$")]);
        check("${}", &[literal("${}")]);
        check("${aws:username", &[literal("${aws:username")]);
        check("$x${a:b}", &[literal("$x"), variable("a:b", None)]);
        check("${a} ${b, 'c'}", &[variable("a", None), literal(" "), variable("b", Some("c"))]);
    }

    #[test]
    fn older_documents_have_none() {
        let syntax = Syntax { variables: false, wildcards: true };
        assert_eq!(parts("${*}", syntax), [literal("${"), Part::Star, literal("}")]);
    }
}
