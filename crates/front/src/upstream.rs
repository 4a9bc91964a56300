//! The gate in front of somebody else's application: a reverse proxy that learns from the application's own sign-in
//! who is known.
//!
//! [`Upstream`] is the [`Application`] that the gatekeeper asks, and [`Upstream::router`] what answers behind it.

mod body;
mod config;
mod connect;
mod cookies;
mod error;
mod failure;
mod forward;
mod headers;
mod learning;
mod paths;
mod pattern;
mod pool;
mod presets;
mod rules;
mod tunnel;
mod tunnels;

pub use config::{UpstreamConfig, UpstreamLimits, UpstreamUrl, UpstreamUrlError};
pub use cookies::SessionCookies;
pub use error::UpstreamError;
pub use paths::{ASSET_EXTENSIONS, Paths};
pub use pattern::{Pattern, PatternError};
pub use presets::{Preset, Rules};
pub use rules::{RuleError, SignInRule, SignOutRule};

use crate::gatekeeper::{Application, Asked};
use axum::Router;
use axum::extract::Request;
use forward::FromUpstream;
use headers::Policy;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, request, response};
use learning::{Learning, MissedSignIn};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use pool::Pool;
use preau_base::{ClientFacts, Instant, Level, Rng, SharedClock};
use preau_gate::{EndedPasses, KeyRing, Kind, Shown, Sign};
use std::sync::{Arc, RwLock};
use tokio::sync::watch;
use tunnels::Tunnels;

/// One application behind the gate.
pub struct Upstream {
    pool: Arc<Pool>,
    tunnels: Arc<Tunnels>,
    limits: UpstreamLimits,
    policy: Policy,
    learning: Learning,
    clock: SharedClock,
    closing: watch::Sender<bool>,
}

impl Upstream {
    /// Reads the authorities; connects to nothing yet.
    pub fn new(
        config: UpstreamConfig,
        keys: Arc<RwLock<KeyRing>>,
        clock: SharedClock,
        rng: Box<dyn Rng>,
    ) -> Result<Arc<Self>, UpstreamError> {
        let pool = Pool::new(&config)?;
        Ok(Arc::new(Self {
            pool,
            tunnels: Tunnels::new(config.limits.tunnels_max, config.limits.tunnels_of_holder_max),
            limits: config.limits,
            policy: Policy {
                upstream: config.url.authority,
                keep_host: config.keep_host,
                signed_in_header: config.signed_in_header.clone(),
            },
            learning: Learning::new(config.rules, config.signed_in_header, keys, rng),
            clock,
            closing: watch::Sender::new(false),
        }))
    }

    /// Hands every request to the application.
    pub fn router(self: &Arc<Self>) -> Router {
        let upstream = self.clone();
        Router::new().fallback(move |request: Request| forward::forward(upstream.clone(), request))
    }

    /// Closes every WebSocket; those that are still being opened too. For the end of the process.
    pub fn close_tunnels(&self) {
        self.closing.send_replace(true);
    }

    /// Takes in the passes that had ended before a restart.
    pub fn restore_ended(&self, ended: EndedPasses) {
        self.learning.restore_ended(ended);
    }

    /// The passes that ended by a sign-out, as [`EndedPasses::to_bytes`], when there were any since this was asked last.
    pub fn ended_if_changed(&self) -> Option<Vec<u8>> {
        self.learning.ended_if_changed(self.clock.now())
    }
}

impl Application for Upstream {
    fn shown(&self, headers: &HeaderMap, client: &ClientFacts, now: Instant) -> Shown {
        self.learning.shown(headers, client, now)
    }

    fn kind(&self, method: &Method, path: &str) -> Kind {
        self.learning.rules().paths.kind(method, path)
    }

    fn prepare(&self, parts: &mut request::Parts, level: Level) {
        parts.extensions.insert(level);
    }

    fn answered(&self, asked: &Asked, answer: &mut response::Parts, now: Instant) {
        self.learning.answered(asked, answer, now);
    }

    fn sign_of(&self, _asked: &Asked, answer: &response::Parts) -> Option<Sign> {
        answer.extensions.get::<MissedSignIn>().map(|_| Sign::WrongPassword)
    }

    fn is_no_file(&self, asked: &Asked, answer: &response::Parts) -> bool {
        let is_page = || {
            let content = answer.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
            content.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"text/html"))
        };
        let made_a_page =
            answer.extensions.get::<FromUpstream>().is_some() && (answer.status.is_client_error() || is_page());
        made_a_page && self.kind(&asked.method, asked.uri.path()) == Kind::Asset
    }

    fn forget(&self, client: &ClientFacts) -> Vec<HeaderValue> {
        Learning::forget(client)
    }

    fn sign_in_path(&self) -> &str {
        &self.learning.rules().sign_in_path
    }
}

/// Describes the counters of the proxy; called once a recorder is installed.
pub fn describe_upstream() {
    describe_counter!("preau_upstream_connections_total", Unit::Count, "Connections opened to the application");
    describe_counter!("preau_upstream_failures_total", Unit::Count, "Requests that the application did not answer");
    describe_counter!("preau_upstream_pages_total", Unit::Count, "Pages of the proxy itself, by trouble");
    describe_counter!("preau_upstream_passes_total", Unit::Count, "Passes earned, moved, renewed, ended");
    describe_counter!(
        "preau_upstream_sign_ins_failed_total",
        Unit::Count,
        "Sign-ins that earned no pass, by what missed"
    );
    describe_gauge!("preau_upstream_tunnels_open", Unit::Count, "WebSockets carried now");
    describe_histogram!("preau_upstream_answer_seconds", Unit::Seconds, "From the request to the head of the answer");
}
