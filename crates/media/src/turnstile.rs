//! Who may join a thread's rooms now, and who waits for how long: first come first served, those who lead a lesson first.
//!
//! A token bucket that fills at the rate of [`crate::load::Load::joins_per_s_milli`]; what it holds is spent at once when a class
//! comes at the bell. Who waits asks again by itself, so that there is nobody who would have to be told by us.

use crate::limits::{JOINS_WAITING_LEADERS_MAX, JOINS_WAITING_MAX};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What may be spent at once: the joins of so long.
const AT_ONCE: Duration = Duration::from_millis(250);
/// A join, in the bucket's unit.
const JOIN: u64 = 1_000_000;
/// Who finds too many waiting is told to come again after a time between these.
const COME_AGAIN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(120));

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub number: usize,
    /// Until it is their turn, as it looks now.
    pub wait: Duration,
}

/// Too many wait already: come again after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComeAgain(pub Duration);

#[derive(Debug, Default)]
pub struct Turnstile {
    /// Joins that may begin now, in 1/1,000,000.
    tokens: u64,
    filled: Option<Instant>,
    leaders: VecDeque<u64>,
    others: VecDeque<u64>,
    last: u64,
}

impl Turnstile {
    /// Somebody comes. `None`: go on. Otherwise the number with which to ask again.
    pub fn come(&mut self, leads: bool, per_s_milli: u64, now: Instant) -> Result<Option<u64>, ComeAgain> {
        self.fill(per_s_milli, now);
        let ahead = self.leaders.len() + if leads { 0 } else { self.others.len() };
        if ahead == 0 && self.tokens >= JOIN {
            self.tokens -= JOIN;
            return Ok(None);
        }
        let (line, most) =
            if leads { (&mut self.leaders, JOINS_WAITING_LEADERS_MAX) } else { (&mut self.others, JOINS_WAITING_MAX) };
        if line.len() >= most {
            let (least, most) = COME_AGAIN;
            return Err(ComeAgain(self.wait(self.waiting(), per_s_milli).clamp(least, most)));
        }
        self.last += 1;
        line.push_back(self.last);
        Ok(Some(self.last))
    }

    /// Whether it is somebody's turn: `None`. Whoever does not wait here need not wait.
    pub fn ask(&mut self, number: u64, per_s_milli: u64, now: Instant) -> Option<Place> {
        self.fill(per_s_milli, now);
        let in_line = |line: &VecDeque<u64>| line.binary_search(&number).ok();
        let leads = in_line(&self.leaders);
        let ahead = leads.or_else(|| in_line(&self.others).map(|ahead| self.leaders.len() + ahead))?;
        // Those ahead have theirs in the bucket.
        if self.tokens >= (ahead as u64 + 1) * JOIN {
            self.tokens -= JOIN;
            self.forget(number);
            return None;
        }
        Some(Place { number: ahead + 1, wait: self.wait(ahead + 1, per_s_milli) })
    }

    /// Somebody no longer waits.
    pub fn forget(&mut self, number: u64) {
        for line in [&mut self.leaders, &mut self.others] {
            if let Ok(at) = line.binary_search(&number) {
                line.remove(at);
            }
        }
    }

    pub fn waiting(&self) -> usize {
        self.leaders.len() + self.others.len()
    }

    /// Until the bucket holds so many joins.
    fn wait(&self, joins: usize, per_s_milli: u64) -> Duration {
        let missing = (joins as u64 * JOIN).saturating_sub(self.tokens);
        Duration::from_micros(missing.saturating_mul(1_000) / per_s_milli.max(1))
    }

    fn fill(&mut self, per_s_milli: u64, now: Instant) {
        let most = (u64::try_from(AT_ONCE.as_micros()).unwrap_or(u64::MAX) * per_s_milli / 1_000).max(JOIN);
        let Some(filled) = self.filled else {
            (self.tokens, self.filled) = (most, Some(now));
            return;
        };
        let us = u64::try_from(now.saturating_duration_since(filled).as_micros()).unwrap_or(u64::MAX);
        let earned = us.saturating_mul(per_s_milli) / 1_000;
        // Time that has earned nothing yet goes on counting.
        if earned > 0 {
            (self.tokens, self.filled) = (self.tokens.saturating_add(earned), Some(now));
        }
        self.tokens = self.tokens.min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Rng as _, SeededRng};

    const QUIET: u64 = 235_000;

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn a_class_at_the_bell_does_not_notice() {
        let (mut turnstile, start) = (Turnstile::default(), Instant::now());
        for nth in 0..31 {
            assert_eq!(turnstile.come(nth == 30, QUIET, start), Ok(None), "device {nth}");
        }
        for nth in 0..31 {
            assert_eq!(turnstile.come(false, QUIET, at(start, 200)), Ok(None), "device {nth} of the next class");
        }
    }

