//! Rules, floor, hands, reactions, pace.

pub(super) const KEYS: &[&str] = &[];
