//! What a network earns by the passes that it shows: a school or half a city behind one address of IPv4 brings more
//! connections than a stranger may.

use super::nets::{Net, Nets};
use crate::GuardLimits;
use crate::limits as l;
use preau_base::Instant;
use preau_gate::HolderKey;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Going through all rows takes milliseconds.
const SWEPT_EVERY: Duration = Duration::from_secs(10);
/// Less than half of the time for which the kernel spares a network.
const TOLD_EVERY: Duration = Duration::from_secs(600);

/// Distinct holders of recently earned passes, by network. Each of them brings a budget of new connections and some
/// open ones to all of its networks; what they bring is pooled. The same pass again brings nothing.
pub(super) struct Earned {
    rows: HashMap<Net, Row>,
    /// Holders in all rows.
    noted: usize,
    swept: Instant,
    /// Narrow networks with enough holders, until somebody asks.
    with_people: Vec<Net>,
}

#[derive(Default)]
struct Row {
    /// Counted in times of [`l::PASSES_EARN_MS`].
    turn: i64,
    /// Holders of this turn, and those of the one before who did not come again.
    holders: [HashSet<u64>; 2],
    /// In microseconds since the guards began, when nothing is spent any more of what was earned.
    full_at_us: u64,
    /// When it was put among those with people.
    told: Option<Instant>,
}

impl Row {
    fn holders(&self, turn: i64) -> usize {
        match turn.saturating_sub(self.turn) {
            0 => self.holders[0].len() + self.holders[1].len(),
            1 => self.holders[0].len(),
            _ => 0,
        }
    }

    /// Gives how many holders are forgotten with it.
    fn turn(&mut self, turn: i64) -> usize {
        let before = self.holders[0].len() + self.holders[1].len();
        if turn != self.turn {
            let last = std::mem::take(&mut self.holders[0]);
            self.holders[1] = if turn == self.turn.saturating_add(1) { last } else { HashSet::new() };
            self.turn = turn;
        }
        before - self.holders[0].len() - self.holders[1].len()
    }
}

fn turn(now: Instant) -> i64 {
    now.as_millis().div_euclid(l::PASSES_EARN_MS)
}

impl Earned {
    pub fn new() -> Self {
        Self { rows: HashMap::new(), noted: 0, swept: Instant::EPOCH, with_people: Vec::new() }
    }

    /// A recently earned pass of this holder was shown from these networks.
    pub fn note(&mut self, nets: &Nets, holder: HolderKey, now: Instant) {
        let (turn, mark) = (turn(now), (holder.0 ^ (holder.0 >> 64)) as u64);
        if self.noted >= l::PASSES_NOTED_MAX && now.since(self.swept) >= SWEPT_EVERY {
            self.swept = now;
            self.rows.retain(|_, row| row.holders(turn) > 0);
            self.noted = self.rows.values().map(|row| row.holders.iter().map(HashSet::len).sum::<usize>()).sum();
        }
        for net in nets.each() {
            if self.noted >= l::PASSES_NOTED_MAX && !self.rows.contains_key(net) {
                continue;
            }
            let row = self.rows.entry(*net).or_insert_with(|| Row { turn, ..Row::default() });
            self.noted -= row.turn(turn);
            let came_again = row.holders[1].remove(&mark);
            let room = row.holders(turn) < l::PASSES_OF_NETWORK_MAX && self.noted < l::PASSES_NOTED_MAX;
            if came_again || room {
                self.noted += usize::from(row.holders[0].insert(mark) && !came_again);
            }
            let is_news = row.told.is_none_or(|told| now.since(told) >= TOLD_EVERY);
            if *net == nets.narrowest()
                && is_news
                && row.holders(turn) >= l::PASSES_EARN_MIN
                && self.with_people.len() < l::WITH_PEOPLE_TOLD_MAX
            {
                row.told = Some(now);
                self.with_people.push(*net);
            }
        }
    }

    /// Addresses and /64 that have come to [`l::PASSES_EARN_MIN`] holders since this was asked last; one that goes on
    /// showing passes comes again after a while.
    pub fn take_with_people(&mut self) -> Vec<Net> {
        std::mem::take(&mut self.with_people)
    }

