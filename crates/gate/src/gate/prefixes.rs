//! The books of each network: what its anonymous requests have spent, and which passes were seen there.

use super::network::{Levels, Network, mix};
use super::spent::Spent;
use super::table::{Row as Worth, Table};
use crate::budget::{Allowance, Permission};
use crate::limits::{PREFIXES_MAX, SHRINK_MAX, SHRINK_RECOVERS, SHRUNK_BY_REFUSALS, VOUCHING_PASSES_MIN};
use crate::request::HolderKey;
use preau_base::Instant;
use std::net::IpAddr;
use std::time::Duration;

/// Anonymous requests of one IPv4 address or IPv6 site: a school of a thousand whose pupils all sign in for the first
/// time within two minutes spends 80,000 (see [`crate::Kind::weight`]).
pub(super) const SITE: Allowance = Allowance { burst: 30_000, refill: Duration::from_millis(2) };
/// Anonymous requests of an IPv6 /56: a building, or a large home.
pub(super) const BUILDING: Allowance = Allowance { burst: 20_000, refill: Duration::from_millis(3) };
/// Anonymous requests of an IPv6 /64: a home, a classroom, at times a small school.
pub(super) const HOME: Allowance = Allowance { burst: 12_000, refill: Duration::from_millis(4) };
/// Tickets given to one network: two schools of a thousand at once, then ten a second.
const TICKETS: Allowance = Allowance { burst: 2_000, refill: Duration::from_millis(100) };
/// Tickets of one network that come back: a thousand people who ask every ten seconds. The last quarter is for those that
/// come back for the first time: whoever has a place may ask often, and must not keep others from theirs.
const POLLS: Allowance = Allowance { burst: 4_000, refill: Duration::from_millis(8) };
/// Of an IPv6 /56 and /48: networks are cheap to have there, and a promised ticket that comes back is a place in line.
const POLLS_OF_BUILDING: Allowance = Allowance { burst: 8_000, refill: Duration::from_millis(4) };
const POLLS_OF_SITE: Allowance = Allowance { burst: 32_000, refill: Duration::from_millis(1) };

/// How long the passes that were seen are remembered: this long at least, twice as long at most.
const PASSES_SEEN_FOR_S: i64 = 1_800;

const fn polls(network: Network) -> Allowance {
    match network.len() {
        56 => POLLS_OF_BUILDING,
        48 => POLLS_OF_SITE,
        _ => POLLS,
    }
}

const fn allowance(network: Network) -> Allowance {
    match network.len() {
        56 => BUILDING,
        64 => HOME,
        _ => SITE,
    }
}

/// 112 bytes, about 170 with its place in the table.
#[derive(Clone, Copy, Debug)]
struct Row {
    spent: Spent,
    tickets: Spent,
    polls: Spent,
    /// A bit for each pass seen, by its hash, of this half hour and the one before (linear counting, Whang et al.
    /// 1990): two passes may share a bit, so that there are never fewer passes than bits.
    passes: [u64; 2],
    /// The same for tickets and entries that came back; all bits for somebody with a pass, however old it is.
    people: [u64; 2],
    passes_turn: i64,
    last: Instant,
    shrunk_at: Instant,
    window: Instant,
    refused: u16,
    shrink: u8,
}

impl Row {
    const fn new(now: Instant) -> Self {
        Self {
            spent: Spent::NOTHING,
            tickets: Spent::NOTHING,
            polls: Spent::NOTHING,
            passes: [0; 2],
            people: [0; 2],
            passes_turn: 0,
            last: now,
            shrunk_at: now,
            window: now,
            refused: 0,
            shrink: 0,
        }
    }

    fn turn_passes(&mut self, now: Instant) {
        let turn = now.as_secs().div_euclid(PASSES_SEEN_FOR_S);
        if turn != self.passes_turn {
            let next = turn == self.passes_turn.saturating_add(1);
            for seen in [&mut self.passes, &mut self.people] {
                *seen = [0, if next { seen[0] } else { 0 }];
            }
            self.passes_turn = turn;
        }
    }