    #[test]
    fn leaders_go_first_and_everybody_else_in_order() {
        let (mut turnstile, start) = (Turnstile::default(), Instant::now());
        let slow = 1_000;
        assert_eq!(turnstile.come(false, slow, start), Ok(None), "the first one");
        let pupils: Vec<u64> = (0..3).map(|_| turnstile.come(false, slow, start).unwrap().unwrap()).collect();
        let teacher = turnstile.come(true, slow, start).unwrap().unwrap();
        let place = |turnstile: &mut Turnstile, number| turnstile.ask(number, slow, start);
        let second = Duration::from_secs;
        assert_eq!(place(&mut turnstile, teacher), Some(Place { number: 1, wait: second(1) }));
        assert_eq!(place(&mut turnstile, pupils[2]), Some(Place { number: 4, wait: second(4) }));
        assert!(turnstile.ask(pupils[0], slow, at(start, 1_000)).is_some(), "it is the teacher's");
        assert_eq!(turnstile.ask(teacher, slow, at(start, 1_000)), None);
        turnstile.forget(pupils[0]);
        assert_eq!(turnstile.ask(pupils[1], slow, at(start, 2_000)), None, "who has gone is not waited for");
        assert_eq!(turnstile.waiting(), 1);
        assert_eq!(turnstile.ask(12_345, slow, start), None, "nobody waits under this number");
    }

    #[test]
    fn beyond_the_bound_everybody_is_told_when_to_come_again() {
        let (mut turnstile, start) = (Turnstile::default(), Instant::now());
        assert_eq!(turnstile.come(false, 10_000, start), Ok(None));
        turnstile.come(false, 10_000, start).unwrap();
        while let Ok(place) = turnstile.come(false, 10_000, start) {
            assert!(place.is_some());
        }
        assert_eq!(turnstile.waiting(), JOINS_WAITING_MAX);
        let ComeAgain(after) = turnstile.come(false, 10_000, start).unwrap_err();
        assert!((99..=100).contains(&after.as_secs()), "so long do they all take: {after:?}");
        assert!(turnstile.come(true, 10_000, start).unwrap().is_some(), "there is still room for a teacher");
    }

    struct Waits {
        number: u64,
        leads: bool,
        ask_at: u64,
        came: u64,
        /// Those who were there before, and leaders who came after.
        before: u64,
    }

    /// The longest that a test's people are late with asking.
    const LATE_MS_MAX: u64 = 30;

    /// People come as they like, ask as they are told, and some go away. Everybody gets in, at the rate, as soon as those are in who
    /// came before and the leaders who came after.
    #[test]
    fn nobody_is_lost_and_nobody_is_overtaken_but_by_leaders() {
        for seed in 0..100 {
            let rng = &mut SeededRng::new(seed);
            let (mut turnstile, start) = (Turnstile::default(), Instant::now());
            let per_s = 1 + rng.next_u64() % 100;
            let crowd = 1 + rng.next_u64() % 300;
            let mut waiting: Vec<Waits> = Vec::new();
            let (mut come, mut let_in, mut gone, mut ms) = (0, 0, 0, 0);
            while come < crowd || !waiting.is_empty() {
                ms += 1 + rng.next_u64() % 20;
                assert!(ms < 1_000_000, "seed {seed}: {} wait for ever", waiting.len());
                let now = at(start, ms);
                if come < crowd && rng.next_u64().is_multiple_of(2) {
                    come += 1;
                    let leads = rng.next_u64().is_multiple_of(20);
                    let before = if leads { turnstile.leaders.len() } else { turnstile.waiting() } as u64;
                    match turnstile.come(leads, per_s * 1_000, now).unwrap() {
                        Some(number) => {
                            waiting.iter_mut().filter(|one| leads && !one.leads).for_each(|one| one.before += 1);
                            waiting.push(Waits { number, leads, ask_at: ms, came: ms, before });
                        }
                        None => let_in += 1,
                    }
                }
                waiting.retain_mut(|one| {
                    if one.ask_at > ms {
                        return true;
                    }
                    if rng.next_u64().is_multiple_of(200) {
                        turnstile.forget(one.number);
                        gone += 1;
                        return false;
                    }
                    let Some(place) = turnstile.ask(one.number, per_s * 1_000, now) else {
                        let longest = (one.before + 1) * (1_000 / per_s + 1 + LATE_MS_MAX) + LATE_MS_MAX;
                        assert!(ms - one.came <= longest, "seed {seed}: {} ms behind {}", ms - one.came, one.before);
                        let_in += 1;
                        return false;
                    };
                    one.ask_at = ms + u64::try_from(place.wait.as_millis()).unwrap().clamp(5, 1_000);
                    true
                });
            }
            assert_eq!((let_in + gone, turnstile.waiting()), (crowd, 0), "seed {seed}");
            let most = per_s * ms / 1_000 + (per_s / 4).max(1) + 1;
            assert!(let_in <= most, "seed {seed}: {let_in} in {ms} ms at {per_s} a second");
        }
    }
}
