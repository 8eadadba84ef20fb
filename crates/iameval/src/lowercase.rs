//! The lower case that AWS's `…IgnoreCase` operators compare in (R-COND-19).

/// The lower case in which AWS compares texts without regard to letter case.
///
/// It is full Unicode lower case (final sigma and the dotted capital I included), except that characters outside the basic
/// plane stay as they are. They still count as letters where the form of a neighbouring sigma is decided.
///
/// ```
/// use iameval::text::lowercase;
///
/// assert_eq!(lowercase("Straße \u{212A}"), "straße k");
/// ```
pub fn lowercase(text: &str) -> String {
    let full = text.to_lowercase();
    let mut lowered = full.chars();
    let mut result = String::with_capacity(full.len());
    for character in text.chars() {
        let length = character.to_lowercase().count();
        if character.len_utf16() == 1 {
            result.extend(lowered.by_ref().take(length));
        } else {
            result.push(character);
            lowered.by_ref().take(length).for_each(drop);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::lowercase;

    #[test]
    fn as_aws_lowers() {
        for (text, lower) in [
            ("ABC", "abc"),
            ("ẞ", "ß"),
            ("\u{212A}", "k"),
            ("İ", "i\u{307}"),
            ("ΟΣ", "ος"),
            ("Σ", "σ"),
            ("\u{10400}Σ", "\u{10400}ς"),
            ("AΣ\u{10400}", "aσ\u{10400}"),
            ("\u{10400}", "\u{10400}"),
            ("ß", "ß"),
            ("ı", "ı"),
        ] {
            assert_eq!(lowercase(text), lower, "{text}");
        }
    }
}
