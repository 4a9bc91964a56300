//! Guessing passwords, by the form as a script fills it in.

use super::Field;
use super::floods::get;
use crate::jar::Jar;
use crate::page;
use crate::people::form;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use std::sync::Arc;

/// Many passwords for one login.
pub(super) async fn one_login(field: Arc<Field>, number: u64) {
    let login = field.login.clone();
    guess(&field, number, &login, &format!("motdepasse{number}")).await;
}

/// One password for many logins.
pub(super) async fn many_logins(field: Arc<Field>, number: u64) {
    guess(&field, number, &format!("eleve.nul{number}"), "azerty123").await;
}

async fn guess(field: &Field, number: u64, login: &str, password: &str) {
    let Some(request) = get(field, "/sign-in", None) else { return };
    let Some(shown) = field.ask(number, false, request).await else { return };
    let mut jar = Jar::default();
    jar.take(&shown.headers);
    let Some(csrf) = page::csrf(&String::from_utf8_lossy(&shown.body)) else { return };
    let body = form(&[("csrf", &csrf), ("login", login), ("password", password)]);
    let mut request = Request::post("/sign-in")
        .header(header::HOST, &field.speech.host)
        .header(header::ORIGIN, &field.speech.origin)
        .header(header::USER_AGENT, "python-requests/2.32")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(cookies) = jar.header() {
        request = request.header(header::COOKIE, cookies);
    }
    if let Ok(request) = request.body(Full::new(Bytes::from(body))) {
        field.ask(number, false, request).await;
    }
}
