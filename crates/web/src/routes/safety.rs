use super::Rule::{May, SignedIn};
use super::{Row, get, post};
use crate::limits::{REPORT_BODY_BYTES_MAX, SELF_TEST_UP_BYTES_MAX};
use crate::screens::reports::{judge, make};
use crate::screens::{keeping, kept_chat, self_test};
use preau_base::Level::Essential;

/// Reports to school life, the chat that is kept, the self-test.
pub(super) fn rows() -> Vec<Row> {
    let report = post("/lessons/{id}/report", May("Report"), make::submit).always();
    let up = post("/self-test/up", SignedIn, self_test::up).off_from(Essential);
    vec![
        get("/lessons/{id}/report", May("Report"), make::show),
        Row { body_bytes_max: REPORT_BODY_BYTES_MAX, ..report },
        get("/lessons/{id}/chat", May("ReadChat"), kept_chat::show).off_from(Essential),
        get("/schools/{id}/reports", May("Judge"), judge::list).off_from(Essential),
        // Opening one is written down.
        get("/reports/{id}", May("Judge"), judge::show).off_from(Essential),
        post("/reports/{id}", May("Judge"), judge::handle),
        get("/reports/{id}/picture", May("Judge"), judge::picture).off_from(Essential),
        get("/schools/{id}/keeping", May("SetKeeping"), keeping::show).off_from(Essential),
        post("/schools/{id}/keeping", May("SetKeeping"), keeping::submit),
        get("/self-test", SignedIn, self_test::show).off_from(Essential),
        post("/self-test", SignedIn, self_test::send).off_from(Essential),
        get("/self-test/down", SignedIn, self_test::down).off_from(Essential),
        Row { body_bytes_max: SELF_TEST_UP_BYTES_MAX, ..up },
        post("/self-test/media", SignedIn, self_test::media).off_from(Essential),
        get("/schools/{id}/self-tests", May("SeeSelfTests"), self_test::list).off_from(Essential),
    ]
}
