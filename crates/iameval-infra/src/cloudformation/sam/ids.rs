//! Logical ids as SAM makes them.

use std::fmt::Write as _;

/// An id of a beginning and data: the data itself where it is letters and digits, else the beginning of its SHA-1.
pub(super) fn with_suffix(beginning: &str, suffix: &str) -> String {
    if suffix.chars().all(char::is_alphanumeric) {
        return format!("{beginning}{suffix}");
    }
    format!("{beginning}{}", hash(suffix))
}

/// The first ten digits of the SHA-1 of a text.
pub(super) fn hash(text: &str) -> String {
    let mut digits = String::new();
    for byte in sha1(text.as_bytes()) {
        let _ = write!(digits, "{byte:02x}");
    }
    digits.chars().take(10).collect()
}

/// SHA-1, which is good enough for names.
fn sha1(data: &[u8]) -> [u8; 20] {
    let mut padded = data.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend(((data.len() as u64) * 8).to_be_bytes());
    let mut state = [0x6745_2301_u32, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    for block in padded.as_chunks::<64>().0 {
        let mut words: Vec<u32> = block.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect();
        for at in 16..80_usize {
            let word = |back: usize| words.get(at.wrapping_sub(back)).copied().unwrap_or_default();
            words.push((word(3) ^ word(8) ^ word(14) ^ word(16)).rotate_left(1));
        }
        let mut turned = state;
        for (at, word) in words.iter().enumerate() {
            let [first, second, third, fourth, fifth] = turned;
            let (mixed, constant) = match at / 20 {
                0 => ((second & third) | (!second & fourth), 0x5A82_7999),
                1 => (second ^ third ^ fourth, 0x6ED9_EBA1),
                2 => ((second & third) | (second & fourth) | (third & fourth), 0x8F1B_BCDC),
                _ => (second ^ third ^ fourth, 0xCA62_C1D6_u32),
            };
            let sum = first.rotate_left(5).wrapping_add(mixed).wrapping_add(fifth);
            let sum = sum.wrapping_add(constant).wrapping_add(*word);
            turned = [sum, first, second.rotate_left(30), third, fourth];
        }
        for (known, new) in state.iter_mut().zip(turned) {
            *known = known.wrapping_add(new);
        }
    }
    let mut out = [0; 20];
    for (place, byte) in out.iter_mut().zip(state.into_iter().flat_map(u32::to_be_bytes)) {
        *place = byte;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_sam() {
        assert_eq!(hash("abc"), "a9993e3647");
        assert_eq!(hash(""), "da39a3ee5e");
        assert_eq!(hash(&"a".repeat(119)), "ee971065aa");
        assert_eq!(with_suffix("APermission", ""), "APermission");
        assert_eq!(with_suffix("APermission", "Prod"), "APermissionProd");
        assert_ne!(with_suffix("APermission", "my-stage"), "APermissionmy-stage");
    }
}
