//! The values that a context key can have: its shape, its type, and those worth trying.

use crate::atom::{Atoms, Condition, KeyId, Test};
use crate::cells::Cells;
use crate::formula::AtomId;
use crate::glob::Reach;
use foldhash::{HashMap, HashMapExt};
use iameval::{Context, ContextKey, Operator, OperatorFamily};
use iameval_data::KeyType;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the values of a key before anything is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) is_list: bool,
    /// The type that its values are texts of.
    pub(crate) key_type: Option<KeyType>,
    /// Texts that it may have although they are not of that type.
    pub(crate) exempt: BTreeSet<String>,
    /// Texts to try first.
    pub(crate) likely: Vec<String>,
    /// Which letters every value has, where only such values are asked about.
    pub(crate) letters: Option<Reach>,
}

/// The values that a key can have, as far as its tests tell them apart.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) key: ContextKey,
    pub(crate) shape: Shape,
    /// Values to try.
    pub(crate) cells: Vec<String>,
    /// Whether some number, date or address may not be among the cells, so that tests of those can come out in further ways.
    pub(crate) has_gaps: bool,
    /// For each test on values, in which cells it holds.
    holds: HashMap<AtomId, Cellset>,
}

/// Some of the cells of a key, a bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cellset(Vec<u64>);

impl Cellset {
    pub(crate) fn all(count: usize) -> Self {
        Self::from_fn(count, |_| true)
    }

    fn from_fn(count: usize, mut is_in: impl FnMut(usize) -> bool) -> Self {
        let mut words = vec![0_u64; count.div_ceil(64)];
        for (at, word) in words.iter_mut().enumerate() {
            for bit in 0..64 {
                let cell = at * 64 + bit;
                if cell < count && is_in(cell) {
                    *word |= 1 << bit;
                }
            }
        }
        Self(words)
    }

    /// Leaves those in which a test comes out as wanted.
    pub(crate) fn narrow(&mut self, holding: &Self, wanted: bool) {
        for (own, holding) in self.0.iter_mut().zip(&holding.0) {
            *own &= if wanted { *holding } else { !*holding };
        }
    }

    pub(crate) fn remove(&mut self, cell: usize) {
        if let Some(word) = self.0.get_mut(cell / 64) {
            *word &= !(1 << (cell % 64));
        }
    }

    pub(crate) fn first(&self) -> Option<usize> {
        self.0
            .iter()
            .enumerate()
            .find(|(_, word)| **word != 0)
            .map(|(at, word)| at * 64 + word.trailing_zeros() as usize)
    }
}

/// So many tests of values are made beforehand at most. Of more values only the first are tried.
const MOST_TRIED: usize = 2_000_000;

/// More values than this are not tried one by one where they tell nothing for certain.
const MOST_PATTERN_CELLS: usize = 256;

