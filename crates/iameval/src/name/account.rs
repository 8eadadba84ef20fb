use crate::symbol::is_of_plane;
use std::fmt;
use std::str::FromStr;

/// The twelve digits of an AWS account. Leading zeroes count. Where the account is not known yet, the
/// [symbol](crate::symbol) that stands for it takes their place.
///
/// ```
/// use iameval::AccountId;
///
/// let account: AccountId = "012345678901".parse().unwrap();
/// assert_eq!(account.to_string(), "012345678901");
/// assert!("12345678901".parse::<AccountId>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
// INVARIANT: twelve ASCII digits, or a character of the plane of symbols followed by zeroes.
pub struct AccountId([u8; 12]);

/// A text that should have been an account id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an account id: expected 12 digits")]
pub struct ParseAccountIdError {
    text: Box<str>,
}

impl AccountId {
    /// The digits, or the symbol.
    pub fn as_str(&self) -> &str {
        let length = match self.0 {
            [.., 0] => memchr::memchr(0, &self.0).unwrap_or_default(),
            _ => self.0.len(),
        };
        self.0.get(..length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl AccountId {
    fn of_symbol(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        let is_symbol = characters.next().is_some_and(is_of_plane) && characters.next().is_none();
        let mut bytes = [0; 12];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        is_symbol.then_some(Self(bytes))
    }
}

impl FromStr for AccountId {
    type Err = ParseAccountIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match <[u8; 12]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
            _ => Self::of_symbol(text).ok_or_else(|| ParseAccountIdError { text: text.into() }),
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountId({})", self.as_str())
    }
}
