//! Texts that fit some patterns and not others.
//!
//! [`find`] first tries what comes to mind: the patterns themselves with their wildcards filled. Then it looks whether one
//! pattern swallows the others, and at last walks through the automata of all languages at once, shortest text first. It
//! errs on neither side: a text was matched once more in another way, and that there is none was shown for all texts.

mod automaton;
mod candidate;
mod clash;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Any character.
    Free,
    /// Any but a colon.
    Confined,
    /// Any but a slash.
    Segment,
    /// Any but a symbol.
    Named,
    /// Any but a colon and a symbol.
    NamedConfined,
    /// Any but a slash and a symbol.
    NamedSegment,
    /// A decimal digit.
    Digit,
    /// What names that people give to users and sessions have.
    NameLetter,
    /// What values of tags have.
    TagLetter,
    /// A small letter or a digit, as ids of organizations have them.
    IdLetter,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
/// Where letter case is ignored, the lower case of each literal is matched against the lower case of the text, and its
/// wildcards count the units of that. Literals that follow each other are best given as one: the lower case of a sigma
/// depends on its neighbours.
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
        self == Self::Digit && (u16::from(b'0')..=u16::from(b'9')).contains(&unit)
            || self != Self::Digit && !self.leaves_out().any(|letter| u32::from(letter) == u32::from(unit))
    }

    /// The letters that it does not take; of digits only, all others are not named. Of letters beyond ASCII all are taken.
    fn leaves_out(self) -> impl Iterator<Item = char> {
        let letters = match self {
            Self::Free | Self::Named | Self::Digit => "",
            Self::Confined | Self::NamedConfined => ":",
            Self::Segment | Self::NamedSegment => "/",
            Self::NameLetter => " !\"#$%&'()*/:;<>?[\\]^`{|}~",
            Self::TagLetter => "!\"#$%&'()*,;<>?[\\]^`{|}~",
            Self::IdLetter => " !\"#$%&'()*+,-./:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`{|}~",
        };
        let has_symbols = matches!(self, Self::Free | Self::Confined | Self::Segment | Self::Digit);
        letters.chars().chain(SYMBOLS.into_iter().filter(move |_| !has_symbols))
    }

    /// Whether it takes everything that `other` takes.
    fn covers(self, other: Self) -> bool {
        other == self
            || other == Self::Digit
            || self != Self::Digit && self.leaves_out().all(|letter| other.leaves_out().any(|other| other == letter))
    }

    /// The same without symbols.
    pub(crate) fn without_symbols(self) -> Self {
        match self {
            Self::Free => Self::Named,
            Self::Confined => Self::NamedConfined,
            Self::Segment => Self::NamedSegment,
            same => same,
        }
    }
}

/// Characters that stand for what is not known of a text (Unicode sets them aside for uses inside a program).
pub(crate) const SYMBOLS: [char; 4] = ['\u{FDD0}', '\u{FDD1}', '\u{FDD2}', '\u{FDD3}'];

