//! One look over all networks, once a second: which look like programs', and how much they sent in the window.

use super::history::History;
use super::networks::{COSTS_PER_MS, Count, Networks, Seen};
use crate::snapshot::AttackKind;
use preau_base::Instant;

/// Bare requests of one network beyond what its files and people explain, from which on it floods: 20 a second.
const FLOOD_EXCESS_MIN: f64 = 100.0;
/// A network where nothing of people is seen floods its small part from this many bare requests on.
const REPEATS_MIN: f64 = 4.0;
/// A network with a history is given more: it has shown people before.
const REPEATS_KNOWN_MIN: f64 = 50.0;
/// A page brings at most this many files and polls in a window, a person this many requests of any kind.
const FILES_PER_PAGE: f64 = 12.0;
const REQUESTS_PER_PERSON: f64 = 40.0;
/// Requests of one network that neither its pages nor its people explain, from which on it floods: 100 a second.
const UNEXPLAINED_MIN: f64 = 500.0;
/// A file stands for this many bare requests of a person, a person for this many.
const BARE_PER_FILE: f64 = 2.0;
const BARE_PER_PERSON: f64 = 4.0;
/// Connections without a request from one network, from which on no browser explains them.
const SIGNS_REPEATED_MIN: f64 = 4.0;
const SIGNS_REPEATED_BESIDE_REQUESTS_MIN: f64 = 10.0;
/// Passwords sent from a network of programs, and wrong ones from any, from which on they count.
const TRIES_REPEATED_MIN: f64 = 4.0;
const WRONG_REPEATED_MIN: f64 = 5.0;
const WRONG_SHARE_MIN: f64 = 0.6;
const FORGED_REPEATED_MIN: f64 = 5.0;

/// What a network does that people don't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flood {
    Pages,
    NewQueries,
    Tickets,
}

/// Requests in the window that are a flood's, by kind of flood.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Floods {
    pub(super) pages: f64,
    pub(super) new_queries: f64,
    pub(super) tickets: f64,
}

/// Connections that ended in one way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {
    /// From networks that did it again and again.
    pub(super) repeated: f64,
    /// From networks that asked for nothing else.
    pub(super) single: f64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sweep {
    pub(super) networks: f64,
    pub(super) known_networks: f64,
    pub(super) floods: Floods,
    /// What plain floods cost the application.
    pub(super) flooding_cost_ms: f64,
    pub(super) bare: f64,
    /// Bare requests of networks, old enough to have fetched files, where nothing of people is seen.
    pub(super) faceless: f64,
    pub(super) refused: Signs,
    pub(super) handshakes: Signs,
    pub(super) slow: Signs,
    pub(super) wrong_repeated: f64,
    pub(super) tries_repeated: f64,
    /// Requests in the window of the network with the most, and of the median one.
    pub(super) busiest: f64,
    pub(super) median: f64,
}

/// Which flood a network is part of, and with how many requests of the window.
pub(super) fn flood_of(seen: &Seen, known: bool) -> Option<(Flood, f64)> {
    let bare = seen.of(Count::Bare);
    let others = seen.of(Count::Requests) - bare;
    let people = seen.people();
    let excess = bare - BARE_PER_FILE * seen.of(Count::Files) - BARE_PER_PERSON * people;
    let unexplained = others - FILES_PER_PAGE * bare - REQUESTS_PER_PERSON * people;
    let repeats_min = if known { REPEATS_KNOWN_MIN } else { REPEATS_MIN };
    let requests = if excess >= FLOOD_EXCESS_MIN {
        excess
    } else if seen.is_faceless() && bare >= repeats_min {
        bare
    } else if unexplained >= UNEXPLAINED_MIN {
        return Some((Flood::Pages, unexplained));
    } else {
        return None;
    };
    let flood = if seen.of(Count::NewQueries) >= bare / 2.0 {
        Flood::NewQueries
    } else if seen.of(Count::Tickets) >= bare / 2.0 {
        Flood::Tickets
    } else {
        Flood::Pages
    };
    Some((flood, requests))
}

/// Whether a network's requests are those of people.
pub(super) fn is_people(seen: &Seen, known: bool) -> bool {
    !seen.is_faceless() && flood_of(seen, known).is_none()
}

