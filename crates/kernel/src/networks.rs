use crate::kernel::Denial;
use crate::limits as l;
use preau_base::{Cidr, Instant};
use std::collections::BTreeMap;
use std::time::Duration;

/// Networks, each until when; ordered, so that a network stands right before those within it.
pub type Until = BTreeMap<Cidr, Instant>;

/// How long an entry may outlive its time in the kernel, whose clock begins when it hears of it.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// What is to be denied and spared, and what the kernel was told of it.
#[derive(Debug, Default)]
pub struct Networks {
    never: Vec<Cidr>,
    wanted: Sets,
    told: Sets,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sets {
    pub denied: Until,
    pub allowed: Until,
}

/// What the kernel has to hear.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    Nothing,
    /// These, beside those that it knows.
    Add(Sets),
    /// These, instead of those that it knows.
    Replace(Sets),
}

impl Networks {
    pub fn new(never: Vec<Cidr>) -> Self {
        Self { never, ..Self::default() }
    }

    pub fn deny(&mut self, network: Cidr, lasts: Duration, now: Instant) -> Denial {
        let bits_min = if network.is_ipv4() { l::DENIED_V4_BITS_MIN } else { l::DENIED_V6_BITS_MIN };
        if network.bits() < bits_min {
            return Denial::TooWide;
        }
        let spares = |other: &Cidr| contains(other, &network);
        let is_live = |until: &Instant| *until > now;
        let allowed = self.wanted.allowed.iter().any(|(other, until)| is_live(until) && spares(other));
        if allowed || self.never.iter().any(spares) {
            return Denial::Spared;
        }
        let lasts = lasts.min(l::DENIED_FOR_MAX);
        if let Some(until) = self.wanted.denied.get_mut(&network) {
            // Whoever is denied again with every tick is told to the kernel now and then, not each time.
            if until.since(now) < lasts / 2 {
                *until = now.plus(lasts);
            }
            return Denial::Denied;
        }
        if count_of_family(&self.wanted.denied, &network) >= l::DENIED_MAX {
            return Denial::Full;
        }
        self.wanted.denied.insert(network, now.plus(lasts));
        Denial::Denied
    }

    /// Lifts denials within the network, and spares it from wider ones.
    pub fn allow(&mut self, network: Cidr, now: Instant) {
        if self.wanted.allowed.get(&network).is_some_and(|until| until.since(now) > l::ALLOWED_FOR / 2) {
            return;
        }
        self.wanted.denied.retain(|denied, _| !contains(&network, denied));
        if self.wanted.allowed.contains_key(&network)
            || count_of_family(&self.wanted.allowed, &network) < l::ALLOWED_MAX
        {
            self.wanted.allowed.insert(network, now.plus(l::ALLOWED_FOR));
        }
    }

    pub fn denied(&self, now: Instant) -> usize {
        self.wanted.denied.values().filter(|until| **until > now).count()
    }

    /// Forgets what is over, and says what the kernel has to hear now.
    pub fn change(&mut self, now: Instant) -> Change {
        self.wanted.denied.retain(|_, until| *until > now);
        self.wanted.allowed.retain(|_, until| *until > now);
        self.told.denied.retain(|_, until| until.plus(SETTLED_AFTER) > now);
        self.told.allowed.retain(|_, until| until.plus(SETTLED_AFTER) > now);
        let next = self.sets();
        let denied = difference(&self.told.denied, &next.denied, now);
        let allowed = difference(&self.told.allowed, &next.allowed, now);
        match (denied, allowed) {
            (Some(denied), Some(allowed)) if denied.is_empty() && allowed.is_empty() => Change::Nothing,
            (Some(denied), Some(allowed)) => Change::Add(Sets { denied, allowed }),
            _ => Change::Replace(next),
        }
    }

    /// What is in force: networks within others are left out, since the kernel's sets take no overlap.
    pub fn sets(&self) -> Sets {
        Sets { denied: apart(&self.wanted.denied), allowed: apart(&self.wanted.allowed) }
    }

