//! What stands before each handler: the rule of its row, and for everything that changes something, that the form came
//! from our own page in this browser.

use crate::app::App;
use crate::errors::PageError;
use crate::kept::{Read, Typed};
use crate::limits::{FORM_FIELD_BYTES_MAX, SHED_RETRY};
use crate::request::RequestFacts;
use crate::routes::{Rule, Taking};
use crate::{kept, multipart};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use preau_base::Level;
use preau_gate::csrf;

/// The header that scripts send instead of the form field.
pub(crate) const CSRF_HEADER: &str = "x-csrf";
/// The form field of every page's forms.
pub(crate) const CSRF_FIELD: &str = "csrf";

#[derive(Clone)]
pub(crate) struct Guard {
    pub app: App,
    pub rule: Rule,
    pub body: Taking,
    pub body_bytes_max: usize,
    pub off_from: Option<Level>,
}

pub(crate) async fn stand(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match check(&guard, request).await {
        Ok((request, None)) => next.run(request).await,
        Ok((request, Some((typed, facts)))) => typed.answered(&guard.app, &facts, next.run(request).await).await,
        Err(refusal) => refusal,
    }
}

/// A request that may go on, and what was typed into it where that must not be lost.
type Checked = (Request, Option<(Typed, RequestFacts)>);

async fn check(guard: &Guard, request: Request) -> Result<Checked, Response> {
    let Some(facts) = request.extensions().get::<RequestFacts>().cloned() else {
        return Err(PageError::NotFound.into_response());
    };
    let is_off = guard.off_from.is_some_and(|level| guard.app.level() >= level);
    if is_off && request.method().is_safe() {
        return Err(PageError::Shed { retry: SHED_RETRY }.into_response());
    }
    let sender = Sender::of(&guard.app, &facts, request.headers());
    if guard.rule != Rule::Anyone && facts.pass.is_none() {
        if request.method().is_safe() || sender != Sender::Ours || guard.body == Taking::Whole {
            return Err(ask_to_sign_in(&facts, request.method()));
        }
        let (parts, body) = request.into_parts();
        return Err(shown_again(guard, (&facts, sender), &parts.headers, body).await);
    }
    if request.method().is_safe() {
        return Ok((request, None));
    }
    if is_off {
        let (parts, body) = request.into_parts();
        let shed = PageError::Shed { retry: SHED_RETRY };
        return Err(match typed(guard, (&facts, sender), &parts.headers, body).await {
            Some(fields) => kept::put_off(&guard.app, &facts, &shed, fields, guard.body == Taking::Streamed),
            None => shed.into_response(),
        });
    }
    if sender == Sender::Foreign {
        return Err(PageError::Foreign.into_response());
    }
    let binding = facts.binding().ok_or_else(|| PageError::Foreign.into_response())?;
    let is_ours = |token: &str| csrf::check(token, binding, &guard.app.keys()).is_ok();
    if guard.body == Taking::Streamed {
        let read = Read::default();
        let mut request = check_streamed(guard, (&facts, sender), request, is_ours).await?;
        request.extensions_mut().insert(read.clone());
        return Ok((request, Some((Typed::Read(read), facts))));
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, guard.body_bytes_max).await.map_err(|_| PageError::TooLarge.into_response())?;
    if !sent_token(&parts.headers, &body).is_some_and(|token| is_ours(&token)) {
        return Err(shown_again(guard, (&facts, sender), &parts.headers, Body::from(body)).await);
    }
    let is_kept = guard.body == Taking::Kept && is_plain_form(&parts.headers);
    let typed = is_kept.then(|| (Typed::Whole(body.clone()), facts));
    Ok((Request::from_parts(parts, Body::from(body)), typed))
}

