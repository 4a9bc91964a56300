//! Attackers as the gate sees them: requests and signs, so many a second, from so many networks. Pure.

use crate::draw::Draw;
use crate::world::{Device, Network};
use preau_base::Instant;
use preau_gate::snapshot::AttackKind;
use preau_gate::{Holder, HolderKey, Kind, Request, Shape, Shown, Sign, Standing, Version};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// One attack in the simulated morning.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    pub kind: AttackKind,
    /// After the start of the window.
    pub begins: Duration,
    pub lasts: Duration,
    pub per_second: u32,
    /// IPv4 addresses that it comes from.
    pub addresses: u32,
    /// Comes from inside this network, from the address that its people have, instead.
    pub within: Option<Network>,
    /// Pages are asked for by browsers, as far as anybody can see: they keep the first place in line that they are given, and
    /// show it with everything that they send after.
    pub as_browsers: bool,
}

/// What an attacker sends.
#[expect(clippy::large_enum_variant, reason = "one at a time, on the stack of the loop that sends it")]
#[derive(Clone, Copy, Debug)]
pub enum Sent<'a> {
    /// A request; after it, when it is let in, this sign.
    Request { request: Request<'a>, then: Option<Sign> },
    /// A connection that ends without any request.
    Sign(Sign, IpAddr),
}

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/103.0.5060.53 Safari/537.36";

impl Attack {
    /// All kinds, one after the other and the last minute all at once, at rates that one machine can be hit with.
    pub fn waves(window: Duration) -> Vec<Self> {
        let each = window / u32::try_from(AttackKind::ALL.len() + 2).unwrap_or(u32::MAX);
        let wave = |(number, kind): (u32, AttackKind)| Self {
            kind,
            begins: each * number,
            lasts: each.mul_f64(0.7),
            per_second: 2_000,
            addresses: 400,
            within: None,
            as_browsers: false,
        };
        let kinds = || AttackKind::ALL.into_iter().zip(0_u32..).map(|(kind, number)| (number, kind));
        let last = u32::try_from(AttackKind::ALL.len()).unwrap_or(u32::MAX);
        let together = kinds().map(|(_, kind)| Self { per_second: 400, ..wave((last, kind)) });
        kinds().map(wave).chain(together).collect()
    }

    pub fn is_on(&self, at: Duration) -> bool {
        self.begins <= at && at < self.begins + self.lasts
    }

    /// The `number`th thing that it sends; `text` holds what of it is made anew each time.
    pub fn sends<'a>(&self, seed: u64, number: u64, now: Instant, text: &'a mut String) -> Sent<'a> {
        let draw = Draw::new(seed ^ 0xbad, number.wrapping_mul(16).wrapping_add(self.kind as u64));
        let address = self.address(draw);
        let page = Request {
            address,
            shown: Shown::Nothing,
            ticket: None,
            entry: None,
            kind: Kind::Page,
            navigates: true,
            shape: Shape {
                version: Version::Http11,
                agent: AGENT,
                header_order: 0xbad,
                has_language: false,
                ..Shape::of_path("/")
            },
        };
        let page = if self.as_browsers { Request { shape: Self::shape_of_browser(draw), ..page } } else { page };
        let ask = |request| Sent::Request { request, then: None };
        match self.kind {
            AttackKind::ConnectionFlood => Sent::Sign(Sign::ConnectionRefused, address),
            AttackKind::HandshakeFlood => Sent::Sign(Sign::HandshakeOnly, address),
            AttackKind::SlowConnections => {
                let kinds = [Sign::Silent, Sign::SlowHeader, Sign::SlowBody, Sign::SlowRead];
                Sent::Sign(kinds[(draw.bits(2) % 4) as usize], address)
            }
            // Without what a browser says of itself when somebody looks at a page: it is given no place in line.
            AttackKind::HttpFlood => ask(Request { navigates: false, ..page }),
            AttackKind::CacheBusting => {
                text.clear();
                let _ = write!(text, "x={:x}", draw.bits(3));
                ask(Request { navigates: false, shape: Shape { query: text, ..page.shape }, ..page })
            }
            AttackKind::Http2Abuse => Sent::Sign(Sign::Http2Abuse, address),
            AttackKind::LargeRequests => {
                let kinds = [Sign::HeaderTooLarge, Sign::BodyTooLarge];
                Sent::Sign(kinds[(draw.bits(2) % 2) as usize], address)
            }
            AttackKind::Smuggling => Sent::Sign(Sign::Smuggling, address),
            AttackKind::PasswordStuffing => {
                let shape = Shape { method: "POST", ..Shape::of_path("/sign-in") };
                let request = Request { kind: Kind::SignIn, shape: Shape { agent: AGENT, ..shape }, ..page };
                Sent::Request { request, then: Some(Sign::WrongPassword) }
            }
            // Comes for a place in line each time and never comes back.
            AttackKind::TicketFarming => ask(page),
            AttackKind::ForgedPasses => ask(Request { shown: Shown::Forged, ..page }),
            AttackKind::SharedPass => {
                let holder = Holder {
                    key: HolderKey(u128::MAX - 7),
                    session: u128::MAX - 7,
                    earned: now.minus(Duration::from_secs(3_600)),
                    signed_in: now.minus(Duration::from_secs(3_600)),
                    standing: Standing::Pupil,
                };
                ask(Request { shown: Shown::Valid(holder), shape: Shape { has_cookie: true, ..page.shape }, ..page })
            }
        }
    }

    fn shape_of_browser(draw: Draw) -> Shape<'static> {
        let Device { agent, version, header_order, .. } = Device::of(draw.bits(4));
        Shape { version, agent, header_order, has_cookie: true, ..Shape::of_path("/") }
    }

    /// From 203.0.113.0/24 and on: addresses that nobody of the world has.
    fn address(&self, draw: Draw) -> IpAddr {
        if let Some(network) = &self.within {
            return network.address(0);
        }
        let number = u32::try_from(draw.below(1, u64::from(self.addresses.max(1)))).unwrap_or(0);
        let kind = self.kind as u32;
        if self.kind == AttackKind::SharedPass {
            // From 200.0.0.0 and on, each in a /24 of its own: a pass that goes about in one is a telephone's.
            return IpAddr::V4(Ipv4Addr::from_bits(0xc800_0000_u32.wrapping_add(number << 8)));
        }
        IpAddr::V4(Ipv4Addr::from_bits(0xcb00_7100_u32.wrapping_add(kind << 16).wrapping_add(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_attack_is_sent_and_repeatable() {
        for attack in Attack::waves(Duration::from_secs(600)) {
            let one = |number| format!("{:?}", attack.sends(1, number, Instant::EPOCH, &mut String::new()));
            assert_eq!(one(5), one(5));
            assert!(attack.is_on(attack.begins) && !attack.is_on(attack.begins + attack.lasts));
        }
        let kinds: std::collections::BTreeSet<_> =
            Attack::waves(Duration::from_secs(600)).iter().map(|attack| attack.kind).collect();
        assert_eq!(kinds.len(), AttackKind::ALL.len());
    }
}
