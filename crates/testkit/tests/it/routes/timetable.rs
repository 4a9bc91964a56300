use super::{Case, get, post};
use preau_testkit::{Seed, Who};

const OVERSEE: &[Who] = &[Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
const OPEN: &[Who] = &[Who::Teacher, Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];

fn school(seed: &Seed, rest: &str) -> String {
    format!("/schools/{}{rest}", seed.school())
}

fn series(seed: &Seed, rest: &str) -> String {
    format!("/series/{}{rest}", seed.series())
}

fn a_series(seed: &Seed) -> Vec<(&'static str, String)> {
    vec![
        ("subject", "Anglais".to_owned()),
        ("weekday", "2".to_owned()),
        ("start", "10:05".to_owned()),
        ("end", "11:00".to_owned()),
        ("from", "2026-11-24".to_owned()),
        ("to", "2027-07-02".to_owned()),
        ("groups", seed.class().to_string()),
    ]
}

fn a_rule(_: &Seed) -> Vec<(&'static str, String)> {
    vec![
        ("label", "Fermeture".to_owned()),
        ("mode", "distance".to_owned()),
        ("from", "2026-11-30".to_owned()),
        ("to", "2026-12-04".to_owned()),
    ]
}

fn settings(_: &Seed) -> Vec<(&'static str, String)> {
    vec![
        ("year", "2026".to_owned()),
        ("first", "2026-09-01".to_owned()),
        ("last", "2027-07-02".to_owned()),
        ("weekdays", "1".to_owned()),
        ("weeks", "school".to_owned()),
        ("letter", "A".to_owned()),
    ]
}

fn away(seed: &Seed) -> Vec<(&'static str, String)> {
    let day = || "2026-11-23".to_owned();
    vec![("teacher", seed.person(Who::Teacher).to_string()), ("from", day()), ("to", day())]
}

fn nothing(_: &Seed) -> Vec<(&'static str, String)> {
    Vec::new()
}

pub(super) fn cases() -> Vec<Case> {
    let group = |seed: &Seed| format!("/groups/{}/halves", seed.class());
    let open = |seed: &Seed| format!("/lessons/{}/at-distance", seed.lesson_later());
    vec![
        get("/schools/{id}/timetable", |seed| school(seed, "/timetable"), OVERSEE),
        get("/schools/{id}/series", |seed| school(seed, "/series"), OVERSEE),
        get("/schools/{id}/series/new", |seed| school(seed, "/series/new"), OVERSEE),
        post("/schools/{id}/series/new", |seed| school(seed, "/series/new"), a_series, OVERSEE),
        post("/schools/{id}/series/publish", |seed| school(seed, "/series/publish"), nothing, OVERSEE),
        get("/series/{id}/change", |seed| series(seed, "/change"), OVERSEE),
        post("/series/{id}/change", |seed| series(seed, "/change"), a_series, OVERSEE),
        post("/series/{id}/remove", |seed| series(seed, "/remove"), nothing, OVERSEE),
        get("/schools/{id}/replacements", |seed| school(seed, "/replacements"), OVERSEE),
        post("/schools/{id}/replacements", |seed| school(seed, "/replacements"), away, OVERSEE),
        get("/schools/{id}/calendar", |seed| school(seed, "/calendar?month=2026-11"), OVERSEE),
        get("/schools/{id}/calendar/new", |seed| school(seed, "/calendar/new"), OVERSEE),
        post("/schools/{id}/calendar/new", |seed| school(seed, "/calendar/new"), a_rule, OVERSEE),
        post("/schools/{id}/calendar/remove", |seed| school(seed, "/calendar/remove"), nothing, OVERSEE),
        get("/schools/{id}/calendar/settings", |seed| school(seed, "/calendar/settings"), OVERSEE),
        post("/schools/{id}/calendar/settings", |seed| school(seed, "/calendar/settings"), settings, OVERSEE),
        get("/groups/{id}/halves", group, OVERSEE),
        post("/groups/{id}/halves", group, nothing, OVERSEE),
        post("/lessons/{id}/at-distance", open, nothing, OPEN),
    ]
}
