use super::*;
use preau_gate::budget::Allowance;
use std::time::Duration;

fn limits() -> GuardLimits {
    GuardLimits {
        connections_max: 100,
        connections_reserve: 0,
        connections_per_v4_max: 2,
        connections_per_v6_max: 1,
        connections_per_v6_56_max: 2,
        connections_per_v6_48_max: 3,
        ..GuardLimits::default()
    }
}

fn trusted() -> TrustedProxies {
    TrustedProxies::new(vec!["127.0.0.1".parse().unwrap()])
}

fn bearer(holder: u128, is_recent: bool) -> Bearer {
    Bearer { holder: preau_gate::HolderKey(holder), is_recent }
}

/// Over a connection that is not asked about.
fn shows_pass(guards: &Guards, address: IpAddr, bearer: Bearer) {
    guards.showed_pass(address, bearer, &Account::default());
}

fn admit(guards: &Arc<Guards>, peer: &str) -> Result<Permit, Cap> {
    guards.admit(peer.parse().unwrap(), &trusted())
}

#[test]
fn counts_by_network_and_in_all() {
    let guards = Guards::new(&GuardLimits { connections_max: 4, ..limits() });
    let first = admit(&guards, "192.0.2.1").unwrap();
    let second = admit(&guards, "::ffff:192.0.2.1").unwrap();
    assert_eq!(admit(&guards, "192.0.2.1").err(), Some(Cap::Prefix));
    let third = admit(&guards, "2001:db8::1").unwrap();
    assert_eq!(admit(&guards, "2001:db8::ffff").err(), Some(Cap::Prefix), "same /64");
    let fourth = admit(&guards, "127.0.0.1").unwrap();
    assert_eq!(admit(&guards, "127.0.0.1").err(), Some(Cap::All));
    drop(first);
    let _again = admit(&guards, "192.0.2.1").unwrap();
    drop((second, third, fourth));
    assert_eq!((guards.open(), guards.counts().places.networks()), (1, 1));
}

#[test]
fn a_site_of_many_networks_has_an_end_too() {
    let guards = Guards::new(&limits());
    let held = ["2001:db8:0:1::", "2001:db8:0:2::"].map(|peer| admit(&guards, peer).unwrap());
    assert_eq!(admit(&guards, "2001:db8:0:3::").err(), Some(Cap::Prefix), "same /56");
    let other = admit(&guards, "2001:db8:0:100::").unwrap();
    assert_eq!(admit(&guards, "2001:db8:0:200::").err(), Some(Cap::Prefix), "same /48");
    let _next = admit(&guards, "2001:db8:1::").unwrap();
    drop((held, other));
    assert_eq!(guards.counts().places.networks(), 3);
}

#[test]
fn who_comes_too_fast_waits_and_others_do_not() {
    let fast = Allowance { burst: 3, refill: Duration::from_secs(3_600) };
    let guards = Guards::new(&GuardLimits { accepts_of_v4: fast, connections_per_v4_max: 100, ..limits() });
    for _ in 0..3 {
        drop(admit(&guards, "192.0.2.1").unwrap());
    }
    assert_eq!(admit(&guards, "192.0.2.1").err(), Some(Cap::PrefixRate));
    assert!(admit(&guards, "192.0.2.2").is_ok());
    assert_eq!(guards.counts().places.networks(), 0, "whoever is refused is not counted");
}

#[test]
fn a_school_arrives_at_nine_behind_one_address() {
    let guards = Guards::new(&GuardLimits::default());
    let pupils: Vec<_> = (0..3_000).map(|_| admit(&guards, "192.0.2.1").unwrap()).collect();
    assert_eq!(pupils.len(), guards.open());
    let guards = Guards::new(&GuardLimits::default());
    assert!((0..1_500).all(|_| admit(&guards, "2001:db8::1").map(std::mem::forget).is_ok()), "and behind one /64");
}

