use super::Rule::May;
use super::{Row, get, post};
use crate::screens::{calendar, halves, lessons, replacements, series, week};
use preau_base::Level::Essential;

/// Timetable and calendar: what heads, school life and administrators plan.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/schools/{id}/timetable", May("SeeSchool"), week::of_school).off_from(Essential),
        get("/schools/{id}/series", May("PlanLesson"), series::list).off_from(Essential),
        get("/schools/{id}/series/new", May("PlanLesson"), series::new).off_from(Essential),
        post("/schools/{id}/series/new", May("PlanLesson"), series::create),
        post("/schools/{id}/series/publish", May("PlanLesson"), series::publish),
        get("/series/{id}/change", May("PlanLesson"), series::edit).off_from(Essential),
        post("/series/{id}/change", May("PlanLesson"), series::change),
        post("/series/{id}/remove", May("PlanLesson"), series::remove),
        get("/schools/{id}/replacements", May("PlanLesson"), replacements::show).off_from(Essential),
        post("/schools/{id}/replacements", May("PlanLesson"), replacements::apply),
        get("/schools/{id}/calendar", May("SeeSchool"), calendar::show).off_from(Essential),
        get("/schools/{id}/calendar/new", May("PlanLesson"), calendar::new).off_from(Essential),
        post("/schools/{id}/calendar/new", May("PlanLesson"), calendar::add),
        post("/schools/{id}/calendar/remove", May("PlanLesson"), calendar::remove),
        get("/schools/{id}/calendar/settings", May("PlanLesson"), calendar::edit).off_from(Essential),
        post("/schools/{id}/calendar/settings", May("PlanLesson"), calendar::save),
        get("/groups/{id}/halves", May("PlanLesson"), halves::show).off_from(Essential),
        post("/groups/{id}/halves", May("PlanLesson"), halves::set),
        // What a lesson needs goes on at every level.
        post("/lessons/{id}/at-distance", May("OpenAtDistance"), lessons::at_distance).always(),
    ]
}
