//! A table that never grows beyond its limit, whatever comes.

use preau_base::Instant;
use std::collections::HashMap;
use std::hash::Hash;

/// Rows looked at when one has to go, one after another; the least of them goes. Of rows worth keeping that stand side
/// by side, one in so many goes, and then there is always one beside them that goes instead.
const LOOKED_AT: usize = 8;
/// What the index takes for a row beside its key: the row's number, a control byte, and the room that a map keeps free.
const INDEX_BYTES: usize = 12;

/// What a row is worth; the least goes first when the table is full.
pub(super) trait Row {
    fn worth(&self, now: Instant) -> i64;
}

/// At most `rows_max` rows. Everything is O(1); when it is full, a new row takes the place of the least of a few.
///
/// Rows stand in a vector, so that a hand can go round: for eviction without a list of ages, and for sweeping a few
/// rows at a time. The map's own order is never used, so a seed always gives the same morning.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    rows_max: usize,
    index: HashMap<K, u32>,
    rows: Vec<(K, V)>,
    hand: usize,
    broom: usize,
}

impl<K: Copy + Eq + Hash, V: Row> Table<K, V> {
    pub fn new(rows_max: usize) -> Self {
        Self {
            rows_max: rows_max.clamp(1, u32::MAX as usize),
            index: HashMap::new(),
            rows: Vec::new(),
            hand: 0,
            broom: 0,
        }
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(*self.index.get(key)? as usize).map(|(_, row)| row)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.rows.get_mut(*self.index.get(key)? as usize).map(|(_, row)| row)
    }

    /// The row of `key`, made when there is none; `gone` is told of the row that had to go for it.
    pub fn row(&mut self, key: K, now: Instant, make: impl FnOnce() -> V, gone: impl FnOnce(K, V)) -> &mut V {
        let at = match self.index.get(&key) {
            Some(at) => *at as usize,
            None => self.place(key, make(), now, gone),
        };
        &mut self.rows[at].1
    }

    fn place(&mut self, key: K, row: V, now: Instant, gone: impl FnOnce(K, V)) -> usize {
        if self.rows.len() < self.rows_max {
            self.index.insert(key, self.rows.len() as u32);
            self.rows.push((key, row));
            return self.rows.len() - 1;
        }
        let at = self.least(now);
        let old = std::mem::replace(&mut self.rows[at], (key, row));
        self.index.remove(&old.0);
        self.index.insert(key, at as u32);
        gone(old.0, old.1);
        at
    }

    fn least(&mut self, now: Instant) -> usize {
        let mut least = (i64::MAX, 0);
        for _ in 0..LOOKED_AT.min(self.rows.len()) {
            self.hand = (self.hand + 1) % self.rows.len();
            least = least.min((self.rows[self.hand].1.worth(now), self.hand));
        }
        least.1
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.index.remove(key)? as usize;
        let (_, row) = self.rows.swap_remove(at);
        if let Some((moved, _)) = self.rows.get(at) {
            self.index.insert(*moved, at as u32);
        }
        Some(row)
    }

    /// Looks at the next `count` rows, and takes out those that `gone` says are to go.
    pub fn sweep(&mut self, count: usize, mut gone: impl FnMut(&K, &mut V) -> bool) {
        for _ in 0..count.min(self.rows.len()) {
            if self.broom >= self.rows.len() {
                self.broom = 0;
            }
            let Some((key, row)) = self.rows.get_mut(self.broom) else { return };
            if gone(key, row) {
                let key = *key;
                self.remove(&key);
            } else {
                self.broom += 1;
            }
        }
    }

    /// How many rows to sweep a tick for the broom to come round in a minute.
    pub fn a_tick(&self) -> usize {
        self.rows.len() / 240 + 16
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Memory in bytes, as far as it can be told from outside the allocator.
    pub fn memory_bytes(&self) -> usize {
        self.rows.capacity() * size_of::<(K, V)>() + self.index.capacity() * (size_of::<K>() + INDEX_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Instant = Instant::EPOCH;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Worth(i64);

    impl Row for Worth {
        fn worth(&self, _now: Instant) -> i64 {
            self.0
        }
    }

    #[test]
    fn a_flood_of_the_worthless_leaves_the_worthy() {
        let mut table = Table::new(100);
        for key in 0..50_u64 {
            table.row(key, NOW, || Worth(9), |_, _| ());
        }
        for key in 50..100_000 {
            table.row(key, NOW, || Worth(0), |_, _| ());
        }
        assert_eq!(table.len(), 100);
        let kept = (0..50).filter(|key| table.get(key).is_some()).count();
        assert!(kept >= 50 * 7 / 8, "{kept} of 50");
    }

    proptest! {
        /// Against a map that has no limit: what the table holds is what was put in last.
        #[test]
        fn holds_what_was_put_in(steps in proptest::collection::vec((0_u8..4, 0_u8..12, any::<i64>()), 0..200)) {
            let mut table = Table::new(7);
            let mut model = HashMap::new();
            for (what, key, worth) in steps {
                match what {
                    0 | 1 => {
                        table.row(key, NOW, || Worth(worth), |old, _| {
                            model.remove(&old);
                        });
                        model.entry(key).or_insert(Worth(worth));
                    }
                    2 => prop_assert_eq!(table.remove(&key), model.remove(&key)),
                    _ => table.sweep(3, |key, row| {
                        let goes = row.0 < 0;
                        if goes {
                            model.remove(key);
                        }
                        goes
                    }),
                }
                prop_assert!(table.len() <= 7);
                prop_assert_eq!(table.len(), model.len());
                for key in 0..12 {
                    prop_assert_eq!(table.get(&key), model.get(&key));
                }
            }
        }
    }
}
