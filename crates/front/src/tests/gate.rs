//! The gate on the road of requests: real sockets, an application whose slowness the test chooses.

use super::harness::{Client, PATIENCE};
use crate::record::Recorder;
use crate::{Application, Front, FrontConfig, GateControl, Gatekeeper, GatekeeperConfig, GuardLimits};
use axum::Router;
use axum::extract::State;
use axum::routing::{any, get};
use http::{HeaderMap, Method};
use preau_base::{ClientFacts, Instant, SeededRng, SystemClock};
use preau_gate::{Command, Doors, Holder, HolderKey, KeyRing, Kind, Settings, Shown, Standing};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::time::timeout;

/// Passes are `pass=NUMBER`, `pass=old` has lapsed.
struct Fake;

impl Application for Fake {
    fn shown(&self, headers: &HeaderMap, _client: &ClientFacts, now: Instant) -> Shown {
        match crate::find_cookie(headers.get_all("cookie"), "pass") {
            None => Shown::Nothing,
            Some("old") => Shown::Lapsed,
            Some(text) => text.parse().map_or(Shown::Forged, |number: u128| {
                Shown::Valid(Holder {
                    key: HolderKey(number),
                    session: number,
                    earned: now,
                    signed_in: Instant::EPOCH,
                    standing: Standing::Pupil,
                })
            }),
        }
    }

    fn kind(&self, method: &Method, path: &str) -> Kind {
        match path {
            "/sign-in" => Kind::SignIn,
            "/style.css" => Kind::Asset,
            "/live" => Kind::Live,
            _ if method.is_safe() => Kind::Page,
            _ => Kind::Action,
        }
    }

    fn sign_in_path(&self) -> &str {
        "/sign-in"
    }
}

#[derive(Clone)]
pub(super) struct Slow {
    /// One permit lets one request to `/slow` answer.
    release: Arc<Semaphore>,
    pub begun: Arc<Notify>,
    at_work: Arc<AtomicU64>,
    most: Arc<AtomicU64>,
}

/// A page that takes 20 ms: enough for a crowd to have to wait.
async fn page(State(slow): State<Slow>) -> &'static str {
    let now = slow.at_work.fetch_add(1, Ordering::SeqCst) + 1;
    slow.most.fetch_max(now, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(20)).await;
    slow.at_work.fetch_sub(1, Ordering::SeqCst);
    "<h1>bonjour</h1>"
}

async fn slowly(State(slow): State<Slow>) -> &'static str {
    slow.begun.notify_one();
    if let Ok(permit) = slow.release.acquire().await {
        permit.forget();
    }
    "at last"
}

async fn length(body: axum::body::Bytes) -> String {
    body.len().to_string()
}

pub(super) struct World {
    pub address: SocketAddr,
    pub gatekeeper: Arc<Gatekeeper>,
    pub slow: Slow,
    _stop: oneshot::Sender<()>,
    _thread: crate::GateThread,
    folder: tempfile::TempDir,
}

impl World {
    fn start(settings: Settings) -> Self {
        Self::start_with(settings, GuardLimits::default())
    }

    pub fn start_with(settings: Settings, limits: GuardLimits) -> Self {
        Self::start_behind(settings, limits, Vec::new())
    }