    fn pass_bits(&self, now: Instant) -> u64 {
        self.bits(self.passes, now)
    }

    fn bits(&self, seen: [u64; 2], now: Instant) -> u64 {
        match now.as_secs().div_euclid(PASSES_SEEN_FOR_S).saturating_sub(self.passes_turn) {
            0 => seen[0] | seen[1],
            1 => seen[0],
            _ => 0,
        }
    }

    /// By how many halvings the anonymous budget has fallen.
    fn shrink(&self, now: Instant) -> u8 {
        let recovered = now.since(self.shrunk_at).as_secs() / SHRINK_RECOVERS.as_secs();
        self.shrink.saturating_sub(u8::try_from(recovered).unwrap_or(u8::MAX))
    }

    /// A network that goes on asking beyond its budget is one that does not listen: its budget falls by half.
    fn refuse(&mut self, now: Instant) {
        if now.since(self.window) >= Duration::from_secs(10) {
            (self.window, self.refused) = (now, 0);
        }
        self.refused = self.refused.saturating_add(1);
        if self.refused == SHRUNK_BY_REFUSALS {
            self.shrink = (self.shrink(now) + 1).min(SHRINK_MAX);
            self.shrunk_at = now;
        }
    }
}

impl Worth for Row {
    /// Networks with passes stay; then those deep in debt, so that no flood of new networks washes a debt away.
    fn worth(&self, now: Instant) -> i64 {
        let passes = i64::from(self.pass_bits(now).count_ones());
        let debt_ms = self.spent.debt(now).as_millis() as i64;
        passes * 600_000 + i64::from(self.shrink(now)) * 60_000 + debt_ms - now.since(self.last).as_millis() as i64 / 10
    }
}

/// At most [`PREFIXES_MAX`] networks; the least interesting goes first.
///
/// - Anonymous requests spend the budgets of their IPv4 address, or of their IPv6 /64, /56 and /48.
/// - A budget falls by halves while its network goes on beyond it, whatever passes are seen there.
/// - A network that shows distinct passes is vouched for ([`Prefixes::vouched`]): its people without a pass are told
///   to wait, never turned away. A single pass vouches for nothing and raises no budget.
#[derive(Debug)]
pub(super) struct Prefixes {
    table: Table<Network, Row>,
}

impl Prefixes {
    pub fn new() -> Self {
        Self::with_rows_max(PREFIXES_MAX)
    }

    pub fn with_rows_max(rows_max: usize) -> Self {
        Self { table: Table::new(rows_max) }
    }

    fn row(&mut self, network: Network, now: Instant) -> &mut Row {
        let row = self.table.row(network, now, || Row::new(now), |_, _| ());
        row.last = now;
        row
    }

    /// Spends an anonymous request. Narrow networks first: a client that is refused takes nothing from its neighbours.
    pub fn spend(&mut self, levels: &Levels, cost: u32, now: Instant) -> Permission {
        for network in levels.all() {
            let row = self.row(*network, now);
            let shrunk = cost << row.shrink(now);
            let permission = row.spent.take(allowance(*network), shrunk, now);
            if permission != Permission::Allow {
                row.refuse(now);
                return permission;
            }
        }
        Permission::Allow
    }

    /// Charges a network for something bad, into debt.
    pub fn charge(&mut self, levels: &Levels, cost: u32, now: Instant) {
        for network in levels.all() {
            self.row(*network, now).spent.charge(allowance(*network), cost, now);
        }
    }

    /// Whether one more place in line may be given here before it is known whether anybody comes back for it. A farm of
    /// tickets that are thrown away would use up all that a waiting room has.
    pub fn give_ticket(&mut self, levels: &Levels, now: Instant) -> bool {
        levels.all().iter().all(|network| self.row(*network, now).tickets.take(TICKETS, 1, now) == Permission::Allow)
    }