    /// Distinct holders that count for a network; none before there are [`l::PASSES_EARN_MIN`].
    pub fn holders(&self, net: &Net, now: Instant) -> usize {
        let holders = self.rows.get(net).map_or(0, |row| row.holders(turn(now)));
        if holders >= l::PASSES_EARN_MIN { holders } else { 0 }
    }

    /// Connections that may be open at once from `net`: never so many that half of the world would be left out.
    pub fn connections_of(&self, net: &Net, limits: &GuardLimits, now: Instant) -> usize {
        let least = limits.connections_of(net.size);
        let most = least.max(limits.connections_at_ease() / 2);
        most.min(least.saturating_add(self.holders(net, now).saturating_mul(l::CONNECTIONS_OF_PASS)))
    }

    /// Whether one more connection may be opened on what the holders of `net` bring; spends nothing.
    pub fn allows(&self, net: &Net, now: Instant, now_us: u64) -> bool {
        let holders = self.holders(net, now);
        let full_at_us = self.rows.get(net).map_or(now_us, |row| row.full_at_us.max(now_us));
        holders > 0 && full_at_us + cost_us(holders) <= now_us + depth_us()
    }

    pub fn spend(&mut self, net: &Net, now: Instant, now_us: u64) {
        let holders = self.holders(net, now);
        if let Some(row) = self.rows.get_mut(net) {
            row.full_at_us = row.full_at_us.max(now_us) + cost_us(holders);
        }
    }

    #[cfg(test)]
    pub fn noted(&self) -> usize {
        self.noted
    }
}

/// What one connection takes of the time in which a full debt is paid back: the more holders, the less.
fn cost_us(holders: usize) -> u64 {
    micros(l::ACCEPTS_OF_PASS.refill) / (holders as u64).max(1)
}

