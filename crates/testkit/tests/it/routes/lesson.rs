use super::{ANYONE, Case, get, post};
use preau_testkit::{Seed, Who};

/// Those on the roster, the head, who looks in, and those of the school, who knock.
const OF_THE_SCHOOL: &[Who] =
    &[Who::Pupil, Who::Classmate, Who::PupilElsewhere, Who::Teacher, Who::Head, Who::SchoolLife, Who::Administrator];
/// Those who find it on a timetable that they may see.
const SEE_IT: &[Who] = &[
    Who::Pupil,
    Who::Classmate,
    Who::Parent,
    Who::Teacher,
    Who::Head,
    Who::SchoolLife,
    Who::Administrator,
    Who::PlatformAdmin,
];
const TEACHER: &[Who] = &[Who::Teacher];

fn of_lesson(seed: &Seed, what: &str) -> String {
    format!("/lessons/{}{what}", seed.lesson_now())
}

fn rules() -> Vec<(&'static str, String)> {
    [("cameras_max", "16"), ("slow_s", "0"), ("alone_min", "5"), ("scope", "class")]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        get("/lessons/{id}", |seed| of_lesson(seed, ""), OF_THE_SCHOOL),
        get("/lessons/{id}/about", |seed| of_lesson(seed, "/about"), SEE_IT),
        post("/lessons/{id}/token", |seed| of_lesson(seed, "/token"), |_| Vec::new(), OF_THE_SCHOOL),
        get("/lessons/{id}/setup", |seed| of_lesson(seed, "/setup"), TEACHER),
        post("/lessons/{id}/setup", |seed| of_lesson(seed, "/setup"), |_| rules(), TEACHER),
        get("/lessons/{id}/guests", |seed| of_lesson(seed, "/guests"), TEACHER),
        post(
            "/lessons/{id}/guests",
            |seed| of_lesson(seed, "/guests"),
            |_| vec![("name", "Ada Lovelace".to_owned()), ("until", "lesson".to_owned())],
            TEACHER,
        ),
        post(
            "/lessons/{id}/guests/{guest}/revoke",
            |seed| of_lesson(seed, &format!("/guests/{}/revoke", seed.person(Who::Pupil))),
            |_| Vec::new(),
            TEACHER,
        ),
        get("/lessons/{id}/streams", |seed| of_lesson(seed, "/streams"), TEACHER),
        post(
            "/lessons/{id}/streams",
            |seed| of_lesson(seed, "/streams"),
            |_| vec![("name", "OBS".to_owned()), ("direction", "publish".to_owned())],
            TEACHER,
        ),
        post(
            "/lessons/{id}/streams/{key}/revoke",
            |seed| of_lesson(seed, &format!("/streams/{}/revoke", seed.person(Who::Pupil))),
            |_| Vec::new(),
            TEACHER,
        ),
        get("/guest/{secret}", |_| "/guest/nobodys".to_owned(), ANYONE),
        post("/guest/{secret}", |_| "/guest/nobodys".to_owned(), |_| Vec::new(), ANYONE),
        get("/guest", |_| "/guest".to_owned(), ANYONE),
        post("/guest/token", |_| "/guest/token".to_owned(), |_| Vec::new(), ANYONE),
        post("/guest/report", |_| "/guest/report".to_owned(), |_| Vec::new(), ANYONE),
    ]
}
