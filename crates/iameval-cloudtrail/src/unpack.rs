//! From the bytes of a file to its text.

use std::borrow::Cow;

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// Damaged gzip.
    #[error("the gzip data is damaged: {0}")]
    Gzip(&'static str),
    /// More than the limit.
    #[error("unpacked the file has more than {0} bytes")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("not UTF-8 at byte {0}")]
    Utf8(usize),
}

/// The text of a file, unpacked where it is gzip, up to `limit` bytes.
///
/// # Errors
/// When the gzip data is damaged, the text has more than `limit` bytes, or is not UTF-8.
pub fn unpack(_bytes: &[u8], _limit: usize) -> Result<Cow<'_, str>, UnpackError> {
    todo!()
}