/// Nothing of a body with files is handed on before its token was found good: in the header, where a script sends it, or in
/// the first field of the form.
async fn check_streamed(
    guard: &Guard,
    from: (&RequestFacts, Sender),
    request: Request,
    is_ours: impl Fn(&str) -> bool,
) -> Result<Request, Response> {
    let (parts, body) = request.into_parts();
    if let Some(token) = parts.headers.get(CSRF_HEADER) {
        if !token.to_str().is_ok_and(is_ours) {
            return Err(PageError::Foreign.into_response());
        }
        return Ok(Request::from_parts(parts, bounded(body, guard.body_bytes_max)));
    }
    let Some(boundary) = multipart::boundary(&parts.headers) else {
        let body = to_bytes(body, FORM_FIELD_BYTES_MAX).await.map_err(|_| PageError::TooLarge.into_response())?;
        if !sent_token(&parts.headers, &body).is_some_and(|token| is_ours(&token)) {
            return Err(shown_again(guard, from, &parts.headers, Body::from(body)).await);
        }
        return Ok(Request::from_parts(parts, Body::from(body)));
    };
    let (token, body) = multipart::first_field(bounded(body, guard.body_bytes_max), &boundary, CSRF_FIELD).await;
    if !token.is_some_and(|token| is_ours(&token)) {
        return Err(shown_again(guard, from, &parts.headers, body).await);
    }
    Ok(Request::from_parts(parts, body))
}

/// What was typed into a form that is not dealt with, without its files. None of what is no form, what may hold a password,
/// and what the browser does not say to come from our own page: nobody else fills a form that then waits for a click.
async fn typed(
    guard: &Guard,
    (facts, sender): (&RequestFacts, Sender),
    headers: &HeaderMap,
    body: Body,
) -> Option<Vec<(String, String)>> {
    if guard.body == Taking::Whole || sender != Sender::Ours || facts.wants_json {
        None
    } else if let Some(boundary) = multipart::boundary(headers) {
        kept::own(multipart::texts(bounded(body, guard.body_bytes_max), &boundary).await)
    } else if is_plain_form(headers) {
        let bytes_max = guard.body_bytes_max.min(FORM_FIELD_BYTES_MAX);
        kept::fields(to_bytes(body, bytes_max).await.unwrap_or_default()).await
    } else {
        None
    }
}

/// Shows what was typed into a form again; its files are chosen anew.
async fn shown_again(guard: &Guard, from: (&RequestFacts, Sender), headers: &HeaderMap, body: Body) -> Response {
    let facts = from.0;
    match typed(guard, from, headers, body).await {
        Some(fields) => kept::answer(&guard.app, facts, fields),
        None if guard.rule != Rule::Anyone && facts.pass.is_none() => PageError::SignInNeeded.into_response(),
        None => PageError::Foreign.into_response(),
    }
}

fn bounded(body: Body, bytes_max: usize) -> Body {
    Body::new(http_body_util::Limited::new(body, bytes_max))
}

fn ask_to_sign_in(facts: &RequestFacts, method: &Method) -> Response {
    if *method != Method::GET || facts.wants_json {
        return PageError::SignInNeeded.into_response();
    }
    let query: String = if facts.path == "/" { String::new() } else { format!("?next={}", quoted(&facts.path)) };
    Redirect::to(&format!("/sign-in{query}")).into_response()
}

/// Percent-encodes what is not plain in a query (RFC 3986 §2.3); a path has only ASCII.
pub(crate) fn quoted(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}

fn sent_token(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    if let Some(value) = headers.get(CSRF_HEADER) {
        return value.to_str().ok().map(str::to_owned);
    }
    if !is_plain_form(headers) {
        return None;
    }
    // A token has only characters that forms do not encode, so the field is found without decoding the rest.
    body.split(|byte| *byte == b'&')
        .filter_map(|pair| pair.strip_prefix(CSRF_FIELD.as_bytes())?.strip_prefix(b"="))
        .find_map(|value| std::str::from_utf8(value).ok())
        .map(str::to_owned)
}

fn is_plain_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// Whose page a request comes from, as the browser says it (`Sec-Fetch-Site`, `Origin`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    Ours,
    /// Old browsers, and programs: what they send still needs the token.
    Unsaid,
    Foreign,
}

impl Sender {
    fn of(app: &App, facts: &RequestFacts, headers: &HeaderMap) -> Self {
        let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        if site.is_some_and(|site| site != "same-origin" && site != "none") {
            return Self::Foreign;
        }
        let Some(origin) = headers.get(header::ORIGIN) else {
            return if site == Some("same-origin") { Self::Ours } else { Self::Unsaid };
        };
        let Ok(origin) = origin.to_str() else { return Self::Foreign };
        let authority = origin.split_once("://").map(|(_, authority)| authority.to_ascii_lowercase());
        let is_ours = app.public_origin.as_deref() == Some(origin) || (authority.is_some() && authority == facts.host);
        if is_ours { Self::Ours } else { Self::Foreign }
    }
}
