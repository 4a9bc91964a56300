//! Board and documents.

pub(super) const KEYS: &[&str] = &[];
