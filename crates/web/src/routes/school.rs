use super::Rule::{May, SignedIn};
use super::{Row, get, post};
use crate::screens::{
    audit, codes, gate, group, groups, home, lessons, open_class, people, person, school, week,
};
use preau_base::Level::{Essential, Light, ReadOnly};

/// Home, timetable, groups, homework, people, administration.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
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
    ];
    rows.extend(people_rows());
    rows
}

/// People and groups.
fn people_rows() -> Vec<Row> {
    vec![
        get("/schools/{id}/people", May("SeeSchool"), people::list).off_from(ReadOnly),
        get("/schools/{id}/people/new", May("ManageSchool"), people::new).off_from(Essential),
        post("/schools/{id}/people/new", May("ManageSchool"), people::create),
        get("/people/{id}", May("SeePerson"), person::show),
        get("/people/{id}/change", May("ManagePerson"), person::edit).off_from(Essential),
        post("/people/{id}/change", May("ManagePerson"), person::change),
        post("/people/{id}/suspend", May("ManagePerson"), person::suspend).always(),
        post("/people/{id}/restore", May("ManagePerson"), person::restore),
        post("/people/{id}/profiles", May("ManagePerson"), person::profiles),
        post("/people/{id}/children", May("ManagePerson"), person::children),
        post("/people/{id}/code", May("ResetPassword"), codes::renew).always(),
        get("/schools/{id}/codes", May("PrintCodes"), codes::choose),
        post("/schools/{id}/codes", May("PrintCodes"), codes::print).always(),
        get("/schools/{id}/groups", May("SeeSchool"), groups::list).off_from(Essential),
        get("/schools/{id}/groups/new", May("ManageSchool"), groups::new).off_from(Essential),
        post("/schools/{id}/groups/new", May("ManageSchool"), groups::create),
        get("/groups/{id}", May("SeeGroup"), group::show),
        get("/groups/{id}/rename", May("ManageSchool"), group::edit).off_from(Essential),
        post("/groups/{id}/rename", May("ManageSchool"), group::rename),
        post("/groups/{id}/archive", May("ManageSchool"), group::archive),
        post("/groups/{id}/pupils", May("ManageSchool"), group::pupils),
        post("/groups/{id}/teachers", May("ManageSchool"), group::teachers_of),
    ]
}
