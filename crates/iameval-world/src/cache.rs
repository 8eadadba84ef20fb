//! A map of bounded size that threads share.

use std::collections::hash_map::{Entry, RandomState};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// In how many parts the map is, each with a lock of its own.
const SHARDS: usize = 16;

/// What is worked out once, as long as there is room for it.
///
/// Each shard has its share of the room. A value that comes into a full shard takes the place of the oldest that was not
/// asked for since it was last passed over ("second chance"), so no one waits for more than one shard.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    shards: Box<[Mutex<Shard<K, V>>]>,
    room: usize,
    hasher: RandomState,
}

#[derive(Debug)]
struct Shard<K, V> {
    entries: HashMap<K, Kept<V>>,
    // INVARIANT: the keys of the entries, each once, in the order in which they may have to go.
    queue: VecDeque<K>,
}

#[derive(Debug)]
struct Kept<V> {
    value: V,
    is_wanted: bool,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// A map with room for so many values, to the next multiple of the number of shards.
    pub(crate) fn new(capacity: usize) -> Self {
        let shard = || Mutex::new(Shard { entries: HashMap::new(), queue: VecDeque::new() });
        let shards = std::iter::repeat_with(shard).take(SHARDS).collect();
        Self { shards, room: capacity.div_ceil(SHARDS).max(1), hasher: RandomState::new() }
    }

    /// The value of a key, made where it is not there. It is made without a lock, so two threads may both make it; then
    /// both get the first.
    pub(crate) fn get_or_try_make<E>(&self, key: &K, make: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        if let Some(known) = self.shard(key).get(key) {
            return Ok(known);
        }
        let value = make()?;
        Ok(self.shard(key).keep(key, value, self.room))
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K, V>> {
        let hash = self.hasher.hash_one(key);
        let number = usize::try_from(hash % SHARDS as u64).unwrap_or_default();
        // INVARIANT: there are so many shards.
        #[expect(clippy::indexing_slicing, reason = "the remainder is less than the number of shards")]
        let shard = &self.shards[number];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many values there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        let lengths =
            self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).entries.len());
        lengths.sum()
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Shard<K, V> {
    fn get(&mut self, key: &K) -> Option<V> {
        let kept = self.entries.get_mut(key)?;
        kept.is_wanted = true;
        Some(kept.value.clone())
    }

    /// Keeps a value, unless one is there already; gives the one that is there then.
    fn keep(&mut self, key: &K, value: V, room: usize) -> V {
        if let Some(first) = self.get(key) {
            return first;
        }
        while self.entries.len() >= room && self.drop_one() {}
        self.queue.push_back(key.clone());
        self.entries.insert(key.clone(), Kept { value: value.clone(), is_wanted: false });
        value
    }

    /// Drops the oldest value that was not asked for since; whether there was one.
    fn drop_one(&mut self) -> bool {
        while let Some(oldest) = self.queue.pop_front() {
            let Entry::Occupied(mut kept) = self.entries.entry(oldest) else { continue };
            if !kept.get().is_wanted {
                kept.remove();
                return true;
            }
            // Each is passed over once, so this ends.
            kept.get_mut().is_wanted = false;
            self.queue.push_back(kept.key().clone());
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn get(cache: &Cache<usize, usize>, key: usize) -> usize {
        cache.get_or_try_make(&key, || Ok::<_, Infallible>(key * 2)).unwrap()
    }

    /// Whether a value is there; one that is not stays away.
    fn has(cache: &Cache<usize, usize>, key: usize) -> bool {
        cache.get_or_try_make(&key, || Err(())).is_ok()
    }

    #[test]
    fn a_value_is_made_once() {
        let (cache, made) = (Cache::new(100), AtomicUsize::new(0));
        for _ in 0..3 {
            let made = || Ok::<_, ()>(made.fetch_add(1, Ordering::Relaxed));
            assert_eq!(cache.get_or_try_make(&"key", made), Ok(0));
        }
        assert_eq!(cache.get_or_try_make(&"other", || Err("wrong")), Err("wrong"));
        assert_eq!(cache.len(), 1);
    }

    #[test]
    fn there_is_room_for_so_many() {
        for capacity in [1, SHARDS, 100, 1000] {
            let cache = Cache::new(capacity);
            let most = capacity.next_multiple_of(SHARDS);
            for key in 0..10 * most {
                assert_eq!(get(&cache, key), key * 2);
                assert!(cache.len() <= most, "{capacity}");
            }
            assert_eq!(cache.len(), most, "every shard is full");
        }
    }

    #[test]
    fn what_is_asked_for_stays() {
        let cache = Cache::new(10 * SHARDS);
        get(&cache, 0);
        for key in 1..100 * SHARDS {
            get(&cache, key);
            assert!(has(&cache, 0), "{key}");
        }
        assert!(!has(&cache, 1));
    }

    #[test]
    fn threads_share_values_and_bound() {
        let cache = Cache::new(20 * SHARDS);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let cache = &cache;
                scope.spawn(move || {
                    for step in 0..5_000 {
                        let key = (step * (thread + 1)) % 1_000;
                        assert_eq!(get(cache, key), key * 2);
                    }
                });
            }
        });
        assert!(cache.len() <= 20 * SHARDS);
        for shard in &cache.shards {
            let shard = shard.lock().unwrap();
            assert_eq!(shard.queue.len(), shard.entries.len());
            assert!(shard.queue.iter().all(|key| shard.entries.contains_key(key)));
        }
    }
}
