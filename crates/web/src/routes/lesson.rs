use super::Rule::{Anyone, May};
use super::{Row, get, post};
use crate::limits::REPORT_BODY_BYTES_MAX;
use crate::screens::guest;
use crate::screens::lesson::{self, about, guests, setup, streams};
use preau_base::Level::Essential;

/// The door of a live lesson and its token; what its teacher prepares, and whom they invite.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/lessons/{id}", May("ComeToClass"), lesson::door),
        get("/lessons/{id}/about", May("SeeLesson"), about::show).off_from(Essential),
        post("/lessons/{id}/token", May("ComeToClass"), lesson::token).always(),
        get("/lessons/{id}/setup", May("PrepareLesson"), setup::show_page).off_from(Essential),
        post("/lessons/{id}/setup", May("PrepareLesson"), setup::save),
        get("/lessons/{id}/guests", May("PrepareLesson"), guests::list).off_from(Essential),
        post("/lessons/{id}/guests", May("InviteGuest"), guests::invite),
        post("/lessons/{id}/guests/{guest}/revoke", May("PrepareLesson"), guests::revoke).always(),
        get("/lessons/{id}/streams", May("Stream"), streams::list).off_from(Essential),
        post("/lessons/{id}/streams", May("Stream"), streams::make),
        post("/lessons/{id}/streams/{key}/revoke", May("PrepareLesson"), streams::revoke).always(),
        // The five of an invited guest, who is no member: a secret link, then a pass of its own kind.
        get("/guest/{secret}", Anyone, guest::look),
        post("/guest/{secret}", Anyone, guest::enter).always(),
        get("/guest", Anyone, guest::door),
        post("/guest/token", Anyone, guest::token).always(),
        Row { body_bytes_max: REPORT_BODY_BYTES_MAX, ..post("/guest/report", Anyone, guest::report).always() },
    ]
}
