//! Comparing texts with symbols in them: three truth values.
//!
//! Two questions are asked of a pattern and a text. Is there a way to match them that holds whatever the symbols stand
//! for? Then it is certain. Is there any text for each occurrence of a symbol with which they match? Unless there is, it is
//! certain that they do not. Occurrences are taken one by one, so some of what is certain is called open, and never the
//! other way round.

use super::{Symbol, SymbolKind, Symbols};
use crate::certainty::Certainty;
use crate::wildcard::{Pattern, Reach, Slots, Token};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Compares texts, and remembers the symbols of those comparisons that are open.
pub(crate) struct Reader<'s> {
    symbols: &'s Symbols,
    met: RefCell<BTreeSet<Symbol>>,
}

/// A piece of a pattern or text: a UTF-16 code unit, a wildcard, or a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Atom {
    Unit(u16),
    Any(Reach),
    Star(Reach),
    Symbol(Symbol),
}

/// A set of code units.
#[derive(Debug, Clone, Copy)]
enum Set {
    Unit(u16),
    Of(SymbolKind),
    All(Reach),
}

/// One code unit of a set, or any number of them.
#[derive(Debug, Clone, Copy)]
struct Step {
    set: Set,
    repeats: bool,
    /// The symbol that it is part of, where nothing beside that can be part of the same name.
    whole: Option<Symbol>,
}

