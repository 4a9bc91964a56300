//! One error at the edge: every handler gives [`PageError`], which knows its HTTP status and its page.
//!
//! Use `?` for errors of the store; [`PageError::internal`] for what should not happen; [`PageError::from`] a
//! [`preau_school::Refusal`] for rights; and show the form again, with status 422, for what a person typed wrong. What is
//! our fault is logged once, where the page is made; the person sees a reference, never the reason.

use crate::Page;
use crate::at_gate::OnPurpose;
use crate::limits::UNAVAILABLE_RETRY;
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use preau_base::{Rng as _, SystemRng};
use preau_school::{Refusal, Why};
use preau_store::StoreError;
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone, Debug, thiserror::Error)]
pub enum PageError {
    /// There is no such thing, or this person may not know of it.
    #[error("not found")]
    NotFound,
    #[error("not allowed: {0}")]
    Forbidden(Why),
    /// A teacher has taken this person out of the lesson.
    #[error("removed from the lesson")]
    Removed,
    /// A relative asks for a lesson, into which only the child goes.
    #[error("a lesson is for its pupils and teachers")]
    Relative,
    /// A relative asks for the data of a pupil who may be 15 or older: nobody has entered the birth date.
    #[error("the birth date is not known")]
    AgeUnknown,
    /// The door of guests, without an invitation that stands.
    #[error("not invited")]
    NotInvited,
    #[error("nobody is signed in")]
    SignInNeeded,
    #[error("the path knows no such method")]
    Method,
    /// The form did not come from our page in this browser.
    #[error("the form has no token of ours")]
    Foreign,
    #[error("the body is too large")]
    TooLarge,
    #[error("the request cannot be read: {0}")]
    Malformed(&'static str),
    /// Too many tries.
    #[error("over a budget")]
    TooMany { retry: Duration },
    /// More work than the machine can take now; nothing was done.
    #[error("busy")]
    Busy { retry: Duration },
    /// Turned off by the ladder until the crowd is smaller; nothing was done.
    #[error("off at this level of service")]
    Shed { retry: Duration },
    #[error("unavailable: {0}")]
    Unavailable(Arc<StoreError>),
    /// The database has no room; nothing was kept of this request.
    #[error("no room: {0}")]
    DiskFull(Arc<StoreError>),
    #[error("internal: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl PageError {
    pub fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(error))
    }

    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_)
            | Self::Removed
            | Self::Relative
            | Self::AgeUnknown
            | Self::NotInvited
            | Self::Foreign => StatusCode::FORBIDDEN,
            Self::SignInNeeded => StatusCode::UNAUTHORIZED,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy { .. } | Self::Shed { .. } | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::DiskFull(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stem of its texts: `error-{word}-title`, `-what`, `-do`; also the `error` of a JSON answer.
    const fn word(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Forbidden(Why::Role) => "role",
            Self::Forbidden(Why::NotOnRoster) => "not-on-roster",
            Self::Forbidden(Why::TooEarly) => "too-early",
            Self::Forbidden(Why::Over) => "over",
            Self::Forbidden(Why::Cancelled) => "cancelled",
            Self::Removed => "removed",
            Self::Relative => "relative",
            Self::AgeUnknown => "age-unknown",
            Self::NotInvited => "not-invited",
            Self::SignInNeeded => "sign-in",
            Self::Method => "method",
            Self::Foreign => "foreign",
            Self::TooLarge => "too-large",
            Self::Malformed(_) => "malformed",
            Self::TooMany { .. } => "too-many",
            Self::Busy { .. } => "busy",
            Self::Shed { .. } => "shed",
            Self::Unavailable(_) => "unavailable",
            Self::DiskFull(_) => "disk-full",
            Self::Internal(_) => "internal",
        }
    }

    #[cfg(test)]
    pub(crate) const WORDS: [&str; 21] = [
        "not-found",
        "role",
        "not-on-roster",
        "too-early",
        "over",
        "cancelled",
        "removed",
        "relative",
        "age-unknown",
        "not-invited",
        "sign-in",
        "method",
        "foreign",
        "too-large",
        "malformed",
        "too-many",
        "busy",
        "shed",
        "unavailable",
        "disk-full",
        "internal",
    ];

    /// A form that was good could not be saved, and sending it again in a while helps.
    pub(crate) const fn is_not_saved(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::DiskFull(_))
    }

    /// What went wrong, in a sentence.
    pub(crate) fn what(&self, page: &Page) -> String {
        page.t(&format!("error-{}-what", self.word()))
    }

    /// Says in an answer's head when to come again, and to the gate where our pages are well in spite of the answer.
    pub(crate) fn mark(&self, response: &mut Response) {
        if let Some(retry) = self.retry() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry.as_secs().max(1)));
        }
        if matches!(self, Self::Busy { .. } | Self::Shed { .. } | Self::DiskFull(_)) {
            response.extensions_mut().insert(OnPurpose);
        }
    }

    /// Whether the page is there again after a while.
    const fn passes(&self) -> bool {
        matches!(self, Self::Internal(_)) || self.retry().is_some()
    }

    const fn retry(&self) -> Option<Duration> {
        match self {
            Self::TooMany { retry } | Self::Busy { retry } | Self::Shed { retry } => Some(*retry),
            Self::Unavailable(_) => Some(UNAVAILABLE_RETRY),
            _ => None,
        }
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Hidden => Self::NotFound,
            Refusal::Forbidden(why) => Self::Forbidden(why),
        }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            error if error.is_disk_full() => Self::DiskFull(Arc::new(error)),
            StoreError::Database(_) => Self::Unavailable(Arc::new(error)),
            other => Self::internal(other),
        }
    }
}

