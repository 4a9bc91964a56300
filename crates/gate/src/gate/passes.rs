//! What each pass and each entry has spent, and from how many networks it was used.

use super::network::Network;
use super::spent::Spent;
use super::table::{Row as Worth, Table};
use crate::budget::{Allowance, Permission};
use crate::limits::{ENTRY_NETWORKS_MAX, PASS_NETWORKS_MAX, PASS_SHARED_FOR, PASSES_MAX};
use preau_base::Instant;
use std::time::Duration;

/// One signed-in browser: thirty pages with all that belongs to them at once, then two a second.
pub(super) const PASS: Allowance = Allowance { burst: 3_000, refill: Duration::from_millis(5) };
/// Somebody who was let in and has not signed in yet.
pub(super) const ENTRY: Allowance = Allowance { burst: 1_500, refill: Duration::from_millis(10) };

/// Minutes that a network counts for after it was used last.
const WINDOW_MINUTES: u32 = 60;
/// A network is told again of a pass after this, well before it forgets it.
const TOLD_AGAIN_MINUTES: u32 = 5;

/// Whether a pass is still one person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    One,
    /// Used from more networks than one person has.
    Many,
}

/// Networks as hashes with the minute of last use: the usual one or two in place, more of them on the heap.
#[derive(Clone, Debug, Default)]
struct Networks {
    two: [(u32, u32); 2],
    more: Vec<(u32, u32)>,
}

impl Networks {
    /// Notes a use, and gives the number of networks of the last hour; at most `max` are kept.
    fn note(&mut self, mark: u32, minute: u32, max: usize) -> usize {
        let fresh = |entry: &(u32, u32)| entry.1 != 0 && minute.saturating_sub(entry.1) < WINDOW_MINUTES;
        let mut all = self.two.iter_mut().chain(self.more.iter_mut());
        if let Some(entry) = all.find(|entry| entry.0 == mark && fresh(entry)) {
            entry.1 = minute;
            return 0;
        }
        self.more.retain(fresh);
        match self.two.iter_mut().find(|entry| !fresh(entry)) {
            Some(free) => *free = (mark, minute),
            None if self.more.len() < max => self.more.push((mark, minute)),
            None => {}
        }
        self.two.iter().filter(|entry| fresh(entry)).count() + self.more.len()
    }
}

#[derive(Clone, Debug, Default)]
struct Row {
    spent: Spent,
    seen: Instant,
    shared: bool,
    /// Where and when this pass was last told of to the books of networks.
    told: (u32, u32),
    networks: Networks,
}

impl Worth for Row {
    /// Shared ones are remembered longest; then those in debt, then those seen last.
    fn worth(&self, now: Instant) -> i64 {
        let shared = if self.shared { 86_400_000 } else { 0 };
        shared + self.spent.debt(now).as_millis() as i64 * 100 - now.since(self.seen).as_millis() as i64
    }
}

/// At most [`PASSES_MAX`] passes and entries, about 130 bytes each.
///
/// A person changes networks: school, home Wi-Fi, telephone, the train in between. Networks are counted as sites (IPv4
/// /24, IPv6 /48), because operators hand out addresses from pools, and in an hour a person gets to
/// [`PASS_NETWORKS_MAX`] of them only by changing every five minutes. A botnet is at so many within a second.
#[derive(Debug)]
pub(super) struct Passes {
    table: Table<u128, Row>,
}

impl Passes {
    pub fn new() -> Self {
        Self::with_rows_max(PASSES_MAX)
    }

    pub fn with_rows_max(rows_max: usize) -> Self {
        Self { table: Table::new(rows_max) }
    }

    fn used(&mut self, key: u128, site: Network, max: usize, now: Instant) -> Spread {
        let minute = u32::try_from(now.as_secs() / 60).unwrap_or(0).max(1);
        let row = self.table.row(key, now, Row::default, |_, _| ());
        row.seen = now;
        if !row.shared && row.networks.note(site.mark(), minute, max) > max {
            row.shared = true;
            row.networks = Networks::default();
        }
        if row.shared { Spread::Many } else { Spread::One }
    }

    /// A pass, by its session, was shown from this site. Once it is shared, it stays so: only signing in again helps,
    /// which gives another session.
    pub fn pass_used(&mut self, session: u128, site: Network, now: Instant) -> Spread {
        self.used(session, site, PASS_NETWORKS_MAX, now)
    }

    /// Like it, for the entry of somebody without a pass, who has been here for minutes rather than weeks.
    pub fn entry_used(&mut self, key: u128, site: Network, now: Instant) -> Spread {
        self.used(key, site, ENTRY_NETWORKS_MAX, now)
    }