/// Whether an input certainly equals itself, as it does where there are no wildcards and no variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inputs {
    EqualThemselves,
    MayHoldWildcards,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(symbols: &'s Symbols) -> Self {
        Self { symbols, met: RefCell::default() }
    }

    /// The symbols that were met since this was asked last.
    pub(crate) fn take_met(&self) -> BTreeSet<Symbol> {
        self.met.take()
    }

    /// Whether there are symbols in a text; if so, they are met.
    pub(crate) fn meets(&self, text: &str) -> bool {
        let mut found = self.symbols.within(text).peekable();
        let any = found.peek().is_some();
        self.met.borrow_mut().extend(found);
        any
    }

    /// Whether a text has symbols in it.
    pub(crate) fn has_symbols(&self, text: &str) -> bool {
        self.symbols.within(text).next().is_some()
    }

    /// Whether a text is a symbol for an account and nothing else.
    pub(crate) fn is_account(&self, text: &str) -> bool {
        let mut characters = text.chars();
        let symbol = characters.next().and_then(|first| self.symbols.of_char(first));
        characters.next().is_none() && symbol.is_some_and(|symbol| self.symbols.kind(symbol) == SymbolKind::Account)
    }

    /// Whether a symbol in a text may stand for a text with colons.
    pub(crate) fn may_bring_colons(&self, text: &str) -> bool {
        self.symbols.within(text).any(|symbol| self.kind_may_hold_colons(symbol))
    }

    fn kind_may_hold_colons(&self, symbol: Symbol) -> bool {
        matches!(self.symbols.kind(symbol), SymbolKind::Input | SymbolKind::Text)
    }

    /// Whether a text fits a pattern.
    pub(crate) fn fits(&self, pattern: &Pattern, text: &str, slots: &impl Slots) -> Certainty {
        let filled = |slot: &u32| slots.text(*slot).is_some_and(|text| self.has_symbols(text));
        let has_open_slots = pattern.slots().iter().any(|slot| slots.open(*slot).is_some());
        let is_plain = !has_open_slots
            && !self.has_symbols(text)
            && !pattern.literals().any(|text| self.has_symbols(text))
            && !pattern.slots().iter().any(filled);
        if is_plain {
            return pattern.matches(text, slots).into();
        }
        let mut atoms = Vec::new();
        for token in pattern.tokens() {
            match token {
                Token::Literal(literal) => self.push(&literal, &mut atoms),
                Token::Star(reach) => atoms.push(Atom::Star(reach)),
                Token::Unit(reach) => atoms.push(Atom::Any(reach)),
                Token::Slot(slot) => match (slots.open(slot), slots.text(slot)) {
                    (Some(name), _) => {
                        self.meets(name);
                        atoms.push(Atom::Star(Reach::Free));
                    }
                    (None, Some(text)) => self.push(text, &mut atoms),
                    (None, None) => return Certainty::No,
                },
            }
        }
        let certainty = self.compare(&atoms, &self.atoms(text), Inputs::MayHoldWildcards);
        if has_open_slots { certainty.min(Certainty::Maybe) } else { certainty }
    }

    /// Whether two texts are equal.
    pub(crate) fn equals(&self, left: &str, right: &str, inputs: Inputs) -> Certainty {
        if !self.has_symbols(left) && !self.has_symbols(right) {
            return (left == right).into();
        }
        self.compare(&self.atoms(left), &self.atoms(right), inputs)
    }

    fn compare(&self, pattern: &[Atom], text: &[Atom], inputs: Inputs) -> Certainty {
        if pattern.len().saturating_mul(text.len()) > MOST_PAIRS {
            return self.open(pattern, text);
        }
        if self.always(pattern, text, inputs) {
            return Certainty::Yes;
        }
        // A wildcard before the fifth colon takes no colon, and a symbol may bring in colons, or end a part.
        let is_free = pattern.iter().any(|atom| match atom {
            Atom::Symbol(symbol) => {
                self.kind_may_hold_colons(*symbol) || self.symbols.kind(*symbol) == SymbolKind::Path
            }
            _ => false,
        });
        let reach = |reach| if is_free { Reach::Free } else { reach };
        let free = |atom: &Atom| match *atom {
            Atom::Any(own) => Atom::Any(reach(own)),
            Atom::Star(own) => Atom::Star(reach(own)),
            other => other,
        };
        let freed: Vec<Atom> = pattern.iter().map(free).collect();
        if !intersect(&self.steps(&freed), &self.steps(text), |left, right| self.symbols.differ(left, right)) {
            return Certainty::No;
        }
        self.open(pattern, text)
    }

    /// What is open, with the symbols on both sides.
    fn open(&self, pattern: &[Atom], text: &[Atom]) -> Certainty {
        let symbols = pattern.iter().chain(text).filter_map(|atom| match atom {
            Atom::Symbol(symbol) => Some(*symbol),
            _ => None,
        });
        self.met.borrow_mut().extend(symbols);
        Certainty::Maybe
    }

    fn atoms(&self, text: &str) -> Vec<Atom> {
        let mut atoms = Vec::new();
        self.push(text, &mut atoms);
        atoms
    }

    fn push(&self, text: &str, atoms: &mut Vec<Atom>) {
        for character in text.chars() {
            match self.symbols.of_char(character) {
                Some(symbol) => atoms.push(Atom::Symbol(symbol)),
                None => atoms.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| Atom::Unit(*unit))),
            }
        }
    }

    /// Whether there is a way to match that holds whatever the symbols stand for: a symbol is taken whole, by a star or by
    /// itself.
    fn always(&self, pattern: &[Atom], text: &[Atom], inputs: Inputs) -> bool {
        let taken = |pattern: Atom, text: Atom| match (pattern, text) {
            (Atom::Unit(own), Atom::Unit(other)) => own == other,
            (Atom::Any(reach) | Atom::Star(reach), Atom::Unit(unit)) => reach == Reach::Free || unit != COLON,
            (Atom::Star(reach), Atom::Symbol(symbol)) => reach == Reach::Free || !self.kind_may_hold_colons(symbol),
            (Atom::Symbol(own), Atom::Symbol(other)) => {
                let is_input = self.symbols.kind(own) == SymbolKind::Input;
                own == other && (inputs == Inputs::EqualThemselves || !is_input)
            }
            _ => false,
        };
        search(pattern.len(), text.len(), |(at, in_text), visit| {
            let Some(&own) = pattern.get(at) else { return };
            let repeats = matches!(own, Atom::Star(_));
            if repeats {
                visit((at + 1, in_text));
            }
            if let Some(&other) = text.get(in_text)
                && taken(own, other)
            {
                visit((if repeats { at } else { at + 1 }, in_text + 1));
            }
        })
    }

    /// What a symbol may be, written out.
    fn steps(&self, atoms: &[Atom]) -> Vec<Step> {
        let mut steps = Vec::with_capacity(atoms.len());
        let ends_a_name = |atom: Option<&Atom>| match atom {
            None => true,
            Some(Atom::Unit(unit)) => !Set::Of(SymbolKind::Name).has(*unit),
            Some(_) => false,
        };
        for (at, atom) in atoms.iter().enumerate() {
            let mut push = |set, repeats, whole| steps.push(Step { set, repeats, whole });
            match *atom {
                Atom::Unit(unit) => push(Set::Unit(unit), false, None),
                Atom::Any(reach) => push(Set::All(reach), false, None),
                Atom::Star(reach) => push(Set::All(reach), true, None),
                Atom::Symbol(symbol) => {
                    let kind = self.symbols.kind(symbol);
                    let before = at.checked_sub(1).and_then(|before| atoms.get(before));
                    let is_whole = kind == SymbolKind::Name && ends_a_name(before) && ends_a_name(atoms.get(at + 1));
                    let whole = is_whole.then_some(symbol);
                    let set = Set::Of(kind);
                    match kind {
                        SymbolKind::Input | SymbolKind::Path => push(set, true, whole),
                        SymbolKind::Text | SymbolKind::Name | SymbolKind::Region => {
                            push(set, false, whole);
                            push(set, true, whole);
                        }
                        SymbolKind::Account => (0..12).for_each(|_| push(set, false, whole)),
                    }
                }
            }
        }
        steps
    }
}