    /// The kernel heard of it.
    pub fn told(&mut self, change: Change) {
        match change {
            Change::Nothing => {}
            Change::Add(sets) => {
                self.told.denied.extend(sets.denied);
                self.told.allowed.extend(sets.allowed);
            }
            Change::Replace(sets) => self.told = sets,
        }
    }

    #[cfg(feature = "xdp")]
    pub fn never(&self) -> &[Cidr] {
        &self.never
    }
}

fn contains(wide: &Cidr, narrow: &Cidr) -> bool {
    wide.bits() <= narrow.bits() && wide.contains(narrow.network())
}

fn count_of_family(networks: &Until, like: &Cidr) -> usize {
    networks.keys().filter(|network| network.is_ipv4() == like.is_ipv4()).count()
}

fn apart(networks: &Until) -> Until {
    let mut apart = Until::new();
    let mut last: Option<Cidr> = None;
    for (network, until) in networks {
        if last.is_none_or(|last| !contains(&last, network)) {
            apart.insert(*network, *until);
            last = Some(*network);
        }
    }
    apart
}

/// What `next` has beside `told`; `None` where it cannot be had by adding.
fn difference(told: &Until, next: &Until, now: Instant) -> Option<Until> {
    let taken_away = told.iter().any(|(network, until)| *until > now && next.get(network) != Some(until));
    let added: Until = next.iter().filter(|(network, _)| !told.contains_key(*network)).map(|(n, u)| (*n, *u)).collect();
    let changed = next.iter().any(|(network, until)| told.get(network).is_some_and(|told| told != until));
    let both: Until = told.iter().chain(&added).map(|(network, until)| (*network, *until)).collect();
    (!taken_away && !changed && (added.is_empty() || apart(&both).len() == both.len())).then_some(added)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr};

    const NOW: Instant = Instant::from_secs(1_000);
    const MINUTE: Duration = Duration::from_secs(60);

    fn net(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    fn tell(networks: &mut Networks, now: Instant) -> Change {
        let (told, given) = (networks.change(now), networks.change(now));
        assert_eq!(told, given);
        networks.told(told);
        given
    }

    fn of(networks: &[(&str, u64)]) -> Until {
        networks.iter().map(|(text, seconds)| (net(text), NOW.plus(Duration::from_secs(*seconds)))).collect()
    }

    #[test]
    fn what_is_new_is_added_and_what_is_taken_away_replaces_all() {
        let mut networks = Networks::new(vec![]);
        assert_eq!(tell(&mut networks, NOW), Change::Nothing);
        assert_eq!(networks.deny(net("192.0.2.0/24"), MINUTE, NOW), Denial::Denied);
        let sets = Sets { denied: of(&[("192.0.2.0/24", 60)]), ..Sets::default() };
        assert_eq!(tell(&mut networks, NOW), Change::Add(sets));
        assert_eq!(tell(&mut networks, NOW), Change::Nothing);
        assert_eq!(networks.deny(net("192.0.2.0/24"), MINUTE, NOW), Denial::Denied);
        assert_eq!(tell(&mut networks, NOW), Change::Nothing);
        networks.deny(net("198.51.100.7"), MINUTE, NOW);
        networks.allow(net("192.0.2.0/24"), NOW);
        let sets = Sets { denied: of(&[("198.51.100.7", 60)]), allowed: of(&[("192.0.2.0/24", 1_800)]) };
        assert_eq!(tell(&mut networks, NOW), Change::Replace(sets));
        assert_eq!(networks.deny(net("192.0.2.9"), MINUTE, NOW), Denial::Spared);
        assert_eq!(networks.deny(net("192.0.0.0/16"), MINUTE, NOW), Denial::Denied);
        assert_eq!(networks.denied(NOW), 2);
        assert_eq!(networks.denied(NOW.plus(MINUTE)), 0);
    }

    #[test]
    fn what_expires_by_itself_needs_no_word() {
        let mut networks = Networks::new(vec![]);
        networks.deny(net("2001:db8::/48"), MINUTE, NOW);
        tell(&mut networks, NOW);
        assert_eq!(tell(&mut networks, NOW.plus(MINUTE)), Change::Nothing);
        // The kernel may still have it: adding would keep the old time.
        networks.deny(net("2001:db8::/48"), MINUTE, NOW.plus(MINUTE));
        assert!(matches!(tell(&mut networks, NOW.plus(MINUTE)), Change::Replace(_)));
    }

    #[test]
    fn a_wider_denial_takes_the_place_of_those_within_and_gives_it_back() {
        let mut networks = Networks::new(vec![]);
        networks.deny(net("10.0.0.1"), 2 * MINUTE, NOW);
        networks.deny(net("10.0.0.0/8"), MINUTE, NOW);
        let sets = Sets { denied: of(&[("10.0.0.0/8", 60)]), ..Sets::default() };
        assert_eq!(tell(&mut networks, NOW), Change::Add(sets));
        let sets = Sets { denied: of(&[("10.0.0.1", 120)]), ..Sets::default() };
        assert_eq!(tell(&mut networks, NOW.plus(MINUTE)), Change::Replace(sets));
    }

    #[test]
    fn some_networks_are_never_denied() {
        let mut networks = Networks::new(vec![net("127.0.0.0/8"), net("203.0.113.7")]);
        for (network, expect) in [
            ("127.0.0.1", Denial::Spared),
            ("203.0.113.7", Denial::Spared),
            ("203.0.113.0/24", Denial::Denied),
            ("0.0.0.0/0", Denial::TooWide),
            ("::/0", Denial::TooWide),
        ] {
            assert_eq!(networks.deny(net(network), MINUTE, NOW), expect, "{network}");
        }
    }

    #[test]
    fn there_is_room_for_so_many() {
        let mut networks = Networks::new(vec![]);
        let v4 = |at: usize| Cidr::of_client(IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(at).unwrap() << 8)));
        for at in 0..l::DENIED_MAX {
            assert_eq!(networks.deny(v4(at), MINUTE, NOW), Denial::Denied);
        }
        assert_eq!(networks.deny(v4(l::DENIED_MAX), MINUTE, NOW), Denial::Full);
        assert_eq!(networks.deny(v4(0), MINUTE, NOW), Denial::Denied);
        assert_eq!(networks.deny(net("2001:db8::/64"), MINUTE, NOW), Denial::Denied);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Deny(Cidr, u64),
        Allow(Cidr),
        Wait(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let network = || {
            (0_u32..4, 24_u8..=32).prop_map(|(low, bits)| {
                let address = (0x0a00_0000 | low << 6) & u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
                Cidr::new(IpAddr::V4(address.into()), bits).unwrap()
            })
        };
        prop_oneof![
            (network(), 1_u64..100).prop_map(|(network, seconds)| Step::Deny(network, seconds)),
            network().prop_map(Step::Allow),
            (1_u64..1_000).prop_map(Step::Wait),
        ]
    }

    proptest! {
        /// A kernel that hears of the changes has what is wanted, and never two sets' entries that overlap.
        #[test]
        fn the_kernel_has_what_is_wanted(steps in prop::collection::vec(step(), 0..60)) {
            let mut networks = Networks::new(vec![]);
            let mut kernel = Sets::default();
            let mut now = NOW;
            for step in steps {
                match step {
                    Step::Deny(network, seconds) => {
                        networks.deny(network, Duration::from_secs(seconds), now);
                    }
                    Step::Allow(network) => networks.allow(network, now),
                    Step::Wait(tenths) => now = now.plus(Duration::from_millis(tenths * 100)),
                }
                kernel.denied.retain(|_, until| *until > now);
                kernel.allowed.retain(|_, until| *until > now);
                let change = networks.change(now);
                match &change {
                    Change::Nothing => {}
                    Change::Add(sets) => {
                        kernel.denied.extend(sets.denied.clone());
                        kernel.allowed.extend(sets.allowed.clone());
                    }
                    Change::Replace(sets) => kernel = sets.clone(),
                }
                networks.told(change);
                prop_assert_eq!(&kernel, &networks.sets());
                prop_assert_eq!(apart(&kernel.denied).len(), kernel.denied.len());
                let denied_and_spared = |denied: &Cidr| kernel.allowed.keys().any(|allowed| contains(allowed, denied));
                prop_assert!(!kernel.denied.keys().any(denied_and_spared));
            }
        }
    }
}
