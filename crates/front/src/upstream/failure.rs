//! What a person sees when the application gives no answer.

use super::error::Failure;
use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use std::sync::atomic::{AtomicU32, Ordering};

/// Pages come again after this, and so many more at the most, so that not all come at once.
const AGAIN_S_MIN: u32 = 8;
const AGAIN_S_SPREAD: u32 = 8;
/// A page of the application that says nothing but its status is no longer than this, and gets one of ours in its place.
const BARE_BYTES_MAX: u64 = 600;

/// Why the proxy answers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Down,
    Slow,
    Busy,
    NoHost,
    Method,
    NoPass,
    Origin,
}

impl Trouble {
    const fn status(self) -> StatusCode {
        match self {
            Self::Down => StatusCode::BAD_GATEWAY,
            Self::Slow => StatusCode::GATEWAY_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoHost => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoPass | Self::Origin => StatusCode::FORBIDDEN,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Slow => "slow",
            Self::Busy => "busy",
            Self::NoHost => "no_host",
            Self::Method => "method",
            Self::NoPass => "no_pass",
            Self::Origin => "origin",
        }
    }

    const fn passes(self) -> bool {
        matches!(self, Self::Down | Self::Slow | Self::Busy)
    }

    /// Title and text, in French and in English.
    const fn words(self) -> [&'static str; 4] {
        match self {
            Self::Down => [
                "Le site ne répond pas",
                "Le site que vous demandez est arrêté ou injoignable pour le moment. Ce n’est pas votre connexion.",
                "The site does not answer",
                "The site that you ask for is stopped or cannot be reached right now. It is not your connection.",
            ],
            Self::Slow => [
                "Le site met trop de temps à répondre",
                "Le site que vous demandez est très lent en ce moment. Ce n’est pas votre connexion.",
                "The site takes too long to answer",
                "The site that you ask for is very slow right now. It is not your connection.",
            ],
            Self::Busy => [
                "Le site est très occupé",
                "Le site que vous demandez traite déjà autant de demandes qu’il le peut.",
                "The site is very busy",
                "The site that you ask for is already handling as many requests as it can.",
            ],
            Self::NoHost | Self::Method => [
                "Demande incomprise",
                "Le serveur n’a pas compris ce que le navigateur a envoyé. Rien n’a été enregistré.",
                "Request not understood",
                "The server did not understand what the browser sent. Nothing was saved.",
            ],
            Self::NoPass | Self::Origin => [
                "Connexion nécessaire",
                "Cette liaison ne s’ouvre que depuis une page du site, une fois connecté. Revenez à la page d’accueil.",
                "Sign-in needed",
                "This link opens only from a page of the site, after signing in. Go back to the home page.",
            ],
        }
    }
}

impl From<&Failure> for Trouble {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Busy => Self::Busy,
            Failure::HeadTooSlow | Failure::ConnectTooSlow => Self::Slow,
            Failure::Unreachable(_) | Failure::Broken(_) | Failure::Nonsense(_) => Self::Down,
        }
    }
}

/// What an answer of the proxy itself is made for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    /// Whether a person looks at the answer.
    navigates: bool,
    /// Asking again changes nothing.
    safe: bool,
}

impl Asker {
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        let navigates = match text("sec-fetch-mode") {
            "" => text("accept").contains("text/html"),
            mode => mode == "navigate",
        };
        Self { navigates, safe: method.is_safe() }
    }

    pub fn answer(self, trouble: Trouble) -> Response<Body> {
        metrics::counter!("preau_upstream_pages_total", "trouble" => trouble.name()).increment(1);
        let again_s = again_s();
        let (kind, body) = if self.navigates {
            ("text/html; charset=utf-8", self.page(trouble, again_s))
        } else {
            let name = trouble.name();
            ("application/json", format!("{{\"error\":\"upstream_{name}\",\"retry_after_s\":{again_s}}}\n"))
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = trouble.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if trouble.passes() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(again_s));
            if self.navigates && self.safe {
                headers.insert(header::REFRESH, HeaderValue::from(again_s));
            }
        }
        response
    }

    fn page(self, trouble: Trouble, again_s: u32) -> String {
        let [fr, fr_more, en, en_more] = trouble.words();
        let (fr_then, en_then) = match (trouble.passes(), self.safe) {
            (true, true) => (
                format!("Cette page se recharge d’elle-même dans {again_s} secondes : vous n’avez rien à faire."),
                format!("This page reloads by itself in {again_s} seconds: there is nothing to do."),
            ),
            (true, false) => (
                "Rien ne dit si votre envoi est arrivé. Revenez en arrière, vérifiez, puis renvoyez-le s’il le faut."
                    .to_owned(),
                "Nothing tells whether what you sent has arrived. Go back, look, and send it again if need be."
                    .to_owned(),
            ),
            (false, _) => (String::new(), String::new()),
        };
        format!(
            "<!doctype html>\n<html lang=\"fr\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{fr}</title>\n\
             <h1>{fr}</h1>\n<p>{fr_more} {fr_then}</p>\n\
             <section lang=\"en\">\n<h2>{en}</h2>\n<p>{en_more} {en_then}</p>\n</section>\n</html>\n"
        )
    }

    /// An answer of the application that is nothing but a status, such as a web server's own page in front of a
    /// stopped application, is said in words.
    pub fn in_words(self, status: StatusCode, body_bytes: Option<u64>) -> Option<Response<Body>> {
        let trouble = match status {
            StatusCode::BAD_GATEWAY => Trouble::Down,
            StatusCode::SERVICE_UNAVAILABLE => Trouble::Busy,
            StatusCode::GATEWAY_TIMEOUT => Trouble::Slow,
            _ => return None,
        };
        let bare = body_bytes.is_some_and(|bytes| bytes <= BARE_BYTES_MAX);
        (self.navigates && bare).then(|| self.answer(trouble))
    }
}

/// Not the same for everybody.
fn again_s() -> u32 {
    static TURN: AtomicU32 = AtomicU32::new(0);
    AGAIN_S_MIN + TURN.fetch_add(1, Ordering::Relaxed) % AGAIN_S_SPREAD
}
