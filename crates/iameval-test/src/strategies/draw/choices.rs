//! Bytes that decide.

/// A row of bytes, each of which decides one thing; a row that is used up decides for the simplest thing. So a row can
/// come from proptest, which shrinks it, as well as from a fuzzer.
#[derive(Debug)]
pub struct Choices<'c>(std::slice::Iter<'c, u8>);

impl<'c> Choices<'c> {
    /// Decisions by these bytes.
    pub fn new(bytes: &'c [u8]) -> Self {
        Self(bytes.iter())
    }

    fn next(&mut self) -> usize {
        self.0.next().copied().unwrap_or_default().into()
    }

    /// A number below `limit`, 0 when the bytes are used up.
    pub fn below(&mut self, limit: usize) -> usize {
        self.next() * limit / 256
    }

    /// The same for limits of up to 65,536.
    pub fn far_below(&mut self, limit: usize) -> usize {
        (self.next() * 256 + self.next()) * limit / 65_536
    }

    /// True so often of a hundred times, false when the bytes are used up.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of several, the first when the bytes are used up.
    ///
    /// # Panics
    /// When there is none.
    #[expect(clippy::indexing_slicing, reason = "`below` is below the length")]
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// So many things, each decided on its own.
    pub fn several<T>(&mut self, from: usize, to: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..from + self.below(to - from + 1)).map(|_| one(self)).collect()
    }
}
