//! A budget in eight bytes, for tables that hold a budget beside other things.

use crate::budget::{Allowance, Permission};
use preau_base::Instant;
use std::time::Duration;

/// What one key has spent (GCRA, ITU-T I.371: only the instant at which the budget is full again is kept).
///
/// The same rule as [`crate::budget::Budgets`], without a table of its own: a decision looks its key up once, not
/// once for each thing that is kept about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    full_at: Instant,
}

impl Spent {
    pub const NOTHING: Self = Self { full_at: Instant::EPOCH };

    /// Whether `cost` may be spent now; spends nothing.
    pub fn ask(self, allowance: Allowance, cost: u32, now: Instant) -> Permission {
        let depth = allowance.refill.saturating_mul(allowance.burst);
        let after = self.full_at(depth, now).plus(allowance.refill.saturating_mul(cost));
        if after <= now.plus(depth) { Permission::Allow } else { Permission::WaitUntil(after.minus(depth)) }
    }

    /// Spends `cost` if it may be spent.
    pub fn take(&mut self, allowance: Allowance, cost: u32, now: Instant) -> Permission {
        let permission = self.ask(allowance, cost, now);
        if permission == Permission::Allow {
            self.charge(allowance, cost, now);
        }
        permission
    }

    /// Spends `cost` in any case, into debt of at most another burst.
    pub fn charge(&mut self, allowance: Allowance, cost: u32, now: Instant) {
        let depth = allowance.refill.saturating_mul(allowance.burst);
        let after = self.full_at(depth, now).plus(allowance.refill.saturating_mul(cost));
        self.full_at = after.min(now.plus(depth.saturating_mul(2)));
    }

    /// What is spent and not refilled yet, as time: none for a full budget.
    pub fn debt(self, now: Instant) -> Duration {
        self.full_at.since(now)
    }

    /// Deeper than the deepest debt is none at all: the clock was set back, and nobody pays for that.
    fn full_at(self, depth: Duration, now: Instant) -> Instant {
        let deepest = now.plus(depth.saturating_mul(2));
        if self.full_at > deepest { now } else { self.full_at.max(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budgets;
    use proptest::prelude::*;

    const THREE: Allowance = Allowance { burst: 3, refill: Duration::from_secs(1) };

    proptest! {
        #[test]
        fn spends_as_a_table_of_budgets_does(steps in proptest::collection::vec((0_u64..3_000, 0_u32..5, any::<bool>()), 0..60)) {
            let mut now = Instant::from_secs(1_000);
            let mut table = Budgets::new(THREE);
            let mut spent = Spent::default();
            for (pause_ms, cost, ask_first) in steps {
                now = now.plus(Duration::from_millis(pause_ms));
                if ask_first {
                    prop_assert_eq!(spent.take(THREE, cost, now), table.take((), cost, now));
                } else {
                    spent.charge(THREE, cost, now);
                    table.charge((), cost, now);
                }
            }
        }

        #[test]
        fn a_clock_that_is_set_back_costs_nobody_anything(back_s in 7_u64..1_000_000, cost in 0_u32..4) {
            let now = Instant::from_secs(2_000_000);
            let mut spent = Spent::default();
            (0..10).for_each(|_| spent.charge(THREE, 1, now));
            prop_assert_eq!(spent.ask(THREE, cost, now.minus(Duration::from_secs(back_s))), Permission::Allow);
        }

        #[test]
        fn no_clock_makes_it_panic_or_wait_long(instants: [i64; 8], cost: u32) {
            let mut spent = Spent::default();
            for at in instants.map(Instant::from_millis) {
                spent.charge(THREE, cost, at);
                if let Permission::WaitUntil(until) = spent.ask(THREE, 1, at) {
                    prop_assert!(until.since(at) <= Duration::from_secs(4));
                }
            }
        }
    }
}
