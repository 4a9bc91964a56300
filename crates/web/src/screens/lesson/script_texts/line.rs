//! Bad lines, self-test, reports to school life.

pub(super) const KEYS: &[&str] = &[
    "class-queue",
    "class-queue-full",
    "class-queue-over",
    "class-low-on",
    "class-low-on-camera",
    "class-low-by-itself",
    "class-low-by-itself-camera",
    "class-low-said",
    "class-low-over",
    "class-low-pressed",
    "class-low-released",
    "class-picture-cut",
    "class-report",
    "class-report-of",
    "class-report-person-of",
    "class-report-picture-of",
    "class-report-incomplete",
    "class-report-sent",
    "class-report-too-many",
    "class-report-not-sent",
];
