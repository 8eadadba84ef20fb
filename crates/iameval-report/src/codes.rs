//! The codes of several crates together, each of which declares its own.

use iameval::Code;

/// The codes that a program can report: those of all the crates that it is made of, in order of their identifiers.
///
/// ```
/// use iameval_report::Codes;
///
/// let codes = Codes::of(&[iameval_world::codes::ALL, iameval::codes::ALL]);
/// assert_eq!(codes.iter().next(), Some(iameval_world::codes::UNREADABLE));
/// assert_eq!(codes.find("ie0203"), Some(iameval::codes::UNKNOWN_ELEMENT));
/// assert_eq!(codes.find("IE9999"), None);
/// ```
#[derive(Debug, Clone)]
pub struct Codes(Vec<Code>);

impl Codes {
    /// The codes of these tables.
    pub fn of(tables: &[&[Code]]) -> Self {
        let mut codes = tables.concat();
        codes.sort_unstable();
        Self(codes)
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Code> {
        self.0.iter().copied()
    }

    /// The code of that identifier, in any letter case.
    pub fn find(&self, id: &str) -> Option<Code> {
        self.iter().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}
