//! Patterns with `*` and `?`, matched in one pass over the text.
//!
//! `*` is any run of characters, `?` is one UTF-16 code unit, everything else is itself (R-ARN-03). A wildcard may be
//! confined: then it does not take a colon. A pattern may have slots, places that are filled with literal text for each
//! match (policy variables); a wildcard character in such a text is an ordinary one.
//!
//! A pattern is compiled to literal segments with gaps between them. Each segment is searched for once, leftmost first,
//! and only a confined gap can send the search back, to the next place of the segment after the last free gap. So the
//! cost grows with the length of the text, not with the number of stars. The module knows nothing of ARNs or actions.

use memchr::memmem;

/// A piece of a pattern as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Text that stands for itself.
    Literal(String),
    /// `*`
    Star(Reach),
    /// `?`
    Unit(Reach),
    /// A place filled anew for each match, by number.
    Slot(u32),
}

/// What a wildcard may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Any character.
    Free,
    /// Any but a colon.
    Confined,
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    first: Segment,
    rest: Box<[(Gap, Segment)]>,
    slots: Box<[u32]>,
    shape: Shape,
}

/// Patterns that are matched with one comparison, and others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The literal prefix is all of it.
    Text,
    /// The literal prefix, then anything.
    Prefix,
    Other,
}

/// Pieces that follow each other without a star.
// INVARIANT: no piece is an empty literal; only the first segment of a pattern can begin with units.
#[derive(Debug, Clone, Default)]
struct Segment(Box<[SegmentPiece]>);

impl Segment {
    fn is_literal(&self) -> bool {
        matches!(&*self.0, [SegmentPiece::Literal(_)])
    }
}

#[derive(Debug, Clone)]
enum SegmentPiece {
    Literal(Box<str>),
    Slot(u32),
    Units { count: u32, reach: Reach },
}

/// What may stand between two segments.
#[derive(Debug, Clone, Copy)]
struct Gap {
    /// At least so many UTF-16 code units.
    units: u32,
    /// What those may be.
    lead: Reach,
    /// What the rest may be. Never free where `lead` is confined and the other way round, except that a confined
    /// lead may be followed by a free rest.
    rest: Reach,
}

/// Where the texts of slots come from. `None` means that the slot has no value: then nothing matches.
pub(crate) trait Slots {
    fn text(&self, slot: u32) -> Option<&str>;

    /// The name of what fills the slot, where that is not known, so that neither is its text.
    fn open(&self, _: u32) -> Option<&str> {
        None
    }
}

/// For patterns without slots.
impl Slots for () {
    fn text(&self, _: u32) -> Option<&str> {
        None
    }
}

impl Pattern {
    pub(crate) fn new(tokens: Vec<Token>) -> Self {
        let mut builder = Builder::default();
        for token in tokens {
            builder.push(token);
        }
        builder.finish()
    }

    /// Whether the whole `text` fits.
    pub(crate) fn matches(&self, text: &str, slots: &impl Slots) -> bool {
        match self.shape {
            Shape::Text => text == self.literal_prefix(),
            Shape::Prefix => text.starts_with(self.literal_prefix()),
            Shape::Other => Matcher { text, slots }.pattern(&self.first, &self.rest).unwrap_or(false),
        }
    }

