//! Texts that fit some patterns and not others.

/// What a wildcard may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reach {
    /// Any character.
    Free,
    /// Any but a colon.
    Confined,
    /// A decimal digit.
    Digit,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Piece {
    /// Text that stands for itself.
    Literal(Box<str>),
    /// One UTF-16 code unit.
    Unit(Reach),
    /// Any run of code units.
    Star(Reach),
}

/// A pattern for whole texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Glob {
    pub(crate) pieces: Box<[Piece]>,
    /// Whether letters fit in either case.
    pub(crate) ignores_case: bool,
}

/// The texts that fit one of several patterns.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Language(pub(crate) Box<[Glob]>);

/// How much may still be tried.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) left: u64,
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// A text that fits.
    Text(String),
    /// There is none.
    Nothing,
    /// The search was ended before.
    Unknown,
}

/// A text of all of `within` and of none of `outside` that `accepts` takes; where possible a short and readable one.
pub(crate) fn find(
    within: &[&Language],
    outside: &[&Language],
    accepts: &mut dyn FnMut(&str) -> bool,
    work: &mut Work,
) -> Found {
    let _ = (within, outside, accepts, work);
    todo!()
}
