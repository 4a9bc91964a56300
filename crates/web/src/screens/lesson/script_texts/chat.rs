//! Whom one writes to, taking a line away, slow mode.

pub(super) const KEYS: &[&str] = &[
    "class-chat-write",
    "class-to-class",
    "class-to-leaders",
    "class-to-colleagues",
    "class-to-group",
    "class-to-person",
    "class-for-leaders",
    "class-for-group",
    "class-for-person",
    "class-for-you",
    "class-chat-write-to",
    "class-chat-delete",
    "class-chat-delete-of",
    "class-confirm-delete-title",
    "class-confirm-delete-body",
    "class-confirm-delete-yes",
    "class-chat-slow",
    "class-chat-wait",
    "class-why-chat",
];
