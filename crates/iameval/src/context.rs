//! The request context: what is known of a call besides principal, action and resource.

use crate::lowercase::lowercase;
use crate::name::ContextKey;
use std::cmp::Ordering;

/// The context of a request.
///
/// A key is in one of three states: it has a value, it is known to be absent, or it was not given. Deciding, the last
/// two are the same; reporting, only a key that was not given is missing.
///
/// ```
/// use iameval::{Context, ContextKey};
///
/// let mut context = Context::new();
/// context.insert("aws:SourceIp", "203.0.113.7");
/// context.insert("aws:TagKeys", ["team", "stage"]);
/// context.insert_absent("aws:MultiFactorAuthPresent");
/// assert!(context.is_given(&ContextKey::new("AWS:multifactorauthpresent")));
/// assert!(!context.is_given(&ContextKey::new("aws:username")));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Context {
    // INVARIANT: in `order`, each key once. `None` is "known to be absent".
    entries: Vec<(ContextKey, Option<ContextValue>)>,
}

/// The value of a context key: one, or a list (R-CTX-02). A list may be empty and is a list also with one value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContextValue(pub(crate) Values);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Values {
    Single(ContextText),
    List(Box<[ContextText]>),
}

/// A text of the context. What evaluation would have to work out again and again is worked out once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ContextText {
    text: Box<str>,
    /// The text in AWS's lower case, kept where plain ASCII rules do not do.
    lower: Option<Box<str>>,
}

/// What a policy sees of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Presence<'a> {
    Single(&'a ContextText),
    List(&'a [ContextText]),
    Absent,
}

/// How evaluation looks at a context. The plain one is [`Context`] itself.
pub(crate) trait View {
    fn get(&self, key: &ContextKey) -> Presence<'_>;
}

impl Context {
    /// A context in which nothing is given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a key its value. A single value of a key that is declared multivalued (R-CTX-02) is a list of one.
    ///
    /// A value given before is replaced. Of two spellings of one key that differ in case the first in byte order
    /// stays (R-COND-04).
    pub fn insert(&mut self, key: &str, value: impl Into<ContextValue>) {
        self.insert_key(ContextKey::new(key), Some(value.into()));
    }

    /// Says that a key is known to be absent.
    pub fn insert_absent(&mut self, key: &str) {
        self.insert_key(ContextKey::new(key), None);
    }

    /// Makes a key one that is not given.
    pub fn remove(&mut self, key: &str) {
        self.remove_key(&ContextKey::new(key));
    }

    pub(crate) fn remove_key(&mut self, key: &ContextKey) {
        if let Ok(at) = self.place(key) {
            self.entries.remove(at);
        }
    }

    /// Makes lists of one of the single values whose keys `is_multivalued` says to be declared so, for those who know
    /// more keys than the core does (R-CTX-02).
    pub fn declare_multivalued(&mut self, is_multivalued: impl Fn(&ContextKey) -> bool) {
        for (key, value) in &mut self.entries {
            if let Some(ContextValue(values @ Values::Single(_))) = value
                && is_multivalued(key)
                && let Values::Single(text) = std::mem::replace(values, Values::List(Box::default()))
            {
                *values = Values::List(Box::new([text]));
            }
        }
    }

    /// How many keys have a value or are known to be absent.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the key has a value or is known to be absent.
    pub fn is_given(&self, key: &ContextKey) -> bool {
        self.find(key).is_some()
    }

    /// The value of a key that has one.
    pub fn value(&self, key: &ContextKey) -> Option<&ContextValue> {
        self.find(key)?.as_ref()
    }

    /// The given keys in order of their names, with their values; `None` for those known to be absent.
    pub fn iter(&self) -> impl Iterator<Item = (&ContextKey, Option<&ContextValue>)> {
        let mut entries: Vec<_> = self.entries.iter().map(|(key, value)| (key, value.as_ref())).collect();
        entries.sort_by_key(|(key, _)| *key);
        entries.into_iter()
    }

    fn find(&self, key: &ContextKey) -> Option<&Option<ContextValue>> {
        let from = self.entries.partition_point(|(other, _)| other.hash_value() < key.hash_value());
        let (first, value) = self.entries.get(from)?;
        if first.hash_value() != key.hash_value() {
            return None;
        }
        if first == key { Some(value) } else { self.find_among_others(key) }
    }

    /// The same where other keys have the same hash.
    #[cold]
    fn find_among_others(&self, key: &ContextKey) -> Option<&Option<ContextValue>> {
        self.entries.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    /// Where a key stands, or else where it belongs.
    fn place(&self, key: &ContextKey) -> Result<usize, usize> {
        self.entries.binary_search_by(|(other, _)| order(other, key))
    }

    /// The context with these keys. Of several spellings of one key the first in byte order counts (R-COND-04).
    pub(crate) fn of(mut entries: Vec<(ContextKey, Option<ContextValue>)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| order(one, other).then_with(|| one.as_str().cmp(other.as_str())));
        entries.dedup_by(|(later, _), (earlier, _)| later == earlier);
        for (key, value) in &mut entries {
            *value = value.take().map(|value| declared(key, value));
        }
        Self { entries }
    }

    /// Makes room for so many keys more.
    pub(crate) fn reserve(&mut self, keys: usize) {
        self.entries.reserve(keys);
    }

    /// Gives a key this value, unless it is given already.
    pub(crate) fn insert_if_open(&mut self, key: &ContextKey, text: &str) {
        if let Err(at) = self.place(key) {
            self.entries.insert(at, (key.clone(), Some(declared(key, ContextValue::single(text)))));
        }
    }

    /// The same as [`insert`](Self::insert), or without a value [`insert_absent`](Self::insert_absent), for a key that is there
    /// already.
    pub fn insert_key(&mut self, key: ContextKey, value: Option<ContextValue>) {
        let value = value.map(|value| declared(&key, value));
        match self.place(&key) {
            Err(at) => self.entries.insert(at, (key, value)),
            Ok(at) => match self.entries.get_mut(at) {
                Some(entry) if entry.0.as_str() >= key.as_str() => *entry = (key, value),
                _ => {}
            },
        }
    }
}

/// The order of keys: by their hashes, which is quick, then by name.
fn order(one: &ContextKey, other: &ContextKey) -> Ordering {
    one.hash_value().cmp(&other.hash_value()).then_with(|| one.cmp(other))
}

/// The value; a list of one where the key is declared multivalued (R-CTX-02).
fn declared(key: &ContextKey, ContextValue(values): ContextValue) -> ContextValue {
    ContextValue(match values {
        Values::Single(text) if key.is_multivalued() => Values::List(Box::new([text])),
        values => values,
    })
}

impl View for Context {
    fn get(&self, key: &ContextKey) -> Presence<'_> {
        match self.find(key) {
            Some(Some(ContextValue(Values::Single(text)))) => Presence::Single(text),
            Some(Some(ContextValue(Values::List(texts)))) => Presence::List(texts),
            Some(None) | None => Presence::Absent,
        }
    }
}

