//! Texts that fit some patterns and not others.
//!
//! [`find`] first tries what comes to mind: the patterns themselves with their wildcards filled. Then it looks whether one
//! pattern swallows the others, and at last walks through the automata of all languages at once, shortest text first. It
//! errs on neither side: a text was matched once more in another way, and that there is none was shown for all texts.

mod automaton;
mod candidate;
mod contain;
mod letters;
mod matching;
mod product;
mod search;
mod sifter;
mod texts;
mod trie;

#[cfg(test)]
mod tests;

use product::Product;
use search::Search;
use sifter::Sifter;

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
///
/// Where letter case is ignored, the lower case of its literals is matched against the lower case of the text, and its
/// wildcards count the units of that.
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

/// The work that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spent;

impl Reach {
    fn takes(self, unit: u16) -> bool {
        match self {
            Self::Free => true,
            Self::Confined => unit != u16::from(b':'),
            Self::Digit => (u16::from(b'0')..=u16::from(b'9')).contains(&unit),
        }
    }

    /// Whether it takes everything that `other` takes.
    fn covers(self, other: Self) -> bool {
        match self {
            Self::Free => true,
            Self::Confined => other != Self::Free,
            Self::Digit => other == Self::Digit,
        }
    }
}

impl Glob {
    /// Only this text.
    pub(crate) fn literal(text: &str) -> Self {
        Self { pieces: Box::new([Piece::Literal(text.into())]), ignores_case: false }
    }

    /// Every text.
    pub(crate) fn any() -> Self {
        Self { pieces: Box::new([Piece::Star(Reach::Free)]), ignores_case: false }
    }

    /// A pattern in which `*` is any run, `?` is a unit and everything else is itself.
    pub(crate) fn plain(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (head, tail) = rest.split_at(rest.find(['*', '?']).unwrap_or(rest.len()).max(1).min(rest.len()));
            let (piece, tail) = match first {
                '*' => (Piece::Star(Reach::Free), tail),
                '?' => (Piece::Unit(Reach::Free), tail),
                _ => (Piece::Literal(head.into()), tail),
            };
            pieces.push(piece);
            rest = tail;
        }
        Self { pieces: pieces.into(), ignores_case: false }
    }

    /// Its text, where it has no wildcards.
    fn whole(&self) -> Option<String> {
        let literal = |piece: &Piece| if let Piece::Literal(text) = piece { Some(text.to_string()) } else { None };
        self.pieces.iter().map(literal).collect()
    }
}

impl Language {
    /// The language of one pattern.
    pub(crate) fn one(glob: Glob) -> Self {
        Self(Box::new([glob]))
    }

    /// All of its texts, where each is written out with its letter case.
    fn listed(&self) -> Option<Vec<String>> {
        self.0.iter().map(|glob| if glob.ignores_case { None } else { glob.whole() }).collect()
    }
}

impl Work {
    /// Takes away `steps`, unless fewer are left.
    fn take(&mut self, steps: usize) -> Result<(), Spent> {
        let left = self.left.checked_sub(u64::try_from(steps).unwrap_or(u64::MAX));
        self.left = left.unwrap_or(0);
        left.map(drop).ok_or(Spent)
    }
}

/// A text of all of `within` and of none of `outside` that `accepts` takes; where possible a short and readable one.
pub(crate) fn find(
    within: &[&Language],
    outside: &[&Language],
    accepts: &mut dyn FnMut(&str) -> bool,
    work: &mut Work,
) -> Found {
    let mut sifter = Sifter::new(within, outside, accepts);
    look(&mut sifter, work).unwrap_or(Found::Unknown)
}

/// So much is tried in order of length before longer texts are put together.
const FIRST_ROUND: u64 = 20_000;

fn look(sifter: &mut Sifter<'_>, work: &mut Work) -> Result<Found, Spent> {
    let (within, outside) = (sifter.within, sifter.outside);
    if within.iter().any(|language| language.0.is_empty()) {
        return Ok(Found::Nothing);
    }
    let listed = within.iter().filter_map(|language| language.listed()).min_by_key(Vec::len);
    let first = match &listed {
        Some(texts) if texts.len() <= candidate::FEW => texts.clone(),
        Some(_) => Vec::new(),
        None => candidate::plain(within, outside),
    };
    for text in first {
        if sifter.takes(&text, work)? {
            return Ok(Found::Text(text));
        }
    }
    let mut product = match listed {
        Some(texts) if texts.len() <= candidate::FEW => return Ok(Found::Nothing),
        Some(texts) => {
            let mut product = Product::new(within, outside, work)?;
            for text in texts {
                if product.may_fit(&text, work)? && sifter.takes(&text, work)? {
                    return Ok(Found::Text(text));
                }
            }
            return Ok(Found::Nothing);
        }
        None => Product::new(within, outside, work)?,
    };
    if product.is_covered(within, work)? {
        return Ok(Found::Nothing);
    }

    let mut search = Search::new(&product);
    let mut round = Work { left: work.left.min(FIRST_ROUND) };
    let before = round.left;
    let found = search.run(&mut product, sifter, &mut round);
    work.left -= before - round.left;
    let found = match found {
        Ok(found) => found,
        Err(Spent) => {
            for text in candidate::joined(within) {
                if product.may_fit(&text, work)? && sifter.takes(&text, work)? {
                    return Ok(Found::Text(text));
                }
            }
            search.run(&mut product, sifter, work)?
        }
    };
    match found {
        Found::Unknown => texts::run(&mut product, sifter, work),
        found => Ok(found),
    }
}
