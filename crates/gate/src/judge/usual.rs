//! What is usual here: slow means over quiet times, that attacks and slowness don't move.

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
    /// For what is out of the ordinary but may stay: it becomes usual within ten minutes, and no sooner.
    pub(super) fn learn_slowly(&mut self, what: What, value: f64) {
        let mean = &mut self.means[what as usize];
        mean.value += (value - mean.value) * WEIGHT_MIN;
    }

    pub(super) fn learn(&mut self, what: What, value: f64) {
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
