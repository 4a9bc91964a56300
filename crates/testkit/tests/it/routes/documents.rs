use super::{ANYONE, Case, get, post};
use preau_testkit::{Seed, Who};

/// A file that nobody has.
const FILE: &str = "01900000-0000-7000-8000-000000000001";

fn of(seed: &Seed, what: &str) -> String {
    format!("/lessons/{}/{what}", seed.lesson_now())
}

fn keep(_: &Seed) -> Vec<(&'static str, String)> {
    let fields = [("deck", "1"), ("page", "0"), ("x", "0"), ("y", "0"), ("width", "100"), ("keep", FILE)];
    fields.map(|(name, value)| (name, value.to_owned())).into()
}

/// In this class is nobody: its documents are no matter of the timetable, but of who is in.
pub(super) fn cases() -> Vec<Case> {
    vec![
        post("/lessons/{id}/documents", |seed| of(seed, "documents"), keep, &[]),
        post("/lessons/{id}/pictures", |seed| of(seed, "pictures"), keep, &[]),
        get("/lessons/{id}/documents/{file}", |seed| of(seed, &format!("documents/{FILE}")), &[]),
        get("/lessons/{id}/documents/{file}/{page}", |seed| of(seed, &format!("documents/{FILE}/0")), &[Who::Teacher]),
        get("/guest/documents/{file}/{page}", |_| format!("/guest/documents/{FILE}/0"), ANYONE),
    ]
}