    /// The tokens that the pattern was made of, or others with the same meaning.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut segment = |gap: Option<&Gap>, segment: &Segment| {
            if let Some(gap) = gap {
                tokens.extend((0..gap.units).map(|_| Token::Unit(gap.lead)));
                tokens.push(Token::Star(gap.rest));
            }
            for piece in &segment.0 {
                match piece {
                    SegmentPiece::Literal(text) => tokens.push(Token::Literal(text.to_string())),
                    SegmentPiece::Slot(slot) => tokens.push(Token::Slot(*slot)),
                    SegmentPiece::Units { count, reach } => tokens.extend((0..*count).map(|_| Token::Unit(*reach))),
                }
            }
        };
        segment(None, &self.first);
        self.rest.iter().for_each(|(gap, rest)| segment(Some(gap), rest));
        tokens
    }

    /// Its literal texts, as far as they are written.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        let segments = std::iter::once(&self.first).chain(self.rest.iter().map(|(_, segment)| segment));
        segments.flat_map(|segment| &segment.0).filter_map(|piece| match piece {
            SegmentPiece::Literal(text) => Some(&**text),
            _ => None,
        })
    }

    /// The slots in it.
    pub(crate) fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// The text that everything that fits begins with.
    pub(crate) fn literal_prefix(&self) -> &str {
        match self.first.0.first() {
            Some(SegmentPiece::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether everything that begins with the literal prefix fits.
    pub(crate) fn is_prefix_only(&self) -> bool {
        self.shape == Shape::Prefix
    }
}

impl Shape {
    fn of(first: &Segment, rest: &[(Gap, Segment)]) -> Self {
        let is_plain = |gap: &Gap| gap.units == 0 && gap.rest == Reach::Free;
        match (&*first.0, rest) {
            ([] | [SegmentPiece::Literal(_)], []) => Self::Text,
            ([] | [SegmentPiece::Literal(_)], [(gap, last)]) if is_plain(gap) && last.0.is_empty() => Self::Prefix,
            _ => Self::Other,
        }
    }
}

/// Pieces as they come. Of `literal` and `run`, one at most has something in it.
#[derive(Default)]
struct Builder {
    segments: Vec<(Option<Gap>, Vec<SegmentPiece>)>,
    pieces: Vec<SegmentPiece>,
    gap: Option<Gap>,
    literal: String,
    run: Run,
    slots: Vec<u32>,
}

/// Wildcards that follow each other.
#[derive(Default)]
struct Run {
    /// How many `?`, and whether one of them is confined.
    units: u32,
    confined: bool,
    /// What the stars may take, if there are any. One free star lets the whole run reach as far as it likes, once the units
    /// are taken.
    stars: Option<Reach>,
}

impl Builder {
    fn push(&mut self, token: Token) {
        match token {
            Token::Star(reach) => {
                self.end_literal();
                if self.run.stars != Some(Reach::Free) {
                    self.run.stars = Some(reach);
                }
            }
            Token::Unit(reach) => {
                self.end_literal();
                self.run.units = self.run.units.saturating_add(1);
                self.run.confined |= reach == Reach::Confined;
            }
            Token::Literal(text) if text.is_empty() => {}
            Token::Literal(text) => {
                self.end_run();
                if self.literal.is_empty() {
                    self.literal = text;
                } else {
                    self.literal.push_str(&text);
                }
            }
            Token::Slot(slot) => {
                self.end_literal();
                self.end_run();
                self.slots.push(slot);
                self.piece(SegmentPiece::Slot(slot));
            }
        }
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            let literal = std::mem::take(&mut self.literal);
            self.piece(SegmentPiece::Literal(literal.into()));
        }
    }

    fn piece(&mut self, piece: SegmentPiece) {
        if self.pieces.is_empty() {
            // Most segments have no other.
            self.pieces.reserve_exact(1);
        }
        self.pieces.push(piece);
    }

    /// A run of wildcards becomes one gap, or units when it has no star.
    fn end_run(&mut self) {
        let Run { units, confined, stars } = std::mem::take(&mut self.run);
        let lead = if confined { Reach::Confined } else { Reach::Free };
        match stars {
            None if units == 0 => {}
            None => self.piece(SegmentPiece::Units { count: units, reach: lead }),
            Some(rest) => {
                self.segments.push((self.gap.take(), std::mem::take(&mut self.pieces)));
                self.gap = Some(Gap { units, lead: if units == 0 { rest } else { lead }, rest });
            }
        }
    }

    fn finish(mut self) -> Pattern {
        self.end_literal();
        self.end_run();
        self.segments.push((self.gap.take(), std::mem::take(&mut self.pieces)));
        let mut segments = self.segments.into_iter();
        let first = segments.next().map(|(_, pieces)| Segment(pieces.into())).unwrap_or_default();
        let rest: Box<[_]> = segments.filter_map(|(gap, pieces)| Some((gap?, Segment(pieces.into())))).collect();
        Pattern { shape: Shape::of(&first, &rest), first, rest, slots: self.slots.into() }
    }
}

/// A text of so many bytes is looked through without preparation.
const SHORT: usize = 64;

/// After so many places where a segment begins and does not go on, it is searched for in blocks.
const MANY_TRIES: u32 = 32;

/// Which of the first 64 bytes are `wanted`, as bits; bytes beyond the end are none.
fn equal_bytes(bytes: &[u8], wanted: u8) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let pattern = u64::from_ne_bytes([wanted; 8]);
    let equal_in = |word: [u8; 8]| {
        let differs = u64::from_le_bytes(word) ^ pattern;
        // The top bit of each byte that does not differ, then those bits side by side.
        let zero = !(((differs & LOW) + LOW) | differs | LOW);
        (zero >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    };
    let window = bytes.get(..64).unwrap_or(bytes);
    let (words, rest) = window.as_chunks::<8>();
    let mut equal = 0;
    for (index, word) in words.iter().enumerate() {
        equal |= equal_in(*word) << (8 * index);
    }
    if !rest.is_empty() {
        let mut padded = [!wanted; 8];
        for (slot, byte) in padded.iter_mut().zip(rest) {
            *slot = *byte;
        }
        equal |= equal_in(padded) << (8 * words.len());
    }
    equal
}

/// Where `text`, which is not empty, stands first.
fn find(within: &[u8], text: &[u8]) -> Option<usize> {
    if within.len() > SHORT {
        return memmem::find(within, text);
    }
    within.windows(text.len()).position(|window| window.first() == text.first() && window == text)
}

/// Positions are byte offsets and always lie between two characters.
struct Matcher<'t, S> {
    text: &'t str,
    slots: &'t S,
}

