//! Attackers: each one kind of attack, bounded in count and time, against this machine only ([`OwnTarget`]).

mod abuse;
mod bodies;
mod connections;
mod field;
mod floods;
mod frames;
mod passes;
mod school;
mod signing_in;
mod slow;
mod smuggling;
mod syn;
mod websockets;

pub(crate) use field::{Field, Taken, Toll};

use crate::namespace::Namespace;
use preau_gate::snapshot::AttackKind;
use std::sync::Arc;
use std::time::Duration;

/// One kind of attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attacker {
    /// First packets of TCP connections from senders that don't exist; in a namespace only.
    SynFlood,
    /// Connections that are opened and held.
    ConnectionFlood,
    /// Finished handshakes with nothing after them.
    Silent,
    SlowHeader,
    SlowBody,
    SlowRead,
    /// TLS handshakes one after the other.
    HandshakeFlood,
    HttpFlood,
    /// The same past every cache.
    CacheBusting,
    /// HTTP/2 streams opened and reset (CVE-2023-44487).
    RapidReset,
    /// HTTP/2 headers without end (CVE-2024-27316).
    ContinuationFlood,
    HeaderBomb,
    LargeBody,
    /// Small gzip bodies of many megabytes.
    DecompressionBomb,
    WebSocketFlood,
    /// Passwords for one login.
    StuffingOneLogin,
    /// One password for many logins.
    StuffingManyLogins,
    /// Places in the line without ever coming back.
    TicketFarming,
    /// The same, with the cookies of each place kept.
    TicketFarmingWithCookies,
    /// Requests that two servers would read differently.
    Smuggling,
    ForgedPasses,
    /// One person's real pass from everywhere.
    ReplayedPass,
    /// Ten bots behind the address of a school, among its pupils.
    SchoolBots,
}

impl Attacker {
    pub const ALL: [Self; 23] = [
        Self::SynFlood,
        Self::ConnectionFlood,
        Self::Silent,
        Self::SlowHeader,
        Self::SlowBody,
        Self::SlowRead,
        Self::HandshakeFlood,
        Self::HttpFlood,
        Self::CacheBusting,
        Self::RapidReset,
        Self::ContinuationFlood,
        Self::HeaderBomb,
        Self::LargeBody,
        Self::DecompressionBomb,
        Self::WebSocketFlood,
        Self::StuffingOneLogin,
        Self::StuffingManyLogins,
        Self::TicketFarming,
        Self::TicketFarmingWithCookies,
        Self::Smuggling,
        Self::ForgedPasses,
        Self::ReplayedPass,
        Self::SchoolBots,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::SynFlood => "syn-flood",
            Self::ConnectionFlood => "connection-flood",
            Self::Silent => "silent",
            Self::SlowHeader => "slow-header",
            Self::SlowBody => "slow-body",
            Self::SlowRead => "slow-read",
            Self::HandshakeFlood => "handshake-flood",
            Self::HttpFlood => "http-flood",
            Self::CacheBusting => "cache-busting",
            Self::RapidReset => "rapid-reset",
            Self::ContinuationFlood => "continuation-flood",
            Self::HeaderBomb => "header-bomb",
            Self::LargeBody => "large-body",
            Self::DecompressionBomb => "decompression-bomb",
            Self::WebSocketFlood => "websocket-flood",
            Self::StuffingOneLogin => "stuffing-one-login",
            Self::StuffingManyLogins => "stuffing-many-logins",
            Self::TicketFarming => "ticket-farming",
            Self::TicketFarmingWithCookies => "ticket-farming-with-cookies",
            Self::Smuggling => "smuggling",
            Self::ForgedPasses => "forged-passes",
            Self::ReplayedPass => "replayed-pass",
            Self::SchoolBots => "school-bots",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attacker| attacker.name() == name)
    }

    /// What the gate should call it; none for what the kernel or a limit stops without a verdict.
    pub const fn verdicts(self) -> &'static [AttackKind] {
        match self {
            Self::SynFlood => &[],
            Self::ConnectionFlood => &[AttackKind::ConnectionFlood, AttackKind::SlowConnections],
            Self::Silent => &[AttackKind::SlowConnections, AttackKind::HandshakeFlood],
            Self::SlowHeader | Self::SlowBody | Self::SlowRead => &[AttackKind::SlowConnections],
            Self::HandshakeFlood => &[AttackKind::HandshakeFlood],
            Self::HttpFlood | Self::WebSocketFlood | Self::SchoolBots => &[AttackKind::HttpFlood],
            Self::CacheBusting => &[AttackKind::CacheBusting, AttackKind::HttpFlood],
            Self::RapidReset | Self::ContinuationFlood => &[AttackKind::Http2Abuse],
            Self::HeaderBomb | Self::LargeBody => &[AttackKind::LargeRequests, AttackKind::Http2Abuse],
            Self::DecompressionBomb => &[AttackKind::LargeRequests, AttackKind::HttpFlood],
            Self::StuffingOneLogin | Self::StuffingManyLogins => &[AttackKind::PasswordStuffing, AttackKind::HttpFlood],
            Self::TicketFarming | Self::TicketFarmingWithCookies => &[AttackKind::TicketFarming, AttackKind::HttpFlood],
            Self::Smuggling => &[AttackKind::Smuggling],
            Self::ForgedPasses => &[AttackKind::ForgedPasses],
            Self::ReplayedPass => &[AttackKind::SharedPass],
        }
    }

    /// Holds connections and looks when the server closes them.
    pub const fn holds_connections(self) -> bool {
        matches!(self, Self::ConnectionFlood | Self::Silent | Self::SlowHeader | Self::SlowBody | Self::SlowRead)
    }

    /// Why it cannot be played; none where it can.
    pub(crate) const fn cannot(self, namespace: Option<&Namespace>) -> Option<&'static str> {
        match (self, namespace) {
            (Self::SynFlood, None) => {
                Some("its senders are forged: it needs --namespace, and root or user namespaces to make one")
            }
            _ => None,
        }
    }

    /// Makes what it sends, where that takes long: nothing of it shall be taken from people who are measured.
    pub(crate) fn prepare(self) {
        if self == Self::DecompressionBomb {
            bodies::pack_bomb();
        }
    }

    /// Plays it until the field's end, and looks for a while how its last connections end.
    pub(crate) async fn play(self, field: Arc<Field>) {
        match self {
            Self::SynFlood => syn::flood(&field).await,
            Self::ConnectionFlood => field.volley(connections::hold).await,
            Self::Silent => field.volley(connections::silent).await,
            Self::HandshakeFlood => field.volley(connections::handshake).await,
            Self::SlowHeader => field.volley(slow::header).await,
            Self::SlowBody => field.volley(slow::body).await,
            Self::SlowRead => field.volley(slow::read).await,
            Self::HttpFlood => field.volley(floods::http).await,
            Self::CacheBusting => field.volley(floods::cache_busting).await,
            Self::TicketFarming => field.volley(floods::farm).await,
            Self::TicketFarmingWithCookies => field.volley(floods::farm_with_cookies).await,
            Self::RapidReset => field.volley(abuse::rapid_reset).await,
            Self::ContinuationFlood => field.volley(abuse::continuation).await,
            Self::HeaderBomb => field.volley(abuse::header_bomb).await,
            Self::LargeBody => field.volley(bodies::large).await,
            Self::DecompressionBomb => field.volley(bodies::bomb).await,
            Self::WebSocketFlood => field.volley(websockets::upgrade).await,
            Self::StuffingOneLogin => field.volley(signing_in::one_login).await,
            Self::StuffingManyLogins => field.volley(signing_in::many_logins).await,
            Self::Smuggling => field.volley(smuggling::send).await,
            Self::ForgedPasses => field.volley(passes::forged).await,
            Self::ReplayedPass => field.volley(passes::replayed).await,
            Self::SchoolBots => school::bots(&field).await,
        }
    }
}

