use super::{Case, SIGNED_IN, get, post};
use preau_testkit::{Seed, Who};

/// Those on the roster of the lesson that is on now.
const ON_ROSTER: &[Who] = &[Who::Pupil, Who::Classmate, Who::Teacher];
const JUDGE: &[Who] = &[Who::Head, Who::SchoolLife];
const SET: &[Who] = &[Who::Head, Who::Administrator, Who::PlatformAdmin];
const OVERSEE: &[Who] = &[Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];

fn lesson(seed: &Seed, rest: &str) -> String {
    format!("/lessons/{}{rest}", seed.lesson_now())
}

fn school(seed: &Seed, rest: &str) -> String {
    format!("/schools/{}{rest}", seed.school())
}

fn report(seed: &Seed, rest: &str) -> String {
    format!("/reports/{}{rest}", seed.report())
}

fn nothing(_: &Seed) -> Vec<(&'static str, String)> {
    Vec::new()
}

pub(super) fn cases() -> Vec<Case> {
    let about = |seed: &Seed| {
        let person = seed.person(Who::Classmate).to_string();
        vec![("person", person), ("concern", "insult".to_owned()), ("body", "Il se moque".to_owned())]
    };
    let note = |_: &Seed| vec![("note", "Parents appelés".to_owned())];
    let days = |_: &Seed| vec![("days", "30".to_owned())];
    let results = |_: &Seed| vec![("results", r#"[{"what":"udp","state":"bad"}]"#.to_owned())];
    vec![
        get("/lessons/{id}/report", |seed| lesson(seed, "/report"), ON_ROSTER),
        post("/lessons/{id}/report", |seed| lesson(seed, "/report"), about, ON_ROSTER),
        // Nobody was in yet, so the teacher alone reads what was said.
        get("/lessons/{id}/chat", |seed| lesson(seed, "/chat"), &[Who::Teacher]),
        get("/schools/{id}/reports", |seed| school(seed, "/reports"), JUDGE),
        get("/reports/{id}", |seed| report(seed, ""), JUDGE),
        post("/reports/{id}", |seed| report(seed, ""), note, JUDGE),
        get("/reports/{id}/picture", |seed| report(seed, "/picture"), JUDGE),
        get("/schools/{id}/keeping", |seed| school(seed, "/keeping"), SET),
        post("/schools/{id}/keeping", |seed| school(seed, "/keeping"), days, SET),
        get("/self-test", |_| "/self-test".to_owned(), SIGNED_IN),
        post("/self-test", |_| "/self-test".to_owned(), results, SIGNED_IN),
        get("/self-test/down", |_| "/self-test/down?bytes=16".to_owned(), SIGNED_IN),
        post("/self-test/up", |_| "/self-test/up".to_owned(), nothing, SIGNED_IN),
        post("/self-test/media", |_| "/self-test/media".to_owned(), nothing, SIGNED_IN),
        get("/schools/{id}/self-tests", |seed| school(seed, "/self-tests"), OVERSEE),
    ]
}
