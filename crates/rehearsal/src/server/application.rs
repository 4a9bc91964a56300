//! A small application for the gate to stand in front of: a form to sign in with, a session cookie that changes when
//! somebody does, a home page, a style and a picture. It serves on loopback and remembers nothing: a session says by itself
//! whose it is.

use crate::limits as l;
use crate::page;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use preau_base::{Rng as _, SeededRng};
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// The application's session cookie.
pub(crate) const SESSION: &str = "sid";
/// The only path of signing in.
pub(crate) const SIGN_IN: &str = "/sign-in";
/// A file that is the same for everyone, larger than what a kernel holds for a client that reads nothing.
pub(crate) const BIG_FILE: &str = "/static/app.css";
const BIG_FILE_BYTES: usize = 48 * 1_024;
/// After a failed accept.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

/// Ends when dropped.
pub(crate) struct Application {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Application {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Who may sign in, and what their sessions are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accounts {
    pub seed: u64,
    pub people: u32,
    pub password: &'static str,
}

impl Accounts {
    /// The session of a person who has signed in.
    pub(crate) fn session(&self, number: u32) -> String {
        let mark = SeededRng::new(self.seed ^ 0xa991_1ca7 ^ u64::from(number) << 20).next_u64();
        format!("p{number}-{mark:016x}")
    }

    fn is_signed_in(&self, session: &str) -> bool {
        let number = session.strip_prefix('p').and_then(|rest| rest.split('-').next()?.parse().ok());
        number.is_some_and(|number: u32| number < self.people && self.session(number) == session)
    }

    /// Whom login and password name.
    fn check(&self, login: &str, password: &str) -> Option<u32> {
        let number = login.strip_prefix(super::LOGIN)?.parse().ok()?;
        (number < self.people && password == self.password).then_some(number)
    }
}

impl Application {
    pub(crate) async fn start(accounts: Accounts) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { address, task: tokio::spawn(serve(listener, accounts)) })
    }
}

async fn serve(listener: TcpListener, accounts: Accounts) {
    let connections = Arc::new(Semaphore::new(l::APPLICATION_CONNECTIONS_MAX));
    let workers = Arc::new(Semaphore::new(l::APPLICATION_WORKERS));
    loop {
        let Ok(place) = connections.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_RETRY).await;
            continue;
        };
        let workers = workers.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let workers = workers.clone();
                async move { Ok::<_, Infallible>(answer(request, accounts, &workers).await) }
            });
            if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
                tracing::debug!(%error, "a connection of the application ended");
            }
            drop(place);
        });
    }
}

async fn answer(request: Request<Incoming>, accounts: Accounts, workers: &Semaphore) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    match (&head.method, head.uri.path()) {
        (&Method::GET, BIG_FILE) => file("text/css", vec![b' '; BIG_FILE_BYTES]),
        (&Method::GET, "/static/logo.svg") => {
            file("image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>".to_vec())
        }
        (&Method::POST, SIGN_IN) => {
            let sent = Limited::new(body, l::APPLICATION_BODY_BYTES_MAX).collect().await;
            work(workers, l::APPLICATION_PASSWORD_MS).await;
            sent.map_or_else(|_| sign_in(StatusCode::PAYLOAD_TOO_LARGE), |sent| signed_in(&sent.to_bytes(), accounts))
        }
        (&Method::GET, SIGN_IN) => {
            work(workers, l::APPLICATION_PAGE_MS).await;
            sign_in(StatusCode::OK)
        }
        _ if !session(&head.headers).is_some_and(|session| accounts.is_signed_in(session)) => to(SIGN_IN),
        (&Method::GET, _) => {
            work(workers, l::APPLICATION_PAGE_MS).await;
            home()
        }
        _ => html(StatusCode::METHOD_NOT_ALLOWED, "Pas ainsi", "<p>Cette page ne prend pas ce que vous envoyez.</p>"),
    }
}

/// As long as a page of such an application takes, so many at once.
async fn work(workers: &Semaphore, ms: u64) {
    let _worker = workers.acquire().await;
    sleep(Duration::from_millis(ms)).await;
}

