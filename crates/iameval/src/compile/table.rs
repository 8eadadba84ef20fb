//! From texts to values, for texts whose hashes are known.

/// A hash table that never shrinks and whose keys bring their hashes along: asking it costs a few comparisons of numbers,
/// and one of texts.
#[derive(Debug)]
pub(super) struct Table<V> {
    /// Where an entry is found: at the place that its hash gives, or at one of those behind it. Zero is free, other
    /// numbers are positions in `entries`, counted from one.
    // INVARIANT: as many as a power of two, and three quarters of them free at least, so that searches end soon.
    places: Vec<u32>,
    entries: Vec<Entry<V>>,
}

#[derive(Debug)]
struct Entry<V> {
    hash: u64,
    text: Box<str>,
    value: V,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { places: Vec::new(), entries: Vec::new() }
    }
}

impl<V> Table<V> {
    /// The value of the text of these bytes, which has that hash.
    pub(super) fn get(&self, hash: u64, text: &[u8]) -> Option<&V> {
        self.find(hash, text).map(|(_, entry)| &entry.value)
    }

    /// The value of a text, made if there is none yet.
    pub(super) fn get_or_default(&mut self, hash: u64, text: &str) -> &mut V
    where
        V: Default,
    {
        let known = self.find(hash, text.as_bytes()).map(|(at, _)| at);
        let at = known.unwrap_or_else(|| {
            if self.entries.len() * 4 >= self.places.len() {
                self.grow();
            }
            self.entries.push(Entry { hash, text: text.into(), value: V::default() });
            take(&mut self.places, hash, self.entries.len());
            self.entries.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "it was found or put there just now")]
        &mut self.entries[at].value
    }

    /// The table with other values for the same texts.
    pub(super) fn map<W>(self, mut value: impl FnMut(V) -> W) -> Table<W> {
        let entries = self.entries.into_iter();
        let entries = entries.map(|Entry { hash, text, value: old }| Entry { hash, text, value: value(old) }).collect();
        Table { places: self.places, entries }
    }

    /// The entry of the text, and its position.
    fn find(&self, hash: u64, text: &[u8]) -> Option<(usize, &Entry<V>)> {
        let mut place = first_place(&self.places, hash);
        loop {
            let at = taken(&self.places, place)?;
            let entry = self.entries.get(at)?;
            if entry.hash == hash && entry.text.as_bytes() == text {
                return Some((at, entry));
            }
            place = next_place(&self.places, place);
        }
    }

    /// Twice as many places, or the first ones.
    fn grow(&mut self) {
        self.places = vec![0; (self.places.len() * 2).max(8)];
        for (entry, count) in self.entries.iter().zip(1..) {
            take(&mut self.places, entry.hash, count);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "any part of a hash is one")]
fn first_place(places: &[u32], hash: u64) -> usize {
    hash as usize & places.len().wrapping_sub(1)
}

fn next_place(places: &[u32], place: usize) -> usize {
    (place + 1) & (places.len() - 1)
}

/// The position of the entry at a place, unless the place is free.
fn taken(places: &[u32], place: usize) -> Option<usize> {
    places.get(place).and_then(|at| at.checked_sub(1)).map(|at| at as usize)
}

/// Puts the last of so many entries, which has that hash, at the first place that is free.
fn take(places: &mut [u32], hash: u64, count: usize) {
    let mut place = first_place(places, hash);
    while taken(places, place).is_some() {
        place = next_place(places, place);
    }
    if let Some(at) = places.get_mut(place) {
        *at = u32::try_from(count).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_one_hash_are_told_apart() {
        for hash in [|number: usize| number as u64, |_| 7] {
            let mut table: Table<usize> = Table::default();
            let get = |table: &Table<usize>, hash: u64, text: &str| table.get(hash, text.as_bytes()).copied();
            assert_eq!(get(&table, 7, "7"), None);
            for number in 0..100 {
                *table.get_or_default(hash(number), &number.to_string()) += number;
                *table.get_or_default(hash(number), &number.to_string()) += 1;
            }
            let table = table.map(|value| value * 2);
            for number in 0..100 {
                assert_eq!(get(&table, hash(number), &number.to_string()), Some((number + 1) * 2));
            }
            assert_eq!(get(&table, hash(7), "other"), None);
        }
    }
}
