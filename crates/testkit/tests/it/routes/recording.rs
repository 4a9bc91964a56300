use super::{Case, get, post};
use preau_testkit::{Seed, Who};

/// The roster of the lesson that is on now, whose first recording there is.
const ON_ROSTER: &[Who] = &[Who::Pupil, Who::Classmate, Who::Teacher];
const SET: &[Who] = &[Who::Head, Who::Administrator, Who::PlatformAdmin];

fn recording(seed: &Seed, rest: &str) -> String {
    format!("/lessons/{}/recordings/1{rest}", seed.lesson_now())
}

fn settings(seed: &Seed) -> String {
    format!("/schools/{}/recordings", seed.school())
}

pub(super) fn cases() -> Vec<Case> {
    let days = |_: &Seed| vec![("allowed", "yes".to_owned()), ("days", "30".to_owned())];
    vec![
        get("/lessons/{id}/recordings/{n}", |seed| recording(seed, ""), ON_ROSTER),
        get(
            "/lessons/{id}/recordings/{n}/tracks/{file}",
            |seed| recording(seed, &format!("/tracks/{}", seed.recorded())),
            ON_ROSTER,
        ),
        get(
            "/lessons/{id}/recordings/{n}/documents/{file}/{page}",
            |seed| recording(seed, &format!("/documents/{}/0", seed.recorded())),
            ON_ROSTER,
        ),
        post(
            "/lessons/{id}/recordings/{n}/delete",
            |seed| recording(seed, "/delete"),
            |_| Vec::new(),
            &[Who::Teacher, Who::Head],
        ),
        get("/schools/{id}/recordings/kept", |seed| format!("{}/kept", settings(seed)), &[Who::Head]),
        get("/schools/{id}/recordings", settings, SET),
        post("/schools/{id}/recordings", settings, days, SET),
    ]
}
