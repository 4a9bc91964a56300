use super::Rule::May;
use super::{Row, get, post};
use crate::screens::lesson;

/// The door of a live lesson and its token.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/lessons/{id}", May("EnterLesson"), lesson::door),
        post("/lessons/{id}/token", May("EnterLesson"), lesson::token).always(),
    ]
}
