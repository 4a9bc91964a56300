use super::Rule::Anyone;
use super::{Row, get, post};
use crate::screens::language;
use crate::static_files;

/// Signing in, one's own account, and what belongs to no school.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/static/{version}/{*name}", Anyone, static_files::serve),
        get("/favicon.ico", Anyone, static_files::favicon),
        post("/language", Anyone, language::choose),
    ]
}
