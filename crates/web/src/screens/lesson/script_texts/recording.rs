//! Recording and captions.

pub(super) const KEYS: &[&str] = &[
    "class-recorded",
    "class-record-start",
    "class-record-stop",
    "class-record-on",
    "class-record-off",
    "class-record-never",
    "class-record-told-on",
    "class-record-told-off",
    "class-confirm-record-title",
    "class-confirm-record-body",
    "class-confirm-record-yes",
    "class-interpreter-is",
    "class-interpreter-none",
];
