//! A map in order that costs nothing to copy, and little to change once it is copied.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

/// A map whose copies share what they have in common. A change makes new nodes on the way to its place, as many as the
/// logarithm of the size, and leaves the other copies as they are.
///
/// It is a treap: keys in order from left to right, and random numbers in order from top to bottom, which keep it flat.
#[derive(Debug, Clone)]
pub(crate) struct Tree<K, V> {
    root: Link<K, V>,
    len: usize,
    /// Gives each key its number. It is not known outside, so keys cannot be chosen to make the tree deep.
    random: RandomState,
}

type Link<K, V> = Option<Arc<Node<K, V>>>;

#[derive(Debug, Clone)]
struct Node<K, V> {
    key: K,
    value: V,
    number: u64,
    left: Link<K, V>,
    right: Link<K, V>,
}

impl<K, V> Default for Tree<K, V> {
    fn default() -> Self {
        Self { root: None, len: 0, random: RandomState::new() }
    }
}

impl<K: Ord + Hash + Clone, V: Clone> Tree<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let mut link = &self.root;
        while let Some(node) = link {
            link = match key.cmp(node.key.borrow()) {
                Ordering::Less => &node.left,
                Ordering::Equal => return Some(&node.value),
                Ordering::Greater => &node.right,
            };
        }
        None
    }

    /// Gives a key a value, and gives back the one that it had.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let earlier = self.remove(&key);
        let (left, right) = split(self.root.take(), &key);
        let number = self.random.hash_one(&key);
        let node = Arc::new(Node { key, value, number, left: None, right: None });
        self.root = join(join(left, Some(node)), right);
        self.len += 1;
        earlier
    }

    /// Takes a key out, and gives the value that it had.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let earlier = self.get(key)?.clone();
        self.root = without(self.root.take(), key);
        self.len -= 1;
        Some(earlier)
    }

    /// The value of the first key.
    pub(crate) fn first(&self) -> Option<&V> {
        let mut node = self.root.as_deref()?;
        while let Some(left) = &node.left {
            node = left;
        }
        Some(&node.value)
    }

    /// The keys in order; where there are more than `most`, as many on either side of where a key would stand.
    pub(crate) fn keys_around<Q: Ord + ?Sized>(&self, key: &Q, most: usize) -> Vec<&K>
    where
        K: Borrow<Q>,
    {
        let side = if self.len > most { most / 2 } else { most };
        let (mut keys, mut after) = (Vec::new(), Vec::new());
        collect_before(&self.root, key, side, &mut keys);
        collect_after(&self.root, key, side, &mut after);
        keys.reverse();
        keys.append(&mut after);
        keys
    }
}

/// What comes before a key, and the rest.
fn split<K: Ord + Clone, V: Clone>(link: Link<K, V>, key: &K) -> (Link<K, V>, Link<K, V>) {
    let Some(mut node) = link else { return (None, None) };
    let own = Arc::make_mut(&mut node);
    if own.key < *key {
        let (left, right) = split(own.right.take(), key);
        own.right = left;
        (Some(node), right)
    } else {
        let (left, right) = split(own.left.take(), key);
        own.left = right;
        (left, Some(node))
    }
}

/// Both, where every key of the first comes before those of the second.
fn join<K: Clone, V: Clone>(left: Link<K, V>, right: Link<K, V>) -> Link<K, V> {
    let (mut left, mut right) = match (left, right) {
        (Some(left), Some(right)) => (left, right),
        (left, right) => return left.or(right),
    };
    if left.number < right.number {
        let own = Arc::make_mut(&mut left);
        own.right = join(own.right.take(), Some(right));
        Some(left)
    } else {
        let own = Arc::make_mut(&mut right);
        own.left = join(Some(left), own.left.take());
        Some(right)
    }
}

