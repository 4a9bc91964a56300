//! Entry, door, guests, and what is set up beforehand.

pub(super) const KEYS: &[&str] = &[
    "class-at-door-title",
    "class-confirm-refuse-body",
    "class-confirm-refuse-title",
    "class-confirm-refuse-yes",
    "class-guest",
    "class-guest-name",
    "class-knocks",
    "class-lobby-admit",
    "class-lobby-count-one",
    "class-lobby-count-other",
    "class-lobby-listed",
    "class-lobby-lock",
    "class-lobby-locked",
    "class-lobby-refuse",
    "class-lobby-school",
    "class-lobby-since",
    "class-lobby-staff",
    "class-lobby-unlock",
    "class-lobby-unlocked",
];
