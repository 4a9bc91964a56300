//! What is usual here: slow means over quiet times, that attacks and slowness don't move.

use super::split::Second;
use super::sweep::Sweep;
use super::weigh::Weighed;
use crate::limits::WINDOW;
use crate::request::Sign;
use crate::snapshot::VerdictKind;

const WINDOW_S: f64 = WINDOW.as_secs() as f64;
/// Once learned, a second weighs this much: the mean looks back over about ten minutes.
const WEIGHT_MIN: f64 = 1.0 / 600.0;

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    value: f64,
    seconds: f64,
}

impl Mean {
    fn learn(&mut self, value: f64) {
        self.seconds += 1.0;
        self.value += (value - self.value) * (1.0 / self.seconds).max(WEIGHT_MIN);
    }
}

/// What is compared with its usual value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// All requests a second.
    Requests,
    /// New people a minute.
    Arrivals,
    /// Requests a second of networks that look like programs'.
    Flood,
    /// Requests with a new query a second.
    NewQueries,
    TurnedAway,
    Refused,
    HandshakeFailed,
    HandshakeOnly,
    Slow,
    Large,
    Wrong,
    /// Share of wrong passwords among those that were answered; learned while passwords are sent.
    WrongShare,
    Forged,
    TicketsFarmed,
    /// Mean latency of the application in milliseconds; learned while somebody asks.
    Latency,
    /// The median network's requests a second.
    MedianNetwork,
    /// Requests a second from networks where nothing of people is seen.
    Faceless,
    FacelessShare,
    KnownShare,
}

const WHATS: usize = What::KnownShare as usize + 1;

#[derive(Clone, Debug, Default)]
pub(super) struct Usual {
    means: [Mean; WHATS],
}

impl Usual {
    /// One second: `arrivals` of the window; `attacked` and `weighed` say what must not become usual.
    pub(super) fn learn_second(
        &mut self,
        sweep: &Sweep,
        sum: &Second,
        arrivals: f64,
        attacked: bool,
        weighed: &Weighed,
    ) {
        if let Some(latency) = sum.latency_mean_ms() {
            if weighed.slow {
                self.learn_slowly(What::Latency, latency);
            } else if !attacked {
                self.learn(What::Latency, latency);
            }
        }
        if attacked {
            return;
        }
        let people = sum.requests() - f64::from(sum.files);
        let crowd = weighed.kind == VerdictKind::UnexpectedCrowd;
        for (what, value) in [(What::Requests, people / WINDOW_S), (What::Arrivals, arrivals * 60.0 / WINDOW_S)] {
            // What is usual grows with those who stay, but a crowd is still one when it has been on for a minute.
            if crowd { self.learn_slowly(what, value) } else { self.learn(what, value) }
        }
        let connections = [Sign::ConnectionRefused, Sign::BadRequest].map(|sign| sum.sign(sign)).iter().sum::<f64>();
        let slow = [Sign::Silent, Sign::SlowHeader, Sign::SlowBody, Sign::SlowRead].map(|sign| sum.sign(sign));
        let large = sum.sign(Sign::HeaderTooLarge) + sum.sign(Sign::BodyTooLarge);
        let rates = [
            (What::Flood, sweep.floods.pages),
            (What::NewQueries, sweep.floods.new_queries),
            (What::TicketsFarmed, sweep.floods.tickets),
            (What::TurnedAway, f64::from(sum.turned_away)),
            (What::Refused, connections),
            (What::HandshakeFailed, sum.sign(Sign::HandshakeFailed)),
            (What::HandshakeOnly, sum.sign(Sign::HandshakeOnly)),
            (What::Slow, slow.iter().sum()),
            (What::Large, large),
            (What::Wrong, sum.sign(Sign::WrongPassword)),
            (What::Forged, f64::from(sum.forged)),
            (What::Faceless, sweep.faceless),
            (What::MedianNetwork, sweep.median),
        ];
        if sum.tries_let_in > 0 {
            self.learn(What::WrongShare, (sum.sign(Sign::WrongPassword) / f64::from(sum.tries_let_in)).min(1.0));
        }
        rates.into_iter().for_each(|(what, amount)| self.learn(what, amount / WINDOW_S));
        self.learn(What::FacelessShare, sweep.faceless / sweep.bare.max(1.0));
        self.learn(What::KnownShare, sweep.known_networks / sweep.networks.max(1.0));
    }

    /// For what is out of the ordinary but may stay: it becomes usual within ten minutes, and no sooner.
    fn learn_slowly(&mut self, what: What, value: f64) {
        let mean = &mut self.means[what as usize];
        mean.value += (value - mean.value) * WEIGHT_MIN;
    }

    fn learn(&mut self, what: What, value: f64) {
        self.means[what as usize].learn(value);
    }

    pub(super) fn of(&self, what: What) -> f64 {
        self.means[what as usize].value
    }

    /// Seconds that it was learned in.
    pub(super) fn seconds(&self, what: What) -> f64 {
        self.means[what as usize].seconds
    }
}
