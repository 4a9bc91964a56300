use super::Rule::May;
use super::{Row, get, post};
use crate::screens::{documents, recordings};
use preau_base::Level::Essential;

/// Recorded lessons.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/lessons/{id}/recordings/{n}", May("SeeRecording"), recordings::show).off_from(Essential),
        get("/lessons/{id}/recordings/{n}/tracks/{file}", May("SeeRecording"), recordings::track).off_from(Essential),
        get("/lessons/{id}/recordings/{n}/documents/{file}/{page}", May("SeeRecording"), documents::recorded_page)
            .off_from(Essential),
        post("/lessons/{id}/recordings/{n}/delete", May("DeleteRecording"), recordings::delete),
        get("/schools/{id}/recordings/kept", May("ListRecordings"), recordings::kept).off_from(Essential),
        get("/schools/{id}/recordings", May("SetRecording"), recordings::settings).off_from(Essential),
        post("/schools/{id}/recordings", May("SetRecording"), recordings::set_settings),
    ]
}
