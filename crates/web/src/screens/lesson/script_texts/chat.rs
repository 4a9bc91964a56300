//! Whom one writes to, taking a line away, slow mode.

pub(super) const KEYS: &[&str] = &[];
