//! What stands around every page: who asks, the renewed pass, the page of an error, the headers of every answer.

use crate::app::App;
use crate::cookies::Cookie;
use crate::errors::{self, PageError};
use crate::guard::{self, Guard};
use crate::nav;
use crate::page::{Page, add_cookie};
use crate::request::RequestFacts;
use crate::routes::{self, Row};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use preau_gate::Pass;
use preau_store::{StoreError, sessions, statements};
use std::panic::AssertUnwindSafe;

/// How many statements an answer took, in its extensions; what its body sends for while it streams is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statements(pub u32);

/// All pages. The binary puts [`preau_base::ClientFacts`] into each request's extensions.
pub fn router(app: App) -> Router {
    of_rows(app, routes::table())
}

fn of_rows(app: App, rows: Vec<Row>) -> Router {
    let mut router = Router::new();
    for row in rows {
        let guard = Guard {
            app: app.clone(),
            rule: row.rule,
            body: row.body,
            body_bytes_max: row.body_bytes_max,
            off_from: row.off_from,
        };
        router = router.route(row.path, row.handler.route_layer(from_fn_with_state(guard, guard::stand)));
    }
    router
        .fallback(async || PageError::NotFound)
        .method_not_allowed_fallback(async || PageError::Method)
        .layer(from_fn_with_state(app.clone(), surround))
        .with_state(app)
}

async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let facts = RequestFacts::read(&app, &request);
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    request.extensions_mut().insert(facts.clone());

    // A panic ends this request alone, and its person gets a page like for any other failure.
    let (run, statements) = statements::counted(AssertUnwindSafe(next.run(request)).catch_unwind()).await;
    let mut response =
        run.unwrap_or_else(|_| axum::response::IntoResponse::into_response(PageError::internal(Panicked)));
    if let Some(error) = response.extensions().get::<PageError>().cloned() {
        let cookies = take_cookies(&mut response);
        let ended = matches!(error, PageError::SignInNeeded) && facts.pass.is_some();
        let mut page = Page::new(app.clone(), facts.clone());
        if facts.pass.is_some() && !ended {
            page.nav = nav::for_all();
        }
        response = errors::answer(&page, &error, &route);
        cookies.into_iter().for_each(|cookie| add_cookie(&mut response, Some(cookie)));
        if ended {
            // The account is gone or suspended: with the pass kept, the sign-in page would lead back here.
            add_cookie(&mut response, Cookie::Pass.clear(facts.client.secure));
        }
    }
    if !response.status().is_server_error() {
        renew_pass(&app, &facts, &mut response).await;
    }
    dress(&facts, response.headers_mut());
    let status = response.status().as_str().to_owned();
    metrics::counter!("preau_web_statements_total", "route" => route.clone()).increment(u64::from(statements));
    metrics::counter!("preau_web_answers_total", "route" => route, "status" => status).increment(1);
    response.extensions_mut().insert(Statements(statements));
    response
}

/// What a handler has set though it failed: a pass that ends, ends.
fn take_cookies(response: &mut Response) -> Vec<HeaderValue> {
    match response.headers_mut().entry(header::SET_COOKIE) {
        header::Entry::Occupied(cookies) => cookies.remove_entry_mult().1.collect(),
        header::Entry::Vacant(_) => Vec::new(),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the handler panicked")]
struct Panicked;

/// Once a day the pass of a browser that is used gets new, unless the handler has set or ended it itself.
async fn renew_pass(app: &App, facts: &RequestFacts, response: &mut Response) {
    let Some(pass) = facts.pass.filter(|pass| pass.needs_renewal(facts.now)) else { return };
    let name = Cookie::Pass.name(facts.client.secure);
    let is_ours =
        |value: &HeaderValue| value.as_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="));
    if response.headers().get_all(header::SET_COOKIE).iter().any(is_ours) {
        return;
    }
    let renewed = pass.renewed(facts.now);
    match keep_renewal(app, &renewed).await {
        Ok(()) => {
            let value = renewed.seal(&app.keys());
            add_cookie(response, Cookie::Pass.set(&value, renewed.cookie_max_age(), facts.client.secure));
        }
        // The old pass is still good; the next request tries again.
        Err(error) => tracing::warn!(%error, session = %pass.session, "a pass was not renewed"),
    }
}

async fn keep_renewal(app: &App, renewed: &Pass) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    sessions::renew(&mut tx, renewed.session, renewed.issued, renewed.expires()).await?;
    tx.commit().await
}

/// The headers of every answer.
fn dress(facts: &RequestFacts, headers: &mut HeaderMap) {
    const FIXED: [(HeaderName, &str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: with it, browsers send `Origin: null` with our own forms (Fetch §3.2).
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), geolocation=(), \
             payment=(), usb=()",
        ),
    ];
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A file that somebody sent has come with a stricter one.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::try_from(content_policy(facts))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if facts.client.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Content Security Policy Level 3: nothing inline, nothing from elsewhere.
fn content_policy(facts: &RequestFacts) -> String {
    // Older Safari does not count `wss:` of the same host as 'self'.
    let scheme = if facts.client.secure { "wss" } else { "ws" };
    let live = facts.host.as_deref().map(|host| format!(" {scheme}://{host}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
         connect-src 'self'{live}; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
}

#[cfg(test)]
mod tests;
