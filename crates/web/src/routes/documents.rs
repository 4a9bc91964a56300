use super::Rule::{Anyone, May};
use super::{Row, get, post};
use crate::screens::documents;

/// Documents and pictures of a live class. They are what is left of a lesson where nothing else goes on, so their pages
/// always are there; new ones wait until something may be written again.
pub(super) fn rows() -> Vec<Row> {
    vec![
        post("/lessons/{id}/documents", May("Document"), documents::add),
        post("/lessons/{id}/pictures", May("Document"), documents::add_picture),
        get("/lessons/{id}/documents/{file}", May("Document"), documents::progress),
        get("/lessons/{id}/documents/{file}/{page}", May("Document"), documents::page),
        // Of a guest, who is no member; the handler asks for the pass and the class.
        get("/guest/documents/{file}/{page}", Anyone, documents::guest_page),
    ]
}
