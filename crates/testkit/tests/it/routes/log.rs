use super::{Case, SIGNED_IN, get, post};
use preau_testkit::{Seed, Who};

/// The lesson's only teacher.
const TEACHER: &[Who] = &[Who::Teacher];
/// Whoever teaches, in whichever school: what they get is their own.
const TEACH: &[Who] = &[Who::Teacher, Who::Stranger];
const HEAD: &[Who] = &[Who::Head];
/// Those of 6e B who read its log as a whole; relatives read by their child.
const READ_CLASS: &[Who] = &[Who::Pupil, Who::Classmate, Who::Teacher, Who::Head, Who::SchoolLife];
const READ_ENTRY: &[Who] = &[Who::Pupil, Who::Classmate, Who::Parent, Who::Teacher, Who::Head, Who::SchoolLife];
const SEE_LOAD: &[Who] = &[Who::Teacher, Who::Head, Who::SchoolLife];
const SEE_PUPILS_DAY: &[Who] = &[Who::Pupil, Who::Parent, Who::Head, Who::SchoolLife];

fn lesson(seed: &Seed, rest: &str) -> String {
    format!("/lessons/{}/log{rest}", seed.lesson_now())
}

fn school(seed: &Seed, rest: &str) -> String {
    format!("/schools/{}/log{rest}", seed.school())
}

fn plan(seed: &Seed, rest: &str) -> String {
    format!("/progressions/{}{rest}", seed.log().progression)
}

fn an_entry(_: &Seed) -> Vec<(&'static str, String)> {
    vec![("body", "Le Nil".to_owned()), ("version", "1".to_owned()), ("do", "publish".to_owned())]
}

fn a_key(_: &Seed) -> Vec<(&'static str, String)> {
    vec![("key", "019aaaaa-0000-7000-8000-000000000001".to_owned()), ("title", "Étape".to_owned())]
}

fn nothing(_: &Seed) -> Vec<(&'static str, String)> {
    Vec::new()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        get("/log", |_| "/log".to_owned(), SIGNED_IN),
        get("/people/{id}/log", |seed| format!("/people/{}/log", seed.person(Who::Pupil)), SEE_PUPILS_DAY),
        get("/groups/{id}/log", |seed| format!("/groups/{}/log?subject=Latin", seed.class()), READ_CLASS),
        get("/groups/{id}/load", |seed| format!("/groups/{}/load", seed.class()), SEE_LOAD),
        get("/lessons/{id}/log", |seed| lesson(seed, ""), READ_ENTRY),
        get("/lessons/{id}/log/write", |seed| lesson(seed, "/write"), TEACHER),
        post("/lessons/{id}/log/write", |seed| lesson(seed, "/write"), an_entry, TEACHER),
        post("/lessons/{id}/log/add", |seed| lesson(seed, "/add"), an_entry, TEACHER),
        post(
            "/lessons/{id}/log/copy",
            |seed| lesson(seed, "/copy"),
            |seed| vec![("to", seed.lesson_later().to_string())],
            TEACHER,
        ),
        post("/lessons/{id}/log/files", |seed| lesson(seed, "/files"), nothing, TEACHER),
        post(
            "/lessons/{id}/log/files/remove",
            |seed| lesson(seed, "/files/remove"),
            |seed| vec![("file", seed.log().file.to_string())],
            TEACHER,
        ),
        get("/lessons/{id}/log/files/{file}", |seed| lesson(seed, &format!("/files/{}", seed.log().file)), READ_ENTRY),
    ];
    cases.extend(lead());
    cases.extend(plans());
    cases
}

fn lead() -> Vec<Case> {
    let a_reader = |seed: &Seed| {
        vec![
            ("key", seed.log().reading.to_string()),
            ("reader", Who::SchoolLife.login().to_owned()),
            ("until", "2026-11-30".to_owned()),
        ]
    };
    vec![
        get("/schools/{id}/log", |seed| school(seed, ""), HEAD),
        get("/schools/{id}/log/entries", |seed| school(seed, &format!("/entries?group={}", seed.class())), HEAD),
        post("/schools/{id}/log/visa", |seed| school(seed, "/visa"), nothing, HEAD),
        post(
            "/schools/{id}/log/archives",
            |seed| school(seed, "/archives"),
            |_| vec![("year", "2026".to_owned())],
            HEAD,
        ),
        get("/log/archives/{id}", |seed| format!("/log/archives/{}", seed.log().archive), &[Who::Head, Who::Teacher]),
        get(
            "/log/archives/{id}/files",
            |seed| format!("/log/archives/{}/files", seed.log().archive),
            &[Who::Head, Who::Teacher],
        ),
        get("/schools/{id}/log/readings", |seed| school(seed, "/readings"), HEAD),
        get("/schools/{id}/log/readings/new", |seed| school(seed, "/readings/new"), HEAD),
        post("/schools/{id}/log/readings/new", |seed| school(seed, "/readings/new"), a_reader, HEAD),
        post(
            "/schools/{id}/log/readings/end",
            |seed| school(seed, "/readings/end"),
            |seed| vec![("reading", seed.log().reading.to_string())],
            HEAD,
        ),
        // The head has opened the log to school life in this seed.
        get("/log/readings/{id}", |seed| format!("/log/readings/{}", seed.log().reading), &[Who::SchoolLife]),
    ]
}

fn plans() -> Vec<Case> {
    vec![
        get("/progressions", |_| "/progressions".to_owned(), TEACH),
        post("/progressions", |_| "/progressions".to_owned(), a_key, TEACH),
        get("/progressions/{id}", |seed| plan(seed, ""), TEACHER),
        post("/progressions/{id}", |seed| plan(seed, ""), |_| vec![("do", "remove".to_owned())], TEACHER),
        post(
            "/progressions/{id}/apply",
            |seed| plan(seed, "/apply"),
            |seed| vec![("group", seed.class().to_string())],
            TEACHER,
        ),
        post("/progressions/{id}/steps", |seed| plan(seed, "/steps"), a_key, TEACHER),
        get("/progression-steps/{id}", |seed| format!("/progression-steps/{}", seed.log().step), TEACHER),
        post("/progression-steps/{id}", |seed| format!("/progression-steps/{}", seed.log().step), a_key, TEACHER),
    ]
}