pub(super) fn sweep(networks: &Networks, history: &History, now: Instant) -> Sweep {
    let mut sweep = Sweep::default();
    let mut wide = Floods::default();
    let mut requests: Vec<u32> = Vec::new();
    for seen in networks.all(now) {
        let known = !seen.wide && history.knows(seen.network, now);
        let flood = flood_of(&seen, known);
        if seen.wide {
            wide.add(flood);
            continue;
        }
        sweep.networks += 1.0;
        sweep.known_networks += f64::from(u8::from(known));
        sweep.floods.add(flood);
        sweep.add(&seen, matches!(flood, Some((Flood::Pages, _))));
        requests.push(seen.of(Count::Requests) as u32);
    }
    sweep.floods = sweep.floods.max(wide);
    let middle = requests.len() / 2;
    if middle < requests.len() {
        sweep.busiest = requests.iter().copied().max().map_or(0.0, f64::from);
        sweep.median = f64::from(*requests.select_nth_unstable(middle).1);
    }
    sweep
}

impl Sweep {
    fn add(&mut self, seen: &Seen, floods: bool) {
        let (requests, bare) = (seen.of(Count::Requests), seen.of(Count::Bare));
        self.bare += bare;
        if seen.is_faceless() && !seen.young {
            self.faceless += bare;
        }
        if floods {
            self.flooding_cost_ms += seen.of(Count::Cost) / COSTS_PER_MS;
        }
        self.refused.add(seen.of(Count::Refused), requests);
        self.handshakes.add(seen.of(Count::Handshakes), requests);
        self.slow.add(seen.of(Count::Slow), requests);
        let (tries, wrong) = (seen.of(Count::Tries), seen.of(Count::Wrong));
        if seen.is_faceless() && tries >= TRIES_REPEATED_MIN {
            self.tries_repeated += tries;
        }
        if wrong >= WRONG_REPEATED_MIN && wrong >= WRONG_SHARE_MIN * tries {
            self.wrong_repeated += wrong;
        }
    }
}

impl Signs {
    fn add(&mut self, count: f64, requests: f64) {
        let beside_requests = count >= SIGNS_REPEATED_BESIDE_REQUESTS_MIN && count > requests;
        if beside_requests || requests == 0.0 && count >= SIGNS_REPEATED_MIN {
            self.repeated += count;
        } else if requests == 0.0 {
            self.single += count;
        }
    }
}

impl Floods {
    pub(super) fn sum(&self) -> f64 {
        self.pages + self.new_queries + self.tickets
    }

    pub(super) fn add_one(&mut self, flood: Option<Flood>) {
        self.add(flood.map(|flood| (flood, 1.0)));
    }

    /// The kind with the most requests, if there are any.
    pub(super) fn most(&self) -> Option<Flood> {
        let all = [(self.pages, Flood::Pages), (self.new_queries, Flood::NewQueries), (self.tickets, Flood::Tickets)];
        let most = all.into_iter().max_by(|one, other| one.0.total_cmp(&other.0))?;
        (most.0 > 0.0).then_some(most.1)
    }

    #[must_use]
    pub(super) fn times(self, factor: f64) -> Self {
        Self { pages: self.pages * factor, new_queries: self.new_queries * factor, tickets: self.tickets * factor }
    }

    fn add(&mut self, flood: Option<(Flood, f64)>) {
        match flood {
            None => {}
            Some((Flood::Pages, requests)) => self.pages += requests,
            Some((Flood::NewQueries, requests)) => self.new_queries += requests,
            Some((Flood::Tickets, requests)) => self.tickets += requests,
        }
    }

    #[must_use]
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            pages: self.pages.max(other.pages),
            new_queries: self.new_queries.max(other.new_queries),
            tickets: self.tickets.max(other.tickets),
        }
    }
}

/// The attack that one network takes part in, alone enough to be told.
pub(super) fn attack_of(seen: &Seen, known: bool) -> Option<AttackKind> {
    let mut signs = [(Count::Refused, AttackKind::ConnectionFlood), (Count::Handshakes, AttackKind::HandshakeFlood)]
        .into_iter()
        .chain([(Count::Slow, AttackKind::SlowConnections)]);
    let repeated = |count: Count| {
        let mut sums = Signs::default();
        sums.add(seen.of(count), seen.of(Count::Requests));
        sums.repeated > 0.0
    };
    let (tries, wrong) = (seen.of(Count::Tries), seen.of(Count::Wrong));
    if let Some((flood, _)) = flood_of(seen, known) {
        return Some(match flood {
            Flood::Pages => AttackKind::HttpFlood,
            Flood::NewQueries => AttackKind::CacheBusting,
            Flood::Tickets => AttackKind::TicketFarming,
        });
    }
    if wrong >= WRONG_REPEATED_MIN && wrong >= WRONG_SHARE_MIN * tries {
        return Some(AttackKind::PasswordStuffing);
    }
    if seen.of(Count::Forged) >= FORGED_REPEATED_MIN {
        return Some(AttackKind::ForgedPasses);
    }
    signs.find(|(count, _)| repeated(*count)).map(|(_, attack)| attack)
}