    /// Behind proxies that are believed.
    pub fn start_behind(settings: Settings, limits: GuardLimits, trusted_proxies: Vec<crate::Cidr>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock);
        let now = preau_base::Clock::now(&*clock);
        let mut rng = SeededRng::new(1);
        let config = GatekeeperConfig {
            settings,
            keys: Arc::new(RwLock::new(KeyRing::generate(now, &mut rng))),
            clock: clock.clone(),
            application: Arc::new(Fake),
            on_settings: Arc::new(|_| {}),
            on_state: Arc::new(|_, _| {}),
            record: Recorder::off(),
            site: "Collège".to_owned(),
            zone: jiff::tz::TimeZone::UTC,
            consent: None,
        };
        let gatekeeper = Gatekeeper::new(config, &mut rng);
        let thread = gatekeeper.start(Some(&folder.path().join("gate.sock"))).unwrap();
        let front = FrontConfig {
            gate: Some(gatekeeper.clone()),
            hooks: super::other::echo(gatekeeper.hooks(), crate::OtherEnd::Known),
            limits,
            trusted_proxies,
            ..FrontConfig::plain("127.0.0.1:0".parse().unwrap())
        };
        let front = Front::bind(front, clock, Box::new(rng)).unwrap();
        let slow = Slow {
            release: Arc::new(Semaphore::new(0)),
            begun: Arc::default(),
            at_work: Arc::default(),
            most: Arc::default(),
        };
        let router = Router::new()
            .route("/slow", get(slowly))
            .route("/broken", get(async || http::StatusCode::INTERNAL_SERVER_ERROR))
            .route("/style.css", get(async || "body{}"))
            .route("/length", any(length))
            .fallback(any(page))
            .with_state(slow.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let (_, address) = front.addresses().next().unwrap();
        tokio::spawn(front.serve(router, async {
            let _stopped_or_dropped = stopped.await;
        }));
        Self { address, gatekeeper, slow, _stop: stop, _thread: thread, folder }
    }

    pub async fn connect(&self) -> Client<TcpStream> {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    /// A browser's navigation.
    async fn look(&self, path: &str, cookies: &str) -> String {
        let mut client = self.connect().await;
        client.send(&navigation(path, cookies)).await;
        client.response().await
    }

    async fn control(&self) -> GateControl {
        GateControl::connect(&self.folder.path().join("gate.sock")).await.unwrap()
    }

    /// Waits until the gate shows what is looked for.
    pub async fn until(&self, what: &str, seen: impl Fn(&preau_gate::Snapshot) -> bool) {
        let looking = async {
            while !seen(&self.gatekeeper.snapshot()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("{what}: {:?}", self.gatekeeper.snapshot()));
    }
}

pub(super) fn navigation(path: &str, cookies: &str) -> String {
    let cookies = if cookies.is_empty() { String::new() } else { format!("cookie: {cookies}\r\n") };
    format!(
        "GET {path} HTTP/1.1\r\nhost: ecole.example\r\naccept: text/html\r\nsec-fetch-mode: navigate\r\n\
         accept-language: fr\r\n{cookies}\r\n"
    )
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| *key == name).map(|(_, value)| value))
}

/// `name=value` of a cookie that an answer sets.
fn cookie(answer: &str, name: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next()?;
    let set = head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let mut pairs = set.filter_map(|value| value.split(';').next());
    pairs.find(|pair| pair.starts_with(&format!("{name}="))).map(str::to_owned)
}

pub(super) fn closed() -> Settings {
    Settings { doors: Doors::Closed, ..Settings::default() }
}

#[tokio::test]
async fn closed_doors_give_a_ticket_once_and_let_known_people_through() {
    let world = World::start(closed());
    let first = world.look("/", "").await;
    assert!(first.starts_with("HTTP/1.1 503"), "{first}");
    assert!(header(&first, "refresh").is_some() && header(&first, "retry-after").is_some(), "{first}");
    assert_eq!(header(&first, "cache-control"), Some("no-store"));
    assert!(first.contains("<!doctype html>") && first.contains("Collège"), "{first}");
    let ticket = cookie(&first, "preau_ticket").expect("a ticket");
    let again = world.look("/", &ticket).await;
    assert!(again.starts_with("HTTP/1.1 503") && cookie(&again, "preau_ticket").is_none(), "{again}");
    world.until("one came back", |seen| seen.people.waiting == 1).await;
    let known = world.look("/", "pass=7").await;
    assert!(known.starts_with("HTTP/1.1 200") && known.ends_with("<h1>bonjour</h1>"), "{known}");
    assert!(world.look("/", "pass=x").await.starts_with("HTTP/1.1 503"), "a forged pass is none");
}

