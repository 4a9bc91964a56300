//! How many new connections a network may open, and all together.

use super::nets::{Nets, Size};
use crate::GuardLimits;
use preau_base::Instant;
use preau_gate::Permission;
use preau_gate::budget::{Allowance, Budgets};

/// Budgets of new connections: of each network by its size, and of all strangers together.
pub(super) struct Rates {
    by_size: [Budgets<super::Net>; 4],
    strangers: Budgets<()>,
}

impl Rates {
    pub fn new(limits: &GuardLimits) -> Self {
        Self {
            by_size: Size::ALL.map(|size| Budgets::new(allowance(limits, size))),
            strangers: Budgets::new(limits.accepts),
        }
    }

    /// Spends one connection of each budget of these networks, or nothing.
    pub fn take(&mut self, nets: &Nets, now: Instant) -> bool {
        let allowed =
            nets.each().iter().all(|net| self.by_size[net.size.index()].ask(*net, 1, now) == Permission::Allow);
        if allowed {
            for net in nets.each() {
                self.by_size[net.size.index()].charge(*net, 1, now);
            }
        }
        allowed
    }

    /// Spends one connection of what all have together; whoever is known is counted and never refused.
    pub fn take_of_all(&mut self, known: bool, now: Instant) -> bool {
        if known {
            self.strangers.charge((), 1, now);
            return true;
        }
        self.strangers.take((), 1, now) == Permission::Allow
    }
}

const fn allowance(limits: &GuardLimits, size: Size) -> Allowance {
    match size {
        Size::V4 => limits.accepts_of_v4,
        Size::V6Bits64 => limits.accepts_of_v6_64,
        Size::V6Bits56 => limits.accepts_of_v6_56,
        Size::V6Bits48 => limits.accepts_of_v6_48,
    }
}
