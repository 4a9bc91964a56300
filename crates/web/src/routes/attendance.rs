use super::Rule::{May, SignedIn};
use super::{Row, get, post};
use crate::screens::attendance::{
    below, board, decide, declare, export, follow_up, hub, not_reached, on_site, pupil, roll, settings,
};
use crate::screens::{mails, notices};
use preau_base::Level::{Essential, Light};

/// Rolls, absences, those who were not reached, children on site; notices and mails.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/notices", SignedIn, notices::list).off_from(Essential),
        post("/notices/read", SignedIn, notices::read),
        post("/notices/mails", SignedIn, notices::mails),
        get("/attendance", SignedIn, hub::show),
        get("/lessons/{id}/roll", May("CallRoll"), roll::show),
        post("/lessons/{id}/roll", May("CallRoll"), roll::confirm).always(),
        get("/schools/{id}/attendance", May("KeepAttendance"), board::show),
        get("/schools/{id}/attendance.csv", May("KeepAttendance"), export::csv).off_from(Light),
        get("/schools/{id}/attendance/settings", May("KeepAttendance"), settings::show).off_from(Essential),
        post("/schools/{id}/attendance/settings", May("KeepAttendance"), settings::submit),
        post("/absences/{id}/decide", May("KeepAttendance"), decide::submit),
        get("/people/{id}/attendance", May("SeeAttendanceOf"), pupil::show).off_from(Essential),
        get("/people/{id}/absences/new", May("DeclareAbsence"), declare::new).off_from(Essential),
        post("/people/{id}/absences/new", May("DeclareAbsence"), declare::submit),
        get("/schools/{id}/not-reached", May("CountNotReached"), not_reached::show).off_from(Light),
        get("/territories/{id}/not-reached", May("SeeTerritory"), below::show).off_from(Light),
        get("/people/{id}/follow-up", May("KeepAttendance"), follow_up::show).off_from(Essential),
        post("/people/{id}/follow-up", May("KeepAttendance"), follow_up::submit),
        get("/schools/{id}/on-site", May("ReceiveOnSite"), on_site::show).off_from(Essential),
        post("/schools/{id}/on-site", May("ReceiveOnSite"), on_site::submit),
        get("/admin/mails", May("ManagePlatform"), mails::show).off_from(Essential),
        post("/admin/mails", May("ManagePlatform"), mails::retry),
    ]
}
