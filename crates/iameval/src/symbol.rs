//! What is not known yet: symbols, which stand in policies and requests for texts that a deployment will settle.
//!
//! A symbol stands in a text as one character, of a plane of Unicode that is set aside for private use. It is told from
//! text only by the [`Symbols`] that a [`PolicySet`](crate::PolicySet) is decided with: without them it is a character
//! like any other.
//!
//! ```
//! use iameval::symbol::{SymbolKind, Symbols};
//! use iameval::{Decision, PolicySet, Request};
//! use std::sync::Arc;
//!
//! let mut symbols = Symbols::new();
//! let bucket = symbols.define("Resources.Logs", SymbolKind::Name)?;
//! let text = format!(
//!     r#"{{"Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::{bucket}/*"}}}}"#
//! );
//! let policies = PolicySet::builder().identity("read", &text)?.build().with_symbols(Arc::new(symbols));
//!
//! let get = |bucket: &str| {
//!     let resource = format!("arn:aws:s3:::{bucket}/q3.csv");
//!     policies.decide(&Request::builder("s3:GetObject".parse().unwrap()).resource(&resource).build())
//! };
//! assert_eq!(get(&bucket.to_string()), Decision::Allowed); // Whatever its name will be.
//! assert_eq!(get("reports"), Decision::Undetermined); // It may be called so.
//! assert_eq!(get("a:b"), Decision::ImplicitDeny); // No bucket has a colon in its name.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod reader;

pub(crate) use reader::{Inputs, Reader};

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write};

/// The first character that can stand for a symbol: the second plane for private use.
const FIRST: u32 = 0x10_0000;

/// How many symbols there can be: the characters of the plane but for its last two, which are none.
const MOST: usize = 0xFFFE;

/// A text that is not known yet. [`Display`](fmt::Display) gives the character that stands for it in texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(char);

/// What decides whether a statement is there, where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OnlyIf {
    /// What the symbol stands for, in a way of which nothing else is known.
    Symbol(Symbol),
    /// Which of several things is chosen. Exactly one of them is, for all statements that depend on the choice: of two that
    /// need the same one, both are there or neither is.
    Choice {
        /// What the choice depends on, such as a condition of a template.
        on: Symbol,
        /// The one that must be chosen, counted from 0.
        index: u32,
        /// Among how many.
        of: u32,
    },
}

impl OnlyIf {
    /// That a condition holds: the first of its two choices.
    pub fn holds(condition: Symbol) -> Self {
        Self::Choice { on: condition, index: 0, of: 2 }
    }

    /// What decides.
    pub fn symbol(self) -> Symbol {
        match self {
            Self::Symbol(symbol) | Self::Choice { on: symbol, .. } => symbol,
        }
    }
}

impl From<Symbol> for OnlyIf {
    fn from(symbol: Symbol) -> Self {
        Self::Symbol(symbol)
    }
}

/// What is certain of the text that a symbol stands for.
///
/// A path, a name and a region are none that AWS reserves, such as `aws-service-role` and `aws-reserved` in the paths of
/// roles and `aws` in aliases of keys: nobody else can create those.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// Nothing: an input, which may be empty and may hold wildcards and policy variables.
    Input,
    /// Text, at least one character of it, without wildcards or variables.
    Text,
    /// A path or nothing: text without colons, wildcards or variables.
    Path,
    /// A name: letters, digits and `+=,.@_-`, at least one.
    Name,
    /// A region: lower-case letters, digits and `-`, at least one.
    Region,
    /// An account: twelve digits.
    Account,
}

/// The symbols of a world, with what is known of them.
#[derive(Debug, Clone, Default)]
pub struct Symbols {
    known: Vec<Known>,
    by_name: HashMap<Box<str>, Symbol>,
    /// What others are called; none of them is one of these until it is defined.
    kept: HashMap<Box<str>, Symbol>,
}

#[derive(Debug, Clone)]
struct Known {
    name: Box<str>,
    kind: SymbolKind,
    /// Of two symbols of one family the texts differ. What is in two versions is in a family of each.
    families: Vec<u32>,
    /// What it stands for, as far as the name does not say it.
    meaning: u64,
    /// What it is and what would settle it, where that is said.
    described: Option<(Box<str>, Box<str>)>,
}

impl Known {
    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.kind == other.kind && self.meaning == other.meaning
    }
}

/// More symbols than there can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {MOST} things are unknown")]
pub struct TooManySymbols;

impl Symbol {
    /// The character that stands for it in texts.
    pub fn as_char(self) -> char {
        self.0
    }

    fn index(self) -> usize {
        (u32::from(self.0) - FIRST) as usize
    }
}

