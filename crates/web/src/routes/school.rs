use super::Rule::{May, SignedIn};
use super::{Row, get, post};
use crate::screens::{audit, codes, group, groups, home, homework, lessons, open_class, people, person, school, week};

/// Home, timetable, groups, homework, people, administration.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        get("/", SignedIn, home::show),
        get("/week", SignedIn, week::own),
        get("/people/{id}/week", May("SeeDayOf"), week::of_person),
        get("/groups/{id}/week", May("SeeGroup"), week::of_group),
        get("/open", May("OpenLesson"), open_class::show),
        post("/open", May("OpenLesson"), open_class::open),
        get("/homework", SignedIn, homework::list),
        get("/homework/new", May("SetHomework"), homework::new),
        post("/homework/new", May("SetHomework"), homework::create),
        get("/homework/{id}", May("ReadHomework"), homework::show),
        post("/homework/{id}/remove", May("ReadHomework"), homework::remove),
        get("/schools", May("SeeSchool"), school::list),
        get("/schools/new", May("ManagePlatform"), school::new),
        post("/schools/new", May("ManagePlatform"), school::create),
        get("/schools/{id}", May("SeeSchool"), school::show),
        get("/schools/{id}/lessons", May("PlanLesson"), lessons::list),
        get("/schools/{id}/lessons/new", May("PlanLesson"), lessons::new),
        post("/schools/{id}/lessons/new", May("PlanLesson"), lessons::create),
        get("/lessons/{id}/change", May("PlanLesson"), lessons::edit),
        post("/lessons/{id}/change", May("PlanLesson"), lessons::change),
        post("/lessons/{id}/cancel", May("PlanLesson"), lessons::cancel),
        post("/lessons/{id}/restore", May("PlanLesson"), lessons::restore),
        get("/schools/{id}/audit", May("ReadAudit"), audit::of_school),
        get("/audit", May("ManagePlatform"), audit::all),
    ];
    rows.extend(people_rows());
    rows
}

/// People and groups.
fn people_rows() -> Vec<Row> {
    vec![
        get("/schools/{id}/people", May("SeeSchool"), people::list),
        get("/schools/{id}/people/new", May("ManageSchool"), people::new),
        post("/schools/{id}/people/new", May("ManageSchool"), people::create),
        get("/people/{id}", May("SeePerson"), person::show),
        get("/people/{id}/change", May("ManagePerson"), person::edit),
        post("/people/{id}/change", May("ManagePerson"), person::change),
        post("/people/{id}/suspend", May("ManagePerson"), person::suspend),
        post("/people/{id}/restore", May("ManagePerson"), person::restore),
        post("/people/{id}/profiles", May("ManagePerson"), person::profiles),
        post("/people/{id}/children", May("ManagePerson"), person::children),
        post("/people/{id}/code", May("ResetPassword"), codes::renew),
        get("/schools/{id}/codes", May("PrintCodes"), codes::choose),
        post("/schools/{id}/codes", May("PrintCodes"), codes::print),
        get("/schools/{id}/groups", May("SeeSchool"), groups::list),
        get("/schools/{id}/groups/new", May("ManageSchool"), groups::new),
        post("/schools/{id}/groups/new", May("ManageSchool"), groups::create),
        get("/groups/{id}", May("SeeGroup"), group::show),
        get("/groups/{id}/rename", May("ManageSchool"), group::edit),
        post("/groups/{id}/rename", May("ManageSchool"), group::rename),
        post("/groups/{id}/archive", May("ManageSchool"), group::archive),
        post("/groups/{id}/pupils", May("ManageSchool"), group::pupils),
        post("/groups/{id}/teachers", May("ManageSchool"), group::teachers_of),
    ]
}
