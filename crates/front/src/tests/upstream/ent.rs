//! An ENT behind a CAS server: people come back with `?ticket=ST-…`, which the application checks with the server, and
//! are redirected to the same page without it (CAS 3.0 §3.1; `redirectAfterValidation` of the Java client, which signs
//! out by a redirect and leaves its cookie in the browser).

use super::site::{Site, config, serve};
use crate::upstream::Preset;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, StatusCode, Uri};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Ent {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    next: u32,
    signed_in: HashSet<String>,
    tickets_used: HashSet<String>,
}

async fn start() -> SocketAddr {
    let application = Router::new()
        .route("/echo", any(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(async |_| ())))
        .fallback(page)
        .with_state(Ent::default());
    serve(application).await
}

fn redirect(to: &str, session: Option<&str>) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    response.headers_mut().insert(LOCATION, to.parse().unwrap());
    if let Some(session) = session {
        let line = format!("JSESSIONID={session}; Path=/; HttpOnly");
        response.headers_mut().append(SET_COOKIE, line.parse().unwrap());
    }
    response
}

async fn page(State(ent): State<Ent>, uri: Uri, headers: HeaderMap) -> Response {
    let shown = headers.get(COOKIE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    let shown = shown.split("; ").find_map(|pair| pair.strip_prefix("JSESSIONID=")).unwrap_or_default().to_owned();
    let mut inner = ent.inner.lock().unwrap();
    inner.next += 1;
    let new = format!("J{}", inner.next);
    let query = uri.query().unwrap_or_default();
    let ticket = query.split('&').find_map(|pair| pair.strip_prefix("ticket="));
    match (uri.path(), ticket) {
        ("/logout", _) => {
            inner.signed_in.remove(&shown);
            redirect("https://cas.example/logout?service=https://ecole.example/", None)
        }
        // A page for everyone that moved, with a session for everyone.
        ("/", _) => redirect("http://ecole.example/accueil", Some(&new)),
        (path, Some(ticket)) if ticket.starts_with("ST-good-") && inner.tickets_used.insert(ticket.to_owned()) => {
            let left: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("ticket=")).collect();
            let to = format!("http://ecole.example{path}?{}", left.join("&"));
            inner.signed_in.remove(&shown);
            inner.signed_in.insert(new.clone());
            redirect(to.trim_end_matches('?'), Some(&new))
        }
        _ if inner.signed_in.contains(&shown) => "a page".into_response(),
        (path, _) => {
            let to = format!("https://cas.example/login?service=https%3A%2F%2Fecole.example{path}");
            redirect(&to, Some(&new))
        }
    }
}

#[tokio::test]
async fn only_a_ticket_that_the_application_took_earns_a_pass() {
    let site = Site::start(config(start().await, Preset::Cas));
    let mut eve = site.browser();
    for target in ["/portail", "/portail?ticket=ST-forged-1", "/?ticket=ST-forged-2", "/?ticket=ST-good-3", "/logout"] {
        let answer = eve.get(target).await;
        assert_eq!((answer.status, eve.jar.get("preau_gate")), (302, None), "{target}");
    }
    assert!(!eve.has_pass().await);
    let mut lea = site.browser();
    assert_eq!(lea.get("/portail?id=3").await.status, 302);
    let before = lea.jar.clone();
    let answer = lea.get("/portail?id=3&ticket=ST-good-1-cas").await;
    assert_eq!(answer.header("location"), Some("http://ecole.example/portail?id=3"));
    assert_ne!(lea.jar["JSESSIONID"], before["JSESSIONID"]);
    assert!(lea.jar.contains_key("preau_gate") && lea.has_pass().await);
    let mut again = site.browser();
    again.get("/portail?id=3&ticket=ST-good-1-cas").await;
    assert!(!again.jar.contains_key("preau_gate"), "a ticket is good once");
}

#[tokio::test]
async fn signing_out_ends_the_pass_though_the_session_cookie_stays() {
    let site = Site::start(config(start().await, Preset::Cas));
    let mut lea = site.browser();
    lea.get("/portail?ticket=ST-good-2-cas").await;
    let kept = lea.clone();
    assert!(kept.has_pass().await);
    lea.get("/logout").await;
    assert_eq!(lea.jar.get("JSESSIONID"), kept.jar.get("JSESSIONID"));
    assert!(!lea.jar.contains_key("preau_gate"));
    assert!(!kept.has_pass().await, "a kept copy is dead");
}
