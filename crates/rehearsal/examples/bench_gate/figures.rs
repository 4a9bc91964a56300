//! The figures, a function each: what is measured against what, and the line that tells.

use crate::bare;
use crate::child::{Server, free_address};
use crate::load::{self, Answer, Plan, Statuses, tls_client};
use crate::peers::{self, Certificate};
use crate::rows::{Bar, say};
use anyhow::{bail, ensure};
use preau_base::{Instant, SeededRng};
use preau_gate::judge::Judge;
use preau_gate::limits::KNOWN_NETWORKS_MAX;
use preau_gate::waiting::Room;
use preau_gate::{Holder, HolderKey, Kind, Lane, Outcome, Request, Shape, Shown, Standing};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Rounds of each server, interleaved.
pub const ROUNDS: usize = 7;
const KEPT_REQUESTS: usize = 20_000;
const KEPT_AT_ONCE: usize = 32;
const KEPT_SOURCES: usize = 16;
/// Requests of an address that leave nothing of its budget.
const USES_BUDGET_UP: usize = 30_000;
const HANDSHAKES: usize = 1_500;
const HANDSHAKES_AT_ONCE: usize = 16;
const KNOWN_NETWORKS: u32 = KNOWN_NETWORKS_MAX as u32;
const WAITERS: u64 = 12_400_000;

pub struct Bench {
    /// The release binary.
    pub preau: PathBuf,
    pub folder: PathBuf,
    pub runtime: tokio::runtime::Runtime,
}

impl Bench {
    /// `preau gate` with nothing behind it, its doors closed: it answers everybody by itself.
    fn gate(&self, name: &str, certificate: Option<&Certificate>) -> anyhow::Result<(Server, PathBuf)> {
        let (address, data) = (free_address()?, self.folder.join(name));
        let mut command = Command::new(&self.preau);
        command
            .args(["gate", "--upstream", "http://127.0.0.1:9", "--listen", &address.to_string(), "--data"])
            .arg(&data);
        command.env("TOKIO_WORKER_THREADS", "1").env("PREAU_ADMIN__LISTEN", "").env("PREAU_LOG__FILTER", "error");
        if let Some(certificate) = certificate {
            command.env("PREAU_TLS__MODE", "files");
            command.env("PREAU_TLS__CERTIFICATE", &certificate.chain).env("PREAU_TLS__KEY", &certificate.key);
        }
        let server = Server::start(&mut command, address)?;
        self.order(&data, &["doors", "closed"])?;
        Ok((server, data))
    }