impl<'t, S: Slots> Matcher<'t, S> {
    fn pattern(&self, first: &'t Segment, rest: &'t [(Gap, Segment)]) -> Option<bool> {
        let Some(mut at) = self.forward(first, 0) else { return Some(false) };
        if rest.is_empty() {
            return Some(at == self.text.len());
        }
        let mut index = 0;
        // The segment after the last free gap, and where its next place may begin.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let (gap, segment) = rest.get(index)?;
            let last = index + 1 == rest.len();
            let found = self.after_gap(*gap, segment, at, last);
            match found {
                Some(_) if last => return Some(true),
                Some((start, end)) => {
                    if gap.rest == Reach::Free {
                        retry = Some((index, self.next(start)));
                    }
                    at = end;
                    index += 1;
                }
                // After a plain star nothing is gained by beginning later.
                None if gap.lead == Reach::Free && gap.rest == Reach::Free => return Some(false),
                None => {
                    let (segment_index, from) = retry?;
                    let (_, segment) = rest.get(segment_index)?;
                    let (start, end) = self.find(segment, from, self.text.len())?;
                    retry = Some((segment_index, self.next(start)));
                    at = end;
                    index = segment_index + 1;
                }
            }
        }
    }

    /// The first place of `segment` after a gap that begins at `at`; for the last segment, its place at the end.
    fn after_gap(&self, gap: Gap, segment: &'t Segment, at: usize, last: bool) -> Option<(usize, usize)> {
        let from = self.skip_at_least(at, gap.units, gap.lead)?;
        let limit = match gap.rest {
            Reach::Free => self.text.len(),
            Reach::Confined => {
                let tail = self.text.as_bytes().get(from..)?;
                memchr::memchr(b':', tail).map_or(self.text.len(), |colon| from + colon)
            }
        };
        if last {
            let start = self.backward(segment, self.text.len())?;
            return (from <= start && start <= limit).then_some((start, self.text.len()));
        }
        self.find(segment, from, limit)
    }

    /// The first place of `segment` that begins between `from` and `limit`, both inclusive.
    fn find(&self, segment: &'t Segment, from: usize, limit: usize) -> Option<(usize, usize)> {
        let head = match segment.0.first() {
            Some(SegmentPiece::Literal(text)) => text,
            Some(SegmentPiece::Slot(slot)) => self.slots.text(*slot)?,
            _ => "",
        };
        let mut from = from;
        let mut tries = 0;
        while from <= limit {
            // A head that stands everywhere tells nothing.
            tries += 1;
            if tries > MANY_TRIES && self.text.is_ascii() {
                return self.find_in_blocks(segment, from, limit);
            }
            // An empty head (a slot with an empty value) may begin anywhere.
            let start =
                if head.is_empty() { from } else { from + find(self.text.as_bytes().get(from..)?, head.as_bytes())? };
            if start > limit {
                return None;
            }
            let end = if segment.is_literal() { Some(start + head.len()) } else { self.forward(segment, start) };
            if let Some(end) = end {
                return Some((start, end));
            }
            from = self.next(start);
        }
        None
    }

    /// The same as `find` for a text in ASCII, where all pieces have a fixed length: 64 starts at a time, each piece
    /// rules some out. So a pattern made to be slow costs a few nanoseconds for each of its characters and each 64 of
    /// the text.
    fn find_in_blocks(&self, segment: &'t Segment, from: usize, limit: usize) -> Option<(usize, usize)> {
        let text = self.text.as_bytes();
        let length = segment.0.iter().try_fold(0_usize, |sum, piece| Some(sum + self.length(piece)?))?;
        let last = text.len().checked_sub(length)?.min(limit);
        let mut base = from;
        while base <= last {
            let starts = self.starts_in_block(segment, text.get(base..)?);
            // Those beyond the last possible start do not count.
            let start = base + starts.trailing_zeros() as usize;
            if starts != 0 && start <= last {
                return Some((start, start + length));
            }
            base += 64;
        }
        None
    }

    /// At which of the first 64 places of `text` the segment stands, as bits.
    fn starts_in_block(&self, segment: &'t Segment, text: &[u8]) -> u64 {
        let mut starts = u64::MAX;
        let mut offset = 0;
        for piece in &segment.0 {
            let literal = match piece {
                SegmentPiece::Literal(text) => text,
                SegmentPiece::Slot(slot) => self.slots.text(*slot).unwrap_or_default(),
                SegmentPiece::Units { count, reach } => {
                    let confined = if *reach == Reach::Confined { *count as usize } else { 0 };
                    for at in offset..offset + confined {
                        starts &= !equal_bytes(text.get(at..).unwrap_or_default(), b':');
                    }
                    offset += *count as usize;
                    continue;
                }
            };
            for byte in literal.bytes() {
                starts &= equal_bytes(text.get(offset..).unwrap_or_default(), byte);
                if starts == 0 {
                    return 0;
                }
                offset += 1;
            }
        }
        starts
    }

    /// How many bytes a piece takes in an ASCII text.
    fn length(&self, piece: &SegmentPiece) -> Option<usize> {
        match piece {
            SegmentPiece::Literal(text) => Some(text.len()),
            SegmentPiece::Slot(slot) => self.slots.text(*slot).map(str::len),
            SegmentPiece::Units { count, .. } => Some(*count as usize),
        }
    }

    /// The end of `segment` when it stands at `at`.
    fn forward(&self, segment: &'t Segment, at: usize) -> Option<usize> {
        segment.0.iter().try_fold(at, |at, piece| match piece {
            SegmentPiece::Literal(text) => self.end_of(text, at),
            SegmentPiece::Slot(slot) => self.end_of(self.slots.text(*slot)?, at),
            SegmentPiece::Units { count, reach } => {
                self.skip_exactly(self.text.get(at..)?.chars(), *count, *reach).map(|n| at + n)
            }
        })
    }

    /// The end of a literal when it stands at `at`.
    fn end_of(&self, literal: &str, at: usize) -> Option<usize> {
        self.text.as_bytes().get(at..)?.starts_with(literal.as_bytes()).then_some(at + literal.len())
    }

    /// The start of a literal when it ends at `at`.
    fn start_of(&self, literal: &str, at: usize) -> Option<usize> {
        self.text.as_bytes().get(..at)?.ends_with(literal.as_bytes()).then(|| at - literal.len())
    }

    /// The start of `segment` when it ends at `at`.
    fn backward(&self, segment: &'t Segment, at: usize) -> Option<usize> {
        segment.0.iter().rev().try_fold(at, |at, piece| match piece {
            SegmentPiece::Literal(text) => self.start_of(text, at),
            SegmentPiece::Slot(slot) => self.start_of(self.slots.text(*slot)?, at),
            SegmentPiece::Units { count, reach } => {
                self.skip_exactly(self.text.get(..at)?.chars().rev(), *count, *reach).map(|n| at - n)
            }
        })
    }

    /// How many bytes exactly `count` code units take.
    #[expect(clippy::unused_self, reason = "reads better beside its sibling")]
    fn skip_exactly(&self, chars: impl Iterator<Item = char>, count: u32, reach: Reach) -> Option<usize> {
        let mut left = count as usize;
        let mut bytes = 0;
        for character in chars {
            if left == 0 {
                break;
            }
            if reach == Reach::Confined && character == ':' {
                return None;
            }
            left = left.checked_sub(character.len_utf16())?;
            bytes += character.len_utf8();
        }
        (left == 0).then_some(bytes)
    }

    /// The position after at least `count` code units; a star that follows may take the second half of a pair.
    fn skip_at_least(&self, at: usize, count: u32, reach: Reach) -> Option<usize> {
        let mut left = count as usize;
        let mut end = at;
        let mut chars = self.text.get(at..)?.chars();
        while left > 0 {
            let character = chars.next()?;
            if reach == Reach::Confined && character == ':' {
                return None;
            }
            left = left.saturating_sub(character.len_utf16());
            end += character.len_utf8();
        }
        Some(end)
    }

    /// The position after the character at `at`; beyond the text at its end.
    fn next(&self, at: usize) -> usize {
        at + self.text.get(at..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8)
    }
}

