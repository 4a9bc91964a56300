use super::Rule::{Anyone, May, SignedIn};
use super::{Row, get, post};
use crate::screens::{calendars, timetable_import};
use preau_base::Level::{Essential, Light};

/// Timetables for calendar programs, and from other timetable programs.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/calendars", SignedIn, calendars::list).off_from(Essential),
        post("/calendars", SignedIn, calendars::create),
        post("/calendars/revoke", SignedIn, calendars::revoke).always(),
        // Programs ask by the hour and come back later by themselves: the first thing that can wait.
        get("/calendars/{secret}/preau.ics", Anyone, calendars::serve).off_from(Light),
        get("/schools/{id}/timetable/import", May("PlanLesson"), timetable_import::form).off_from(Essential),
        post("/schools/{id}/timetable/import", May("PlanLesson"), timetable_import::submit).with_files(),
    ]
}
