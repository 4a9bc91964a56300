//! How many new connections a network may open, and all together.

use super::earned::Earned;
use super::nets::{Nets, Size};
use crate::GuardLimits;
use preau_base::Instant;
use preau_gate::Permission;
use preau_gate::budget::{Allowance, Budgets};
use std::time::Duration;

/// Budgets of new connections: of each network by its size, what people may open beyond it, and of all strangers together.
///
/// Their clock goes in microseconds, a thousand times as fast as its type says: thousands of connections a second are
/// less than a millisecond apart, and a budget does not count what is less than a tick of its clock.
pub(super) struct Rates {
    by_size: [Budgets<super::Net>; 4],
    beyond: Budgets<super::Net>,
    strangers: Budgets<()>,
}

/// A moment of the guards.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub now: Instant,
    pub us: u64,
}

impl Moment {
    /// So long after the guards began.
    pub fn after(elapsed: Duration) -> Self {
        let ms = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        Self { now: Instant::from_millis(ms), us: u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX) }
    }

    fn tick(self) -> Instant {
        Instant::from_millis(i64::try_from(self.us).unwrap_or(i64::MAX))
    }
}

impl Rates {
    pub fn new(limits: &GuardLimits) -> Self {
        Self {
            by_size: Size::ALL.map(|size| Budgets::new(by_ticks(allowance(limits, size)))),
            beyond: Budgets::new(by_ticks(limits.accepts_beyond)),
            strangers: Budgets::new(by_ticks(limits.accepts)),
        }
    }

    /// Spends one connection of each of these networks, or nothing. A network whose own budget is spent goes on with
    /// what its passes have earned.
    pub fn take(&mut self, nets: &Nets, earned: &mut Earned, at: Moment) -> bool {
        let has_own = |rates: &Self, net: &super::Net| {
            rates.by_size[net.size.index()].ask(*net, 1, at.tick()) == Permission::Allow
        };
        if !nets.each().iter().all(|net| has_own(self, net) || earned.allows(net, at.now, at.us)) {
            return false;
        }
        for net in nets.each() {
            if has_own(self, net) {
                self.by_size[net.size.index()].charge(*net, 1, at.tick());
            } else {
                earned.spend(net, at.now, at.us);
            }
        }
        true
    }

    /// Spends one connection of what people may open from an address whose networks have spent their own.
    pub fn take_beyond(&mut self, nets: &Nets, at: Moment) -> bool {
        self.beyond.take(nets.narrowest(), 1, at.tick()) == Permission::Allow
    }

    /// Spends one connection of what all have together; whoever is known is counted and never refused.
    pub fn take_of_all(&mut self, known: bool, at: Moment) -> bool {
        if known {
            self.strangers.charge((), 1, at.tick());
            return true;
        }
        self.strangers.take((), 1, at.tick()) == Permission::Allow
    }
}

/// The same allowance on a clock of microseconds.
fn by_ticks(allowance: Allowance) -> Allowance {
    Allowance { refill: allowance.refill.saturating_mul(1_000), ..allowance }
}

const fn allowance(limits: &GuardLimits, size: Size) -> Allowance {
    match size {
        Size::V4 => limits.accepts_of_v4,
        Size::V6Bits64 => limits.accepts_of_v6_64,
        Size::V6Bits56 => limits.accepts_of_v6_56,
        Size::V6Bits48 => limits.accepts_of_v6_48,
    }
}