impl Glob {
    /// How long the shortest texts are that fit.
    pub(crate) fn least_length(&self) -> usize {
        let length = |piece: &Piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Unit(_) => 1,
            Piece::Star(_) => 0,
        };
        self.pieces.iter().map(length).sum()
    }

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

    /// The same in which only runs of anything take symbols.
    pub(crate) fn without_symbols(&self) -> Self {
        let piece = |piece: &Piece| match piece {
            Piece::Unit(reach) => Piece::Unit(reach.without_symbols()),
            Piece::Star(reach) if *reach != Reach::Free => Piece::Star(reach.without_symbols()),
            piece => piece.clone(),
        };
        Self { pieces: self.pieces.iter().map(piece).collect(), ignores_case: self.ignores_case }
    }

    /// Whether it tells texts apart that have the same lower case.
    fn case_matters(&self) -> bool {
        let has_letters = |piece: &Piece| matches!(piece, Piece::Literal(text) if letters::has_case(text));
        !self.ignores_case && self.pieces.iter().any(has_letters)
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

    /// How many steps more than one a pattern it takes to see whether a text fits: few for what is short.
    pub(crate) fn effort(&self, text: &str) -> usize {
        /// So many pieces of patterns are compared with so many letters in a step.
        const A_STEP: usize = 64;
        self.0.iter().map(|glob| glob.pieces.len()).sum::<usize>().saturating_mul(text.len()) / A_STEP
    }

    /// All of its texts, where each is written out; of those that differ in letter case only, one, if that does not matter.
    fn listed(&self, case_matters: bool) -> Option<Vec<String>> {
        let text = |glob: &Glob| {
            let can_be_one = |text: &String| !glob.ignores_case || (!case_matters && letters::has_one_length(text));
            glob.whole().filter(can_be_one)
        };
        self.0.iter().map(text).collect()
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
///
/// Without languages in `within` all texts are meant. Where no pattern cares for letter case, `accepts` must not either: then
/// one text is tried of all that have the same lower case.
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

/// For up to so many pairs of a text and a pattern, and for the first text, no automaton is needed.
const FEW_PAIRS: usize = 500;

fn look(sifter: &mut Sifter<'_>, work: &mut Work) -> Result<Found, Spent> {
    let (within, outside) = (sifter.within, sifter.outside);
    work.take(within.len() + outside.len())?;
    if within.iter().any(|language| language.0.is_empty()) || clash::shows(within) {
        return Ok(Found::Nothing);
    }
    let case_matters = within.iter().chain(outside).flat_map(|language| &language.0).any(Glob::case_matters);
    let listed = within.iter().filter_map(|language| language.listed(case_matters)).min_by_key(Vec::len);
    let are_all = listed.is_some();
    let mut texts = listed.unwrap_or_else(|| candidate::plain(within, outside));
    let patterns: usize = within.iter().chain(outside).map(|language| language.0.len()).sum();
    let few = (FEW_PAIRS / patterns.max(1)).max(1).min(texts.len());
    let later = texts.split_off(few);
    for text in texts {
        if sifter.takes(&text, work)? {
            return Ok(Found::Text(text));
        }
    }
    if are_all && later.is_empty() {
        return Ok(Found::Nothing);
    }
    let mut product = Product::new(within, outside, work)?;
    if let Some(text) = first_of(later, &mut product, sifter, work)? {
        return Ok(Found::Text(text));
    }
    if are_all {
        return Ok(Found::Nothing);
    }
    // A quarter at most: what does not show so may still show in the search.
    let is_covered = at_most(work.left / 4, work, |work| product.is_covered(within, work));
    if is_covered == Ok(true) {
        return Ok(Found::Nothing);
    }
    match search(&mut product, sifter, work)? {
        Found::Unknown => texts::run(&mut product, case_matters, sifter, work),
        found => Ok(found),
    }
}

/// What comes of it when at most so much of the work is spent.
fn at_most<T>(most: u64, work: &mut Work, spend: impl FnOnce(&mut Work) -> Result<T, Spent>) -> Result<T, Spent> {
    let mut share = Work { left: work.left.min(most) };
    let rest = work.left - share.left;
    let outcome = spend(&mut share);
    work.left = rest + share.left;
    outcome
}

/// The first text that fits and is accepted.
fn first_of(
    texts: Vec<String>,
    product: &mut Product,
    sifter: &mut Sifter<'_>,
    work: &mut Work,
) -> Result<Option<String>, Spent> {
    for text in texts {
        if product.may_fit(&text, work)? && sifter.takes(&text, work)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// Searches for a while, tries longer texts, and goes on with the search.
fn search(product: &mut Product, sifter: &mut Sifter<'_>, work: &mut Work) -> Result<Found, Spent> {
    let mut search = Search::new(product);
    let first = at_most(FIRST_ROUND, work, |work| search.run(product, sifter, work));
    if let Ok(found @ (Found::Text(_) | Found::Nothing)) = first {
        return Ok(found);
    }
    let joined = candidate::joined(sifter.within);
    match first_of(joined, product, sifter, work)? {
        Some(text) => Ok(Found::Text(text)),
        None => search.run(product, sifter, work),
    }
}