fn depth_us() -> u64 {
    micros(l::ACCEPTS_OF_PASS.refill).saturating_mul(u64::from(l::ACCEPTS_OF_PASS.burst))
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(text: &str) -> Nets {
        Nets::of(text.parse().unwrap())
    }

    /// How many connections the holders of a network may open at once.
    fn opened(earned: &mut Earned, net: &Net, now: Instant, now_us: u64) -> usize {
        let mut count = 0;
        while earned.allows(net, now, now_us) {
            earned.spend(net, now, now_us);
            count += 1;
        }
        count
    }

    fn shown(holders: impl IntoIterator<Item = u128>) -> Earned {
        let mut earned = Earned::new();
        for holder in holders {
            earned.note(&nets("192.0.2.1"), HolderKey(holder), Instant::EPOCH);
        }
        earned
    }

    fn check(holders: impl IntoIterator<Item = u128>, expect: usize) {
        let mut earned = shown(holders);
        let net = nets("192.0.2.1").narrowest();
        assert_eq!(opened(&mut earned, &net, Instant::EPOCH, 0), expect);
        let other = nets("192.0.2.2").narrowest();
        assert_eq!(opened(&mut earned, &other, Instant::EPOCH, 0), 0, "others have not earned it");
    }

    #[test]
    fn each_holder_brings_as_much_and_one_pass_again_and_again_brings_nothing() {
        let burst = l::ACCEPTS_OF_PASS.burst as usize;
        check([], 0);
        check(std::iter::repeat_n(7, 5_000), 0);
        check([1, 2], 0);
        check(1..=3, 3 * burst);
        check((1..=3).chain(std::iter::repeat_n(3, 1_000)), 3 * burst);
        check(1..=100, 100 * burst);
        check(1..=20_000, l::PASSES_OF_NETWORK_MAX * burst);
    }

    #[test]
    fn what_was_spent_comes_back_by_the_number_of_holders() {
        let mut earned = shown(1..=500);
        let net = nets("192.0.2.1").narrowest();
        opened(&mut earned, &net, Instant::EPOCH, 0);
        let refill = micros(l::ACCEPTS_OF_PASS.refill);
        assert_eq!(opened(&mut earned, &net, Instant::EPOCH, refill), 500);
        assert_eq!(opened(&mut earned, &net, Instant::EPOCH, refill + refill / 2), 250);
    }

    #[test]
    fn a_site_earns_by_all_its_networks() {
        let mut earned = Earned::new();
        for holder in 0..200_u32 {
            let home = nets(&format!("2001:db8:0:{holder:x}::1"));
            earned.note(&home, HolderKey(u128::from(holder)), Instant::EPOCH);
        }
        let [home, building, site] = [0, 1, 2].map(|at| nets("2001:db8:0:7::1").each()[at]);
        let burst = l::ACCEPTS_OF_PASS.burst as usize;
        assert_eq!(opened(&mut earned, &home, Instant::EPOCH, 0), 0);
        assert_eq!(opened(&mut earned, &building, Instant::EPOCH, 0), 200 * burst);
        assert_eq!(opened(&mut earned, &site, Instant::EPOCH, 0), 200 * burst);
    }

    #[test]
    fn holders_count_for_a_turn_and_the_next_and_are_forgotten_then() {
        let mut earned = shown(1..=10);
        let net = nets("192.0.2.1");
        let later = |turns: i64| Instant::from_millis(turns * l::PASSES_EARN_MS);
        assert_eq!(earned.holders(&net.narrowest(), later(1)), 10);
        earned.note(&net, HolderKey(1), later(1));
        earned.note(&net, HolderKey(11), later(1));
        assert_eq!((earned.holders(&net.narrowest(), later(1)), earned.noted()), (11, 11));
        assert_eq!(earned.holders(&net.narrowest(), later(2)), 0, "two are too few");
        assert_eq!(earned.holders(&net.narrowest(), later(3)), 0);
        earned.note(&net, HolderKey(12), later(3));
        assert_eq!(earned.noted(), 1);
    }

    #[test]
    fn what_is_noted_has_an_end_and_room_comes_back() {
        let mut earned = Earned::new();
        let networks = u32::try_from(l::PASSES_NOTED_MAX).unwrap() + 10;
        for network in 0..networks {
            earned.note(&Nets::of(std::net::IpAddr::V4(network.into())), HolderKey(1), Instant::EPOCH);
        }
        assert_eq!(earned.noted(), l::PASSES_NOTED_MAX);
        let later = Instant::from_millis(2 * l::PASSES_EARN_MS);
        earned.note(&nets("192.0.2.1"), HolderKey(1), later);
        assert_eq!((earned.noted(), earned.rows.len()), (1, 1));
    }

    #[test]
    fn networks_with_people_are_told_and_again_while_people_come() {
        let (narrow, site) = (nets("192.0.2.1"), nets("2001:db8:0:1::1"));
        let mut earned = shown(1..=2);
        assert_eq!(earned.take_with_people(), [], "two are too few");
        let later = |minutes: i64| Instant::from_secs(minutes * 60);
        for holder in 3..=9 {
            earned.note(&narrow, HolderKey(holder), later(0));
            earned.note(&site, HolderKey(holder), later(0));
        }
        assert_eq!(earned.take_with_people(), [narrow.narrowest(), site.narrowest()]);
        earned.note(&narrow, HolderKey(9), later(9));
        assert_eq!(earned.take_with_people(), []);
        earned.note(&narrow, HolderKey(9), later(10));
        assert_eq!(earned.take_with_people(), [narrow.narrowest()]);
    }

    #[test]
    fn a_network_with_passes_holds_more_at_once_and_leaves_half_to_others() {
        let limits = GuardLimits::default();
        let net = nets("192.0.2.1").narrowest();
        let of = |earned: &Earned| earned.connections_of(&net, &limits, Instant::EPOCH);
        assert_eq!(of(&shown([])), limits.connections_per_v4_max);
        assert_eq!(of(&shown([7, 7, 7, 7])), limits.connections_per_v4_max);
        assert_eq!(of(&shown(0..100)), limits.connections_per_v4_max + 100 * l::CONNECTIONS_OF_PASS);
        assert_eq!(of(&shown(0..2_000)), limits.connections_at_ease() / 2);
    }
}
