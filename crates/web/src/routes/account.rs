use super::Rule::{Anyone, SignedIn};
use super::{Row, get, post};
use crate::screens::{
    accessibility, account, activation, devices, forgotten, language, password, reset, setup, sign_in, sign_out,
};
use crate::static_files;

/// Signing in, one's own account, and what belongs to no school.
pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/static/{version}/{*name}", Anyone, static_files::serve),
        get("/favicon.ico", Anyone, static_files::favicon),
        post("/language", Anyone, language::choose).always(),
        get("/accessibility", Anyone, accessibility::page),
        get("/sign-in", Anyone, sign_in::page),
        post("/sign-in", Anyone, sign_in::submit).always(),
        post("/sign-out", SignedIn, sign_out::submit).always(),
        get("/activation", Anyone, activation::page),
        post("/activation", Anyone, activation::submit).always(),
        get("/forgotten", Anyone, forgotten::page),
        post("/forgotten", Anyone, forgotten::submit).always(),
        get("/reset", Anyone, reset::page),
        post("/reset", Anyone, reset::submit).always(),
        get("/setup", Anyone, setup::page),
        post("/setup", Anyone, setup::submit).always(),
        get("/account", SignedIn, account::page),
        get("/password", SignedIn, password::page),
        post("/password", SignedIn, password::submit).with_password().always(),
        get("/devices", SignedIn, devices::page),
        post("/devices/end", SignedIn, devices::end).always(),
        post("/devices/end-others", SignedIn, devices::end_others).always(),
    ]
}
