use super::{Case, SIGNED_IN, get, post};
use preau_testkit::{Seed, Who};

/// Those who keep the school's attendance.
const KEEP: &[Who] = &[Who::Head, Who::SchoolLife];
const CALL: &[Who] = &[Who::Teacher, Who::Head, Who::SchoolLife];
const OVERSEE: &[Who] = &[Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
const SEE: &[Who] = &[Who::Pupil, Who::Parent, Who::Head, Who::SchoolLife];
const DECLARE: &[Who] = &[Who::Parent, Who::Head, Who::SchoolLife];
const RECEIVE: &[Who] = &[Who::Teacher, Who::Head, Who::SchoolLife];

fn school(seed: &Seed, rest: &str) -> String {
    format!("/schools/{}{rest}", seed.school())
}

fn pupil(seed: &Seed, rest: &str) -> String {
    format!("/people/{}{rest}", seed.person(Who::Pupil))
}

fn roll(seed: &Seed) -> String {
    format!("/lessons/{}/roll", seed.lesson_now())
}

fn version(_: &Seed) -> Vec<(&'static str, String)> {
    vec![("version", "0".to_owned())]
}

fn nothing(_: &Seed) -> Vec<(&'static str, String)> {
    Vec::new()
}

pub(super) fn cases() -> Vec<Case> {
    let settings =
        |_: &Seed| vec![("afternoon", "12:30".to_owned()), ("reminder", "15".to_owned()), ("places", "20".to_owned())];
    let follow_up = |_: &Seed| vec![("means", "phone".to_owned()), ("result", "no_answer".to_owned())];
    let arrival = |seed: &Seed| vec![("pupil", seed.person(Who::Pupil).to_string()), ("do", "receive".to_owned())];
    vec![
        get("/notices", |_| "/notices".to_owned(), SIGNED_IN),
        post("/notices/read", |_| "/notices/read".to_owned(), nothing, SIGNED_IN),
        post("/notices/mails", |_| "/notices/mails".to_owned(), nothing, SIGNED_IN),
        get("/attendance", |_| "/attendance".to_owned(), SIGNED_IN),
        get("/lessons/{id}/roll", roll, CALL),
        post("/lessons/{id}/roll", roll, version, CALL),
        get("/schools/{id}/attendance", |seed| school(seed, "/attendance"), KEEP),
        get("/schools/{id}/attendance.csv", |seed| school(seed, "/attendance.csv"), KEEP),
        get("/schools/{id}/attendance/settings", |seed| school(seed, "/attendance/settings"), KEEP),
        post("/schools/{id}/attendance/settings", |seed| school(seed, "/attendance/settings"), settings, KEEP),
        post(
            "/absences/{id}/decide",
            |seed| format!("/absences/{}/decide", seed.absence()),
            |_| vec![("do", "accept".to_owned())],
            KEEP,
        ),
        get("/people/{id}/attendance", |seed| pupil(seed, "/attendance"), SEE),
        get("/people/{id}/absences/new", |seed| pupil(seed, "/absences/new"), DECLARE),
        post("/people/{id}/absences/new", |seed| pupil(seed, "/absences/new"), nothing, DECLARE),
        get("/schools/{id}/not-reached", |seed| school(seed, "/not-reached"), OVERSEE),
        get(
            "/territories/{id}/not-reached",
            |seed| format!("/territories/{}/not-reached", seed.territory()),
            &[Who::PlatformAdmin],
        ),
        get("/people/{id}/follow-up", |seed| pupil(seed, "/follow-up"), KEEP),
        post("/people/{id}/follow-up", |seed| pupil(seed, "/follow-up"), follow_up, KEEP),
        get("/schools/{id}/on-site", |seed| school(seed, "/on-site"), RECEIVE),
        post("/schools/{id}/on-site", |seed| school(seed, "/on-site"), arrival, RECEIVE),
        get("/admin/mails", |_| "/admin/mails".to_owned(), &[Who::PlatformAdmin]),
        post("/admin/mails", |_| "/admin/mails".to_owned(), nothing, &[Who::PlatformAdmin]),
    ]
}