#[tokio::test]
async fn opening_the_doors_lets_tickets_in_and_gives_them_an_entry() {
    let world = World::start(closed());
    let ticket = cookie(&world.look("/", "").await, "preau_ticket").expect("a ticket");
    world.look("/", &ticket).await;
    world.until("one came back", |seen| seen.people.waiting == 1).await;
    world.control().await.apply(Command::Doors(Doors::Open)).await.unwrap();
    let entering = async {
        loop {
            let answer = world.look("/", &ticket).await;
            if answer.starts_with("HTTP/1.1 200") {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let inside = timeout(PATIENCE, entering).await.expect("let in");
    let entry = cookie(&inside, "preau_entry").expect("an entry");
    assert_eq!(cookie(&inside, "preau_ticket").as_deref(), Some("preau_ticket="), "the ticket is used");
    world.control().await.apply(Command::Doors(Doors::Closed)).await.unwrap();
    assert!(world.look("/", &entry).await.starts_with("HTTP/1.1 200"), "whoever is in stays in");
    assert!(world.look("/", "").await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn scripts_get_json_and_forms_are_told_that_nothing_was_sent() {
    let world = World::start(closed());
    let mut client = world.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: e\r\naccept: application/json\r\nsec-fetch-mode: cors\r\n\r\n").await;
    let said = client.response().await;
    assert!(said.starts_with("HTTP/1.1 503") && header(&said, "retry-after").is_some(), "{said}");
    assert_eq!(header(&said, "content-type"), Some("application/json"));
    let body = said.split("\r\n\r\n").nth(1).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(body).unwrap().get("error").is_some(), "{body}");

    let mut client = world.connect().await;
    let form = "a".repeat(300_000);
    client
        .send(&format!(
            "POST /form HTTP/1.1\r\nhost: e\r\naccept: text/html\r\nsec-fetch-mode: navigate\r\naccept-language: fr\r\n\
             content-length: {}\r\n\r\n{form}",
            form.len()
        ))
        .await;
    let said = client.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("pas été enregistré"), "{said}");
    assert_eq!(world.slow.most.load(Ordering::SeqCst), 0, "nothing reached the application");
}

#[tokio::test]
async fn a_websocket_needs_a_pass() {
    let world = World::start(Settings::default());
    let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: \
                   dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut client = world.connect().await;
    client.send(&format!("GET /live HTTP/1.1\r\nhost: e\r\n{upgrade}")).await;
    assert!(client.response().await.starts_with("HTTP/1.1 403"));
    let mut client = world.connect().await;
    client.send(&format!("GET /live HTTP/1.1\r\nhost: e\r\ncookie: pass=1\r\n{upgrade}")).await;
    assert!(client.response().await.starts_with("HTTP/1.1 200"), "the application was asked");
}

#[tokio::test]
async fn the_poll_resource_is_one_for_all_and_known_by_its_tag() {
    let world = World::start(closed());
    let mut client = world.connect().await;
    let said = client.get("/_gate/queue.json").await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(header(&said, "cache-control").unwrap().starts_with("public, max-age="), "{said}");
    let figures: preau_gate::Figures = serde_json::from_str(said.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(figures.reason, Some(preau_gate::Reason::Closed));
    assert!(client.get("/_gate/draw.json").await.contains("seed_hash"));
    assert!(client.get("/_gate/waiting.css").await.contains("text/css"));
    assert!(client.get("/_gate/waiting.js?v=1").await.contains("text/javascript"));
    assert!(client.get("/_gate/other").await.starts_with("HTTP/1.1 404"));
    let file = client.get("/_gate/waiting.css").await;
    let tag = header(&file, "etag").unwrap().to_owned();
    client.send(&format!("GET /_gate/waiting.css HTTP/1.1\r\nhost: e\r\nif-none-match: {tag}\r\n\r\n")).await;
    assert!(client.response().await.starts_with("HTTP/1.1 304"));
}

#[tokio::test]
async fn places_come_back_whatever_becomes_of_a_request() {
    let world = World::start(Settings::default());
    let mut gone = world.connect().await;
    gone.send(&navigation("/slow", "pass=1")).await;
    timeout(PATIENCE, world.slow.begun.notified()).await.unwrap();
    assert_eq!(world.gatekeeper.snapshot().limit.at_work, 1);
    drop(gone);
    world.until("the client is gone", |seen| seen.limit.at_work == 0).await;
    assert!(world.look("/broken", "pass=1").await.starts_with("HTTP/1.1 500"));
    assert!(world.look("/", "pass=1").await.starts_with("HTTP/1.1 200"));
    assert_eq!(world.gatekeeper.snapshot().limit.at_work, 0);
}

/// A form that drips is no work of the application's, and neither is a file that does after its beginning.
#[tokio::test]
async fn whoever_sends_slowly_keeps_nobody_from_their_place() {
    let world = World::start(Settings { concurrency_max: Some(1), ..Settings::default() });
    let mut clients = Vec::new();
    for (number, begun) in [(1, 10), (2, 10), (3, 20_000), (4, 20_000)] {
        let mut client = world.connect().await;
        let head =
            format!("POST /length HTTP/1.1\r\nhost: e\r\ncookie: pass={number}\r\ncontent-length: 30000\r\n\r\n");
        client.send(&format!("{head}{}", "a".repeat(begun))).await;
        clients.push((client, 30_000 - begun));
    }
    for pass in 5..10 {
        let page = world.look("/", &format!("pass={pass}")).await;
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    }
    for (mut client, left) in clients {
        client.send(&"a".repeat(left)).await;
        let length = client.response().await;
        assert!(length.starts_with("HTTP/1.1 200") && length.ends_with("30000"), "{length}");
    }
    world.until("all places are free", |seen| seen.limit.at_work == 0 && seen.limit.held == 0).await;
}

/// The edge keeps its last places for those who show a pass; one that a botnet shows gets none of them.
#[tokio::test]
async fn a_pass_that_is_everywhere_is_none_at_the_edge() {
    let world = World::start(Settings::default());
    let bearer = world.gatekeeper.hooks().bearer;
    let headers = HeaderMap::from_iter([(http::header::COOKIE, http::HeaderValue::from_static("pass=7"))]);
    let found = bearer(&headers).unwrap();
    assert_eq!((found.holder, found.is_recent), (HolderKey(7), true));
    for site in 0..30 {
        let stream = super::harness::connect_from(&format!("127.1.{site}.1"), world.address).await;
        let mut client = Client(stream);
        client.send(&navigation("/", "pass=7")).await;
        client.response().await;
    }
    assert_eq!(bearer(&headers), None);
}

/// What is cut off before the gate is asked is told to whoever sent it.
#[tokio::test]
async fn a_form_that_is_broken_off_is_told_so() {
    let world = World::start(Settings::default());
    let mut client = world.connect().await;
    client.send("POST /length HTTP/1.1\r\nhost: e\r\ncookie: pass=1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n").await;
    let said = client.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 400") && said.contains("<!doctype html>"), "{said}");
    assert_eq!(world.gatekeeper.snapshot().limit.at_work, 0);
}

#[tokio::test]
async fn held_requests_go_on_when_a_place_is_free_and_leave_with_their_clients() {
    let world = World::start(Settings { concurrency_max: Some(1), ..Settings::default() });
    let mut first = world.connect().await;
    first.send(&navigation("/slow", "pass=1")).await;
    timeout(PATIENCE, world.slow.begun.notified()).await.unwrap();
    let mut clients = Vec::new();
    for pass in 2..8 {
        let mut client = world.connect().await;
        client.send(&navigation("/slow", &format!("pass={pass}"))).await;
        clients.push(client);
    }
    world.until("some are held", |seen| seen.limit.held >= 2).await;
    let held = world.gatekeeper.snapshot().limit.held;
    let at_work = world.gatekeeper.snapshot().limit.at_work;
    world.slow.release.add_permits(1);
    assert!(first.response().await.ends_with("at last"));
    world.until("the next one is at work", |seen| seen.limit.held < held && seen.limit.at_work == at_work).await;
    drop(clients);
    world.until("all have left", |seen| seen.limit.held == 0 && seen.limit.at_work == 0).await;
    assert!(world.look("/", "pass=9").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn quotas_take_effect_at_once_and_say_why_when_they_cannot() {
    let world = World::start(Settings::default());
    let mut control = world.control().await;
    control.apply(Command::Note { text: Some("Bonjour à toutes et tous".to_owned()) }).await.unwrap();
    control.apply(Command::InsideMax { people: Some(3) }).await.unwrap();
    let seen = control.snapshot().await.unwrap();
    assert_eq!(seen.settings.inside_max, Some(3));
    let refused = control.apply(Command::DropSignature { id: 99 }).await.unwrap_err();
    assert!(refused.to_string().contains("99"), "{refused}");
}

#[tokio::test]
async fn the_control_socket_is_bounded_private_and_one_server_s() {
    use std::os::unix::fs::PermissionsExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let world = World::start(Settings::default());
    let path = world.folder.path().join("gate.sock");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(world.gatekeeper.start(Some(&path)), Err(crate::ControlError::Taken { .. })));
    for (line, expect) in [("rubbish\n".to_owned(), "not understood"), ("x".repeat(70_000), "too long")] {
        let mut stream = tokio::net::UnixStream::connect(&path).await.unwrap();
        stream.write_all(line.as_bytes()).await.unwrap();
        let mut said = vec![0; 300];
        let n = timeout(PATIENCE, stream.read(&mut said)).await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&said[..n]).contains(expect), "{}", String::from_utf8_lossy(&said[..n]));
    }
    assert!(world.control().await.snapshot().await.is_ok(), "it goes on");
    let folder = tempfile::tempdir().unwrap();
    let nobody = GateControl::connect(&folder.path().join("gate.sock")).await;
    assert!(matches!(nobody, Err(crate::ControlError::Nobody { .. })));
}

#[tokio::test]
async fn a_panic_of_the_gate_costs_one_piece_of_its_work() {
    let world = World::start(Settings::default());
    assert_eq!(world.gatekeeper.panics(), None);
    assert!(world.look("/", "pass=1").await.starts_with("HTTP/1.1 200"), "the gate goes on");
    assert!(world.control().await.snapshot().await.is_ok());
}

/// A crowd against an application that takes 20 ms a page: everybody sees the page or their place in line, and whoever
/// has a pass sees the page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_sees_pages_and_places_and_nothing_else() {
    const NEWCOMERS: u32 = 500;
    let world = Arc::new(World::start(Settings { concurrency_max: Some(8), ..Settings::default() }));
    let mut crowd = tokio::task::JoinSet::new();
    for number in 0..NEWCOMERS + 60 {
        let world = world.clone();
        crowd.spawn(async move {
            let known = number >= NEWCOMERS;
            let cookies = if known { format!("pass={number}") } else { String::new() };
            let mut answer = world.look("/", &cookies).await;
            // A page that comes again by itself does so, and somebody who is known gets in.
            while known && answer.starts_with("HTTP/1.1 503") {
                assert!(header(&answer, "refresh").is_some(), "{answer}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                answer = world.look("/", &cookies).await;
            }
            (known, answer)
        });
    }
    let (mut pages, mut places) = (0, 0);
    while let Some(seen) = timeout(PATIENCE, crowd.join_next()).await.expect("everybody is answered") {
        let (known, answer) = seen.unwrap();
        if answer.starts_with("HTTP/1.1 200") && answer.ends_with("<h1>bonjour</h1>") {
            pages += 1;
            continue;
        }
        assert!(!known, "a pass holder was not let through: {answer}");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("<!doctype html>"), "{answer}");
        assert!(cookie(&answer, "preau_ticket").is_some(), "a place: {answer}");
        places += 1;
    }
    assert_eq!(pages + places, NEWCOMERS + 60);
    assert!(pages >= 60, "{pages} pages");
    assert!(world.slow.most.load(Ordering::SeqCst) <= 8, "the application is never asked for more than it may do");
    world.until("all is calm again", |seen| seen.limit.at_work == 0 && seen.limit.held == 0).await;
}