/// Tokens of a text in which only `*` and `?` are special.
#[cfg(test)]
pub(crate) fn tokens(pattern: &str) -> Vec<Token> {
    pattern
        .chars()
        .map(|character| match character {
            '*' => Token::Star(Reach::Free),
            '?' => Token::Unit(Reach::Free),
            other => Token::Literal(other.to_string()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, fits: &[&str], does_not: &[&str]) {
        let compiled = Pattern::new(tokens(pattern));
        for text in fits {
            assert!(compiled.matches(text, &()), "{pattern:?} should match {text:?}");
        }
        for text in does_not {
            assert!(!compiled.matches(text, &()), "{pattern:?} should not match {text:?}");
        }
    }

    #[test]
    fn stars_take_any_run() {
        check("*", &["", "a", "a:b\n"], &[]);
        check("a*", &["a", "ab"], &["", "ba"]);
        check("*a", &["a", "ba", "aa"], &["ab"]);
        check("a*b*c", &["abc", "axbxc", "abbcc"], &["acb", "ab"]);
        check("a*a", &["aa", "aba"], &["a"]);
        check(
            "bucket/*/test/*",
            &["bucket/1///test///o", "bucket//test/o", "bucket/1/test/"],
            &["bucket/test/o", "bucket/1-test/o", "bucket/1/2/test.jpg"],
        );
        check("", &[""], &["a"]);
    }

    #[test]
    fn a_question_mark_is_one_utf16_unit() {
        check("a?c", &["abc", "aéc", "a:c"], &["ac", "abbc", "a😀c"]);
        check("a??c", &["abbc", "a😀c"], &["abc"]);
        check("a?*", &["ab", "a😀", "abc"], &["a"]);
        check("*?a", &["ba", "😀a", "aa"], &["a"]);
        check("?", &["a", "é"], &["", "😀", "ab"]);
        check("*??", &["😀", "ab", "abc"], &["a"]);
    }

    #[test]
    fn bytes_are_compared_in_blocks() {
        for length in [0, 1, 7, 8, 9, 63, 64, 65, 200] {
            let bytes: Vec<u8> = (0..length).map(|at| b"ab:"[(at * 7 + at / 5) % 3]).collect();
            for wanted in *b"ab:z" {
                let expected = (0..64).filter(|at| bytes.get(*at) == Some(&wanted)).fold(0, |bits, at| bits | 1 << at);
                assert_eq!(equal_bytes(&bytes, wanted), expected, "{length} {wanted}");
            }
        }
    }

    #[test]
    fn patterns_made_to_be_slow_stay_quick() {
        let text = "a".repeat(6_000);
        for pattern in [format!("*{}b*", "a?".repeat(1_200)), format!("*{}?b*", "a".repeat(3_000))] {
            check(&pattern, &[&format!("{text}ab{text}")], &[&text]);
        }
    }

    #[test]
    fn many_stars_stay_quick() {
        let pattern = format!("{}b", "*a".repeat(40));
        let text = "a".repeat(100_000);
        check(&pattern, &[&format!("{text}b")], &[&text]);
    }

    fn confined(pattern: &str) -> Vec<Token> {
        pattern
            .chars()
            .map(|character| match character {
                '*' => Token::Star(Reach::Free),
                '~' => Token::Star(Reach::Confined),
                '?' => Token::Unit(Reach::Confined),
                other => Token::Literal(other.to_string()),
            })
            .collect()
    }

    #[test]
    fn confined_wildcards_stop_at_colons() {
        for (pattern, text, fits) in [
            ("a~b", "axb", true),
            ("a~b", "ax:b", false),
            ("*:a~b", ":a::ab", true),
            ("*:a~b", ":ax:ab", true),
            ("*:a~b", ":ax:b", false),
            ("*:a~c*:z", "x:a:ac:y:z", true),
            ("a?b", "a:b", false),
            ("~?*", ":a", false),
            ("?*", ":a", false),
            ("?*", "a:", true),
            ("~*", ":a", true),
            ("*:?*x", "::x:bx", true),
            ("*:?*x", ":::x", false),
        ] {
            let compiled = Pattern::new(confined(pattern));
            assert_eq!(compiled.matches(text, &()), fits, "{pattern} on {text}");
        }
    }

    struct One(&'static str);

    impl Slots for One {
        fn text(&self, _: u32) -> Option<&str> {
            (self.0 != "none").then_some(self.0)
        }
    }

    #[test]
    fn slots_are_literal() {
        let tokens = vec![Token::Literal("user/".into()), Token::Slot(0), Token::Star(Reach::Free)];
        let pattern = Pattern::new(tokens);
        assert!(pattern.matches("user/john", &One("john")));
        assert!(pattern.matches("user/john", &One("")));
        assert!(pattern.matches("user/*x", &One("*")));
        assert!(!pattern.matches("user/john", &One("*")));
        assert!(!pattern.matches("user/john", &One("none")));
        let tokens = vec![Token::Star(Reach::Free), Token::Slot(0), Token::Unit(Reach::Free)];
        assert!(Pattern::new(tokens.clone()).matches("abc", &One("")));
        assert!(Pattern::new(tokens.clone()).matches("xéa", &One("é")));
        assert!(!Pattern::new(tokens).matches("xé", &One("é")));
    }
}