#[test]
fn the_budget_of_all_spares_networks_that_show_passes() {
    let few = Allowance { burst: 2, refill: Duration::from_secs(3_600) };
    let guards = Guards::new(&GuardLimits { accepts: few, ..limits() });
    shows_pass(&guards, "192.0.2.9".parse().unwrap(), bearer(1, true));
    drop((admit(&guards, "192.0.2.1").unwrap(), admit(&guards, "192.0.2.2").unwrap()));
    assert_eq!(admit(&guards, "192.0.2.3").err(), Some(Cap::Rate));
    assert!(admit(&guards, "192.0.2.9").is_ok());
}

#[test]
fn the_last_places_are_for_those_with_passes() {
    let guards = Guards::new(&GuardLimits { connections_max: 10, connections_reserve: 4, ..limits() });
    shows_pass(&guards, "192.0.2.9".parse().unwrap(), bearer(1, true));
    let at_ease: Vec<_> = (20..26).map(|last| admit(&guards, &format!("192.0.2.{last}")).unwrap()).collect();
    assert!(at_ease.iter().all(|permit| !permit.on_probation()));
    let tried: Vec<_> = (30..32).map(|last| admit(&guards, &format!("192.0.2.{last}")).unwrap()).collect();
    assert!(tried.iter().all(Permit::on_probation));
    assert_eq!(admit(&guards, "192.0.2.40").err(), Some(Cap::Reserve), "half of it is not for strangers");
    let known: Vec<_> = (0..2).map(|_| admit(&guards, "192.0.2.9").unwrap()).collect();
    assert!(known.iter().all(Permit::on_probation));
    assert_eq!(admit(&guards, "192.0.2.50").err(), Some(Cap::All));
    drop(tried);
    assert!(admit(&guards, "192.0.2.40").is_ok(), "a place of probation is given back");
}

#[test]
fn what_a_proxy_tells_counts_for_the_client() {
    let guards = Guards::new(&limits());
    let mut through: Vec<_> = (0..3).map(|_| admit(&guards, "127.0.0.1").unwrap()).collect();
    let client = "192.0.2.1".parse().unwrap();
    assert_eq!((through[0].is_of(client), through[1].is_of(client)), (Ok(()), Ok(())));
    assert_eq!(through[2].is_of(client), Err(Cap::Prefix));
    drop(through);
    assert_eq!((guards.open(), guards.counts().places.networks()), (0, 0));
}

#[test]
fn networks_are_known_for_a_while_and_not_without_end() {
    let guards = Guards::new(&GuardLimits { network_known: Duration::ZERO, ..limits() });
    let nets = Nets::of("192.0.2.1".parse().unwrap());
    shows_pass(&guards, "192.0.2.1".parse().unwrap(), bearer(1, true));
    assert!(!guards.counts().is_known(&nets, guards.now()));
    for address in 0..=u32::try_from(l::KNOWN_NETWORKS_MAX).unwrap() {
        shows_pass(&guards, IpAddr::V4(address.into()), bearer(1, true));
    }
    assert!(guards.counts().known.len() <= l::KNOWN_NETWORKS_MAX);
}

/// Everybody of a large school comes within seconds, from one address, each with a pass: nobody is told to come later.
#[test]
fn a_network_of_many_passes_comes_as_fast_as_it_likes() {
    let guards = Guards::new(&GuardLimits::default());
    let address = "192.0.2.1".parse().unwrap();
    for pupil in 0..3_000 {
        for _ in 0..4 {
            let place = admit(&guards, "192.0.2.1");
            assert!(place.is_ok(), "pupil {pupil}");
            shows_pass(&guards, address, bearer(pupil, true));
        }
    }
}