/// Texts that are longer together are not compared but open: real ones have a few thousand pairs of places.
const MOST_PAIRS: usize = 1 << 20;

const COLON: u16 = b':' as u16;

impl Set {
    fn has(self, unit: u16) -> bool {
        let ascii = u8::try_from(unit).unwrap_or(0xFF);
        match self {
            Self::Unit(own) => own == unit,
            Self::All(reach) => reach == Reach::Free || unit != COLON,
            Self::Of(SymbolKind::Input | SymbolKind::Text) => true,
            Self::Of(SymbolKind::Path) => unit != COLON,
            Self::Of(SymbolKind::Name) => ascii.is_ascii_alphanumeric() || b"+=,.@_-".contains(&ascii),
            Self::Of(SymbolKind::Region) => ascii.is_ascii_lowercase() || ascii.is_ascii_digit() || ascii == b'-',
            Self::Of(SymbolKind::Account) => ascii.is_ascii_digit(),
        }
    }

    /// Whether some code unit is in both. Every kind of symbol may have a digit.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Unit(unit), set) | (set, Self::Unit(unit)) => set.has(unit),
            _ => true,
        }
    }
}

/// Whether some text is in both.
fn intersect(left: &[Step], right: &[Step], differ: impl Fn(Symbol, Symbol) -> bool) -> bool {
    search(left.len(), right.len(), |(at_left, at_right), visit| {
        let (one, other) = (left.get(at_left), right.get(at_right));
        if one.is_some_and(|step| step.repeats) {
            visit((at_left + 1, at_right));
        }
        if other.is_some_and(|step| step.repeats) {
            visit((at_left, at_right + 1));
        }
        let (Some(one), Some(other)) = (one, other) else { return };
        let excluded = one.whole.zip(other.whole).is_some_and(|(left, right)| differ(left, right));
        if !excluded && one.set.meets(other.set) {
            visit((at_left + usize::from(!one.repeats), at_right + usize::from(!other.repeats)));
        }
    })
}

/// Whether the end can be reached from the beginning; `step` visits the places that follow a place.
fn search(rows: usize, columns: usize, step: impl Fn((usize, usize), &mut dyn FnMut((usize, usize)))) -> bool {
    let width = columns + 1;
    let mut seen = vec![false; (rows + 1) * width];
    let mut open = vec![(0, 0)];
    while let Some(place) = open.pop() {
        if place == (rows, columns) {
            return true;
        }
        step(place, &mut |(row, column)| {
            if let Some(seen) = seen.get_mut(row * width + column)
                && !std::mem::replace(seen, true)
            {
                open.push((row, column));
            }
        });
    }
    false
}