/// The error travels in the answer's extensions to the frame, which knows the person's language and makes the page.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: &'a Page,
    status: u16,
    title: String,
    what: String,
    advice: String,
    reference: Option<String>,
    retry_s: Option<u64>,
    /// The same in words.
    wait: Option<String>,
    signs_in: bool,
    refreshes: bool,
    /// What can be read meanwhile.
    kept: Option<&'static str>,
}

/// The page of an error, or its JSON for scripts that asked for JSON. Logs it if it is ours.
pub(crate) fn answer(page: &Page, error: &PageError, route: &str) -> Response {
    let reference = log(error, route);
    let word = error.word();
    let text = |part| page.t(&format!("error-{word}-{part}"));
    let retry_s = error.retry().map(|retry| retry.as_secs().max(1));
    let mut response = if page.wants_json() {
        let body = serde_json::json!({ "error": word, "message": text("what"), "reference": reference });
        (error.status(), [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    } else {
        let template = ErrorPage {
            page,
            status: error.status().as_u16(),
            title: text("title"),
            what: text("what"),
            advice: text("do"),
            reference,
            retry_s,
            wait: retry_s.map(|seconds| page.wait(seconds)),
            signs_in: !page.is_signed_in(),
            refreshes: page.is_get(),
            kept: page.kept_page().filter(|_| error.passes()),
        };
        page.html_as(error.status(), &template).unwrap_or_else(|_| (error.status(), text("what")).into_response())
    };
    error.mark(&mut response);
    response
}

/// Gives the reference under which a failure of ours stands in the log.
pub(crate) fn log(error: &PageError, route: &str) -> Option<String> {
    let (PageError::Unavailable(_) | PageError::DiskFull(_) | PageError::Internal(_)) = error else {
        return None;
    };
    let reference = format!("{:08x}", SystemRng.next_u64() >> 32);
    match error {
        PageError::Unavailable(store) => tracing::error!(reference, route, error = %store, "the store does not answer"),
        PageError::DiskFull(store) => tracing::error!(reference, route, error = %store, "the store has no room"),
        other => tracing::error!(reference, route, error = %other, "a page failed"),
    }
    Some(reference)
}
