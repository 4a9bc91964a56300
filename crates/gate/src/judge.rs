//! Crowd or attack: what goes on, and how we know.
//!
//! [`Judge`] is told every decision, answer and sign, and says every second of what kind the last five seconds were:
//! an expected crowd, an unexpected one, an attack and which, or our own slowness. It judges keys, never totals: a
//! network whose requests bring the files that browsers fetch, tickets and passes that come back, is one of people.
//!
//! It has to be told of requests for files too, or it takes people for programs.

mod attacks;
mod facts;
mod fingerprint;
mod forecast;
mod hash;
mod history;
mod minutes;
mod networks;
mod queries;
mod replays;
mod samples;
mod shown;
mod signature;
mod split;
mod suspects;
mod sweep;
mod usual;
mod verdict;
mod weigh;

pub use history::{History, HistoryError};

use crate::decision::{Admission, Answered, Lane, Outcome};
use crate::gate::Timetable;
use crate::limits::WINDOW;
use crate::request::{Kind, Request, Sign};
use crate::snapshot::Verdict;
use attacks::Finding;
use facts::Facts;
use fingerprint::{Texts, Values};
use forecast::Forecast;
use minutes::Minutes;
use networks::{COSTS_PER_MS, Count, Networks};
use preau_base::{Cidr, Instant};
use queries::Queries;
use replays::Replays;
use samples::{Samples, Suspect};
use signature::Signatures;
use split::{Costs, Seconds};
use std::collections::VecDeque;
use std::net::IpAddr;
use sweep::{Flood, Sweep};
use usual::Usual;

const WINDOW_S: f64 = WINDOW.as_secs() as f64;

/// See the module. One a gate, told everything in the order in which it happens.
#[derive(Debug)]
pub struct Judge {
    seed: u64,
    history: History,
    forecast: Forecast,
    networks: Networks,
    seconds: Seconds,
    costs: Costs,
    queries: Queries,
    replays: Replays,
    samples: Samples,
    texts: Texts,
    signatures: Signatures,
    usual: Usual,
    minutes: Minutes,
    verdict: Verdict,
    /// Attacks that are named, with when they were last found.
    held: Vec<(Finding, Instant)>,
    /// New people in the window, a second each, newest last.
    arrivals: VecDeque<f64>,
    last_sweep: Sweep,
    judged_s: i64,
    /// What the signature was made from that the request which is being decided has hit.
    hit_just_now: Option<Option<Flood>>,
}

impl Judge {
    /// `seed` comes from a random source, so that nobody can choose values that meet in tables.
    pub fn new(seed: u64, now: Instant) -> Self {
        Self {
            seed,
            history: History::default(),
            forecast: Forecast::default(),
            networks: Networks::new(seed),
            seconds: Seconds::default(),
            costs: Costs::default(),
            queries: Queries::default(),
            replays: Replays::default(),
            samples: Samples::new(),
            texts: Texts::default(),
            signatures: Signatures::default(),
            usual: Usual::default(),
            minutes: Minutes::default(),
            verdict: Verdict { since: now, ..Verdict::default() },
            held: Vec::new(),
            arrivals: VecDeque::new(),
            last_sweep: Sweep::default(),
            judged_s: now.as_secs(),
            hit_just_now: None,
        }
    }

    /// A decision on a request. `new_person`: somebody who was not seen today, as far as the gate can tell.
    pub fn request(&mut self, request: &Request<'_>, lane: Lane, outcome: Outcome, new_person: bool, now: Instant) {
        let network = Cidr::of_client(request.address);
        let mut facts = Facts::of(request, outcome, self.seed);
        if facts.anonymous
            && let Some(face) = facts.face
            && self.replays.is_replayed(face, self.networks.key(network), now)
        {
            facts.lose_face();
        }
        // Farmed tickets that a signature has stopped are still that.
        if let Some(flood) = self.hit_just_now.take() {
            facts.ticket_given |= facts.bare && flood == Some(Flood::Tickets);
        }
        facts.query_is_new = facts.bare && !request.shape.query.is_empty() && {
            let path = hash::of_bytes(self.seed, request.shape.path.as_bytes());
            self.queries.is_new(hash::of_bytes(path, request.shape.query.as_bytes()))
        };
        self.count_second(request, &facts, (lane, outcome), new_person, now);
        self.count_network(request.kind, &facts, network, outcome, now);
        if !facts.anonymous {
            self.history.learn(network, now);
        }
        if !facts.file {
            self.sample(request, &facts, network, outcome, now);
        }
    }

    fn count_second(
        &mut self,
        request: &Request<'_>,
        facts: &Facts,
        (lane, outcome): (Lane, Outcome),
        new_person: bool,
        now: Instant,
    ) {
        let second = self.seconds.at(now);
        second.lanes[lane as usize] += 1;
        let add = |to: &mut u32, yes: bool| *to += u32::from(yes);
        add(&mut second.turned_away, outcome == Outcome::TurnedAway);
        add(&mut second.files, facts.file);
        add(&mut second.bare, facts.bare);
        add(&mut second.queries, facts.bare && !request.shape.query.is_empty());
        add(&mut second.new_queries, facts.query_is_new);
        add(&mut second.tickets_given, facts.ticket_given);
        add(&mut second.tickets_back, request.ticket.is_some() && !facts.file);
        add(&mut second.tries, facts.tries);
        add(&mut second.tries_let_in, facts.tries && matches!(outcome, Outcome::Admitted | Outcome::Held));
        add(&mut second.forged, facts.forged);
        add(&mut second.sign_in_again, outcome == Outcome::SignInAgain);
        add(&mut second.arrivals, new_person);
        add(&mut second.arrivals_bare, new_person && facts.face.is_none());
        add(&mut second.anonymous, facts.anonymous && !facts.file);
    }

