//! What one request is to the judge.

use super::hash;
use super::sweep::Flood;
use crate::decision::Outcome;
use crate::request::{Kind, Request, Shown};
use preau_base::Cidr;
use std::net::IpAddr;

/// Bits of an IPv6 site, whose networks are counted together too.
const SITE_BITS: u8 = 48;

pub(super) struct Facts {
    /// Who it is, as a hash, when it shows something that we gave.
    pub(super) face: Option<u64>,
    /// Without a valid pass.
    pub(super) anonymous: bool,
    pub(super) file: bool,
    pub(super) forged: bool,
    /// A password is sent.
    pub(super) tries: bool,
    /// Anybody can send it.
    pub(super) bare: bool,
    pub(super) ticket_given: bool,
    /// A query that was not seen before.
    pub(super) query_is_new: bool,
}

impl Facts {
    pub(super) fn of(request: &Request<'_>, outcome: Outcome, seed: u64) -> Self {
        let face = face_of(request, seed);
        let file = is_file(request);
        let forged = request.shown == Shown::Forged;
        let tries = request.kind == Kind::SignIn && request.shape.method == "POST";
        Self {
            face,
            anonymous: is_anonymous(request),
            file,
            forged,
            tries,
            bare: !file && !forged && !tries && face.is_none() && outcome != Outcome::SignInAgain,
            ticket_given: outcome == Outcome::Waits && face.is_none(),
            query_is_new: false,
        }
    }

    /// What it shows is shown everywhere: it is worth nothing.
    pub(super) fn lose_face(&mut self) {
        self.face = None;
        self.bare = !self.file && !self.forged && !self.tries;
    }

    /// What it would be part of if it were a program's; none where that is counted by itself.
    pub(super) fn flood(&self) -> Option<Flood> {
        if self.forged || self.tries {
            None
        } else if self.query_is_new {
            Some(Flood::NewQueries)
        } else if self.ticket_given {
            Some(Flood::Tickets)
        } else {
            Some(Flood::Pages)
        }
    }
}

/// Browsers fetch these by themselves.
pub(super) fn is_file(request: &Request<'_>) -> bool {
    matches!(request.kind, Kind::Asset | Kind::Queue)
}

pub(super) fn is_anonymous(request: &Request<'_>) -> bool {
    !matches!(request.shown, Shown::Valid(_))
}

fn face_of(request: &Request<'_>, seed: u64) -> Option<u64> {
    let serial = request.entry.map(|entry| entry.serial).or(request.ticket.map(|ticket| ticket.serial));
    match (request.shown, serial) {
        (Shown::Valid(holder), _) => Some(hash::mix(hash::mix(seed, holder.key.0 as u64), (holder.key.0 >> 64) as u64)),
        (_, Some(serial)) => Some(hash::mix(seed, serial)),
        // A pass that is no longer good was somebody's once, and can be sent by anybody since.
        (Shown::Nothing | Shown::Lapsed | Shown::Forged, None) => None,
    }
}

/// The site of an IPv6 network; others have none.
pub(super) fn site_of(network: Cidr) -> Option<Cidr> {
    let IpAddr::V6(v6) = network.network() else { return None };
    let site = v6.to_bits() >> (128 - SITE_BITS) << (128 - SITE_BITS);
    Cidr::new(IpAddr::V6(site.into()), SITE_BITS).ok()
}