fn without<Q: Ord + ?Sized, K: Borrow<Q> + Clone, V: Clone>(link: Link<K, V>, key: &Q) -> Link<K, V> {
    let mut node = link?;
    let own = Arc::make_mut(&mut node);
    match key.cmp(own.key.borrow()) {
        Ordering::Less => own.left = without(own.left.take(), key),
        Ordering::Equal => return join(own.left.take(), own.right.take()),
        Ordering::Greater => own.right = without(own.right.take(), key),
    }
    Some(node)
}

/// The keys before a key, the nearest first.
fn collect_before<'t, Q: Ord + ?Sized, K: Borrow<Q>, V>(
    link: &'t Link<K, V>,
    key: &Q,
    most: usize,
    keys: &mut Vec<&'t K>,
) {
    let Some(node) = link.as_deref().filter(|_| keys.len() < most) else { return };
    if node.key.borrow() < key {
        collect_before(&node.right, key, most, keys);
        if keys.len() < most {
            keys.push(&node.key);
        }
    }
    collect_before(&node.left, key, most, keys);
}

/// The key and those after it, the nearest first.
fn collect_after<'t, Q: Ord + ?Sized, K: Borrow<Q>, V>(
    link: &'t Link<K, V>,
    key: &Q,
    most: usize,
    keys: &mut Vec<&'t K>,
) {
    let Some(node) = link.as_deref().filter(|_| keys.len() < most) else { return };
    if node.key.borrow() >= key {
        collect_after(&node.left, key, most, keys);
        if keys.len() < most {
            keys.push(&node.key);
        }
    }
    collect_after(&node.right, key, most, keys);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The entries as a map has them.
    fn entries(tree: &Tree<u32, u32>) -> Vec<(u32, u32)> {
        let keys = tree.keys_around(&0, tree.len());
        keys.into_iter().map(|key| (*key, *tree.get(key).unwrap())).collect()
    }

    #[test]
    fn it_is_a_map() {
        let (mut tree, mut map) = (Tree::default(), BTreeMap::new());
        for step in 0..3_000_u32 {
            let key = step.wrapping_mul(2_654_435_761) % 257;
            if step % 3 == 0 {
                assert_eq!(tree.remove(&key), map.remove(&key));
            } else {
                assert_eq!(tree.insert(key, step), map.insert(key, step));
            }
            assert_eq!(tree.len(), map.len());
            assert_eq!(tree.first(), map.values().next());
        }
        assert_eq!(entries(&tree), map.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_copy_stays_as_it_is() {
        let mut tree = Tree::default();
        for key in 0..100 {
            tree.insert(key, key);
        }
        let copy = tree.clone();
        for key in 0..100 {
            tree.insert(key, key + 1);
        }
        tree.remove(&50);
        assert_eq!(entries(&copy), (0..100).map(|key| (key, key)).collect::<Vec<_>>());
        assert_eq!((tree.len(), tree.get(&7), tree.get(&50)), (99, Some(&8), None));
    }

    #[test]
    fn keys_around_a_key_are_the_nearest() {
        let mut tree = Tree::default();
        for key in 0..100_u32 {
            tree.insert(key * 10, key);
        }
        assert_eq!(tree.keys_around(&505, 4), [&490, &500, &510, &520]);
        assert_eq!(tree.keys_around(&500, 4), [&480, &490, &500, &510]);
        assert_eq!(tree.keys_around(&0, 4), [&0, &10]);
        assert_eq!(tree.keys_around(&500, 100).len(), 100);
    }

    #[test]
    fn a_change_to_a_copy_makes_few_nodes() {
        let changed = |size: u32| {
            let mut tree = Tree::default();
            for key in 0..size {
                tree.insert(key, key);
            }
            let mut copies = Vec::new();
            let work = allocation_counter::measure(|| {
                for key in 0..100 {
                    copies.push(tree.clone());
                    tree.insert(key * (size / 100), 0);
                }
            });
            work.count_total
        };
        let [small, large] = [1_000, 64_000].map(changed);
        assert!(large < small * 3, "{small} {large}");
    }
}