impl SymbolKind {
    /// What such a symbol is, where nothing else is said of it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Input => "an input that was not given",
            Self::Text => "a text that the deployment settles",
            Self::Path => "a path",
            Self::Name => "a name that the deployment settles",
            Self::Region => "a region",
            Self::Account => "an account",
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(self.0)
    }
}

impl Symbols {
    /// No symbols.
    pub fn new() -> Self {
        Self::default()
    }

    /// No symbols yet, beside others: what will be called as one of them and is of its kind stands in texts as the same
    /// character, and nothing else does. So texts with these and with those can be compared.
    ///
    /// ```
    /// use iameval::symbol::{SymbolKind, Symbols};
    ///
    /// let mut old = Symbols::new();
    /// let logs = old.define("Resources.Logs", SymbolKind::Name)?;
    /// let mut new = Symbols::beside(&old);
    /// assert!(new.is_empty());
    /// assert_ne!(new.define("Resources.Reports", SymbolKind::Name)?, logs);
    /// assert_eq!(new.define("Resources.Logs", SymbolKind::Name)?, logs);
    /// assert!(old.is_part_of(&new));
    /// # Ok::<(), iameval::symbol::TooManySymbols>(())
    /// ```
    #[must_use]
    pub fn beside(others: &Self) -> Self {
        Self { known: others.known.clone(), by_name: HashMap::new(), kept: others.by_name.clone() }
    }

    /// Symbols of which nothing is known, for all that stand in these texts.
    #[must_use]
    pub fn of_unknown_texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let letters = texts.into_iter().filter(|text| may_hold_symbols(text)).flat_map(str::chars);
        let last = letters.filter(|letter| is_of_plane(*letter)).max();
        let count = last.map_or(0, |last| u32::from(last) - FIRST + 1);
        let mut symbols = Self::new();
        for number in 0..count {
            // There are no more than there can be, since each has a character.
            let _ = symbols.define(&number.to_string(), SymbolKind::Input);
        }
        symbols
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// How many characters are taken, by these or by those they are beside.
    pub fn places(&self) -> usize {
        self.known.len()
    }

    /// The symbol of that name, such as `Resources.Logs`; a new one unless there is one.
    ///
    /// # Errors
    /// Where there are as many as there can be.
    pub fn define(&mut self, name: &str, kind: SymbolKind) -> Result<Symbol, TooManySymbols> {
        self.define_as(name, kind, 0)
    }

    /// The same for a name that does not say what the symbol stands for, such as a place in a file. Of symbols [beside
    /// others](Self::beside) those stand for the same whose meanings are the same as well.
    ///
    /// # Errors
    /// Where there are as many as there can be.
    pub fn define_as(&mut self, name: &str, kind: SymbolKind, meaning: u64) -> Result<Symbol, TooManySymbols> {
        if let Some(known) = self.find(name) {
            return Ok(known);
        }
        let known = Known { name: name.into(), kind, families: Vec::new(), meaning, described: None };
        if let Some(symbol) = self.kept.get(name).copied()
            && let Some(place) = self.known.get_mut(symbol.index())
            && place.is_same(&known)
        {
            *place = Known { families: std::mem::take(&mut place.families), ..known };
            self.by_name.insert(name.into(), symbol);
            return Ok(symbol);
        }
        let index = u32::try_from(self.known.len()).ok().filter(|index| (*index as usize) < MOST);
        let symbol = index.and_then(|index| char::from_u32(FIRST + index)).map(Symbol).ok_or(TooManySymbols)?;
        self.known.push(known);
        self.by_name.insert(name.into(), symbol);
        Ok(symbol)
    }

    /// The same for one of a family, no two of which stand for the same text, such as the names of the buckets that one
    /// template makes.
    ///
    /// # Errors
    /// Where there are as many as there can be.
    pub fn define_in_family(&mut self, name: &str, kind: SymbolKind, family: u32) -> Result<Symbol, TooManySymbols> {
        let symbol = self.define(name, kind)?;
        self.put_in_family(symbol, family);
        Ok(symbol)
    }

    /// Says that a symbol is one of a family, no two of which stand for the same text.
    pub fn put_in_family(&mut self, symbol: Symbol, family: u32) {
        if let Some(known) = self.known.get_mut(symbol.index()) {
            known.families.push(family);
        }
    }

    /// Says of a symbol what it is, such as `a parameter without a value`, and what would settle it, such as
    /// `--parameter Stage=VALUE`.
    pub fn describe(&mut self, symbol: Symbol, what: &str, settle: &str) {
        if let Some(known) = self.known.get_mut(symbol.index()) {
            known.described = Some((what.into(), settle.into()));
        }
    }

