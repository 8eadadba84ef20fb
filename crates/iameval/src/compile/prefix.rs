//! From a text to all known prefixes of it.

/// A sorted list of texts. Each knows the longest other one that it begins with, so the prefixes of a text are a chain
/// that one binary search finds.
#[derive(Debug, Default)]
pub(super) struct PrefixIndex {
    // INVARIANT: sorted, each text once.
    texts: Box<[Box<str>]>,
    // INVARIANT: as long as `texts`; the position of the longest proper prefix, or `NONE`; always a smaller position.
    parents: Box<[u32]>,
}

const NONE: u32 = u32::MAX;

impl PrefixIndex {
    /// `texts` must be sorted and without duplicates.
    pub(super) fn new(texts: Vec<Box<str>>) -> Self {
        let mut parents = Vec::with_capacity(texts.len());
        let mut open: Vec<(u32, &str)> = Vec::new();
        for (text, position) in texts.iter().zip(0_u32..) {
            while open.last().is_some_and(|(_, prefix)| !text.starts_with(prefix)) {
                open.pop();
            }
            parents.push(open.last().map_or(NONE, |(position, _)| *position));
            open.push((position, text));
        }
        Self { parents: parents.into(), texts: texts.into() }
    }

    /// The positions of all prefixes of `text`, the longest first.
    pub(super) fn prefixes<'i>(&'i self, text: &str) -> impl Iterator<Item = usize> + use<'i> {
        let after = self.texts.partition_point(|known| **known <= *text);
        let mut nearest = after.checked_sub(1);
        while let Some(at) = nearest {
            if self.texts.get(at).is_some_and(|known| text.starts_with(&**known)) {
                break;
            }
            nearest = self.parent(at);
        }
        std::iter::successors(nearest, |&at| self.parent(at))
    }

    fn parent(&self, at: usize) -> Option<usize> {
        self.parents.get(at).filter(|&&parent| parent != NONE).map(|&parent| parent as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_prefix() {
        let texts = ["", "a", "ab", "abc", "abd", "b", "ba"];
        let index = PrefixIndex::new(texts.map(Into::into).to_vec());
        for text in ["", "a", "ab", "abcd", "abda", "abe", "ac", "b", "bab", "c", "\u{10ffff}"] {
            let mut found: Vec<_> = index.prefixes(text).map(|at| texts[at]).collect();
            found.reverse();
            let expected: Vec<_> = texts.into_iter().filter(|prefix| text.starts_with(prefix)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