#[test]
fn one_pass_or_old_ones_raise_nothing() {
    let check = |bearer_of: fn(u128) -> Bearer| {
        let guards = Guards::new(&GuardLimits::default());
        let address = "192.0.2.1".parse().unwrap();
        let begun = std::time::Instant::now();
        let mut admitted = 0_u64;
        for number in 0..12_000 {
            admitted += u64::from(admit(&guards, "192.0.2.1").is_ok());
            shows_pass(&guards, address, bearer_of(number));
        }
        let came_back = begun.elapsed().as_millis() / 10 + 1;
        assert!(u128::from(admitted) <= u128::from(l::ACCEPTS_OF_V4.burst) + came_back, "{admitted}");
    };
    check(|_| bearer(1, true));
    check(|number| bearer(number % 2, true));
    check(|number| bearer(number, false));
}

/// Thousands a second are less than a millisecond apart.
#[test]
fn the_budget_of_all_counts_what_comes_fast() {
    let guards = Guards::new(&GuardLimits::default());
    let strangers =
        (0..50_000_u32).filter(|n| admit(&guards, &IpAddr::V4((0x0a00_0000 + n).into()).to_string()).is_ok());
    let begun = std::time::Instant::now();
    let admitted = strangers.count() as u128;
    let came_back = begun.elapsed().as_micros() / 250 + 1;
    assert!(admitted >= 40_000 && admitted <= 40_000 + came_back, "{admitted} and {came_back}");
}

/// A first visit of the day: nobody has shown anything yet, but people came from here last week.
#[test]
fn a_network_of_the_last_days_is_known_before_it_shows_anything() {
    let old: std::net::IpAddr = "192.0.2.7".parse().unwrap();
    let limits = GuardLimits { connections_max: 10, connections_reserve: 4, ..limits() };
    let guards = Guards::knowing(&limits, std::sync::Arc::new(move |address| address == old));
    let of = |peer: &str| guards.admit(peer.parse().unwrap(), &trusted());
    let rank = |peer: &str| of(peer).map(|permit| permit.rank());
    assert_eq!((rank("192.0.2.7"), rank("192.0.2.8")), (Ok(Rank::Known), Ok(Rank::Stranger)));
    // Where places are scarce, strangers have half of the reserve, and known networks all of it.
    let held: Vec<_> = (0..8).filter_map(|n| of(&format!("198.51.100.{n}")).ok()).collect();
    assert_eq!(rank("203.0.113.1"), Err(Cap::Reserve));
    assert_eq!(rank("192.0.2.7"), Ok(Rank::Known));
    drop(held);
    // It is no shield: when its connections come to nothing it is a stranger again.
    for _ in 0..crate::limits::DOUBT_MIN {
        drop(of("192.0.2.7"));
    }
    assert_eq!(rank("192.0.2.7"), Ok(Rank::Stranger));
}

/// Eight places of its own: what programs may hold of them, and what is left to those who show passes.
#[test]
fn programs_leave_a_quarter_of_their_address_to_those_with_passes() {
    let guards = Guards::new(&GuardLimits { connections_per_v4_max: 8, ..limits() });
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let programs: Vec<_> = (0..6).map(|_| admit(&guards, "192.0.2.1").unwrap()).collect();
    assert!(!programs.iter().any(Permit::on_probation));
    let pupil = admit(&guards, "192.0.2.1").unwrap();
    assert!(pupil.on_probation() && pupil.scarcity().is_there() && programs[0].scarcity().is_there());
    assert_eq!(pupil.rank(), programs[0].rank(), "and waits behind nobody at the door");
    let other = admit(&guards, "192.0.2.2").unwrap();
    assert!(!other.on_probation() && !other.scarcity().is_there(), "who is behind another address notices nothing");
    // Twice over HTTP/2: it is one connection.
    guards.showed_pass(address, bearer(1, true), pupil.account());
    guards.showed_pass(address, bearer(1, true), pupil.account());
    drop(programs);
    assert!(!pupil.scarcity().is_there());
    let newcomers: Vec<_> = (0..6).map(|_| admit(&guards, "192.0.2.1").unwrap()).collect();
    assert!(!newcomers.iter().any(Permit::on_probation), "what is held with a pass is not taken from those without");
    assert!(admit(&guards, "192.0.2.1").unwrap().on_probation());
    let account = pupil.account().clone();
    drop((pupil, newcomers));
    let _one = admit(&guards, "192.0.2.1").unwrap();
    // Of a request that outlives its connection.
    guards.showed_pass(address, bearer(1, true), &account);
    let strangers: Vec<_> = (0..6).map(|_| admit(&guards, "192.0.2.1").unwrap()).collect();
    assert_eq!(strangers.iter().filter(|permit| permit.on_probation()).count(), 1);
}

