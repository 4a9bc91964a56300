use super::{ANYONE, Case, SIGNED_IN, get};

pub(super) fn cases() -> Vec<Case> {
    vec![
        get("/worker.js", |_| "/worker.js".to_owned(), ANYONE),
        get("/offline", |_| "/offline".to_owned(), ANYONE),
        get("/offline/token", |_| "/offline/token".to_owned(), SIGNED_IN),
    ]
}
