use super::Rule::{Anyone, May};
use super::{Row, get, post};
use crate::limits::IMPORT_FORM_BYTES_MAX;
use crate::screens::cards::{self, sign_in as card};
use crate::screens::{
    codes, data, group, groups, imports, lists, merging, people, person, relations, territories, year,
};
use preau_base::Level::{Essential, Light, ReadOnly};

/// People, groups, territories, and what becomes of accounts.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
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
        get("/people/{id}/relations", May("SetRelations"), relations::show).off_from(Essential),
        post("/people/{id}/relations", May("SetRelations"), relations::set).always(),
        get("/people/{id}/merge", May("ManagePerson"), merging::preview).off_from(Light),
        post("/people/{id}/merge", May("ManagePerson"), merging::merge),
        post("/people/{id}/identity", May("SeeIdentity"), data::identity),
        get("/people/{id}/data", May("ExportData"), data::show).off_from(Essential),
        post("/people/{id}/data", May("ExportData"), data::export).off_from(Light),
        post("/people/{id}/code", May("ResetPassword"), codes::renew).always(),
        get("/schools/{id}/codes", May("PrintCodes"), codes::choose),
        post("/schools/{id}/codes", May("PrintCodes"), codes::print).always(),
    ];
    rows.extend(group_rows());
    rows.extend(card_rows());
    rows.extend(territory_rows());
    rows
}

fn group_rows() -> Vec<Row> {
    vec![
        get("/schools/{id}/groups", May("SeeSchool"), groups::list).off_from(Essential),
        get("/schools/{id}/groups/new", May("ManageSchool"), groups::new).off_from(Essential),
        post("/schools/{id}/groups/new", May("ManageSchool"), groups::create),
        get("/groups/{id}", May("SeeGroup"), group::show),
        get("/groups/{id}/rename", May("ManageSchool"), group::edit).off_from(Essential),
        post("/groups/{id}/rename", May("ManageSchool"), group::rename),
        post("/groups/{id}/archive", May("ManageSchool"), group::archive),
        post("/groups/{id}/restore", May("ManageSchool"), year::restore),
        get("/groups/{id}/merge", May("ManageSchool"), year::merge_form).off_from(Essential),
        post("/groups/{id}/merge", May("ManageSchool"), year::merge),
        post("/groups/{id}/pupils", May("ManageSchool"), group::pupils),
        post("/groups/{id}/teachers", May("ManageSchool"), group::teachers_of),
        get("/schools/{id}/year", May("ManageSchool"), year::show).off_from(Essential),
        post("/schools/{id}/year", May("ManageSchool"), year::roll),
    ]
}

/// The way in with a card goes on at every level, as with a password.
fn card_rows() -> Vec<Row> {
    vec![
        get("/card", Anyone, card::page),
        post("/card", Anyone, card::submit).always(),
        get("/groups/{id}/cards", May("PrintCards"), cards::list),
        post("/groups/{id}/cards", May("PrintCards"), cards::print).always(),
        post("/people/{id}/card", May("GiveCard"), cards::one).always(),
        post("/schools/{id}/cards", May("ManageSchool"), cards::set),
    ]
}

fn territory_rows() -> Vec<Row> {
    let files = |row: Row| Row { body_bytes_max: IMPORT_FORM_BYTES_MAX, ..row.with_files() };
    vec![
        get("/territories", May("SeeTerritory"), territories::list).off_from(Essential),
        get("/territories/new", May("ManagePlatform"), territories::new).off_from(Essential),
        post("/territories/new", May("ManagePlatform"), territories::create),
        get("/territories/{id}", May("SeeTerritory"), territories::show).off_from(Light),
        get("/territories/{id}/lists", May("DecideLists"), lists::show).off_from(Essential),
        post("/territories/{id}/lists", May("DecideLists"), lists::save),
        post("/territories/{id}/administrators", May("ManagePlatform"), territories::administrators).always(),
        get("/schools/{id}/territory", May("ManagePlatform"), territories::choose).off_from(Essential),
        post("/schools/{id}/territory", May("ManagePlatform"), territories::put),
        get("/import", May("ManagePlatform"), imports::show_all).off_from(Light),
        files(post("/import", May("ManagePlatform"), imports::run_all).off_from(Light)),
        get("/schools/{id}/import", May("ManageSchool"), imports::show).off_from(Light),
        files(post("/schools/{id}/import", May("ManageSchool"), imports::run).off_from(Light)),
    ]
}
