use super::Rule::{May, SignedIn};
use super::{Row, get, post};
use crate::limits::LOG_BODY_BYTES_MAX;
use crate::screens::log::{archive, copy, entry, files, group, hub, lead, load, plan, readings, step, write};
use preau_base::Level::{Essential, Light};

/// The lesson log, load of work, progressions.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/log", SignedIn, hub::show),
        get("/people/{id}/log", May("SeeDayOf"), group::of_person),
        get("/groups/{id}/log", May("Log(ReadGroup)"), group::of_group),
        get("/groups/{id}/load", May("Log(SeeLoad)"), load::show).off_from(Essential),
        get("/lessons/{id}/log", May("Log(ReadEntry)"), entry::show),
        get("/lessons/{id}/log/write", May("Log(Write)"), write::show).off_from(Essential),
        long(post("/lessons/{id}/log/write", May("Log(Write)"), write::save)),
        long(post("/lessons/{id}/log/add", May("Log(Write)"), entry::add)),
        post("/lessons/{id}/log/copy", May("Log(Write)"), copy::copy),
        post("/lessons/{id}/log/files", May("Log(Write)"), files::attach).with_files(),
        post("/lessons/{id}/log/files/remove", May("Log(Write)"), files::detach),
        get("/lessons/{id}/log/files/{file}", May("Log(ReadEntry)"), files::fetch).off_from(Essential),
        get("/schools/{id}/log", May("Log(Lead)"), lead::show).off_from(Light),
        get("/schools/{id}/log/entries", May("Log(Lead)"), lead::entries).off_from(Light),
        post("/schools/{id}/log/visa", May("Log(Lead)"), lead::sign),
        post("/schools/{id}/log/archives", May("Log(Lead)"), archive::make).off_from(Light),
        get("/log/archives/{id}", May("Log(ReadArchive)"), archive::fetch).off_from(Light),
        get("/log/archives/{id}/files", May("Log(ReadArchive)"), archive::files).off_from(Light),
        get("/schools/{id}/log/readings", May("Log(Lead)"), readings::list).off_from(Essential),
        get("/schools/{id}/log/readings/new", May("Log(Lead)"), readings::new).off_from(Essential),
        post("/schools/{id}/log/readings/new", May("Log(Lead)"), readings::open),
        post("/schools/{id}/log/readings/end", May("Log(Lead)"), readings::end),
        get("/log/readings/{id}", May("Log(ReadOpened)"), readings::read).off_from(Essential),
        get("/progressions", May("Log(Progression)"), plan::list).off_from(Essential),
        post("/progressions", May("Log(Progression)"), plan::create),
        get("/progressions/{id}", May("Log(Progression)"), plan::show).off_from(Essential),
        post("/progressions/{id}", May("Log(Progression)"), plan::change),
        post("/progressions/{id}/apply", May("Log(Progression)"), plan::apply),
        long(post("/progressions/{id}/steps", May("Log(Progression)"), step::add)),
        get("/progression-steps/{id}", May("Log(Progression)"), step::edit).off_from(Essential),
        long(post("/progression-steps/{id}", May("Log(Progression)"), step::change)),
    ]
}

/// A form with whole texts.
fn long(row: Row) -> Row {
    Row { body_bytes_max: LOG_BODY_BYTES_MAX, ..row }
}
