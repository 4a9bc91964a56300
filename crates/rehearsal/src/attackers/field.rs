use crate::limits as l;
use crate::namespace::Namespace;
use crate::net::Origin;
use crate::target::OwnTarget;
use crate::wire::{Heard, Line, Speech, Stream, Trust};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use preau_base::{Rng as _, SeededRng};
use preau_sim::Histogram;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

/// What an attacker has, and where it stops.
pub(crate) struct Field {
    pub target: OwnTarget,
    pub speech: Speech,
    pub namespace: Option<Namespace>,
    pub until: Instant,
    /// Connections or requests begun in a second.
    pub per_second: u32,
    /// Of 127.0.0.0/8, below [`Field::network`].
    pub addresses: u32,
    /// The second byte of its addresses, which no person has.
    pub network: u8,
    pub toll: Toll,
    /// Connections of all attackers that may be open at once.
    pub places: Arc<Semaphore>,
    /// A real pass, for the attack that passes one around.
    pub pass: Option<(String, String)>,
    /// The session cookie that the pass is bound to, where it is bound to one.
    pub session: Option<(String, String)>,
    /// A real login, for those who guess its password.
    pub login: String,
    /// A file that the server has in memory, for those who read slowly.
    pub big_file: String,
    pub seed: u64,
    /// Holds connections, and looks when the server closes them.
    pub holds: bool,
}

/// How an attack's connections and requests ended.
#[derive(Debug, Default)]
pub(crate) struct Toll {
    pub begun: AtomicU64,
    pub not_connected: AtomicU64,
    pub requests: AtomicU64,
    /// Connections that the server closed, and after which time.
    closed: Mutex<Histogram>,
    /// From before the connection to the end of the TLS handshake: what the kernel's queue and the server's turn took.
    opened: Mutex<Histogram>,
    pub still_open: AtomicU64,
    /// Answers by status.
    statuses: Mutex<BTreeMap<u16, u64>>,
    /// Ended without an answer.
    pub cut: AtomicU64,
}

/// A copy of the toll.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken {
    pub begun: u64,
    pub not_connected: u64,
    pub requests: u64,
    pub cut: u64,
    pub still_open: u64,
    pub closed: Histogram,
    pub opened: Histogram,
    pub statuses: BTreeMap<u16, u64>,
}

impl Toll {
    pub(crate) fn answered(&self, status: u16) {
        *self.statuses.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() += 1;
    }

