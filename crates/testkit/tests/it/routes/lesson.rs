use super::{Case, get, post};
use preau_testkit::{Seed, Who};

/// Those on the roster.
const ON_ROSTER: &[Who] = &[Who::Pupil, Who::Classmate, Who::Teacher];

fn token(seed: &Seed) -> String {
    format!("/lessons/{}/token", seed.lesson_now())
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        get("/lessons/{id}", |seed| format!("/lessons/{}", seed.lesson_now()), ON_ROSTER),
        post("/lessons/{id}/token", token, |_| Vec::new(), ON_ROSTER),
    ]
}
