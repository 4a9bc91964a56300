//! The service: what all clients share.

use crate::credentials::{Credentials, Secret};
use crate::limits::{ALLOCATIONS_MAX, ALLOCATIONS_PER_USER_MAX, BURST_BYTES, BYTES_PER_SECOND_MAX, UNPROVED_MAX};
use crate::session::Refusal;
use preau_base::{Instant, Rng, SharedClock};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::UdpSocket;

/// An address of this node's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// As browsers are told it.
    pub candidate: SocketAddr,
    /// As it is reached from this machine: the relayed datagrams come from the same address, so nothing leaves the machine.
    pub local: SocketAddr,
}

/// Where is relayed to. Each local address stands for one candidate, so that an answer comes from where the question went.
#[derive(Clone, Debug, Default)]
pub struct Routes(Vec<Route>);

impl Routes {
    pub fn new(routes: Vec<Route>) -> Self {
        let mut known: Vec<Route> = Vec::new();
        for route in routes {
            let is_same_family = route.candidate.is_ipv4() == route.local.is_ipv4();
            if is_same_family && known.iter().all(|other| other.local != route.local) {
                known.push(route);
            }
        }
        Self(known)
    }

    pub fn has_family(&self, v6: bool) -> bool {
        self.0.iter().any(|route| route.candidate.is_ipv6() == v6)
    }

    pub fn has_ip(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|route| route.candidate.ip() == ip)
    }

    pub fn local_of(&self, candidate: SocketAddr) -> Option<SocketAddr> {
        self.0.iter().find(|route| route.candidate == candidate).map(|route| route.local)
    }

    pub fn candidate_of(&self, local: SocketAddr) -> Option<SocketAddr> {
        self.0.iter().find(|route| route.local == local).map(|route| route.candidate)
    }

    fn first(&self, v6: bool) -> Option<Route> {
        self.0.iter().find(|route| route.candidate.is_ipv6() == v6).copied()
    }
}

/// The relay of a node. Cheap to clone.
#[derive(Clone)]
pub struct Relay(Arc<Shared>);

struct Shared {
    secret: Secret,
    routes: Routes,
    clock: SharedClock,
    udp_port: Option<u16>,
    /// How long a connection may be without an allocation.
    patience: Duration,
    /// Allocations by [`user_of`].
    users: Mutex<HashMap<String, usize>>,
}

impl Relay {
    /// `routes`: the addresses of media. `udp_port`: told to browsers, where [`Self::serve_udp`] is called as well. `rng` makes
    /// the secret of the credentials: give `SystemRng`.
    pub fn new(routes: Vec<Route>, udp_port: Option<u16>, clock: SharedClock, rng: &mut dyn Rng) -> Self {
        Self::patient(routes, udp_port, clock, rng, UNPROVED_MAX)
    }

    /// [`Self::new`], for connections that prove nothing within another time.
    pub(crate) fn patient(
        routes: Vec<Route>,
        udp_port: Option<u16>,
        clock: SharedClock,
        rng: &mut dyn Rng,
        patience: Duration,
    ) -> Self {
        let (secret, routes) = (Secret::new(rng), Routes::new(routes));
        Self(Arc::new(Shared { secret, routes, clock, udp_port, patience, users: Mutex::default() }))
    }

    pub(crate) fn patience(&self) -> Duration {
        self.0.patience
    }

    /// For somebody who may enter a lesson, for four hours; what is allocated within goes on. Whose they are cannot be told
    /// from them: the user name crosses networks in the clear.
    pub fn credentials(&self, who: u128) -> Credentials {
        let secret = &self.0.secret;
        secret.credentials(&secret.alias(who), self.now())
    }

    /// The UDP port of [`Self::serve_udp`], where there is one, for browsers.
    pub fn udp_port(&self) -> Option<u16> {
        self.0.udp_port
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0.secret
    }

    pub(crate) fn routes(&self) -> &Routes {
        &self.0.routes
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.clock.now()
    }

    fn users(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the socket of an allocation.
    pub(crate) fn allocate(&self, username: &str, v6: bool) -> Result<Leg, Refusal> {
        let route = self.0.routes.first(v6).ok_or(Refusal::AddressFamily)?;
        let mut users = self.users();
        if users.values().sum::<usize>() >= ALLOCATIONS_MAX {
            return Err(Refusal::Capacity);
        }
        let user = user_of(username);
        let count = users.entry(user.to_owned()).or_insert(0);
        if *count >= ALLOCATIONS_PER_USER_MAX {
            return Err(Refusal::Quota);
        }
        let socket = open(route.local.ip()).map_err(|error| {
            tracing::warn!(%error, "no socket for a relayed connection");
            Refusal::Capacity
        });
        // A user without an allocation is not remembered.
        match socket.and_then(|socket| Ok((socket.local_addr().map_err(|_| Refusal::Capacity)?.port(), socket))) {
            Ok((port, socket)) => {
                *count += 1;
                metrics::gauge!("preau_turn_allocations").increment(1.0);
                let relayed = SocketAddr::new(route.candidate.ip(), port);
                Ok(Leg { socket, relayed, user: user.to_owned(), relay: self.clone() })
            }
            Err(refusal) => {
                if *count == 0 {
                    users.remove(user);
                }
                Err(refusal)
            }
        }
    }
}

/// Whose a user name is, whenever it was given.
fn user_of(username: &str) -> &str {
    username.split_once(':').map_or(username, |(_, who)| who)
}

fn open(ip: IpAddr) -> std::io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind((ip, 0))?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

/// The side of an allocation that faces media. Dropping it frees its place.
pub(crate) struct Leg {
    pub socket: UdpSocket,
    /// Its address as the client is told it.
    pub relayed: SocketAddr,
    user: String,
    relay: Relay,
}

impl Drop for Leg {
    fn drop(&mut self) {
        let mut users = self.relay.users();
        if let Some(count) = users.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                users.remove(&self.user);
            }
        }
        metrics::gauge!("preau_turn_allocations").decrement(1.0);
    }
}

/// What one client may have relayed in one direction: a bucket of bytes.
pub(crate) struct Bucket {
    bytes: u64,
    filled: Instant,
}

impl Bucket {
    pub const fn new(now: Instant) -> Self {
        Self { bytes: BURST_BYTES, filled: now }
    }

    pub fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let passed_ms = u64::try_from(now.since(self.filled).as_millis()).unwrap_or(u64::MAX);
        if passed_ms > 0 {
            self.bytes = (self.bytes + passed_ms.saturating_mul(BYTES_PER_SECOND_MAX) / 1_000).min(BURST_BYTES);
            self.filled = now;
        }
        let Some(left) = self.bytes.checked_sub(bytes as u64) else {
            metrics::counter!("preau_turn_excessive_total").increment(1);
            return false;
        };
        self.bytes = left;
        true
    }
}
