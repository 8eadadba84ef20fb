//! From the bytes of a file to its text.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use std::borrow::Cow;

/// Why bytes are not a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// Damaged or cut gzip.
    #[error("the gzip data is {0}")]
    Gzip(&'static str),
    /// More than the limit.
    #[error("the file has more than {0} bytes unpacked")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("not UTF-8 at byte {0}")]
    Utf8(usize),
}

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The text of a file, unpacked where it is gzip, up to `limit` bytes. Several gzip files in a row are one, as CloudTrail
/// logs that were joined are. UTF-16 is a text as well where it begins with its mark.
///
/// # Errors
/// When the gzip data is damaged, the text has more than `limit` bytes, or is not UTF-8.
pub fn unpack(bytes: &[u8], limit: usize) -> Result<Cow<'_, str>, UnpackError> {
    if !bytes.starts_with(&MAGIC) {
        if bytes.len() > limit {
            return Err(UnpackError::TooLarge(limit));
        }
        if let Some(text) = from_utf16(bytes) {
            return Ok(Cow::Owned(text));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| UnpackError::Utf8(error.valid_up_to()))?;
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::new();
    let mut rest = bytes;
    while rest.starts_with(&MAGIC) {
        rest = member(rest, &mut out, limit)?;
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|error| UnpackError::Utf8(error.utf8_error().valid_up_to()))
}

/// The text of UTF-16 with a byte order mark, as `>` of Windows PowerShell writes it.
fn from_utf16(bytes: &[u8]) -> Option<String> {
    let (read, units): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xff, 0xfe, units @ ..] => (u16::from_le_bytes, units),
        [0xfe, 0xff, units @ ..] => (u16::from_be_bytes, units),
        _ => return None,
    };
    let units = units.as_chunks::<2>().0.iter().map(|unit| read(*unit));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

/// Unpacks one gzip member behind what is there, and gives what follows it.
fn member<'b>(bytes: &'b [u8], out: &mut Vec<u8>, limit: usize) -> Result<&'b [u8], UnpackError> {
    let mut input = body(bytes).ok_or(UnpackError::Gzip("cut off in its header"))?;
    let mut state = Box::<DecompressorOxide>::default();
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let start = out.len();
    // Back references never reach before this member.
    let mut length = 0;
    loop {
        let room = (input.len().saturating_mul(4)).clamp(1 << 12, 1 << 26);
        out.resize((start + length).saturating_add(room).min(limit.saturating_add(1)), 0);
        let own = out.get_mut(start..).unwrap_or_default();
        let (status, read, written) = decompress(&mut state, input, own, length, flags);
        length += written;
        input = input.get(read..).unwrap_or_default();
        if start + length > limit {
            return Err(UnpackError::TooLarge(limit));
        }
        match status {
            TINFLStatus::Done => break,
            TINFLStatus::HasMoreOutput => {}
            TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => {
                return Err(UnpackError::Gzip("cut off"));
            }
            _ => return Err(UnpackError::Gzip("damaged")),
        }
    }
    out.truncate(start + length);
    // A checksum and the length modulo 2^32. The length is compared; a JSON text with flipped bits shows by itself.
    let stated = input.get(4..8).ok_or(UnpackError::Gzip("cut off"))?;
    let unpacked = u32::try_from(length & 0xffff_ffff).unwrap_or_default();
    if stated != unpacked.to_le_bytes() {
        return Err(UnpackError::Gzip("damaged"));
    }
    Ok(input.get(8..).unwrap_or_default())
}

/// What comes after the header of a gzip member (RFC 1952).
fn body(bytes: &[u8]) -> Option<&[u8]> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    const HEADER_CHECKSUM: u8 = 2;
    let flags = *bytes.get(3)?;
    let mut rest = bytes.get(10..)?;
    if flags & EXTRA != 0 {
        let length = usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]));
        rest = rest.get(2 + length..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            rest = rest.get(memchr::memchr(0, rest)? + 1..)?;
        }
    }
    rest.get(if flags & HEADER_CHECKSUM == 0 { 0 } else { 2 }..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut bytes = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3];
        bytes.extend(b"name\0");
        bytes.extend(miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6));
        bytes.extend([0; 4]);
        bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        bytes
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(unpack(b"{}", 10), Ok(Cow::Borrowed("{}"))));
        assert_eq!(unpack(b"{}", 1), Err(UnpackError::TooLarge(1)));
        assert_eq!(unpack(b"{}\xff", 10), Err(UnpackError::Utf8(2)));
    }

    #[test]
    fn joined_gzip_files_are_one_text() {
        let long = "some events, ".repeat(100_000);
        let both = [packed(&long), packed("and more")].concat();
        assert_eq!(unpack(&both, 1 << 21).unwrap(), long + "and more");
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = packed(&"0".repeat(10_000_000));
        assert!(bomb.len() < 20_000);
        assert_eq!(unpack(&bomb, 1_000_000), Err(UnpackError::TooLarge(1_000_000)));
        assert!(unpack(&bomb, 10_000_000).is_ok());
        assert_eq!(unpack(&packed("12345"), 4), Err(UnpackError::TooLarge(4)));
        assert!(unpack(&packed("1234"), 4).is_ok());
    }

    #[test]
    fn damaged_gzip_is_said_to_be() {
        let whole = packed(&"some events, ".repeat(1000));
        for length in 2..whole.len() {
            assert!(matches!(unpack(&whole[..length], 1 << 20), Err(UnpackError::Gzip(_))), "{length}");
        }
        let mut flipped = whole.clone();
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        assert_eq!(unpack(&flipped, 1 << 20), Err(UnpackError::Gzip("damaged")));
    }
}
