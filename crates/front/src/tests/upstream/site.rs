//! A gate on a free port of loopback, and browsers that come to it.

use super::super::harness::{Client, PATIENCE};
use crate::record::Recorder;
use crate::upstream::{Preset, Upstream, UpstreamConfig, UpstreamLimits};
use crate::{Drained, Front, FrontConfig, GateThread, Gatekeeper, GatekeeperConfig, GuardLimits};
use axum::Router;
use jiff::tz::TimeZone;
use preau_base::{Instant, SeededRng, SharedClock, SystemClock};
use preau_gate::{KeyRing, Settings};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub struct Site {
    pub address: SocketAddr,
    pub upstream: Arc<Upstream>,
    stop: Option<oneshot::Sender<()>>,
    _clock_of_gate: GateThread,
    served: JoinHandle<Result<Drained, crate::FrontError>>,
}

pub fn keys() -> KeyRing {
    KeyRing::generate(Instant::from_secs(1_700_000_000), &mut SeededRng::new(1))
}

pub fn config(to: SocketAddr, preset: Preset) -> UpstreamConfig {
    UpstreamConfig {
        url: format!("http://{to}").parse().unwrap(),
        roots: None,
        keep_host: true,
        rules: preset.rules("").unwrap(),
        signed_in_header: None,
        limits: UpstreamLimits::default(),
    }
}

impl Site {
    pub fn start(config: UpstreamConfig) -> Self {
        Self::with_settings(config, Settings::default())
    }

    pub fn with_settings(config: UpstreamConfig, settings: Settings) -> Self {
        Self::with_front(config, settings, FrontConfig::plain("127.0.0.1:0".parse().unwrap()))
    }

    pub fn with_front(config: UpstreamConfig, settings: Settings, front: FrontConfig) -> Self {
        let clock: SharedClock = Arc::new(SystemClock);
        let keys = Arc::new(RwLock::new(keys()));
        let upstream = Upstream::new(config, keys.clone(), clock.clone(), Box::new(SeededRng::new(2))).unwrap();
        let gate = GatekeeperConfig {
            settings,
            keys,
            clock: clock.clone(),
            application: upstream.clone(),
            on_settings: Arc::new(|_| ()),
            on_state: Arc::new(|_, _| ()),
            record: Recorder::off(),
            site: "École".to_owned(),
            zone: TimeZone::UTC,
            consent: None,
        };
        let gate = Gatekeeper::new(gate, &mut SeededRng::new(3));
        let clock_of_gate = gate.start(None).unwrap();
        let limits = GuardLimits { body_bytes_max: 100 * 1024 * 1024, ..GuardLimits::default() };
        let front = FrontConfig { limits, hooks: gate.hooks(), gate: Some(gate), ..front };
        let front = Front::bind(front, clock, Box::new(SeededRng::new(4))).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let address = front.addresses().next().unwrap().1;
        let served = tokio::spawn(front.serve(upstream.router(), async {
            let _stopped_or_dropped = stopped.await;
        }));
        Self { address, upstream, stop: Some(stop), _clock_of_gate: clock_of_gate, served }
    }

    pub async fn connect(&self) -> Client<TcpStream> {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    pub fn browser(&self) -> Browser {
        Browser { address: self.address, jar: BTreeMap::new() }
    }

    pub async fn stopped(mut self) -> Drained {
        let _sent = self.stop.take().unwrap().send(());
        timeout(PATIENCE, self.served).await.expect("stops in time").unwrap().unwrap()
    }
}

/// Serves a small application on a free port of loopback.
pub async fn serve(application: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, application).await });
    address
}

/// Hands each connection to `answer`, byte by byte.
pub async fn serve_bytes<F>(mut answer: impl FnMut(Client<TcpStream>) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(Client(stream)));
        }
    });
    address
}

/// Keeps cookies as browsers do, and follows nothing by itself.
#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    pub jar: BTreeMap<String, String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Browser {
    pub fn cookies(&self) -> String {
        self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub async fn ask(&mut self, method: &str, target: &str, more: &str, body: &str) -> Answer {
        let mut client = Client(TcpStream::connect(self.address).await.unwrap());
        let cookies = self.cookies();
        let cookies = if cookies.is_empty() { String::new() } else { format!("cookie: {cookies}\r\n") };
        let form = if method == "POST" {
            format!("content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n", body.len())
        } else {
            String::new()
        };
        let head =
            format!("{method} {target} HTTP/1.1\r\nhost: ecole.example\r\naccept: text/html\r\nconnection: close\r\n");
        client.send(&format!("{head}{cookies}{form}{more}\r\n{body}")).await;
        let answer = Answer::read(&client.until_closed().await);
        for line in answer.headers("set-cookie") {
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if line.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub async fn get(&mut self, target: &str) -> Answer {
        self.ask("GET", target, "", "").await
    }

    pub async fn post(&mut self, target: &str, body: &str) -> Answer {
        self.ask("POST", target, "", body).await
    }

    /// Whether the gate takes what is in the jar for a pass: only pass holders get a WebSocket.
    pub async fn has_pass(&self) -> bool {
        let (status, _) = self.handshake("http://ecole.example").await;
        assert!(matches!(status, 101 | 403), "{status}");
        status == 101
    }

    /// Asks for a WebSocket; the connection stays open when it is granted.
    pub async fn handshake(&self, origin: &str) -> (u16, Client<TcpStream>) {
        let mut client = Client(TcpStream::connect(self.address).await.unwrap());
        client
            .send(&format!(
                "GET /echo HTTP/1.1\r\nhost: ecole.example\r\norigin: {origin}\r\ncookie: {}\r\nconnection: Upgrade\r\n\
                 upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                self.cookies()
            ))
            .await;
        let answer = Answer::read(&client.response().await);
        (answer.status, client)
    }
}
