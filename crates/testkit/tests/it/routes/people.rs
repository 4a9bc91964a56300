use super::{ANYONE, Case, get, post};
use preau_testkit::{Seed, Who};

const MANAGE: &[Who] = &[Who::Administrator, Who::PlatformAdmin];
const PLATFORM: &[Who] = &[Who::PlatformAdmin];
/// Those who see the whole school, and decide what relatives may.
const OVERSEE: &[Who] = &[Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
/// Those who give the pupils of 6e B their cards.
const GIVE_CARDS: &[Who] = &[Who::Teacher, Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];
const KEEP_REGISTER: &[Who] = &[Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];

fn pupil(seed: &Seed, rest: &str) -> String {
    format!("/people/{}{rest}", seed.person(Who::Pupil))
}

fn class(seed: &Seed, rest: &str) -> String {
    format!("/groups/{}{rest}", seed.class())
}

fn school(seed: &Seed, rest: &str) -> String {
    format!("/schools/{}{rest}", seed.school())
}

fn nothing(_: &Seed) -> Vec<(&'static str, String)> {
    Vec::new()
}

/// Pupils of a collège get no cards; one that there is can be ended.
fn the_end(_: &Seed) -> Vec<(&'static str, String)> {
    vec![("do", "revoke".to_owned())]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = accounts();
    cases.extend(groups_and_cards());
    cases.extend(territories_and_imports());
    cases
}

fn accounts() -> Vec<Case> {
    let a_relative = |seed: &Seed| vec![("relative", seed.person(Who::Parent).to_string()), ("do", "bar".to_owned())];
    let another = |seed: &Seed| vec![("other", seed.person(Who::Classmate).to_string())];
    vec![
        get("/people/{id}/relations", |seed| pupil(seed, "/relations"), OVERSEE),
        post("/people/{id}/relations", |seed| pupil(seed, "/relations"), a_relative, OVERSEE),
        get("/people/{id}/merge", |seed| pupil(seed, "/merge?with=tom.petit"), MANAGE),
        post("/people/{id}/merge", |seed| pupil(seed, "/merge"), another, MANAGE),
        post("/people/{id}/identity", |seed| pupil(seed, "/identity"), nothing, KEEP_REGISTER),
        // Of a pupil whose age is not known: the pupil alone.
        get("/people/{id}/data", |seed| pupil(seed, "/data"), &[Who::Pupil]),
        post("/people/{id}/data", |seed| pupil(seed, "/data"), nothing, &[Who::Pupil]),
    ]
}

fn groups_and_cards() -> Vec<Case> {
    let a_pupil = |seed: &Seed| vec![("person", seed.person(Who::Pupil).to_string())];
    let a_class = |seed: &Seed| vec![("other", seed.other_class().to_string())];
    vec![
        post("/groups/{id}/restore", |seed| class(seed, "/restore"), nothing, MANAGE),
        get("/groups/{id}/merge", |seed| class(seed, "/merge"), MANAGE),
        post("/groups/{id}/merge", |seed| class(seed, "/merge"), a_class, MANAGE),
        get("/schools/{id}/year", |seed| school(seed, "/year"), MANAGE),
        post("/schools/{id}/year", |seed| school(seed, "/year"), |_| vec![("year", "2026-2027".to_owned())], MANAGE),
        get("/card", |_| "/card".to_owned(), ANYONE),
        post("/card", |_| "/card".to_owned(), nothing, ANYONE),
        get("/groups/{id}/cards", |seed| class(seed, "/cards"), GIVE_CARDS),
        post("/groups/{id}/cards", |seed| class(seed, "/cards"), a_pupil, GIVE_CARDS),
        post("/people/{id}/card", |seed| pupil(seed, "/card"), the_end, GIVE_CARDS),
        post("/schools/{id}/cards", |seed| school(seed, "/cards"), nothing, MANAGE),
    ]
}

fn territories_and_imports() -> Vec<Case> {
    fn territory(seed: &Seed, rest: &str) -> String {
        format!("/territories/{}{rest}", seed.territory())
    }
    let a_new = |_: &Seed| vec![("kind", "region".to_owned()), ("name", "Outre-mer".to_owned())];
    let a_list =
        |_: &Seed| vec![("year", "2020".to_owned()), ("list", "half_groups".to_owned()), ("version", "0".to_owned())];
    let a_login = |_: &Seed| vec![("login", "max.leroy".to_owned()), ("do", "add".to_owned())];
    vec![
        get("/territories", |_| "/territories".to_owned(), PLATFORM),
        get("/territories/new", |_| "/territories/new".to_owned(), PLATFORM),
        post("/territories/new", |_| "/territories/new".to_owned(), a_new, PLATFORM),
        get("/territories/{id}", |seed| territory(seed, ""), PLATFORM),
        get("/territories/{id}/lists", |seed| territory(seed, "/lists"), PLATFORM),
        post("/territories/{id}/lists", |seed| territory(seed, "/lists"), a_list, PLATFORM),
        post("/territories/{id}/administrators", |seed| territory(seed, "/administrators"), a_login, PLATFORM),
        get("/schools/{id}/territory", |seed| school(seed, "/territory"), PLATFORM),
        post("/schools/{id}/territory", |seed| school(seed, "/territory"), nothing, PLATFORM),
        get("/import", |_| "/import".to_owned(), PLATFORM),
        post("/import", |_| "/import".to_owned(), nothing, PLATFORM),
        get("/schools/{id}/import", |seed| school(seed, "/import"), MANAGE),
        post("/schools/{id}/import", |seed| school(seed, "/import"), nothing, MANAGE),
    ]
}
