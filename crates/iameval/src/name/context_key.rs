use foldhash::fast::FixedState;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};

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
    text: Box<str>,
    // INVARIANT: `text` in lower case, and its hash.
    lower: Box<str>,
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
        let lower: Box<str> = if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }.into();
        let hash = FixedState::default().hash_one(&*lower);
        Self { text: text.into(), lower, hash }
    }

    /// The key as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key in lower case.
    pub fn lowercase(&self) -> &str {
        &self.lower
    }

    /// Whether AWS declares the key as multivalued (R-CTX-02), among the keys that every service knows.
    pub fn is_multivalued(&self) -> bool {
        MULTIVALUED.binary_search(&self.lowercase()).is_ok()
    }

    pub(crate) fn hash_value(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for ContextKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.lower == other.lower
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
        self.lower.cmp(&other.lower)
    }
}

impl Hash for ContextKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Display for ContextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ContextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContextKey({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn multivalued_keys_are_sorted_and_lower_case() {
        let mut sorted = super::MULTIVALUED.map(str::to_ascii_lowercase);
        sorted.sort_unstable();
        assert_eq!(sorted.as_slice(), super::MULTIVALUED);
    }
}
