//! Who is in.

use super::spent::Spent;
use super::table::{Row as Worth, Table};
use crate::budget::{Allowance, Permission};
use crate::limits::{INSIDE_IDLE_MAX, INSIDE_MAX};
use crate::request::HolderKey;
use preau_base::Instant;
use std::time::Duration;

/// One person on all their browsers: four times what one browser may spend, so that many sign-ins of one account are
/// worth no more than a few.
const PERSON: Allowance = Allowance { burst: 12_000, refill: Duration::from_millis(1) };

#[derive(Clone, Copy, Debug)]
struct Row {
    seen: Instant,
    spent: Spent,
    with_lesson: bool,
}

impl Worth for Row {
    /// Who was heard of longest ago goes first.
    fn worth(&self, now: Instant) -> i64 {
        -i64::try_from(now.since(self.seen).as_millis()).unwrap_or(i64::MAX)
    }
}

/// People seen in the last [`INSIDE_IDLE_MAX`] who were let in: at most [`INSIDE_MAX`], about 90 bytes each.
#[derive(Debug)]
pub(super) struct Inside {
    table: Table<HolderKey, Row>,
    with_lesson: u64,
    entered_total: u64,
}

impl Inside {
    pub fn new() -> Self {
        Self::with_rows_max(INSIDE_MAX)
    }

    pub fn with_rows_max(rows_max: usize) -> Self {
        Self { table: Table::new(rows_max), with_lesson: 0, entered_total: 0 }
    }

    pub fn is_inside(&self, key: HolderKey, now: Instant) -> bool {
        self.table.get(&key).is_some_and(|row| now.since(row.seen) < INSIDE_IDLE_MAX)
    }

    /// Somebody is here; true when they were not before.
    pub fn seen(&mut self, key: HolderKey, with_lesson: bool, now: Instant) -> bool {
        let mut is_new = false;
        let mut went_with_lesson = false;
        let row = self.table.row(
            key,
            now,
            || {
                is_new = true;
                Row { seen: now, spent: Spent::NOTHING, with_lesson: false }
            },
            |_, gone| went_with_lesson = gone.with_lesson,
        );
        is_new |= now.since(row.seen) >= INSIDE_IDLE_MAX;
        row.seen = now;
        let had_lesson = std::mem::replace(&mut row.with_lesson, with_lesson);
        let less = u64::from(had_lesson) + u64::from(went_with_lesson);
        self.with_lesson = (self.with_lesson + u64::from(with_lesson)).saturating_sub(less);
        self.entered_total += u64::from(is_new);
        is_new
    }

    /// Spends of a person's budget, if they are here.
    pub fn spend(&mut self, key: HolderKey, cost: u32, now: Instant) -> Permission {
        self.table.get_mut(&key).map_or(Permission::Allow, |row| row.spent.take(PERSON, cost, now))
    }

    /// Somebody is here under another name now: they have signed in.
    pub fn leave(&mut self, key: HolderKey) {
        if let Some(row) = self.table.remove(&key) {
            self.with_lesson = self.with_lesson.saturating_sub(u64::from(row.with_lesson));
            self.entered_total = self.entered_total.saturating_sub(1);
        }
    }

    /// Lets the idle go, a part of them at a time; `still_has_lesson` is asked about those who had one.
    pub fn tick(&mut self, now: Instant, still_has_lesson: impl Fn(HolderKey) -> bool) {
        let Self { table, with_lesson, .. } = self;
        table.sweep(table.a_tick(), |key, row| {
            let idle = now.since(row.seen) >= INSIDE_IDLE_MAX;
            if row.with_lesson && (idle || !still_has_lesson(*key)) {
                row.with_lesson = false;
                *with_lesson = with_lesson.saturating_sub(1);
            }
            idle
        });
    }

    pub fn people(&self) -> u64 {
        self.table.len() as u64
    }

    pub const fn with_lesson(&self) -> u64 {
        self.with_lesson
    }

    pub const fn entered_total(&self) -> u64 {
        self.entered_total
    }

    pub fn memory_bytes(&self) -> usize {
        self.table.memory_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Rng, SeededRng};
    use std::collections::HashMap;

    #[test]
    fn whoever_is_heard_of_stays_and_is_counted_once() {
        for seed in 0..50 {
            let mut rng = SeededRng::new(seed);
            let mut inside = Inside::with_rows_max(40);
            let mut model: HashMap<u128, (Instant, bool)> = HashMap::new();
            let mut now = Instant::from_secs(1_800_000_000);
            for _ in 0..500 {
                now = now.plus(Duration::from_secs(rng.below(300)));
                let (person, lesson) = (u128::from(rng.below(40)), rng.below(2) == 0);
                let before = model.insert(person, (now, lesson));
                let was_inside = before.is_some_and(|(seen, _)| now.since(seen) < INSIDE_IDLE_MAX);
                assert_eq!(inside.is_inside(HolderKey(person), now), was_inside, "seed {seed}");
                assert_eq!(inside.seen(HolderKey(person), lesson, now), !was_inside, "seed {seed}");
                for _ in 0..4 {
                    inside.tick(now, |_| true);
                }
                model.retain(|_, (seen, _)| now.since(*seen) < INSIDE_IDLE_MAX);
                assert_eq!(inside.people(), model.len() as u64, "seed {seed}");
                let lessons = model.values().filter(|(_, lesson)| *lesson).count() as u64;
                assert_eq!(inside.with_lesson(), lessons, "seed {seed}");
            }
        }
    }
}