fn session(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name == SESSION).then_some(value))
}

fn signed_in(sent: &[u8], accounts: Accounts) -> Response<Full<Bytes>> {
    let sent = String::from_utf8_lossy(sent);
    let field = |name: &str| page::field(&sent, name);
    let number = field("login").zip(field("password")).and_then(|(login, word)| accounts.check(&login, &word));
    let Some(number) = number else { return sign_in(StatusCode::UNAUTHORIZED) };
    let mut answer = to("/");
    set_session(&mut answer, &accounts.session(number));
    answer
}

fn to(path: &'static str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::SEE_OTHER;
    answer.headers_mut().insert(header::LOCATION, HeaderValue::from_static(path));
    answer
}

/// The form. Such applications give a session cookie to whoever looks at it.
fn sign_in(status: StatusCode) -> Response<Full<Bytes>> {
    let form = "<h1>Connexion</h1><p>Votre établissement vous a donné un identifiant et un mot de passe.</p>\
        <form method=\"post\" action=\"/sign-in\"><input type=\"hidden\" name=\"csrf\" value=\"none\">\
        <label>Identifiant <input name=\"login\"></label><label>Mot de passe <input type=\"password\" name=\"password\"></label>\
        <button>Se connecter</button></form>";
    let mut answer = html(status, "Connexion", form);
    set_session(&mut answer, "anonymous");
    answer
}

fn home() -> Response<Full<Bytes>> {
    let text = "<h1>Bonjour</h1><p>Histoire-géographie à 9 h 00, puis anglais, puis le cours de mathématiques de l’après-midi.</p>\
        <p>Deux messages, un devoir à rendre pour jeudi, et la cantine de la semaine.</p>";
    html(StatusCode::OK, "Accueil", text)
}

fn html(status: StatusCode, title: &str, text: &str) -> Response<Full<Bytes>> {
    let page = format!(
        "<!doctype html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{BIG_FILE}\"></head><body><img src=\"/static/logo.svg\" alt=\"\">{text}</body></html>\n"
    );
    let mut answer = Response::new(Full::from(page));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer
}

fn file(kind: &'static str, bytes: Vec<u8>) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(bytes));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn set_session(answer: &mut Response<Full<Bytes>>, value: &str) {
    if let Ok(value) = HeaderValue::try_from(format!("{SESSION}={value}; Path=/; HttpOnly; SameSite=Lax")) {
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Seen, see};
    use crate::people::form;
    use crate::wire;

    const ACCOUNTS: Accounts = Accounts { seed: 7, people: 3, password: "le mot" };

    async fn seen(answer: Response<Full<Bytes>>) -> (Seen, HeaderMap) {
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("in memory").to_bytes();
        let heard = wire::Heard { status: head.status, headers: head.headers, body };
        (see(&heard), heard.headers)
    }

    #[tokio::test]
    async fn whoever_knows_the_word_gets_a_session_that_opens_home_and_nobody_else() {
        assert_eq!(seen(sign_in(StatusCode::OK)).await.0, Seen::SignIn);
        assert_eq!(seen(home()).await.0, Seen::Page);
        let sent =
            |login: &str, word: &str| signed_in(form(&[("login", login), ("password", word)]).as_bytes(), ACCOUNTS);
        let (shown, headers) = seen(sent("camille.p2", "le mot")).await;
        assert_eq!(shown, Seen::Elsewhere);
        let cookie = headers[header::SET_COOKIE].to_str().expect("text");
        let value = cookie.strip_prefix("sid=").and_then(|rest| rest.split(';').next()).expect("a session");
        assert!(ACCOUNTS.is_signed_in(value));
        for (login, word) in [("camille.p3", "le mot"), ("camille.p2", "un mot"), ("", "")] {
            assert_eq!(seen(sent(login, word)).await.0, Seen::SignIn);
        }
        for forged in ["", "p2", "p2-0", "anonymous", "p3-0000000000000000"] {
            assert!(!ACCOUNTS.is_signed_in(forged), "{forged}");
        }
        assert_ne!(ACCOUNTS.session(1), Accounts { seed: 8, ..ACCOUNTS }.session(1));
    }
}
