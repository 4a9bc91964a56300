use super::{ANYONE, Case, SIGNED_IN, get, post};
use preau_testkit::{Seed, Who};

const PLAN: &[Who] = &[Who::Head, Who::SchoolLife, Who::Administrator, Who::PlatformAdmin];

fn import(seed: &Seed) -> String {
    format!("/schools/{}/timetable/import", seed.school())
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        get("/calendars", |_| "/calendars".to_owned(), SIGNED_IN),
        post("/calendars", |_| "/calendars".to_owned(), |_| Vec::new(), SIGNED_IN),
        post("/calendars/revoke", |_| "/calendars/revoke".to_owned(), |_| Vec::new(), SIGNED_IN),
        get("/calendars/{secret}/preau.ics", |_| "/calendars/nobodys/preau.ics".to_owned(), ANYONE),
        get("/schools/{id}/timetable/import", import, PLAN),
        post("/schools/{id}/timetable/import", import, |_| Vec::new(), PLAN),
    ]
}
