//! A Moodle as far as its sessions go, after `login/index.php`, `login/logout.php` and `session_regenerate_id` in
//! `lib/classes/session/manager.php` of Moodle 3.1 to 5.1: every visitor gets a session; a password that is right or
//! wrong is answered by a redirect; signing in and out both change the session's id.

use super::site::serve;
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub struct Moodle {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    next: u32,
    /// Session to user; 0 is nobody, 1 the guest.
    sessions: HashMap<String, u32>,
    /// Every request's headers.
    seen: Vec<HeaderMap>,
}

impl Moodle {
    pub async fn start() -> (Self, SocketAddr) {
        let moodle = Self::default();
        let application = Router::new()
            .route("/login/index.php", get(login_page).post(login))
            .route("/login/logout.php", any(logout))
            .route("/echo", any(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)))
            .route("/rotates", get(rotates))
            .route("/forgets", get(forgets))
            .route("/says/{value}", get(says))
            .fallback(page)
            .with_state(moodle.clone());
        (moodle, serve(application).await)
    }

    pub fn seen(&self) -> Vec<HeaderMap> {
        self.inner.lock().unwrap().seen.clone()
    }

    /// The session of a request and its user; a new one for whoever has none, as Moodle gives it.
    fn session(&self, headers: &HeaderMap) -> (String, u32, Vec<HeaderValue>) {
        let shown = headers.get(COOKIE).and_then(|line| line.to_str().ok()).unwrap_or_default();
        let sid = shown.split("; ").find_map(|pair| pair.strip_prefix("MoodleSession="));
        let mut inner = self.inner.lock().unwrap();
        inner.seen.push(headers.clone());
        match sid.and_then(|sid| inner.sessions.get(sid).map(|user| (sid.to_owned(), *user))) {
            Some((sid, user)) => (sid, user, Vec::new()),
            None => {
                let sid = inner.begin(0);
                let line = cookie(&sid);
                (sid, 0, vec![line])
            }
        }
    }

    /// `session_regenerate_id(true)`.
    fn regenerate(&self, old: &str, user: u32) -> HeaderValue {
        let mut inner = self.inner.lock().unwrap();
        inner.sessions.remove(old);
        let sid = inner.begin(user);
        cookie(&sid)
    }
}

impl Inner {
    fn begin(&mut self, user: u32) -> String {
        self.next += 1;
        let sid = format!("sid{}", self.next);
        self.sessions.insert(sid.clone(), user);
        sid
    }
}

fn cookie(sid: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("MoodleSession={sid}; path=/; HttpOnly")).unwrap()
}

fn answer(status: u16, cookies: Vec<HeaderValue>, location: Option<&str>, text: &str) -> Response {
    let mut response = (StatusCode::from_u16(status).unwrap(), text.to_owned()).into_response();
    cookies.into_iter().for_each(|line| _ = response.headers_mut().append(SET_COOKIE, line));
    if let Some(location) = location {
        response.headers_mut().insert(LOCATION, location.parse().unwrap());
    }
    response
}

async fn page(State(moodle): State<Moodle>, headers: HeaderMap) -> Response {
    let (_, user, cookies) = moodle.session(&headers);
    answer(200, cookies, None, &format!("user {user}"))
}

async fn login_page(
    State(moodle): State<Moodle>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let (_, user, cookies) = moodle.session(&headers);
    match query.get("testsession") {
        Some(wanted) if *wanted == user.to_string() => answer(303, cookies, Some("http://ecole.example/my/"), ""),
        _ => answer(200, cookies, None, "the form"),
    }
}

async fn login(
    State(moodle): State<Moodle>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let (sid, _, mut cookies) = moodle.session(&headers);
    let text = |name| form.get(name).map_or("", String::as_str);
    let user = match (text("username"), text("password")) {
        ("lea", "juste") => 42,
        ("tom", "juste") => 43,
        ("guest", _) => 1,
        _ => return answer(303, cookies, Some("http://ecole.example/login/index.php?loginredirect=1"), ""),
    };
    let line = moodle.regenerate(&sid, user);
    // Moodle writes the line anew with a SameSite.
    cookies.extend([line.clone(), line]);
    let to = format!("http://ecole.example/login/index.php?testsession={user}");
    answer(303, cookies, Some(&to), "")
}

async fn logout(
    State(moodle): State<Moodle>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let (sid, user, mut cookies) = moodle.session(&headers);
    if user != 0 && query.get("sesskey").map(String::as_str) != Some("key") {
        return answer(200, cookies, None, "Do you really want to log out?");
    }
    cookies.push(moodle.regenerate(&sid, 0));
    answer(303, cookies, Some("http://ecole.example/"), "")
}

/// Not Moodle's: applications that change the session's id from time to time.
async fn rotates(State(moodle): State<Moodle>, headers: HeaderMap) -> Response {
    let (sid, user, mut cookies) = moodle.session(&headers);
    cookies.push(moodle.regenerate(&sid, user));
    answer(200, cookies, None, "rotated")
}

/// Not Moodle's: applications that delete their session cookie.
async fn forgets(State(moodle): State<Moodle>, headers: HeaderMap) -> Response {
    moodle.session(&headers);
    let line = HeaderValue::from_static("MoodleSession=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0");
    answer(200, vec![line], None, "forgotten")
}

/// Says by a header who has signed in.
async fn says(State(moodle): State<Moodle>, uri: http::Uri, headers: HeaderMap) -> Response {
    let (_, _, cookies) = moodle.session(&headers);
    let mut response = answer(200, cookies, None, "said");
    let value = uri.path().trim_start_matches("/says/");
    let name = HeaderName::from_static("x-preau-signed-in");
    response.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    response
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
            return;
        }
    }
}
