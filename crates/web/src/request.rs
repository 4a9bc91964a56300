use crate::app::App;
use crate::cookies::Cookie;
use crate::lang::Lang;
use crate::texts::Voice;
use axum::extract::Request;
use http::{HeaderMap, Method, header};
use preau_base::{Cidr, ClientFacts, Instant};
use preau_gate::csrf::{Binding, Visitor};
use preau_gate::{KnownBrowser, Pass, Standing};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// What is known about a request before any handler runs, without a database. A request extension.
#[derive(Clone)]
pub(crate) struct RequestFacts(Arc<Inner>);

pub(crate) struct Inner {
    pub now: Instant,
    pub client: ClientFacts,
    pub lang: Lang,
    /// A pass that is ours, not expired and not revoked.
    pub pass: Option<Pass>,
    pub visitor: Option<Visitor>,
    pub known_browser: Option<KnownBrowser>,
    /// The text that this page says once.
    pub notice: Option<String>,
    pub method: Method,
    /// Path and query, for coming back.
    pub path: String,
    /// The authority that the browser asked, when it is one that a header may carry.
    pub host: Option<String>,
    pub user_agent: String,
    pub gzip: bool,
    pub wants_json: bool,
    /// This browser keeps something that somebody has yet to send.
    pub has_unsent: bool,
    /// This browser keeps somebody's day.
    pub has_kept_day: bool,
}

impl std::ops::Deref for RequestFacts {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl RequestFacts {
    pub(crate) fn read(app: &App, request: &Request) -> Self {
        let now = app.now();
        let headers = request.headers();
        let client = request.extensions().get::<ClientFacts>().copied().unwrap_or_else(unknown_client);
        let secure = client.secure;
        let keys = app.keys();
        let pass = Cookie::Pass
            .read(headers, secure)
            .and_then(|text| Pass::open(text, &keys, now).ok())
            .filter(|pass| app.revocations().check(pass).is_ok());
        let lang = Cookie::Lang.read(headers, secure).and_then(Lang::from_tag);
        Self(Arc::new(Inner {
            now,
            client,
            lang: lang.unwrap_or_else(|| Lang::of_browser(headers)),
            pass,
            visitor: Cookie::Visitor.read(headers, secure).and_then(Visitor::from_text),
            known_browser: Cookie::KnownBrowser
                .read(headers, secure)
                .and_then(|text| KnownBrowser::open(text, &keys, now)),
            notice: Cookie::Notice.read(headers, secure).filter(|key| is_notice(key)).map(str::to_owned),
            method: request.method().clone(),
            path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            host: host(request),
            user_agent: text_of(headers, header::USER_AGENT).chars().take(300).collect(),
            gzip: text_of(headers, header::ACCEPT_ENCODING).split(',').any(accepts_gzip),
            wants_json: text_of(headers, header::ACCEPT).starts_with("application/json"),
            has_unsent: Cookie::Unsent.read(headers, secure).is_some(),
            has_kept_day: crate::at_gate::has_kept_day(headers, now),
        }))
    }

    pub(crate) fn voice(&self) -> Voice {
        match self.pass {
            Some(Pass { standing: Standing::Pupil, .. }) => Voice::Tu,
            _ => Voice::Vous,
        }
    }

    /// What this browser's forms are bound to, if anything yet.
    pub(crate) fn binding(&self) -> Option<Binding> {
        self.pass.map(|pass| Binding::Session(pass.session)).or_else(|| self.visitor.map(Binding::Visitor))
    }
}

/// A key of the texts that a cookie may name: those made for it alone.
pub(crate) fn is_notice(key: &str) -> bool {
    key.starts_with("notice-") && crate::texts::has(Lang::Fr, key)
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

fn accepts_gzip(item: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    parts.next() == Some("gzip") && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
}

fn host(request: &Request) -> Option<String> {
    let asked = request.uri().authority().map(|authority| authority.as_str());
    let host = asked.unwrap_or_else(|| text_of(request.headers(), header::HOST));
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.len() <= 255 && host.chars().all(plain)).then(|| host.to_ascii_lowercase())
}

/// Without facts from the edge nobody is trusted: all such requests share one budget.
fn unknown_client() -> ClientFacts {
    let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    ClientFacts { peer: SocketAddr::new(address, 0), address, secure: false, prefix: Cidr::of_client(address) }
}