/// When one attacker is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wave {
    pub attacker: Attacker,
    /// After the start of the window.
    pub begins: Duration,
    pub lasts: Duration,
    /// In the wave of all at once.
    pub together: bool,
}

/// First a quiet while to compare with, then each alone, one after the other, until seven tenths of the window; then all
/// at once for a fifth.
pub(crate) fn waves(attackers: &[Attacker], window: Duration) -> Vec<Wave> {
    let Ok(count) = u32::try_from(attackers.len()) else { return Vec::new() };
    if count == 0 {
        return Vec::new();
    }
    let quiet = window.mul_f64(0.1);
    let each = window.mul_f64(0.6) / count;
    let mut waves: Vec<Wave> = (0_u32..)
        .zip(attackers)
        .map(|(number, attacker)| Wave {
            attacker: *attacker,
            begins: quiet + each * number,
            lasts: each.mul_f64(0.75),
            together: false,
        })
        .collect();
    if count > 1 {
        let together = |attacker: &Attacker| Wave {
            attacker: *attacker,
            begins: window.mul_f64(0.75),
            lasts: window.mul_f64(0.2),
            together: true,
        };
        waves.extend(attackers.iter().map(together));
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for attacker in Attacker::ALL {
            assert_eq!(Attacker::from_name(attacker.name()), Some(attacker));
        }
        assert_eq!(Attacker::from_name("all"), None);
    }

    #[test]
    fn each_plays_alone_and_then_with_all() {
        let window = Duration::from_secs(600);
        let waves = waves(&Attacker::ALL, window);
        assert_eq!(waves.len(), 2 * Attacker::ALL.len());
        let alone: Vec<&Wave> = waves.iter().filter(|wave| !wave.together).collect();
        assert!(alone.windows(2).all(|pair| pair[0].begins + pair[0].lasts <= pair[1].begins));
        assert!(waves.iter().all(|wave| wave.begins + wave.lasts <= window));
        assert!(super::waves(&[], window).is_empty());
    }
}