    fn order(&self, data: &Path, words: &[&str]) -> anyhow::Result<()> {
        let done = Command::new(&self.preau).args(["gate", "set"]).args(words).arg("--data").arg(data).output()?;
        ensure!(done.status.success(), "preau gate set: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    /// CPU microseconds of `server` a request; fails when anything but `status` is answered.
    fn cost(&self, server: &Server, plan: &Plan, status: Option<u16>) -> anyhow::Result<f64> {
        let before = server.cpu_ns()?;
        let statuses = self.runtime.block_on(load::run(plan))?;
        let spent = server.cpu_ns()?.saturating_sub(before);
        check(&statuses, plan, status)?;
        Ok(spent as f64 / 1_000.0 / plan.requests as f64)
    }

    /// The least of [`ROUNDS`] of each, one after the other in each round.
    fn least<const N: usize>(&self, contest: [(&Server, &Plan, Option<u16>); N]) -> anyhow::Result<[f64; N]> {
        let mut least = [f64::INFINITY; N];
        for _ in 0..ROUNDS {
            for (found, (server, plan, status)) in least.iter_mut().zip(contest) {
                *found = found.min(self.cost(server, plan, status)?);
            }
        }
        Ok(least)
    }

    /// What is answered to the plan's request, whole, once.
    fn answer_to(&self, plan: &Plan) -> anyhow::Result<Answer> {
        self.runtime.block_on(load::once(plan))
    }
}

fn check(statuses: &Statuses, plan: &Plan, status: Option<u16>) -> anyhow::Result<()> {
    let answered: usize = statuses.values().sum();
    ensure!(answered == plan.requests, "{answered} of {} answered", plan.requests);
    match status {
        Some(status) if statuses.len() != 1 || !statuses.contains_key(&status) => {
            bail!("expected {status} only, got {statuses:?}")
        }
        _ => Ok(()),
    }
}

fn request(path: &str, extra: &str) -> Arc<[u8]> {
    let text = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0\r\n\
         accept: text/html,*/*;q=0.8\r\naccept-language: fr\r\naccept-encoding: gzip\r\nsec-fetch-mode: navigate\r\n\
         sec-fetch-dest: document\r\n{extra}\r\n"
    );
    text.into_bytes().into()
}

fn kept(to: &Server, request: &Arc<[u8]>) -> Plan {
    Plan {
        to: to.address,
        request: request.clone(),
        requests: KEPT_REQUESTS,
        at_once: KEPT_AT_ONCE,
        tls: None,
        keep: true,
        sources: 1,
        varied: false,
    }
}

/// Refusing a kept-alive request, against HAProxy with the very bytes.
///
/// From as many addresses as keep each below the connections that one may open: beyond that our server would close them
/// unasked, which is another thing than refusing a request, and another row.
pub fn refusals(bench: &Bench) -> anyhow::Result<()> {
    let asked = request("/", "");
    let (ours, _data) = bench.gate("refusals", None)?;
    let mine = kept(&ours, &asked).spread_over(KEPT_SOURCES);
    // Each address uses its budget up here, and is turned away from then on.
    bench.runtime.block_on(load::run(&Plan { requests: KEPT_SOURCES * USES_BUDGET_UP, ..mine.clone() }))?;
    // A budget that fills again lets a waiting page through now and then: nearly all are turned away.
    let statuses = bench.runtime.block_on(load::run(&mine))?;
    ensure!(statuses.get(&429) >= Some(&(KEPT_REQUESTS / 100 * 98)), "not turned away: {statuses:?}");
    let mut away = bench.answer_to(&mine)?;
    for _ in 0..100 {
        if away.status == 429 {
            break;
        }
        away = bench.answer_to(&mine)?;
    }
    ensure!(away.status == 429, "an address without budget is answered {}", away.status);
    let peer = peers::haproxy(&bench.folder, &away)?;
    let theirs = Plan { to: peer.address, ..mine.clone() };
    let (varied, varied_theirs) = (mine.clone().varied(), theirs.clone().varied());
    let [ours_us, peer_us, varied_us, varied_peer_us] = bench.least([
        (&ours, &mine, None),
        (&peer, &theirs, Some(away.status)),
        (&ours, &varied, None),
        (&peer, &varied_theirs, Some(away.status)),
    ])?;
    let more = |ours: f64, peer: f64| {
        let Answer { status, headers, body } = &away;
        format!(
            "{ours:.1} µs against {peer:.1} µs of HAProxy, status {status}, {} headers, page of {} bytes",
            headers.len(),
            body.len()
        )
    };
    say("refusing a kept-alive request / HAProxy", ours_us / peer_us, Bar::AtMost(1.0), &more(ours_us, peer_us));
    let more = more(varied_us, varied_peer_us);
    say("the same, each request another than the last / HAProxy", varied_us / varied_peer_us, Bar::None, &more);
    Ok(())
}

/// The waiting page and a new ticket each, from addresses enough to have budgets, against HAProxy with the very bytes.
pub fn waiting_pages(bench: &Bench) -> anyhow::Result<()> {
    let asked = request("/", "");
    let (ours, _data) = bench.gate("waits", None)?;
    let waits = bench.answer_to(&kept(&ours, &asked))?;
    let peer = peers::haproxy(&bench.folder, &waits)?;
    let sources = 4_000;
    let mine = Plan { requests: sources * 4, ..kept(&ours, &asked) }.spread_over(sources).kept_for_none();
    let theirs = Plan { requests: sources * 4, ..kept(&peer, &asked) }.spread_over(sources).kept_for_none();
    let [ours_us, peer_us] = bench.least([(&ours, &mine, None), (&peer, &theirs, Some(waits.status))])?;
    let more = format!(
        "{ours_us:.1} µs against {peer_us:.1} µs, page of {} bytes, a ticket each, new connections",
        waits.body.len()
    );
    say("the waiting page to a newcomer / HAProxy, same bytes", ours_us / peer_us, Bar::None, &more);
    Ok(())
}

/// Our side of the refusals on new TLS connections.
struct TlsRefusals {
    ours: Server,
    mine: Plan,
    answer: Answer,
}

impl TlsRefusals {
    fn start(bench: &Bench, name: &str, certificate: &Certificate) -> anyhow::Result<Self> {
        let (ours, _data) = bench.gate(name, Some(certificate))?;
        let asked = request("/", "connection: close\r\n");
        let client = tls_client(&certificate.der)?;
        let mine = Plan {
            to: ours.address,
            request: asked.clone(),
            requests: HANDSHAKES,
            at_once: HANDSHAKES_AT_ONCE,
            tls: Some(client.clone()),
            keep: false,
            sources: 1,
            varied: false,
        };
        // The address uses its budget up, so that all are refused with the same page.
        bench.runtime.block_on(load::run(&mine))?;
        let answer = bench.answer_to(&mine)?;
        Ok(Self { ours, mine, answer })
    }
}

/// CPU microseconds of a refusal on a new TLS connection.
pub fn tls_refusal_us(bench: &Bench, name: &str, certificate: &Certificate) -> anyhow::Result<f64> {
    let refusals = TlsRefusals::start(bench, name, certificate)?;
    let [us] = bench.least([(&refusals.ours, &refusals.mine, None)])?;
    Ok(us)
}

/// Refusing on a new TLS connection, against nginx.
pub fn tls_refusals(bench: &Bench) -> anyhow::Result<()> {
    let certificate = Certificate::make(&bench.folder)?;
    let TlsRefusals { ours, mine, answer } = TlsRefusals::start(bench, "tls", &certificate)?;
    let peer = peers::nginx(&bench.folder, &certificate, &answer)?;
    let theirs = Plan { to: peer.address, ..mine.clone() };
    let [ours_us, peer_us] = bench.least([(&ours, &mine, None), (&peer, &theirs, Some(answer.status))])?;
    let more =
        format!("{ours_us:.0} µs against {peer_us:.0} µs of nginx, whole handshakes, P-256, status {}", answer.status);
    say("refusing on a new TLS connection / nginx", ours_us / peer_us, Bar::AtMost(0.6), &more);
    Ok(())
}

/// A poll of the line, against a bare hyper with the same bytes.
pub fn polls(bench: &Bench) -> anyhow::Result<()> {
    let (ours, _data) = bench.gate("polls", None)?;
    let asked = request("/_gate/queue.json", "");
    let Answer { status, body, .. } = bench.answer_to(&kept(&ours, &asked))?;
    ensure!(status == 200, "the poll resource is answered {status}");
    let page = bench.folder.join("poll.json");
    std::fs::write(&page, &body)?;
    let floor = bare::start(&page)?;
    let (mine, theirs) = (kept(&ours, &asked), kept(&floor, &asked));
    let [ours_us, floor_us] = bench.least([(&ours, &mine, Some(200)), (&floor, &theirs, Some(200))])?;
    let more = format!("{ours_us:.1} µs against {floor_us:.1} µs, {} bytes", body.len());
    say("a poll of the waiting line / a bare hyper answer", ours_us / floor_us, Bar::AtMost(1.2), &more);
    Ok(())
}

/// What 12.4 million people in line take.
pub fn waiting_memory(_: &Bench) -> anyhow::Result<()> {
    let now = Instant::from_secs(1_800_000_000);
    let mut room = Room::new(1, [7; 32], None, now);
    let mut rng = SeededRng::new(1);
    let empty = room.memory_bytes();
    for serial in 0..WAITERS {
        let Some(ticket) = room.issue(now) else { break };
        // Nine in ten come back for their place.
        if preau_base::Rng::below(&mut rng, 10) > 0 {
            let _ = room.comes_back(&ticket, serial, now);
        }
    }
    let bits = room.memory_bytes().saturating_sub(empty) as f64 * 8.0 / room.issued() as f64;
    let more =
        format!("{} waiting of {} tickets, {} KiB in all", room.waiting(), room.issued(), room.memory_bytes() / 1_024);
    say("bits of memory a waiting person", bits, Bar::AtMost(2.0), &more);
    let (mut longest, mut bytes) = (Duration::ZERO, 0);
    for _ in 0..ROUNDS {
        let begun = std::time::Instant::now();
        let copy = room.copy(now);
        longest = longest.max(begun.elapsed());
        bytes = copy.into_bytes().len();
    }
    let more = format!("the longest of {ROUNDS}, {} KiB", bytes / 1_024);
    say("ms that copying that line holds the gate's lock", longest.as_secs_f64() * 1_000.0, Bar::AtMost(10.0), &more);
    known_networks()
}

/// The networks of the last 30 days, copied under the same lock every ten minutes: as many as are kept at the most.
fn known_networks() -> anyhow::Result<()> {
    let now = Instant::from_secs(1_800_000_000);
    let mut judge = Judge::new(1, now);
    for number in 0..KNOWN_NETWORKS {
        let holder = Holder { key: HolderKey(1), session: 1, earned: now, signed_in: now, standing: Standing::Pupil };
        let request = Request {
            address: Ipv4Addr::from_bits(number).into(),
            shown: Shown::Valid(holder),
            ticket: None,
            entry: None,
            kind: Kind::Page,
            navigates: true,
            shape: Shape::of_path("/"),
        };
        judge.request(&request, Lane::Known, Outcome::Admitted, false, now);
    }
    let mut longest = Duration::ZERO;
    for _ in 0..ROUNDS {
        let begun = std::time::Instant::now();
        let copy = judge.history();
        longest = longest.max(begun.elapsed());
        ensure!(!copy.to_bytes().is_empty(), "the copy is empty");
    }
    let more = format!("the longest of {ROUNDS}, {} networks", judge.known_networks());
    say("ms that copying known networks holds the lock", longest.as_secs_f64() * 1_000.0, Bar::AtMost(10.0), &more);
    Ok(())
}