impl ContextValue {
    /// A single value.
    pub fn single(text: &str) -> Self {
        Self(Values::Single(ContextText::new(text)))
    }

    /// A list of values.
    pub fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self(Values::List(texts.into_iter().map(ContextText::new).collect()))
    }

    /// Whether this is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.0, Values::List(_))
    }

    /// The value, or the values of the list.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = match &self.0 {
            Values::Single(text) => std::slice::from_ref(text),
            Values::List(texts) => texts,
        };
        texts.iter().map(|text| &*text.text)
    }
}

impl From<&str> for ContextValue {
    fn from(text: &str) -> Self {
        Self::single(text)
    }
}

impl From<String> for ContextValue {
    fn from(text: String) -> Self {
        Self::single(&text)
    }
}

impl From<bool> for ContextValue {
    fn from(value: bool) -> Self {
        Self::single(if value { "true" } else { "false" })
    }
}

impl From<u64> for ContextValue {
    fn from(value: u64) -> Self {
        Self::single(&value.to_string())
    }
}

impl<const N: usize> From<[&str; N]> for ContextValue {
    fn from(texts: [&str; N]) -> Self {
        Self::list(texts)
    }
}

impl ContextText {
    fn new(text: &str) -> Self {
        let lower = (!text.is_ascii()).then(|| lowercase(text).into());
        Self { text: text.into(), lower }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// How the text in lower case compares with another that is in lower case.
    pub(crate) fn cmp_lowercase(&self, lower: &str) -> Ordering {
        match &self.lower {
            Some(own) => (**own).cmp(lower),
            None => self.text.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(lower.bytes()),
        }
    }

    /// Whether the text in lower case is `lower`, which is in AWS's lower case already.
    pub(crate) fn is_lowercase_of(&self, lower: &str) -> bool {
        match &self.lower {
            Some(own) => **own == *lower,
            None => self.text.eq_ignore_ascii_case(lower) && !lower.bytes().any(|byte| byte.is_ascii_uppercase()),
        }
    }
}