impl Domain {
    /// The domain of a key under all tests on it.
    pub(crate) fn new(key: KeyId, shape: Shape, atoms: &Atoms) -> Self {
        let name = atoms.name(key).clone();
        let mut constants: BTreeMap<u8, (OperatorFamily, BTreeSet<&str>)> = BTreeMap::new();
        let mut texts = Cells::default();
        let mut conditions: Vec<(AtomId, &Condition)> = Vec::new();
        for (id, atom) in atoms.of_key(key) {
            match &atom.test {
                Test::Condition(condition) => {
                    let family = condition.operator.family();
                    conditions.push((id, condition));
                    match family {
                        OperatorFamily::String | OperatorFamily::Arn => {
                            texts_of(condition, shape.key_type, &mut texts);
                        }
                        _ => {
                            let values = condition.values.iter().map(String::as_str);
                            constants.entry(family as u8).or_insert((family, BTreeSet::new())).1.extend(values);
                        }
                    }
                }
                Test::Fits(_) | Test::FitsTemplate(_) | Test::Absent | Test::TurnsOut => {}
            }
        }
        let mut cells: Vec<String> = shape.likely.clone();
        let mut has_gaps = false;
        let mut spelled = Vec::new();
        // To a test of another type the same value, spelled in another way, may be another.
        let is_told_apart = !texts.texts.is_empty() || constants.len() > 1;
        for (family, constants) in constants.values() {
            let own = Cells::of_constants(*family, constants.iter().copied());
            has_gaps |= own.has_gaps;
            if is_told_apart {
                spelled.extend(own.spelled(*family));
            }
            cells.extend(own.texts);
        }
        let of_family = |family: OperatorFamily, key_type| {
            let own = constants.get(&(family as u8)).map(|(_, constants)| constants.iter().copied());
            (own.is_some() || shape.key_type == Some(key_type)).then(|| own.into_iter().flatten())
        };
        let numbers = of_family(OperatorFamily::Numeric, KeyType::Numeric);
        if let Some((numbers, dates)) = numbers.zip(of_family(OperatorFamily::Date, KeyType::Date)) {
            spelled.extend(Cells::of_numbers_and_dates(numbers, dates).texts);
        }
        cells.extend(texts.texts.into_iter().take(MOST_PATTERN_CELLS));
        cells.extend(usual(shape.key_type).iter().map(|text| (*text).to_owned()));
        cells.extend(spelled);
        let mut seen = BTreeSet::new();
        cells.retain(|text| seen.insert(text.clone()));
        let mut domain = Self { key: name, shape, cells, has_gaps, holds: HashMap::new() };
        let cells: Vec<String> = std::mem::take(&mut domain.cells);
        domain.cells = cells.into_iter().filter(|text| domain.may_be(text)).collect();
        let most = MOST_TRIED / conditions.len().max(1);
        domain.has_gaps |= domain.cells.len() > most;
        domain.cells.truncate(most);
        let context = Context::new();
        for (id, condition) in conditions.into_iter().filter(|(_, condition)| condition.variables.is_empty()) {
            let holds =
                |cell: usize| domain.cells.get(cell).is_some_and(|text| condition.holds(&domain.key, text, &context));
            let set = Cellset::from_fn(domain.cells.len(), holds);
            domain.holds.insert(id, set);
        }
        for (id, atom) in atoms.of_key(key) {
            if let Test::Fits(language) = &atom.test {
                let fits = |cell: usize| domain.cells.get(cell).is_some_and(|text| language.fits(text));
                let set = Cellset::from_fn(domain.cells.len(), fits);
                domain.holds.insert(id, set);
            }
        }
        domain
    }

    /// Whether the key can have the value, whatever is tested.
    pub(crate) fn may_be(&self, text: &str) -> bool {
        if self.shape.exempt.contains(text) {
            return true;
        }
        self.shape.key_type.is_none_or(|key_type| key_type.reads(text))
    }

    /// In which cells a test on values holds; `None` where it depends on other keys.
    pub(crate) fn holding(&self, atom: AtomId) -> Option<&Cellset> {
        self.holds.get(&atom)
    }
}

/// Values that a key of a type may well have, and one that is nothing in particular.
fn usual(key_type: Option<KeyType>) -> &'static [&'static str] {
    match key_type {
        Some(KeyType::Bool) => &["true", "false"],
        Some(KeyType::Numeric) => &["1"],
        Some(KeyType::Date) => &["2026-01-01T00:00:00Z"],
        Some(KeyType::IpAddress) => &["192.0.2.1", "2001:db8::1"],
        Some(KeyType::Binary) => &["eA==", "eQ=="],
        Some(KeyType::Arn) => &["arn:aws:x:::x"],
        None | Some(KeyType::String) => &["x"],
    }
}

fn texts_of(condition: &Condition, key_type: Option<KeyType>, cells: &mut Cells) {
    for value in &condition.values {
        let parts = condition.parts(value);
        cells.of_literal(&parts);
        cells.of_pattern(&crate::template::Template::free(parts, false), key_type);
    }
    // Another case, which only operators that ignore it do not tell apart.
    if matches!(condition.operator, Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase) {
        let other: Vec<String> = condition.values.iter().map(|value| value.to_ascii_uppercase()).collect();
        cells.texts.extend(other);
    }
}
