//! Every limit of the admin listener, with its unit last in its name.

/// One readiness check; a check that takes longer counts as failed.
pub const CHECK_MS_MAX: u64 = 2_000;
/// From accept, or from the last answer, to the next complete request header.
pub const HEADER_MS_MAX: u64 = 10_000;
/// Connections at once; those beyond wait in the kernel's queue.
pub const CONNECTIONS_MAX: usize = 64;
/// After a failed accept (out of file descriptors, mostly).
pub const ACCEPT_RETRY_MS: u64 = 50;
/// How often the recorder puts histogram samples together; between scrapes they would pile up.
pub const UPKEEP_MS: u64 = 5_000;
/// Bounds of every histogram whose name ends in `_seconds`.
pub const SECONDS_BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
