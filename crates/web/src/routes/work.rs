use super::Rule::{Anyone, May, SignedIn};
use super::{Row, get, other, post};
use crate::screens::homework;
use crate::uploads;
use http::Method;
use preau_base::Level::Essential;

/// Work to be done at home, what is handed in, and the files that come with both.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        get("/homework", SignedIn, homework::list),
        get("/homework/new", May("SetHomework"), homework::new).off_from(Essential),
        post("/homework/new", May("SetHomework"), homework::create),
        get("/homework/{id}", May("Work(Read)"), homework::show),
        post("/homework/{id}/remove", May("Work(Change)"), homework::remove),
    ];
    rows.extend(upload_rows());
    rows
}

/// Resumable uploads.
fn upload_rows() -> Vec<Row> {
    const RESUME: super::Rule = May("Work(ResumeUpload)");
    vec![
        other(Method::OPTIONS, "/uploads", Anyone, uploads::options),
        post("/uploads", SignedIn, uploads::create),
        other(Method::HEAD, "/uploads/{id}", RESUME, uploads::offset),
        other(Method::PATCH, "/uploads/{id}", RESUME, uploads::append).with_files(),
        other(Method::DELETE, "/uploads/{id}", RESUME, uploads::remove),
    ]
}
