//! Texts in another form: Base64, digests, numbers of a base, parts of an address on the web.

use super::{known, text};
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbols;
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use std::fmt::Write;

type Made = Option<ValueKind>;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn to_base64(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of] = arguments else { return None };
    base64(known(of, symbols)?.as_bytes()).map(text)
}

fn base64(of: &[u8]) -> Option<String> {
    let mut made = String::new();
    for bytes in of.chunks(3) {
        let all = bytes.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - bytes.len()));
        for place in 0..4 {
            let letter = LETTERS.get((all >> (18 - 6 * place) & 63) as usize).copied()?;
            made.push(if place > bytes.len() { '=' } else { char::from(letter) });
        }
    }
    Some(made)
}

pub(super) fn from_base64(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of] = arguments else { return None };
    let of = known(of, symbols)?;
    let letters = of.trim_end_matches('=');
    if of.len() % 4 != 0 || of.len() - letters.len() > 2 {
        return None;
    }
    let (mut bytes, mut all, mut count) = (Vec::new(), 0_u32, 0);
    for letter in letters.bytes() {
        let value = LETTERS.iter().position(|known| *known == letter)?;
        all = (all << 6 | u32::try_from(value).ok()?) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(all >> count & 0xFF).ok()?);
        }
    }
    let made = String::from_utf8(bytes).ok()?;
    (!crate::literal::holds_symbol(&made)).then(|| text(made))
}

/// The digest of a text, and what is made of its bytes.
fn digest<D: Digest>(arguments: &[Value], symbols: &Symbols, shown: fn(&[u8]) -> Option<String>) -> Made {
    let [of] = arguments else { return None };
    shown(&D::digest(known(of, symbols)?.as_bytes())).map(text)
}

fn hexadecimal(bytes: &[u8]) -> Option<String> {
    let mut made = String::new();
    for byte in bytes {
        write!(made, "{byte:02x}").ok()?;
    }
    Some(made)
}

pub(super) fn md5(arguments: &[Value], symbols: &Symbols) -> Made {
    digest::<Md5>(arguments, symbols, hexadecimal)
}

pub(super) fn sha1(arguments: &[Value], symbols: &Symbols) -> Made {
    digest::<Sha1>(arguments, symbols, hexadecimal)
}

pub(super) fn sha256(arguments: &[Value], symbols: &Symbols) -> Made {
    digest::<Sha256>(arguments, symbols, hexadecimal)
}

pub(super) fn sha512(arguments: &[Value], symbols: &Symbols) -> Made {
    digest::<Sha512>(arguments, symbols, hexadecimal)
}

pub(super) fn sha256_base64(arguments: &[Value], symbols: &Symbols) -> Made {
    digest::<Sha256>(arguments, symbols, base64)
}

pub(super) fn sha512_base64(arguments: &[Value], symbols: &Symbols) -> Made {
    digest::<Sha512>(arguments, symbols, base64)
}

/// `parseint`, of digits and letters alone.
pub(super) fn whole_of(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, base] = arguments else { return None };
    let base = u32::try_from(super::super::expression::whole(base)?).ok().filter(|base| (2..=36).contains(base))?;
    let of = known(of, symbols)?;
    let digits = of.strip_prefix('-').unwrap_or(of);
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
    let number = i64::from_str_radix(of, base).ok().filter(|_| is_number)?;
    Some(ValueKind::Number(number.to_string()))
}

pub(super) fn for_url(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of] = arguments else { return None };
    let mut made = String::new();
    for byte in known(of, symbols)?.bytes() {
        match byte {
            b' ' => made.push('+'),
            b'-' | b'_' | b'.' | b'~' => made.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => made.push(char::from(byte)),
            _ => write!(made, "%{byte:02X}").ok()?,
        }
    }
    Some(text(made))
}
