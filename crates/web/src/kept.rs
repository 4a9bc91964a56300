//! A form of whose sender the session has ended, or whose page is from before signing in again: nothing is done, and
//! everything that was typed is shown again with a fresh token, so that it can be sent once more. Works without script.
//!
//! What is shown came from the same browser and page ([`crate::guard`] has checked the origin), and sending it again
//! takes the person's own click.

use crate::app::App;
use crate::guard::CSRF_FIELD;
use crate::limits::KEPT_SHOWN_CHARS_MIN;
use crate::page::Page;
use crate::request::RequestFacts;
use crate::{Fields, PageError, nav};
use askama::Template;
use axum::body::Body;
use axum::extract::FromRequest as _;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};

#[derive(Template)]
#[template(path = "kept.html")]
struct KeptPage<'a> {
    page: &'a Page,
    action: &'a str,
    /// All that was sent but the token.
    fields: Vec<(String, String)>,
    /// The longer ones, to read and to copy.
    texts: Vec<String>,
    is_signed_in: bool,
}

/// 401 while nobody is signed in, 403 for a token that is no longer good; both with the form.
pub(crate) async fn answer(app: &App, facts: &RequestFacts, body: Bytes) -> Response {
    of_fields(app, facts, fields(body).await)
}

/// The same for a form that was read already; of one with files, what was typed.
pub(crate) fn of_fields(app: &App, facts: &RequestFacts, fields: Option<Vec<(String, String)>>) -> Response {
    let mut page = Page::new(app.clone(), facts.clone());
    let is_signed_in = page.is_signed_in();
    let refusal = if is_signed_in { PageError::Foreign } else { PageError::SignInNeeded };
    let Some(fields) = fields.filter(|_| !page.wants_json()) else { return refusal.into_response() };
    if is_signed_in {
        page.nav = nav::for_all();
    }
    let texts = fields.iter().map(|(_, value)| value);
    let texts = texts.filter(|value| value.chars().count() >= KEPT_SHOWN_CHARS_MIN).cloned().collect();
    let status = if is_signed_in { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
    let template = KeptPage { action: page.path(), page: &page, fields, texts, is_signed_in };
    page.html_as(status, &template).unwrap_or_else(|_| refusal.into_response())
}

/// The fields of a form; none for anything else.
async fn fields(body: Bytes) -> Option<Vec<(String, String)>> {
    let request = Request::builder()
        .method(Method::POST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .ok()?;
    let sent = Fields::from_request(request, &()).await.ok()?;
    own(sent.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// All but the token.
pub(crate) fn own(mut fields: Vec<(String, String)>) -> Option<Vec<(String, String)>> {
    fields.retain(|(name, _)| name != CSRF_FIELD);
    (!fields.is_empty()).then_some(fields)
}
