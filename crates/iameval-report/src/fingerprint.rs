//! What makes a finding the same finding in the next run, wherever it has moved to.

use crate::located::path;
use iameval_world::Finding;
use std::collections::HashMap;

/// How the codes of tests begin.
const TESTS: &str = "IE07";

/// Fingerprints of findings, in the order in which they are asked for.
///
/// A fingerprint is made of the code, the file, the underlined text and a running number among equals. Lines added
/// above change none of them. The message is not part of it, so that it may be reworded; except for tests, where it names
/// the case, and the underlined text is often one word for all of them.
#[derive(Default)]
pub(crate) struct Fingerprints {
    seen: HashMap<u64, u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding.
    pub(crate) fn of(&mut self, finding: &Finding) -> String {
        let diagnostic = &finding.diagnostic;
        let id = diagnostic.code().id();
        let what = if id.starts_with(TESTS) {
            diagnostic.message()
        } else {
            finding.source.text.get(diagnostic.span().range()).unwrap_or("")
        };
        let hash = fnv1a(&[id, &path(&finding.source.name), what]);
        let number = self.seen.entry(hash).or_default();
        *number += 1;
        format!("{hash:016x}:{number}")
    }
}

/// FNV-1a, 64 bits, with a byte between the texts that is in none of them. The standard library's hashers may change.
fn fnv1a(texts: &[&str]) -> u64 {
    const SEPARATOR: [u8; 1] = [0xFF];
    let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    texts.join(&SEPARATOR[..]).into_iter().fold(0xCBF2_9CE4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::text::Span;
    use iameval::{Diagnostic, Problem, codes};
    use iameval_world::Source;

    /// The fingerprints of every `"Sidd"` in the text.
    fn fingerprints(name: &str, text: &str) -> Vec<String> {
        let source = Source::new(name, text);
        let mut fingerprints = Fingerprints::default();
        let places = text.match_indices("\"Sidd\"").map(|(at, word)| Span::new(at, at + word.len()));
        let finding = |span| Finding::new(&source, Diagnostic::new(codes::UNKNOWN_ELEMENT, span, "no element"));
        places.map(|span| fingerprints.of(&finding(span))).collect()
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(&[""]), 0xCBF2_9CE4_8422_2325);
        assert_eq!(fnv1a(&["a"]), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(fnv1a(&["foobar"]), 0x8594_4171_F739_67E8);
        assert_ne!(fnv1a(&["ab", "c"]), fnv1a(&["a", "bc"]));
    }

    #[test]
    fn lines_added_above_change_nothing() {
        let before = fingerprints("a.json", "{\"Sidd\": 1,\n\"Sidd\": 2}");
        let after = fingerprints("./a.json", "{\"Version\": \"2012-10-17\",\n\n  \"Sidd\": 1,\n  \"Sidd\": 2}");
        assert_eq!(before, after);
        assert_ne!(before[0], before[1]);
        assert_ne!(before, fingerprints("b.json", "{\"Sidd\": 1,\n\"Sidd\": 2}"));
    }

    #[test]
    fn a_failed_test_is_known_by_its_message_wherever_it_stands() {
        let text = "expect: allow";
        let at = |name: &str, text: &str, message: &str| {
            let start = text.find("allow").unwrap();
            let diagnostic = Diagnostic::new(crate::test_codes::TEST_FAILED, Span::new(start, start + 5), message);
            Fingerprints::default().of(&Finding::new(&Source::new(name, text), diagnostic))
        };
        let one = at("a.iamtest.yaml", text, "`one`: expected `allow`, got `deny`");
        assert_eq!(one, at("a.iamtest.yaml", &format!("\n{text}"), "`one`: expected `allow`, got `deny`"));
        assert_ne!(one, at("a.iamtest.yaml", text, "`two`: expected `allow`, got `deny`"));
        assert_ne!(one, at("b.iamtest.yaml", text, "`one`: expected `allow`, got `deny`"));
    }

    #[test]
    fn releases_agree() {
        assert_eq!(fingerprints("a.json", "\"Sidd\""), ["260498409e683e39:1"]);
    }

    #[test]
    fn findings_about_whole_files_have_one_each() {
        let finding = Finding::about_file("a.json", Problem::new(iameval_world::codes::UNREADABLE, "gone"));
        let mut fingerprints = Fingerprints::default();
        assert_ne!(fingerprints.of(&finding), fingerprints.of(&finding));
    }
}
