use super::hash_of;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

/// The name of a context key, such as `aws:MultiFactorAuthPresent` or `aws:PrincipalTag/Team`.
///
/// Names ignore case, the tag key after the `/` included (R-COND-04).
///
/// ```
/// use iameval::ContextKey;
///
/// assert_eq!(ContextKey::new("aws:PrincipalTag/Team"), ContextKey::new("AWS:principaltag/team"));
/// assert_eq!(ContextKey::new("aws:TagKeys").as_str(), "aws:TagKeys");
/// ```
#[derive(Clone)]
pub struct ContextKey {
    // INVARIANT: the key as it was written, up to `split`, then the same in lower case, whose hash is `hash`.
    both: Arc<str>,
    split: u32,
    is_global: bool,
    is_multivalued: bool,
    hash: u64,
}

/// The keys that hold a list whatever the number of values (R-CTX-02), in lower case.
const MULTIVALUED: [&str; 8] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
    "sts:transitivetagkeys",
];

impl ContextKey {
    /// The key of that name. Any text is one; AWS's own have a service prefix (R-CTX-10).
    pub fn new(text: &str) -> Self {
        let mut both = String::with_capacity(text.len() * 2);
        both.push_str(text);
        if text.is_ascii() {
            both.push_str(text);
            both.get_mut(text.len()..).unwrap_or_default().make_ascii_lowercase();
        } else {
            both.push_str(&text.to_lowercase());
        }
        let split = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let lowercase = both.get(text.len()..).unwrap_or_default();
        let (is_global, is_multivalued) = (lowercase.starts_with("aws:"), MULTIVALUED.contains(&lowercase));
        let hash = hash_of(lowercase);
        Self { both: both.into(), split, is_global, is_multivalued, hash }
    }

    /// The key as it was written.
    pub fn as_str(&self) -> &str {
        self.both.get(..self.split as usize).unwrap_or_default()
    }

    /// The key in lower case.
    pub fn lowercase(&self) -> &str {
        self.both.get(self.split as usize..).unwrap_or_default()
    }

    fn lowercase_bytes(&self) -> Option<&[u8]> {
        self.both.as_bytes().get(self.split as usize..)
    }

    /// Whether the key is of no single service: its name begins with `aws:`.
    pub fn is_global(&self) -> bool {
        self.is_global
    }

    /// Whether AWS declares the key as multivalued (R-CTX-02), among the keys that every service knows.
    pub fn is_multivalued(&self) -> bool {
        self.is_multivalued
    }

    pub(crate) fn hash_value(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for ContextKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.lowercase_bytes() == other.lowercase_bytes()
    }
}

impl Eq for ContextKey {}

impl PartialOrd for ContextKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By name, ignoring case.
impl Ord for ContextKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.lowercase().cmp(other.lowercase())
    }
}

impl Hash for ContextKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Any text is a key.
impl FromStr for ContextKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl fmt::Display for ContextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ContextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContextKey({})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn multivalued_keys_are_in_lower_case() {
        assert_eq!(super::MULTIVALUED.map(str::to_ascii_lowercase), super::MULTIVALUED);
    }
}