    /// Whether somebody from a network that has spent its budget is shown a waiting page, or only a refusal: a thousand
    /// people who come for the first time are to see one, and whoever goes on asking sees few.
    pub fn may_see_a_page(&mut self, levels: &Levels, now: Instant) -> bool {
        levels.all().iter().all(|network| {
            let row = self.row(*network, now);
            let shrunk = 1 << row.shrink(now);
            row.tickets.take(TICKETS, shrunk, now) == Permission::Allow
        })
    }

    /// Somebody showed a ticket or an entry here that we gave; or a pass, with None.
    pub fn saw_person(&mut self, narrow: Network, paper: Option<u64>, now: Instant) {
        let row = self.row(narrow, now);
        row.turn_passes(now);
        row.people[0] |= paper.map_or(u64::MAX, |paper| 1 << (mix(paper) % 64));
    }

    /// Distinct papers that came back here within the last half hour to hour; 64 for a pass.
    pub fn people_of(&self, narrow: Network, now: Instant) -> u32 {
        self.table.get(&narrow).map_or(0, |row| row.bits(row.people, now).count_ones())
    }

    /// Whether a ticket may come back from here once more.
    pub fn poll(&mut self, levels: &Levels, now: Instant) -> Permission {
        self.come_back(levels, |polls| polls.burst / 4, now)
    }

    /// Whether one more ticket or promise may come back from here for the first time.
    pub fn come_first(&mut self, levels: &Levels, now: Instant) -> Permission {
        self.come_back(levels, |_| 0, now)
    }

    fn come_back(&mut self, levels: &Levels, left: impl Fn(Allowance) -> u32, now: Instant) -> Permission {
        for network in levels.all() {
            let allowance = polls(*network);
            let row = self.row(*network, now);
            let permission = row.polls.ask(allowance, 1 + left(allowance), now);
            if permission != Permission::Allow {
                return permission;
            }
            row.polls.charge(allowance, 1, now);
        }
        Permission::Allow
    }

    /// A recently earned pass was seen here.
    pub fn saw_pass(&mut self, levels: &Levels, holder: HolderKey, now: Instant) {
        let bit = mix((holder.0 ^ (holder.0 >> 64)) as u64) & 63;
        for network in levels.all() {
            let row = self.row(*network, now);
            row.turn_passes(now);
            row.passes[0] |= 1 << bit;
        }
    }

    /// True for a network that shows [`VOUCHING_PASSES_MIN`] distinct, recently earned passes, and for what lies in it.
    pub fn vouched(&self, levels: &Levels, now: Instant) -> bool {
        let passes = |network| self.table.get(network).map_or(0, |row| row.pass_bits(now).count_ones());
        levels.all().iter().any(|network| passes(network) >= VOUCHING_PASSES_MIN)
    }

    /// Lets rows go that have nothing to tell any more.
    pub fn tick(&mut self, now: Instant) {
        let count = self.table.a_tick();
        self.table.sweep(count, |_, row| {
            let idle = now.since(row.last);
            let quiet = row.pass_bits(now) == 0 && row.shrink(now) == 0 && row.spent.debt(now).is_zero();
            quiet && idle >= Duration::from_secs(60)
        });
    }

    /// How many distinct, recently earned passes an address has shown; an estimate above ten.
    pub fn passes_of(&self, address: IpAddr, now: Instant) -> u32 {
        Levels::of(address).all().iter().map(|network| self.passes(*network, now)).max().unwrap_or(0)
    }

    fn passes(&self, network: Network, now: Instant) -> u32 {
        let bits = self.table.get(&network).map_or(0, |row| row.pass_bits(now).count_ones());
        let free = f64::from(64 - bits).max(0.5);
        (64.0 * (64.0 / free).ln()).round() as u32
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
#[path = "tests/prefixes.rs"]
mod tests;
