//! What the judge shows.

use super::fingerprint::Attribute;
use super::history::History;
use super::networks::{Count, Seen};
use super::{Judge, WINDOW_S, sweep};
use crate::limits::{NETWORKS_SHOWN_MAX, PATHS_SHOWN_MAX};
use crate::request::Sign;
use crate::snapshot::{Minute, NetworkState, SignatureState, Split, Verdict, VerdictKind};
use preau_base::{Cidr, Instant};
use std::net::IpAddr;

impl Judge {
    pub fn signatures(&self) -> Vec<SignatureState> {
        self.signatures.states()
    }

    /// What the last five seconds were.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What the last five seconds of one network were: calm, or an attack.
    pub fn network_verdict(&self, address: IpAddr, now: Instant) -> VerdictKind {
        let network = Cidr::of_client(address);
        let Some(seen) = self.networks.seen(network, now) else { return VerdictKind::Calm };
        sweep::attack_of(&seen, self.history.knows(network, now)).map_or(VerdictKind::Calm, VerdictKind::Attack)
    }

    /// The last minutes, and the forecast for those to come, oldest first.
    pub fn minutes(&self, now: Instant) -> Vec<Minute> {
        self.minutes.with_forecast(&self.forecast, now)
    }

    /// Networks with the most refusals in the last five seconds, most first; `passes` is left at 0.
    pub fn networks(&self, now: Instant) -> Vec<NetworkState> {
        let state = |seen: Seen| NetworkState {
            network: seen.network,
            requests_per_second: seen.of(Count::Requests) / WINDOW_S,
            turned_away_per_second: seen.of(Count::TurnedAway) / WINDOW_S,
            passes: 0,
            known: self.history.knows(seen.network, now),
        };
        let refused = |seen: &Seen| !seen.wide && seen.of(Count::TurnedAway) > 0.0;
        let mut states: Vec<NetworkState> = self.networks.all(now).filter(refused).map(state).collect();
        states.sort_by(|one, other| other.turned_away_per_second.total_cmp(&one.turned_away_per_second));
        states.truncate(NETWORKS_SHOWN_MAX);
        states
    }

    /// How the last five seconds divide.
    pub fn split(&self, now: Instant) -> Split {
        let sum = self.seconds.sum(now);
        let attributes = [Attribute::Method, Attribute::Path];
        let paths = self.samples.most_frequent(attributes, PATHS_SHOWN_MAX).into_iter();
        Split {
            requests_per_second: sum.lanes.map(|count| f64::from(count) / WINDOW_S),
            cost_per_second: sum.cost_ms.map(|ms| ms / 1_000.0 / WINDOW_S),
            bytes_per_second: sum.bytes as f64 / WINDOW_S,
            known_networks_share: self.last_sweep.known_networks / self.last_sweep.networks.max(1.0),
            pages_without_files_share: self.last_sweep.faceless / self.last_sweep.bare.max(1.0),
            handshakes_without_request_per_second: sum.sign(Sign::HandshakeOnly) / WINDOW_S,
            http2_abuse_per_second: sum.sign(Sign::Http2Abuse) / WINDOW_S,
            paths: paths.map(|(values, share)| (values.map(|value| self.texts.get(value)).join(" "), share)).collect(),
        }
    }

    /// Whether somebody with a valid pass was seen from this network in the last 30 days.
    pub fn knows(&self, address: IpAddr, now: Instant) -> bool {
        self.history.knows(Cidr::of_client(address), now)
    }

    /// Networks known, for a gauge.
    pub fn known_networks(&self) -> usize {
        self.history.len()
    }

    /// Known networks, to be kept over restarts. A copy, as making bytes of a million takes longer than anybody's request
    /// may wait.
    pub fn history(&self) -> History {
        self.history.clone()
    }
}