    pub(crate) fn closed_after(&self, time: Duration) {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).record(time);
    }

    pub(crate) fn bump(&self, counter: impl Fn(&Self) -> &AtomicU64) {
        counter(self).fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn take(&self) -> Taken {
        Taken {
            begun: self.begun.load(Ordering::Relaxed),
            not_connected: self.not_connected.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
            cut: self.cut.load(Ordering::Relaxed),
            still_open: self.still_open.load(Ordering::Relaxed),
            closed: self.closed.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            opened: self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            statuses: self.statuses.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

impl Field {
    /// How the target is spoken to; an attacker's speech can only be made for a target of its own.
    pub(crate) fn speech(target: OwnTarget, trust: Trust) -> io::Result<Speech> {
        Speech::new(target.into(), &target.address().to_string(), trust)
    }

    /// Begins `each` so many times a second until the field's end, at most so many at once; then gives those that are
    /// under way [`l::HELD_OPEN_MS_MAX`] to end. Each comes at an instant of its own within its turn: attackers that are on at the
    /// same time do not keep step.
    pub(crate) async fn volley<F, Fut>(self: &Arc<Self>, each: F)
    where
        F: Fn(Arc<Self>, u64) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let begun = Instant::now();
        let until = self.until.min(begun + Duration::from_millis(l::ATTACK_MS_MAX));
        let places = Arc::new(Semaphore::new(l::ATTACK_CONNECTIONS_AT_ONCE_MAX));
        let mut tasks = JoinSet::new();
        for number in 0..l::ATTACK_REQUESTS_MAX {
            let due = begun + self.due_after(number);
            if due >= until {
                break;
            }
            sleep_until(due.into()).await;
            while tasks.try_join_next().is_some() {}
            let (Ok(place), Ok(shared)) = (places.clone().try_acquire_owned(), self.places.clone().try_acquire_owned())
            else {
                continue;
            };
            self.toll.bump(|toll| &toll.begun);
            let one = each(self.clone(), number);
            tasks.spawn(async move {
                one.await;
                drop((place, shared));
            });
        }
        let rest = async { while tasks.join_next().await.is_some() {} };
        if timeout(Duration::from_millis(l::HELD_OPEN_MS_MAX), rest).await.is_err() {
            self.toll.still_open.fetch_add(tasks.len() as u64, Ordering::Relaxed);
        }
    }

    /// When the `number`th is begun, after the first turn's beginning.
    fn due_after(&self, number: u64) -> Duration {
        let turn_us = 1_000_000 / u64::from(self.per_second.max(1));
        Duration::from_micros(
            number * turn_us + SeededRng::new(self.seed ^ number.rotate_left(32)).below(turn_us.max(1)),
        )
    }

    /// Where the `number`th connection comes from.
    pub(crate) fn origin(&self, number: u64) -> Origin {
        let mut rng = SeededRng::new(self.seed ^ number);
        let host = u32::try_from(rng.below(u64::from(self.addresses.clamp(1, 60_000)))).unwrap_or(0);
        // Each in a /24 of its own while there are any: a botnet is no neighbourhood.
        let bits = 0x7f00_0000 | u32::from(self.network) << 16 | (host % 256) << 8 | (host / 256 + 1);
        Origin::from_address(IpAddr::V4(Ipv4Addr::from_bits(bits)))
    }

    /// A connection with its TLS handshake done; counted when there is none.
    pub(crate) async fn open(&self, number: u64, http2: bool) -> Option<Stream> {
        self.open_from(self.origin(number), http2).await
    }

    pub(crate) async fn open_from(&self, origin: Origin, http2: bool) -> Option<Stream> {
        let since = Instant::now();
        match self.speech.open(origin, http2).await {
            Ok(stream) => {
                self.toll.opened.lock().unwrap_or_else(PoisonError::into_inner).record(since.elapsed());
                Some(stream)
            }
            Err(_refused) => {
                self.toll.bump(|toll| &toll.not_connected);
                // A handshake that was left unanswered held its connection as well.
                if self.holds {
                    self.toll.closed_after(since.elapsed());
                }
                None
            }
        }
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, number: u64, http2: bool, request: Request<Full<Bytes>>) -> Option<Heard> {
        let mut line = self.line(number, http2).await?;
        self.ask_on(&mut line, request).await
    }

    /// A connection on which requests are sent; counted when there is none.
    pub(crate) async fn line(&self, number: u64, http2: bool) -> Option<Line> {
        let line = self.speech.line(self.origin(number), http2).await;
        if line.is_err() {
            self.toll.bump(|toll| &toll.not_connected);
        }
        line.ok()
    }

    pub(crate) async fn ask_on(&self, line: &mut Line, request: Request<Full<Bytes>>) -> Option<Heard> {
        self.toll.bump(|toll| &toll.requests);
        match line.ask(request, Duration::from_millis(l::PAGE_MS_MAX)).await {
            Ok(heard) => {
                self.toll.answered(heard.status.as_u16());
                Some(heard)
            }
            Err(_cut) => {
                self.toll.bump(|toll| &toll.cut);
                None
            }
        }
    }

    /// Reads until the server closes, and notes after which time; with the status line, if there was one.
    pub(crate) async fn until_closed(&self, stream: &mut Stream, since: Instant) {
        let mut buffer = [0; 4_096];
        let mut first = true;
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return self.toll.closed_after(since.elapsed()),
                Ok(n) if first => {
                    first = false;
                    if let Some(status) = status_of(&buffer[..n]) {
                        self.toll.answered(status);
                    }
                }
                Ok(_) => {}
            }
        }
    }
}

/// The status of an HTTP/1.1 answer that begins here.
pub(crate) fn status_of(bytes: &[u8]) -> Option<u16> {
    let text = bytes.strip_prefix(b"HTTP/1.1 ").or_else(|| bytes.strip_prefix(b"HTTP/1.0 "))?;
    std::str::from_utf8(text.get(..3)?).ok()?.parse().ok()
}
