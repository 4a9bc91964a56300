//! Crowd or attack: what goes on, and how we know.
//!
//! [`Judge`] is told every decision, answer and sign, and says every second of what kind the last five seconds were:
//! an expected crowd, an unexpected one, an attack and which, or our own slowness. It judges keys, never totals: a
//! network whose requests bring the files that browsers fetch, tickets and passes that come back, is one of people.

mod forecast;
mod hash;
mod history;

pub use history::HistoryError;

use crate::decision::{Admission, Answered, Lane, Outcome};
use crate::gate::Timetable;
use crate::request::{Request, Shown, Sign};
use crate::snapshot::{Minute, NetworkState, SignatureState, Verdict, VerdictKind};
use forecast::Forecast;
use history::History;
use preau_base::{Cidr, Instant};
use std::net::IpAddr;

#[derive(Debug)]
pub struct Judge {
    seed: u64,
    history: History,
    forecast: Forecast,
    verdict: Verdict,
}

impl Judge {
    /// `seed` comes from a random source, so that nobody can choose values that meet in tables.
    pub fn new(seed: u64, now: Instant) -> Self {
        Self {
            seed,
            history: History::default(),
            forecast: Forecast::default(),
            verdict: Verdict { since: now, ..Verdict::default() },
        }
    }

    /// A decision on a request. `new_person`: somebody who was not seen today, as far as the gate can tell.
    pub fn request(&mut self, request: &Request<'_>, _lane: Lane, _outcome: Outcome, _new_person: bool, now: Instant) {
        if matches!(request.shown, Shown::Valid(_)) {
            self.history.learn(Cidr::of_client(request.address), now);
        }
    }

    /// An answer of the application.
    pub fn answered(&mut self, _admission: &Admission, _answered: &Answered, _now: Instant) {}

    /// Something that happened on a connection outside any request.
    pub fn sign(&mut self, _sign: Sign, _address: IpAddr, _now: Instant) {}

    /// Somebody was let in.
    pub fn entered(&mut self, _now: Instant) {}

    /// A pass was used from more networks than one person has.
    pub fn shared_pass(&mut self, _networks: u32, _now: Instant) {}

    /// To be called every [`crate::limits::TICK`].
    pub fn tick(&mut self, _now: Instant) {}

    /// The timetable was replaced.
    pub fn forecast(&mut self, timetable: &Timetable, now: Instant) {
        self.forecast.replace(timetable, now);
    }

    /// The signature that this request matches; counts the hit. Never one of somebody with a valid pass or entry.
    pub fn hit(&mut self, _request: &Request<'_>, _now: Instant) -> Option<u64> {
        None
    }

    /// Keeps a signature until it is dropped. False when there is none of this id.
    pub fn pin(&mut self, _id: u64) -> bool {
        false
    }

    /// Forgets a signature, and finds no equal one for an hour. False when there is none of this id.
    pub fn drop_signature(&mut self, _id: u64, _now: Instant) -> bool {
        false
    }

    pub fn signatures(&self) -> Vec<SignatureState> {
        Vec::new()
    }

    /// What the last five seconds were.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What the last five seconds of one network were: calm, or an attack.
    pub fn network_verdict(&self, _address: IpAddr, _now: Instant) -> VerdictKind {
        VerdictKind::Calm
    }

    /// The last minutes, and the forecast for those to come, oldest first.
    pub fn minutes(&self, _now: Instant) -> Vec<Minute> {
        Vec::new()
    }

    /// Networks with the most refusals in the last five seconds, most first; `passes` is left at 0.
    pub fn networks(&self, _now: Instant) -> Vec<NetworkState> {
        Vec::new()
    }

    /// Whether somebody with a valid pass was seen from this network in the last 30 days.
    pub fn knows(&self, address: IpAddr, now: Instant) -> bool {
        self.history.knows(Cidr::of_client(address), now)
    }

    /// Known networks, to be kept over restarts: versioned, with a checksum. Holds addresses' hashes, nothing else.
    pub fn history_bytes(&self) -> Vec<u8> {
        self.history.to_bytes()
    }

    /// Takes up what [`Judge::history_bytes`] gave. On an error nothing has changed.
    pub fn restore_history(&mut self, bytes: &[u8], now: Instant) -> Result<(), HistoryError> {
        self.history = History::from_bytes(bytes, now)?;
        Ok(())
    }
}