    fn count_network(&mut self, kind: Kind, facts: &Facts, network: Cidr, outcome: Outcome, now: Instant) {
        let admitted = outcome == Outcome::Admitted;
        let counts = [
            (Count::Requests, 1),
            (Count::Bare, u32::from(facts.bare)),
            (Count::Files, u32::from(facts.file)),
            (Count::NewQueries, u32::from(facts.query_is_new)),
            (Count::Tickets, u32::from(facts.ticket_given)),
            (Count::TurnedAway, u32::from(outcome == Outcome::TurnedAway)),
            (Count::Tries, u32::from(facts.tries)),
            (Count::Forged, u32::from(facts.forged)),
            (Count::Cost, if admitted { (self.costs.of(kind) * COSTS_PER_MS).ceil() as u32 } else { 0 }),
        ];
        self.add_to_networks(network, &counts, facts.face, now);
    }

    fn add_to_networks(&mut self, network: Cidr, counts: &[(Count, u32)], face: Option<u64>, now: Instant) {
        self.networks.add(network, false, counts, face, now);
        if let Some(site) = facts::site_of(network) {
            self.networks.add(site, true, counts, face, now);
        }
    }

    fn sample(&mut self, request: &Request<'_>, facts: &Facts, network: Cidr, outcome: Outcome, now: Instant) {
        let key = self.networks.key(network);
        if facts.anonymous {
            if self.samples.wants_suspect(now) {
                let values = self.values_of(request);
                let (newcomer, flood) = (facts.face.is_none(), facts.flood());
                self.samples.add_suspect(Suspect { at: now, network: key, values, newcomer, flood });
            }
        } else if outcome == Outcome::Admitted && self.samples.wants_known(key, now) {
            let people = self.networks.seen(network, now).is_some_and(|seen| sweep::is_people(&seen, true));
            if people {
                let values = self.values_of(request);
                self.samples.add_known(key, values);
            }
        }
    }

    fn values_of(&mut self, request: &Request<'_>) -> Values {
        let values = fingerprint::values(&request.shape, self.seed);
        self.texts.note(&values, &request.shape);
        values
    }

    /// An answer of the application.
    pub fn answered(&mut self, admission: &Admission, answered: &Answered, now: Instant) {
        let latency_ms = answered.latency.as_secs_f64() * 1_000.0;
        self.costs.learn(admission.kind, latency_ms);
        let second = self.seconds.at(now);
        second.answered += 1;
        second.failed += u32::from(answered.failed);
        second.latency_ms += latency_ms;
        second.cost_ms[admission.lane as usize] += latency_ms;
        second.bytes = second.bytes.saturating_add(answered.bytes);
    }

    /// Something that happened on a connection outside any request.
    pub fn sign(&mut self, sign: Sign, address: IpAddr, now: Instant) {
        self.seconds.at(now).signs[sign as usize] += 1;
        let count = match sign {
            Sign::ConnectionRefused | Sign::BadRequest => Count::Refused,
            Sign::HandshakeFailed | Sign::HandshakeOnly => Count::Handshakes,
            Sign::Silent | Sign::SlowHeader | Sign::SlowBody | Sign::SlowRead => Count::Slow,
            Sign::Smuggling | Sign::HeaderTooLarge | Sign::BodyTooLarge | Sign::Http2Abuse => Count::Large,
            Sign::WrongPassword => Count::Wrong,
        };
        self.add_to_networks(Cidr::of_client(address), &[(count, 1)], None, now);
    }

    /// A file of the gate's own pages, or the poll resource, was asked for: what browsers do after a page. Where that is
    /// not decided on, it is told here; a sample is enough.
    pub fn fetched(&mut self, address: IpAddr, now: Instant) {
        self.add_to_networks(Cidr::of_client(address), &[(Count::Files, 1)], None, now);
    }

    /// Somebody was let in.
    pub fn entered(&mut self, now: Instant) {
        self.seconds.at(now).entered += 1;
    }

    /// A pass was used from more networks than one person has.
    pub fn shared_pass(&mut self, networks: u32, now: Instant) {
        let second = self.seconds.at(now);
        second.networks_of_one_pass = second.networks_of_one_pass.max(networks);
    }

    /// The timetable was replaced.
    pub fn forecast(&mut self, timetable: &Timetable, now: Instant) {
        self.forecast.replace(timetable, now);
    }

    /// The signature that this request matches; counts the hit. Never one of somebody with a valid pass, and never
    /// of a file: those that are let in were not compared. To be asked just before [`Judge::request`] is told of
    /// the same request.
    pub fn hit(&mut self, request: &Request<'_>, now: Instant) -> Option<u64> {
        if self.signatures.is_empty() || facts::is_file(request) || !facts::is_anonymous(request) {
            return None;
        }
        let values = fingerprint::values(&request.shape, self.seed);
        let (id, flood) = self.signatures.hit(&values, now)?;
        self.seconds.at(now).signature_hits += 1;
        self.hit_just_now = Some(flood);
        Some(id)
    }

    /// Keeps a signature until it is dropped. False when there is none of this id.
    pub fn pin(&mut self, id: u64) -> bool {
        self.signatures.pin(id)
    }

    /// Forgets a signature, and finds no equal one for an hour. False when there is none of this id.
    pub fn drop_signature(&mut self, id: u64, now: Instant) -> bool {
        self.signatures.drop_one(id, now)
    }

    /// Takes up what [`History::to_bytes`] gave. On an error nothing has changed.
    pub fn restore_history(&mut self, bytes: &[u8], now: Instant) -> Result<(), HistoryError> {
        self.history = History::from_bytes(bytes, now)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
