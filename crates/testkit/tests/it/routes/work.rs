use super::{ANYONE, Case, SIGNED_IN, get, other, post};
use http::Method;
use preau_testkit::{Seed, Who};

/// Whoever teaches, in whichever school: the choice is of their own groups.
const TEACH: &[Who] = &[Who::Teacher, Who::Stranger];
const TEACHER: &[Who] = &[Who::Teacher];
const READ: &[Who] = &[
    Who::Pupil,
    Who::Classmate,
    Who::Parent,
    Who::Teacher,
    Who::Head,
    Who::SchoolLife,
    Who::Administrator,
    Who::PlatformAdmin,
];
const CLASS: &[Who] = &[Who::Pupil, Who::Classmate];
/// What one pupil handed in.
const SEE: &[Who] = &[Who::Pupil, Who::Parent, Who::Teacher];
const SEE_DAY: &[Who] = &[Who::Pupil, Who::Parent, Who::Head, Who::SchoolLife];
const PUPIL: &[Who] = &[Who::Pupil];

fn work(seed: &Seed, rest: &str) -> String {
    format!("/homework/{}{rest}", seed.work().homework)
}

fn pupil(seed: &Seed, rest: &str) -> String {
    work(seed, &format!("/pupils/{}{rest}", seed.person(Who::Pupil)))
}

fn receipt(seed: &Seed, rest: &str) -> String {
    format!("/receipts/{}{rest}", seed.work().receipt)
}

fn upload(seed: &Seed) -> String {
    format!("/uploads/{}", seed.work().upload)
}

fn nothing(_: &Seed) -> Vec<(&'static str, String)> {
    Vec::new()
}

fn text(_: &Seed) -> Vec<(&'static str, String)> {
    vec![("body", "Le delta".to_owned()), ("key", "1".to_owned())]
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        get("/homework", |_| "/homework".to_owned(), SIGNED_IN),
        get("/api/day", |_| "/api/day".to_owned(), SIGNED_IN),
        get("/people/{id}/homework", |seed| format!("/people/{}/homework", seed.person(Who::Pupil)), SEE_DAY),
        get("/homework/new", |_| "/homework/new".to_owned(), TEACH),
        post("/homework/new", |_| "/homework/new".to_owned(), nothing, TEACH),
        get("/homework/{id}", |seed| work(seed, ""), READ),
        get("/homework/{id}/files/{file}", |seed| work(seed, &format!("/files/{}", seed.work().file)), READ),
        get("/homework/{id}/change", |seed| work(seed, "/change"), TEACHER),
        post("/homework/{id}/change", |seed| work(seed, "/change"), nothing, TEACHER),
        post("/homework/{id}/remove", |seed| work(seed, "/remove"), nothing, TEACHER),
        post("/homework/{id}/done", |seed| work(seed, "/done"), nothing, CLASS),
        post("/homework/{id}/draft", |seed| work(seed, "/draft"), text, CLASS),
        get("/homework/{id}/drafts/{file}", |seed| work(seed, &format!("/drafts/{}", seed.work().draft_file)), PUPIL),
        post("/homework/{id}/hand-in", |seed| work(seed, "/hand-in"), text, CLASS),
        get("/homework/{id}/archive", |seed| work(seed, "/archive"), TEACHER),
        get("/homework/{id}/pupils/{person}", |seed| pupil(seed, ""), SEE),
        post("/homework/{id}/pupils/{person}", |seed| pupil(seed, ""), nothing, TEACHER),
        post("/homework/{id}/pupils/{person}/extension", |seed| pupil(seed, "/extension"), nothing, TEACHER),
        get(
            "/homework/{id}/pupils/{person}/files/{file}",
            |seed| pupil(seed, &format!("/files/{}", seed.work().returned_file)),
            SEE,
        ),
        get("/receipts/{id}", |seed| receipt(seed, ""), SEE),
        get("/receipts/{id}/files/{file}", |seed| receipt(seed, &format!("/files/{}", seed.work().receipt_file)), SEE),
        other(Method::OPTIONS, "/uploads", |_| "/uploads".to_owned(), ANYONE),
        post("/uploads", |_| "/uploads".to_owned(), nothing, SIGNED_IN),
        other(Method::HEAD, "/uploads/{id}", upload, PUPIL),
        other(Method::PATCH, "/uploads/{id}", upload, PUPIL),
        other(Method::DELETE, "/uploads/{id}", upload, PUPIL),
    ]
}