    /// What a symbol is.
    pub fn what(&self, symbol: Symbol) -> &str {
        let described = self.known.get(symbol.index()).and_then(|known| known.described.as_ref());
        described.map_or_else(|| self.kind(symbol).in_words(), |(what, _)| what)
    }

    /// What would settle a symbol.
    pub fn settle(&self, symbol: Symbol) -> Cow<'_, str> {
        let described = self.known.get(symbol.index()).and_then(|known| known.described.as_ref());
        match described {
            Some((_, settle)) => Cow::Borrowed(&**settle),
            None => format!("--set '{}=VALUE'", self.name(symbol)).into(),
        }
    }

    /// The symbol of that name.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.by_name.get(name).copied()
    }

    /// Every symbol, in the order of the characters that stand for them.
    pub fn iter(&self) -> impl Iterator<Item = Symbol> {
        let all = (FIRST..).filter_map(char::from_u32).map(Symbol).zip(&self.known);
        all.filter(|(symbol, known)| self.by_name.get(&known.name) == Some(symbol)).map(|(symbol, _)| symbol)
    }

    /// Whether what stands for each of these symbols stands for the same in texts with the others, by name, kind and meaning.
    pub fn is_part_of(&self, others: &Self) -> bool {
        let others = others.known.get(..self.known.len());
        others.is_some_and(|others| self.known.iter().zip(others).all(|(own, other)| own.is_same(other)))
    }

    /// What a symbol is called.
    pub fn name(&self, symbol: Symbol) -> &str {
        self.known.get(symbol.index()).map_or("", |known| &known.name)
    }

    /// What is certain of the text that a symbol stands for.
    pub fn kind(&self, symbol: Symbol) -> SymbolKind {
        self.known.get(symbol.index()).map_or(SymbolKind::Input, |known| known.kind)
    }

    /// Whether two symbols certainly stand for different texts.
    pub fn differ(&self, left: Symbol, right: Symbol) -> bool {
        let families = |symbol: Symbol| self.known.get(symbol.index()).map_or(&[][..], |known| &known.families);
        left != right && families(left).iter().any(|family| families(right).contains(family))
    }

    /// The symbol that a character stands for.
    pub fn of_char(&self, character: char) -> Option<Symbol> {
        let index = u32::from(character).checked_sub(FIRST)?;
        ((index as usize) < self.known.len()).then_some(Symbol(character))
    }

    /// The symbols in a text, as they stand there.
    pub fn within(&self, text: &str) -> impl Iterator<Item = Symbol> {
        let text = if may_hold_symbols(text) { text } else { "" };
        text.chars().filter_map(|character| self.of_char(character))
    }

    /// The text for people: `${unknown:NAME}` in the place of each symbol.
    pub fn display<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.within(text).next().is_none() {
            return text.into();
        }
        let mut shown = String::with_capacity(text.len());
        for character in text.chars() {
            match self.of_char(character) {
                Some(symbol) => {
                    let _ = write!(shown, "${{unknown:{}}}", self.name(symbol));
                }
                None => shown.push(character),
            }
        }
        shown.into()
    }

    /// The text with a symbol in the place of each `${unknown:NAME}` that names one: what [`Symbols::display`] shows, read back.
    ///
    /// ```
    /// use iameval::symbol::{SymbolKind, Symbols};
    ///
    /// let mut symbols = Symbols::new();
    /// let logs = symbols.define("Logs", SymbolKind::Name)?;
    /// assert_eq!(symbols.read("arn:aws:s3:::${unknown:Logs}/${aws:username}"), format!("arn:aws:s3:::{logs}/${{aws:username}}"));
    /// # Ok::<(), iameval::symbol::TooManySymbols>(())
    /// ```
    pub fn read<'t>(&self, text: &'t str) -> Cow<'t, str> {
        const OPEN: &str = "${unknown:";
        if !text.contains(OPEN) {
            return text.into();
        }
        let mut read = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once(OPEN) {
            read.push_str(before);
            let found = behind.split_once('}').and_then(|(name, tail)| Some((self.find(name)?, tail)));
            if let Some((symbol, tail)) = found {
                read.push(symbol.as_char());
                rest = tail;
            } else {
                read.push_str(OPEN);
                rest = behind;
            }
        }
        read.push_str(rest);
        read.into()
    }
}

/// Whether there could be a symbol in a text: whether a byte begins a character of their plane.
pub(crate) fn may_hold_symbols(text: &str) -> bool {
    memchr::memchr(0xF4, text.as_bytes()).is_some()
}

/// Whether a character can stand for a symbol.
pub(crate) fn is_of_plane(character: char) -> bool {
    u32::from(character) >= FIRST
}