#[test]
fn a_site_leaves_a_quarter_to_those_with_passes_too() {
    let wide = GuardLimits { connections_per_v6_max: 8, connections_per_v6_56_max: 8, ..limits() };
    let guards = Guards::new(&GuardLimits { connections_per_v6_48_max: 8, ..wide });
    let programs: Vec<_> = (0..6).map(|n| admit(&guards, &format!("2001:db8:0:{n}00::")).unwrap()).collect();
    assert!(!programs.iter().any(Permit::on_probation));
    assert!(admit(&guards, "2001:db8:0:700::").unwrap().on_probation());
    assert!(!admit(&guards, "2001:db8:1::").unwrap().on_probation());
}

/// Programs open connections faster than their address may: where people are behind it, whoever shows a pass comes in.
#[test]
fn where_people_are_an_address_may_open_more_on_probation() {
    let spent = Allowance { burst: 1, refill: Duration::from_secs(3_600) };
    let beyond = Allowance { burst: 2, refill: Duration::from_secs(3_600) };
    let limits = GuardLimits {
        connections_per_v4_max: 1_000,
        accepts_of_v4: spent,
        accepts_beyond: beyond,
        ..GuardLimits::default()
    };
    let old: IpAddr = "192.0.2.7".parse().unwrap();
    let guards = Guards::knowing(&limits, Arc::new(move |address| address == old));
    let come = |peer: &str| -> Vec<_> { (0..4).map(|_| admit(&guards, peer)).collect() };
    let tells = |place: &Result<Permit, Cap>| match place {
        Ok(permit) => Ok((permit.on_probation(), permit.rank())),
        Err(cap) => Err(*cap),
    };
    let on_trial = Ok((true, Rank::Stranger));
    let known: Vec<_> = come("192.0.2.7").iter().map(tells).collect();
    assert_eq!(known, [Ok((false, Rank::Known)), on_trial, on_trial, Err(Cap::PrefixRate)]);
    assert_eq!(come("192.0.2.8").iter().map(tells).collect::<Vec<_>>()[1], Err(Cap::PrefixRate), "nobody is there");
    shows_pass(&guards, "192.0.2.9".parse().unwrap(), bearer(1, true));
    assert_eq!(come("192.0.2.9").iter().map(tells).collect::<Vec<_>>()[1], Err(Cap::PrefixRate), "one pass is none");
}

/// The door has had its turn by then; the manner of the handshake goes by it.
#[test]
fn whoever_comes_through_a_proxy_has_the_rank_of_their_own_network() {
    let guards = Guards::new(&limits());
    let rank = |client: &str| {
        let mut permit = admit(&guards, "127.0.0.1").unwrap();
        assert_eq!(permit.rank(), Rank::Known, "the proxy");
        permit.is_of(client.parse().unwrap()).unwrap();
        permit.rank()
    };
    for _ in 0..l::DOUBT_MIN {
        assert_eq!(rank("192.0.2.1"), Rank::Stranger);
    }
    assert_eq!(rank("192.0.2.1"), Rank::Doubted, "all of its connections came to nothing");
    shows_pass(&guards, "192.0.2.2".parse().unwrap(), bearer(1, true));
    assert_eq!(rank("192.0.2.2"), Rank::Known);
}
