//! Entry, door, guests, and what is set up beforehand.

pub(super) const KEYS: &[&str] = &[];
