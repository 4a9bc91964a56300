use super::Rule::{Anyone, SignedIn};
use super::{Row, get};
use crate::screens::offline;

/// Work without a connection: the worker, the page that browsers keep, a token for what they send later.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/worker.js", Anyone, offline::worker),
        get("/offline", Anyone, offline::page),
        get("/offline/token", SignedIn, offline::token),
    ]
}
