use super::Rule::{Anyone, May, SignedIn};
use super::{Row, Rule, get, other, post};
use crate::screens::homework::{self, archive, correct, day, hand_in, receipt, set, show};
use crate::uploads;
use http::Method;
use preau_base::Level::{Essential, Light};

/// Work to be done at home, what is handed in, and the files that come with both.
pub(super) fn rows() -> Vec<Row> {
    const READ: Rule = May("Work(Read)");
    const CHANGE: Rule = May("Work(Change)");
    const HAND_IN: Rule = May("Work(HandIn)");
    let mut rows = vec![
        get("/homework", SignedIn, homework::list::own),
        get("/people/{id}/homework", May("SeeDayOf"), homework::list::of_child).off_from(Essential),
        get("/homework/new", May("SetHomework"), set::new).off_from(Essential),
        post("/homework/new", May("SetHomework"), set::create).with_files(),
        get("/homework/{id}", READ, show::show),
        get("/homework/{id}/files/{file}", READ, show::file),
        get("/homework/{id}/change", CHANGE, set::edit).off_from(Essential),
        post("/homework/{id}/change", CHANGE, set::change).with_files(),
        post("/homework/{id}/remove", CHANGE, set::remove),
        get("/api/day", SignedIn, day::today).off_from(Light),
        post("/homework/{id}/done", HAND_IN, hand_in::done).always(),
        post("/homework/{id}/draft", HAND_IN, hand_in::draft).with_files().always(),
        get("/homework/{id}/drafts/{file}", HAND_IN, show::draft_file),
        post("/homework/{id}/hand-in", HAND_IN, hand_in::hand_in).with_files().always(),
    ];
    rows.extend(correction_rows());
    rows.extend(upload_rows());
    rows
}

/// What was handed in, and its correction.
fn correction_rows() -> Vec<Row> {
    const SEE: Rule = May("Work(SeeHandIn)");
    const CORRECT: Rule = May("Work(Correct)");
    vec![
        get("/receipts/{id}", SEE, receipt::show),
        get("/receipts/{id}/files/{file}", SEE, receipt::file),
        get("/homework/{id}/pupils/{person}", SEE, correct::show).off_from(Essential),
        post("/homework/{id}/pupils/{person}", CORRECT, correct::correct).with_files(),
        post("/homework/{id}/pupils/{person}/extension", CORRECT, correct::extend),
        get("/homework/{id}/pupils/{person}/files/{file}", SEE, correct::file).off_from(Essential),
        get("/homework/{id}/archive", CORRECT, archive::download).off_from(Light),
    ]
}

/// Resumable uploads.
fn upload_rows() -> Vec<Row> {
    const RESUME: Rule = May("Work(ResumeUpload)");
    vec![
        other(Method::OPTIONS, "/uploads", Anyone, uploads::options),
        post("/uploads", SignedIn, uploads::create).always(),
        other(Method::HEAD, "/uploads/{id}", RESUME, uploads::offset),
        other(Method::PATCH, "/uploads/{id}", RESUME, uploads::append).with_files().always(),
        other(Method::DELETE, "/uploads/{id}", RESUME, uploads::remove),
    ]
}
