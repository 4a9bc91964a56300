use super::{Case, SIGNED_IN, get, post};
use preau_testkit::{Seed, Who};

/// Those who see the whole school.
const OVERSEE: &[Who] = &[Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
/// Those who change its people, groups and teaching.
const MANAGE: &[Who] = &[Who::Administrator, Who::PlatformAdmin];
const PLATFORM: &[Who] = &[Who::PlatformAdmin];
const AUDIT: &[Who] = &[Who::Head, Who::Administrator, Who::PlatformAdmin];
/// Those who see 6e B and who is in it.
const SEE_CLASS: &[Who] = &[Who::Teacher, Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
/// Whoever teaches, in whichever school: the choice is of their own groups.
const TEACH: &[Who] = &[Who::Teacher, Who::Stranger];
const SEE_PUPIL: &[Who] =
    &[Who::Pupil, Who::Parent, Who::Teacher, Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
const SEE_PUPILS_DAY: &[Who] = &[Who::Pupil, Who::Parent, Who::Head, Who::SchoolLife];
const RESET_PUPIL: &[Who] = &[Who::Teacher, Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
fn school(seed: &Seed, rest: &str) -> String {
    format!("/schools/{}{rest}", seed.school())
}

fn class(seed: &Seed, rest: &str) -> String {
    format!("/groups/{}{rest}", seed.class())
}

fn pupil(seed: &Seed, rest: &str) -> String {
    format!("/people/{}{rest}", seed.person(Who::Pupil))
}

fn lesson(seed: &Seed, rest: &str) -> String {
    format!("/lessons/{}{rest}", seed.lesson_now())
}

fn names(_: &Seed) -> Vec<(&'static str, String)> {
    vec![("given", "Léo".to_owned()), ("family", "Ange".to_owned()), ("profile", "pupil".to_owned())]
}

fn a_lesson(seed: &Seed) -> Vec<(&'static str, String)> {
    vec![
        ("subject", "Anglais".to_owned()),
        ("day", "2026-11-24".to_owned()),
        ("start", "10:05".to_owned()),
        ("end", "11:00".to_owned()),
        ("groups", seed.class().to_string()),
    ]
}

fn a_member(seed: &Seed) -> Vec<(&'static str, String)> {
    vec![("person", seed.person(Who::PupilElsewhere).to_string()), ("do", "add".to_owned())]
}

fn nothing(_: &Seed) -> Vec<(&'static str, String)> {
    Vec::new()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        get("/", |_| "/".to_owned(), SIGNED_IN),
        get("/week", |_| "/week?week=2026-W48".to_owned(), SIGNED_IN),
        get("/people/{id}/week", |seed| pupil(seed, "/week"), SEE_PUPILS_DAY),
        get("/groups/{id}/week", |seed| class(seed, "/week"), SEE_CLASS),
        get("/open", |_| "/open".to_owned(), TEACH),
        post("/open", |_| "/open".to_owned(), |seed| vec![("group", seed.class().to_string())], TEACH),
        get("/schools/{id}/lessons", |seed| school(seed, "/lessons"), OVERSEE),
        get("/schools/{id}/lessons/new", |seed| school(seed, "/lessons/new"), OVERSEE),
        post("/schools/{id}/lessons/new", |seed| school(seed, "/lessons/new"), a_lesson, OVERSEE),
        get("/lessons/{id}/change", |seed| lesson(seed, "/change"), OVERSEE),
        post("/lessons/{id}/change", |seed| lesson(seed, "/change"), a_lesson, OVERSEE),
        post("/lessons/{id}/cancel", |seed| lesson(seed, "/cancel"), nothing, OVERSEE),
        post("/lessons/{id}/restore", |seed| lesson(seed, "/restore"), nothing, OVERSEE),
    ];
    cases.extend(schools());
    cases.extend(people());
    cases.extend(groups());
    cases
}

fn schools() -> Vec<Case> {
    const SEVERAL: &[Who] = &[Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin, Who::Stranger];
    vec![
        get("/schools", |_| "/schools".to_owned(), SEVERAL),
        get("/schools/new", |_| "/schools/new".to_owned(), PLATFORM),
        post("/schools/new", |_| "/schools/new".to_owned(), |_| vec![("name", "Lycée".to_owned())], PLATFORM),
        get("/schools/{id}", |seed| school(seed, ""), OVERSEE),
        get("/schools/{id}/audit", |seed| school(seed, "/audit"), AUDIT),
        get("/audit", |_| "/audit".to_owned(), PLATFORM),
        get("/admin/gate", |_| "/admin/gate".to_owned(), PLATFORM),
        get("/admin/gate/live", |_| "/admin/gate/live".to_owned(), PLATFORM),
        post("/admin/gate", |_| "/admin/gate".to_owned(), |_| vec![("set", "level".to_owned())], PLATFORM),
        get("/schools/{id}/codes", |seed| school(seed, "/codes"), OVERSEE),
        post(
            "/schools/{id}/codes",
            |seed| school(seed, "/codes"),
            |_| vec![("profile", "pupil".to_owned()), ("renew", "yes".to_owned())],
            OVERSEE,
        ),
    ]
}

fn people() -> Vec<Case> {
    vec![
        get("/schools/{id}/people", |seed| school(seed, "/people?q=a"), OVERSEE),
        get("/schools/{id}/people/new", |seed| school(seed, "/people/new"), MANAGE),
        post("/schools/{id}/people/new", |seed| school(seed, "/people/new"), names, MANAGE),
        get("/people/{id}", |seed| pupil(seed, ""), SEE_PUPIL),
        get("/people/{id}/change", |seed| pupil(seed, "/change"), MANAGE),
        post("/people/{id}/change", |seed| pupil(seed, "/change"), names, MANAGE),
        post("/people/{id}/suspend", |seed| pupil(seed, "/suspend"), nothing, MANAGE),
        post("/people/{id}/restore", |seed| pupil(seed, "/restore"), nothing, MANAGE),
        post(
            "/people/{id}/profiles",
            |seed| pupil(seed, "/profiles"),
            |seed| vec![("school", seed.school().to_string()), ("profile", "administrator".to_owned())],
            MANAGE,
        ),
        post(
            "/people/{id}/children",
            |seed| pupil(seed, "/children"),
            |_| vec![("login", "tom.petit".to_owned())],
            MANAGE,
        ),
        post("/people/{id}/code", |seed| pupil(seed, "/code"), nothing, RESET_PUPIL),
    ]
}

fn groups() -> Vec<Case> {
    let a_name = |_: &Seed| vec![("name", "4e A".to_owned()), ("kind", "class".to_owned())];
    vec![
        get("/schools/{id}/groups", |seed| school(seed, "/groups"), OVERSEE),
        get("/schools/{id}/groups/new", |seed| school(seed, "/groups/new"), MANAGE),
        post("/schools/{id}/groups/new", |seed| school(seed, "/groups/new"), a_name, MANAGE),
        get("/groups/{id}", |seed| class(seed, "?q=a"), SEE_CLASS),
        get("/groups/{id}/rename", |seed| class(seed, "/rename"), MANAGE),
        post("/groups/{id}/rename", |seed| class(seed, "/rename"), a_name, MANAGE),
        post("/groups/{id}/archive", |seed| class(seed, "/archive"), nothing, MANAGE),
        post("/groups/{id}/pupils", |seed| class(seed, "/pupils"), a_member, MANAGE),
        post("/groups/{id}/teachers", |seed| class(seed, "/teachers"), a_member, MANAGE),
    ]
}
