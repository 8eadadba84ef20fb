//! From a text to all known prefixes of it.

/// A sorted list of texts. Each knows the longest other one that it begins with, so the prefixes of a text are a chain
/// that one binary search finds.
///
/// The search compares the eight bytes that follow what all texts have in common; they lie side by side, so it touches
/// little memory.
#[derive(Debug, Default)]
pub(super) struct PrefixIndex {
    // INVARIANT: sorted, each text once.
    texts: Box<[Box<str>]>,
    /// What every text begins with.
    common: Box<str>,
    // INVARIANT: as long as `texts`; the head of each behind `common`.
    heads: Box<[u64]>,
    // INVARIANT: as long as `texts`; which bytes of the head are text.
    masks: Box<[u64]>,
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
        let common = common_prefix(texts.iter().map(|text| &**text));
        let heads = texts.iter().map(|text| head(text.as_bytes(), common.len())).collect();
        let masks = texts.iter().map(|text| head_mask(text, common.len())).collect();
        Self { common: common.into(), heads, masks, parents: parents.into(), texts: texts.into() }
    }

    /// The positions of all prefixes of `text`, the longest first.
    pub(super) fn prefixes<'i>(&'i self, text: &[u8]) -> impl Iterator<Item = usize> + use<'i> {
        self.longest(text).into_iter().flat_map(|longest| self.from(longest))
    }

    /// The position of the longest prefix of `text`.
    pub(super) fn longest(&self, text: &[u8]) -> Option<usize> {
        // A text that does not begin with what all have in common begins with none of them.
        if !self.common.is_empty() && !text.starts_with(self.common.as_bytes()) {
            return None;
        }
        let wanted = head(text, self.common.len());
        let mut nearest = self.last_up_to(text, wanted);
        while let Some(at) = nearest {
            if self.is_prefix(at, text, wanted)? {
                break;
            }
            nearest = self.parent(at);
        }
        nearest
    }

    /// Whether a known text is a prefix of one that begins with what all have in common and has that head behind it.
    fn is_prefix(&self, at: usize, text: &[u8], wanted: u64) -> Option<bool> {
        let (head, mask, known) = (self.heads.get(at)?, self.masks.get(at)?, self.texts.get(at)?);
        let is_in_head = known.len() <= self.common.len() + size_of::<u64>();
        Some(wanted & mask == *head && (is_in_head || text.starts_with(known.as_bytes())))
    }

    /// That position, then those of its own prefixes.
    pub(super) fn from(&self, longest: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(longest), |&at| self.parent(at))
    }

    /// The position of the last text that does not come after `text`.
    fn last_up_to(&self, text: &[u8], wanted: u64) -> Option<usize> {
        let after = self.heads.partition_point(|&head| head <= wanted);
        let (last, up_to) = self.heads.get(..after)?.split_last()?;
        if *last != wanted {
            return after.checked_sub(1);
        }
        let from = up_to.partition_point(|&head| head < wanted);
        let tied = self.texts.get(from..after)?.partition_point(|known| known.as_bytes() <= text);
        (from + tied).checked_sub(1)
    }

    /// The position of the longest other text that the one at that position begins with; always a smaller one.
    pub(super) fn parent(&self, at: usize) -> Option<usize> {
        self.parents.get(at).filter(|&&parent| parent != NONE).map(|&parent| parent as usize)
    }
}

/// The longest text that all of them begin with.
pub(super) fn common_prefix<'t>(mut texts: impl Iterator<Item = &'t str>) -> &'t str {
    let first = texts.next().unwrap_or_default();
    texts.fold(first, |common, text| {
        let same = common.bytes().zip(text.bytes()).take_while(|(left, right)| left == right).count();
        (0..=same).rev().find_map(|end| common.get(..end)).unwrap_or_default()
    })
}

/// The eight bytes of `text` from `skip` on, zeroes where it ends, so that numbers order as texts do.
pub(super) fn head(text: &[u8], skip: usize) -> u64 {
    let tail = text.get(skip..).unwrap_or_default();
    if let Some(bytes) = tail.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let mut bytes = [0; 8];
    for (slot, byte) in bytes.iter_mut().zip(tail) {
        *slot = *byte;
    }
    u64::from_be_bytes(bytes)
}

/// Which of those bytes are text.
pub(super) fn head_mask(text: &str, skip: usize) -> u64 {
    match text.len().saturating_sub(skip) {
        0 => 0,
        length => u64::MAX << (8 * 8_usize.saturating_sub(length)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&str], queries: &[&str]) {
        let index = PrefixIndex::new(texts.iter().map(|text| Box::from(*text)).collect());
        for text in queries {
            let mut found: Vec<_> = index.prefixes(text.as_bytes()).map(|at| texts[at]).collect();
            found.reverse();
            let expected: Vec<_> = texts.iter().copied().filter(|prefix| text.starts_with(prefix)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn finds_every_prefix() {
        let texts = ["", "a", "ab", "abc", "abd", "b", "ba"];
        check(&texts, &["", "a", "ab", "abcd", "abda", "abe", "ac", "b", "bab", "c", "\u{10ffff}"]);
    }

    #[test]
    fn finds_prefixes_behind_a_long_common_part() {
        let texts =
            ["arn:aws:s3:::bucket-1", "arn:aws:s3:::bucket-10", "arn:aws:s3:::bucket-1000000/", "arn:aws:s3:::é"];
        let queries = [
            "arn:aws:s3:::bucket-1",
            "arn:aws:s3:::bucket-10/key",
            "arn:aws:s3:::bucket-1000000/key",
            "arn:aws:s3:::bucket-2",
            "arn:aws:s3:::éa",
            "arn:aws:s3:::a",
            "arn:aws:s3::",
            "zzz",
            "",
        ];
        check(&texts, &queries);
        check(&["x", "x\0", "x\0\0"], &["x", "x\0", "x\0\0\0", "xa"]);
        check(&[], &["", "a"]);
    }
}
