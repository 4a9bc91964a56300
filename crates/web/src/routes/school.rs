use super::Rule::{May, SignedIn};
use super::{Row, get, post};
use crate::screens::{audit, gate, home, lessons, open_class, school, week};
use preau_base::Level::{Essential, Light};

/// Home, timetable, groups, homework, people, administration.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/", SignedIn, home::show),
        get("/week", SignedIn, week::own),
        get("/people/{id}/week", May("SeeDayOf"), week::of_person).off_from(Essential),
        get("/groups/{id}/week", May("SeeGroup"), week::of_group).off_from(Essential),
        get("/open", May("OpenLesson"), open_class::show),
        post("/open", May("OpenLesson"), open_class::open).always(),
        get("/schools", May("SeeSchool"), school::list).off_from(Essential),
        get("/schools/new", May("ManagePlatform"), school::new).off_from(Essential),
        post("/schools/new", May("ManagePlatform"), school::create),
        get("/schools/{id}", May("SeeSchool"), school::show).off_from(Essential),
        get("/schools/{id}/lessons", May("PlanLesson"), lessons::list).off_from(Essential),
        get("/schools/{id}/lessons/new", May("PlanLesson"), lessons::new).off_from(Essential),
        post("/schools/{id}/lessons/new", May("PlanLesson"), lessons::create),
        get("/lessons/{id}/change", May("PlanLesson"), lessons::edit).off_from(Essential),
        post("/lessons/{id}/change", May("PlanLesson"), lessons::change),
        post("/lessons/{id}/cancel", May("PlanLesson"), lessons::cancel),
        post("/lessons/{id}/restore", May("PlanLesson"), lessons::restore),
        get("/schools/{id}/audit", May("ReadAudit"), audit::of_school).off_from(Light),
        get("/audit", May("ManagePlatform"), audit::all).off_from(Light),
        get("/admin/gate", May("OperateGate"), gate::show),
        get("/admin/gate/live", May("OperateGate"), gate::live),
        post("/admin/gate", May("OperateGate"), gate::set).always(),
    ]
}
