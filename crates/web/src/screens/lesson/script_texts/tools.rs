//! Breakouts, polls, notes, timer, lots, the end of the lesson.

pub(super) const KEYS: &[&str] = &[];