    /// Whether a pass is known to be used from more networks than one person has; looking counts as no use.
    pub fn is_shared(&self, session: u128) -> bool {
        self.table.get(&session).is_some_and(|row| row.shared)
    }

    /// Whether a network has not heard of this pass for some minutes, and is to be told now.
    pub fn is_news(&mut self, session: u128, narrow: Network, now: Instant) -> bool {
        let minute = u32::try_from(now.as_secs() / 60).unwrap_or(0);
        let Some(row) = self.table.get_mut(&session) else { return true };
        let (mark, told) = row.told;
        let is_news = mark != narrow.mark() || minute.abs_diff(told) >= TOLD_AGAIN_MINUTES;
        if is_news {
            row.told = (narrow.mark(), minute);
        }
        is_news
    }

    pub fn spend(&mut self, key: u128, allowance: Allowance, cost: u32, now: Instant) -> Permission {
        self.table.row(key, now, Row::default, |_, _| ()).spent.take(allowance, cost, now)
    }

    /// Spends in any case, into debt.
    pub fn charge(&mut self, key: u128, allowance: Allowance, cost: u32, now: Instant) {
        self.table.row(key, now, Row::default, |_, _| ()).spent.charge(allowance, cost, now);
    }

    /// Whether less than half of the burst is spent: what no person's browser ever reaches.
    pub fn is_moderate(&self, key: u128, allowance: Allowance, now: Instant) -> bool {
        let half = allowance.refill.saturating_mul(allowance.burst / 2);
        self.table.get(&key).is_none_or(|row| row.spent.debt(now) <= half)
    }

    pub fn tick(&mut self, now: Instant) {
        let count = self.table.a_tick();
        self.table.sweep(count, |_, row| {
            let kept = if row.shared { PASS_SHARED_FOR } else { Duration::from_secs(u64::from(WINDOW_MINUTES) * 60) };
            now.since(row.seen) >= kept
        });
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn memory_bytes(&self) -> usize {
        self.table.memory_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(count * 60)
    }

    fn site(text: &str) -> Network {
        Network::site(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_train_full_of_networks_is_still_one_person() {
        let mut passes = Passes::new();
        for stop in 0..120_u64 {
            let pool = format!("10.{}.{}.7", stop / 200, stop % 200);
            let spread = passes.pass_used(1, site(&pool), NOW.plus(minutes(stop * 6)));
            assert_eq!(spread, Spread::One, "stop {stop}");
        }
        for attachment in 0..10_000_u64 {
            let address = format!("2001:db8:7:{attachment:x}::1");
            assert_eq!(passes.pass_used(2, site(&address), NOW), Spread::One);
            let pool = format!("192.0.2.{}", attachment % 256);
            assert_eq!(passes.pass_used(3, site(&pool), NOW), Spread::One);
        }
    }

    #[test]
    fn a_pass_in_many_networks_is_shared_until_it_is_forgotten() {
        let mut passes = Passes::new();
        let from = |passes: &mut Passes, number: usize, at| passes.pass_used(1, site(&format!("10.0.{number}.1")), at);
        for number in 0..PASS_NETWORKS_MAX {
            assert_eq!(from(&mut passes, number, NOW), Spread::One);
        }
        assert!(!passes.is_shared(1));
        assert_eq!(from(&mut passes, PASS_NETWORKS_MAX, NOW), Spread::Many);
        assert!(passes.is_shared(1));
        assert_eq!(from(&mut passes, 0, NOW.plus(minutes(61))), Spread::Many);
        assert_eq!(passes.pass_used(2, site("10.0.0.1"), NOW), Spread::One);
        passes.tick(NOW.plus(minutes(120)));
        assert_eq!(from(&mut passes, 0, NOW.plus(minutes(120))), Spread::Many);
        passes.tick(NOW.plus(minutes(120)).plus(PASS_SHARED_FOR));
        assert_eq!(passes.len(), 0);
    }

    #[test]
    fn each_key_has_its_own_budget() {
        let mut passes = Passes::new();
        let spend = |passes: &mut Passes, key| passes.spend(key, PASS, 10, NOW);
        for _ in 0..300 {
            assert_eq!(spend(&mut passes, 1), Permission::Allow);
        }
        assert!(!passes.is_moderate(1, PASS, NOW));
        assert!(spend(&mut passes, 1) != Permission::Allow);
        assert_eq!(spend(&mut passes, 2), Permission::Allow);
        assert!(passes.is_moderate(2, PASS, NOW));
    }
}
