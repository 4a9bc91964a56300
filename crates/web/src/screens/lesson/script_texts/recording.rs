//! Recording and captions.

pub(super) const KEYS: &[&str] = &[];
