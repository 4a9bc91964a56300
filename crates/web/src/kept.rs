//! A form of whose sender the session has ended, or whose page is from before signing in again, or that could not be saved
//! because the disk is full, the database gone, or saving put off while many arrive: nothing is done, and everything that
//! was typed is shown again with a fresh token, so that it can be sent once more. Works without script.
//!
//! What is shown came from the same browser and page ([`crate::guard`] has checked the origin), and sending it again
//! takes the person's own click.

use crate::app::App;
use crate::guard::CSRF_FIELD;
use crate::limits::KEPT_SHOWN_CHARS_MIN;
use crate::page::Page;
use crate::request::RequestFacts;
use crate::{Fields, PageError, errors, nav};
use askama::Template;
use axum::body::Body;
use axum::extract::FromRequest as _;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use std::sync::{Arc, OnceLock};

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
    /// Why it could not be saved, and whether files came with it.
    fault: Option<(String, bool)>,
}

/// What was typed into a form that is being dealt with.
pub(crate) enum Typed {
    Whole(Bytes),
    /// A form with files, once it was read.
    Read(Read),
}

/// Holds the texts of a form with files for the guard, who has not seen them.
#[derive(Clone, Default)]
pub(crate) struct Read(Arc<OnceLock<Vec<(String, String)>>>);

impl Read {
    pub(crate) fn keep(&self, fields: &Fields) {
        let _first = self.0.set(pairs(fields));
    }
}

impl Typed {
    /// The handler's answer; or, where it could not save what it understood, the form again.
    pub(crate) async fn answered(self, app: &App, facts: &RequestFacts, answer: Response) -> Response {
        let Some(error) = answer.extensions().get::<PageError>().cloned() else { return answer };
        if !error.is_not_saved() || facts.wants_json {
            return answer;
        }
        let (typed, has_files) = match self {
            Self::Whole(body) => (fields(body).await, false),
            Self::Read(read) => (read.0.get().cloned().and_then(own), true),
        };
        let Some(fields) = typed else { return answer };
        let _reference = errors::log(&error, facts.path.as_str());
        put_off(app, facts, &error, fields, has_files)
    }
}

/// The form again, for somebody who is signed in: it could not be saved for this reason, and may be in a while.
pub(crate) fn put_off(
    app: &App,
    facts: &RequestFacts,
    error: &PageError,
    fields: Vec<(String, String)>,
    has_files: bool,
) -> Response {
    let mut page = Page::new(app.clone(), facts.clone());
    page.nav = nav::for_all();
    let template = KeptPage {
        action: page.path(),
        page: &page,
        texts: long(&fields),
        fields,
        is_signed_in: true,
        fault: Some((error.what(&page), has_files)),
    };
    let mut shown = page.html_as(error.status(), &template).unwrap_or_else(PageError::into_response);
    error.mark(&mut shown);
    shown
}

/// The form again: 401 while nobody is signed in, 403 for a token that is no longer good.
pub(crate) fn answer(app: &App, facts: &RequestFacts, fields: Vec<(String, String)>) -> Response {
    let mut page = Page::new(app.clone(), facts.clone());
    let is_signed_in = page.is_signed_in();
    if is_signed_in {
        page.nav = nav::for_all();
    }
    let texts = long(&fields);
    let status = if is_signed_in { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
    let template = KeptPage { action: page.path(), page: &page, fields, texts, is_signed_in, fault: None };
    page.html_as(status, &template).unwrap_or_else(PageError::into_response)
}

/// The fields of a form; none for anything else.
pub(crate) async fn fields(body: Bytes) -> Option<Vec<(String, String)>> {
    let request = Request::builder()
        .method(Method::POST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .ok()?;
    let sent = Fields::from_request(request, &()).await.ok()?;
    own(pairs(&sent))
}

fn pairs(fields: &Fields) -> Vec<(String, String)> {
    fields.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The values that are worth showing.
fn long(fields: &[(String, String)]) -> Vec<String> {
    let values = fields.iter().map(|(_, value)| value);
    values.filter(|value| value.chars().count() >= KEPT_SHOWN_CHARS_MIN).cloned().collect()
}

/// All but the token.
pub(crate) fn own(mut fields: Vec<(String, String)>) -> Option<Vec<(String, String)>> {
    fields.retain(|(name, _)| name != CSRF_FIELD);
    (!fields.is_empty()).then_some(fields)
}
