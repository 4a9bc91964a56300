//! People who are in, or may come in, and for whom there was no room at the moment: since when they ask.

use super::table::{Row as Worth, Table};
use crate::limits::{CLAIM_FRESH, CLAIMS_MAX, TURN_KEPT};
use crate::request::HolderKey;
use preau_base::Instant;
use std::collections::{BTreeMap, HashMap};

/// Those who stand before somebody are counted in steps of this.
const STEP_MS: i128 = 15_000;

#[derive(Clone, Copy, Debug)]
struct Told {
    lesson: Option<u128>,
    step: i64,
    at: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    asked: Instant,
    last: Instant,
    /// Told to wait, as a pass holder; None for somebody who is only held, or has no pass.
    told: Option<Told>,
    /// The latest entry that they were told of.
    promised: Option<Instant>,
}

impl Worth for Row {
    /// Who has waited longest stays.
    fn worth(&self, now: Instant) -> i64 {
        i64::try_from(now.since(self.asked).as_millis()).unwrap_or(i64::MAX)
    }
}

/// At most [`CLAIMS_MAX`] people, about 150 bytes each. This is not the line of newcomers, which takes two bits a person:
/// these are people with a pass or a turn, at most as many as may wait for a few seconds.
#[derive(Debug)]
pub(super) struct Claims {
    table: Table<HolderKey, Row>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    told: u64,
    lessons: HashMap<u128, u32>,
    steps: BTreeMap<i64, u32>,
}

impl Counts {
    fn add(&mut self, told: &Told) {
        self.told += 1;
        *self.steps.entry(told.step).or_default() += 1;
        if let Some(lesson) = told.lesson {
            *self.lessons.entry(lesson).or_default() += 1;
        }
    }

    fn take(&mut self, told: &Told) {
        self.told = self.told.saturating_sub(1);
        if let Some(count) = self.steps.get_mut(&told.step) {
            *count -= 1;
            if *count == 0 {
                self.steps.remove(&told.step);
            }
        }
        if let Some(lesson) = told.lesson
            && let Some(count) = self.lessons.get_mut(&lesson)
        {
            *count -= 1;
            if *count == 0 {
                self.lessons.remove(&lesson);
            }
        }
    }
}

impl Claims {
    pub fn new() -> Self {
        Self::with_rows_max(CLAIMS_MAX)
    }

    pub fn with_rows_max(rows_max: usize) -> Self {
        Self { table: Table::new(rows_max), counts: Counts::default() }
    }

    fn row(&mut self, key: HolderKey, now: Instant) -> (&mut Row, &mut Counts) {
        let Self { table, counts } = self;
        let make = || Row { asked: now, last: now, told: None, promised: None };
        let row = table.row(key, now, make, |_, gone| gone.told.iter().for_each(|told| counts.take(told)));
        row.last = now;
        (row, counts)
    }

    /// Somebody asks; since when they do so.
    pub fn asks(&mut self, key: HolderKey, now: Instant) -> Instant {
        let (row, _) = self.row(key, now);
        row.asked = row.asked.min(now);
        row.asked
    }

    /// Whether somebody has asked before.
    pub fn knows(&self, key: HolderKey) -> bool {
        self.table.get(&key).is_some()
    }

    /// A pass holder is told to wait; `score_ms` is their rank's.
    pub fn told(&mut self, key: HolderKey, lesson: Option<u128>, score_ms: i128, now: Instant) {
        let (row, counts) = self.row(key, now);
        let step = i64::try_from(score_ms / STEP_MS).unwrap_or(i64::MAX);
        let before = row.told.replace(Told { lesson, step, at: now });
        let told = row.told;
        before.iter().for_each(|told| counts.take(told));
        told.iter().for_each(|told| counts.add(told));
    }

    /// A pass holder is told of their latest entry; gives what they were told before.
    pub fn promise(&mut self, key: HolderKey, until: Instant, now: Instant) -> Option<Instant> {
        self.row(key, now).0.promised.replace(until)
    }

    /// They are in.
    pub fn done(&mut self, key: HolderKey) {
        if self.table.len() > 0
            && let Some(row) = self.table.remove(&key)
        {
            row.told.iter().for_each(|told| self.counts.take(told));
        }
    }

    /// Pass holders told to wait who stand before this score, within 15 s.
    pub fn ahead(&self, score_ms: i128) -> u64 {
        let step = i64::try_from(score_ms / STEP_MS).unwrap_or(i64::MAX);
        self.counts.steps.range(..step).map(|(_, count)| u64::from(*count)).sum()
    }

    /// Whoever did not come back counts as waiting for a while, and keeps the time of asking for longer.
    pub fn tick(&mut self, now: Instant) {
        let Self { table, counts } = self;
        table.sweep(table.len() / 8 + 64, |_, row| {
            let gone = now.since(row.last) >= TURN_KEPT;
            if row.told.is_some_and(|told| gone || now.since(told.at) >= CLAIM_FRESH) {
                row.told.take().iter().for_each(|told| counts.take(told));
            }
            gone
        });
    }

    /// Pass holders who were told to wait in the last minute.
    pub const fn waiting(&self) -> u64 {
        self.counts.told
    }

    /// People with this lesson who were told to wait in the last minute.
    pub fn waiting_for(&self, lesson: u128) -> u32 {
        self.counts.lessons.get(&lesson).copied().unwrap_or(0)
    }

    pub fn memory_bytes(&self) -> usize {
        self.table.memory_bytes() + self.counts.steps.len() * 32 + self.counts.lessons.len() * 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Rng, SeededRng};
    use std::time::Duration;

    #[test]
    fn counts_are_those_of_the_people_who_wait() {
        for seed in 0..50 {
            let mut rng = SeededRng::new(seed);
            let mut claims = Claims::with_rows_max(1_000);
            let mut model: HashMap<u128, (Option<u128>, i128, Instant)> = HashMap::new();
            let mut now = Instant::from_secs(1_800_000_000);
            for _ in 0..400 {
                now = now.plus(Duration::from_millis(rng.below(2_000)));
                let person = u128::from(rng.below(60));
                match rng.below(3) {
                    0 => {
                        let lesson = Some(u128::from(rng.below(3))).filter(|lesson| *lesson > 0);
                        let score_ms = i128::from(rng.below(100)) * STEP_MS;
                        claims.told(HolderKey(person), lesson, score_ms, now);
                        model.insert(person, (lesson, score_ms, now));
                    }
                    1 => {
                        claims.done(HolderKey(person));
                        model.remove(&person);
                    }
                    _ => assert!(claims.asks(HolderKey(person), now) <= now),
                }
                claims.tick(now);
                model.retain(|_, (_, _, at)| now.since(*at) < CLAIM_FRESH);
                assert_eq!(claims.waiting(), model.len() as u64, "seed {seed}");
                for lesson in 1..3 {
                    let waiting = model.values().filter(|(of, _, _)| *of == Some(lesson)).count();
                    assert_eq!(claims.waiting_for(lesson) as usize, waiting, "seed {seed}");
                }
                let before = model.values().filter(|(_, score, _)| *score < 50 * STEP_MS).count() as u64;
                assert_eq!(claims.ahead(50 * STEP_MS), before, "seed {seed}");
            }
        }
    }
}
