use crate::world::{BAD4, BAD6, GOOD4, GOOD6, World, ip, listing, net, nft};
use preau_base::SystemClock;
use preau_kernel::{Denial, Kernel, KernelConfig, Meter, Why};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(600);

#[test]
fn what_is_denied_gets_no_connection_and_its_neighbours_do() {
    let world = World::new();
    let kernel = world.start(world.config());
    for address in [GOOD4, BAD4, GOOD6, BAD6] {
        assert!(world.connects(address), "{address} before");
    }
    assert_eq!(kernel.deny(net(BAD4), LONG), Denial::Denied);
    assert_eq!(kernel.deny(net("fd77:0:0:3::/64"), LONG), Denial::Denied);
    world.wait(|| !world.connects(BAD4) && !world.connects(BAD6));
    assert!(world.connects(GOOD4) && world.connects(GOOD6));
    let elsewhere = TcpListener::bind((crate::world::SERVER4, 0)).expect("listens");
    let port = elsewhere.local_addr().expect("an address").port();
    assert!(world.connects_to(BAD4, port), "another port is not ours to guard");
    world.wait_counted(&kernel, |counters| counters.denied_packets >= 2 && counters.denied_bytes >= 80);
    assert_eq!(kernel.counters().networks, 2);
    assert_eq!(kernel.counters().too_fast_packets, 0);
}

#[test]
fn denials_end_by_themselves_or_when_known_people_are_found() {
    let world = World::new();
    let kernel = world.start(world.config());
    kernel.deny(net(BAD4), Duration::from_secs(3));
    kernel.deny(net("10.77.0.2/31"), LONG);
    world.wait(|| !world.connects(GOOD4));
    assert!(!world.connects(BAD4), "within the wider one");
    kernel.allow(net(GOOD4));
    world.wait(|| world.connects(GOOD4));
    assert!(!world.connects(BAD4), "still within the wider one");
    kernel.allow(net("10.77.0.2/31"));
    world.wait(|| world.connects(BAD4));
    assert_eq!(kernel.deny(net(BAD4), LONG), Denial::Spared);
    assert_eq!(kernel.counters().networks, 0);
}

#[test]
fn a_denial_expires_in_the_kernel_even_when_nobody_is_there_to_lift_it() {
    let world = World::new();
    let kernel = world.start(world.config());
    kernel.deny(net(BAD4), Duration::from_secs(3));
    world.wait(|| !world.connects(BAD4));
    // As after kill -9: the table stays, the process does not.
    std::mem::forget(kernel);
    world.wait(|| world.connects(BAD4));
    assert!(listing().contains("table inet preau_gate"));
}

#[test]
fn the_meter_limits_how_fast_one_source_opens_connections() {
    let world = World::new();
    let kernel = world.start(KernelConfig { meter: Some(Meter { per_second: 1, burst: 5 }), ..world.config() });
    for (bad, good) in [(BAD4, GOOD4), (BAD6, GOOD6)] {
        // A SYN that is dropped is sent again after a second, when one more is due.
        let taken = world.connects_of(bad, 40);
        assert!((5..=8).contains(&taken), "{bad}: {taken}");
        assert!(world.connects(good), "{good}: another source has its own rate");
    }
    world.wait_counted(&kernel, |counters| counters.too_fast_packets >= 60);
    assert_eq!(kernel.counters().denied_packets, 0);
    kernel.allow(net(BAD4));
    world.wait(|| world.connects_of(BAD4, 20) == 20);
}

#[test]
fn what_is_never_to_be_denied_is_neither_denied_nor_metered() {
    let world = World::new();
    let config = KernelConfig::new(vec![world.port], vec![net(GOOD4), net("10.77.0.2/32")]);
    let kernel = world.start(KernelConfig { meter: Some(Meter { per_second: 1, burst: 2 }), ..config });
    assert_eq!(kernel.deny(net(GOOD4), LONG), Denial::Spared);
    assert_eq!(kernel.deny(net("127.0.0.1"), LONG), Denial::Spared);
    assert_eq!(kernel.deny(net("10.77.0.0/16"), LONG), Denial::Denied);
    world.wait(|| !world.connects(BAD4));
    assert_eq!(world.connects_of(GOOD4, 30), 30);
}

#[test]
fn the_table_goes_at_the_end_and_nothing_else_does() {
    let world = World::new();
    nft(&["add table inet others; add set inet others preau { type ipv4_addr; }"]);
    let kernel = world.start(world.config());
    let clone = kernel.clone();
    kernel.deny(net(BAD4), LONG);
    drop(kernel);
    assert!(listing().contains("table inet preau_gate"), "a clone is left");
    drop(clone);
    assert!(!listing().contains("preau_gate") && listing().contains("table inet others"));
    assert!(world.connects(BAD4));
}

#[test]
fn the_table_of_a_run_that_was_killed_is_replaced_and_that_of_a_living_one_is_not() {
    let world = World::new();
    let table = |process: &str| {
        let comment = format!("comment \"preau process {process}\"; ");
        nft(&[&format!("table inet preau_gate {{ {comment} chain left_behind {{ }}; }}")]);
    };
    table("1 since 12345");
    let kernel = world.start(world.config());
    assert!(!listing().contains("left_behind"));
    drop(kernel);
    let mut other = Command::new("sleep").arg("600").spawn().expect("starts");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", other.id())).expect("is there");
    let since = stat.split_whitespace().nth(21).expect("field 22").to_owned();
    table(&format!("{} since {since}", other.id()));
    let refused = Kernel::start(world.config(), Arc::new(SystemClock));
    other.kill().and_then(|()| other.wait()).expect("ours to end");
    assert!(matches!(refused, Err(Why::Taken(pid)) if pid == other.id()));
    assert!(listing().contains("left_behind"));
    drop(world.start(world.config()));
}

#[test]
fn a_table_that_somebody_flushed_is_made_anew() {
    let world = World::new();
    let kernel = world.start(world.config());
    kernel.deny(net(BAD4), LONG);
    world.wait(|| !world.connects(BAD4));
    world.wait_counted(&kernel, |counters| counters.denied_packets > 0);
    let counted = kernel.counters().denied_packets;
    nft(&["flush", "ruleset"]);
    world.wait(|| listing().contains("preau_gate"));
    assert!(!world.connects(BAD4));
    world.wait_counted(&kernel, |counters| counters.denied_packets > counted);
}

#[test]
fn thousands_of_denials_fit_and_are_changed_at_once() {
    let world = World::new();
    let kernel = world.start(world.config());
    for at in 0..preau_kernel::limits::DENIED_MAX - 1 {
        let network = net(&format!("172.{}.{}.0/24", 16 + at / 256, at % 256));
        assert_eq!(kernel.deny(network, LONG), Denial::Denied);
    }
    assert_eq!(kernel.deny(net(BAD4), LONG), Denial::Denied);
    assert_eq!(kernel.deny(net(GOOD4), LONG), Denial::Full);
    world.wait(|| !world.connects(BAD4));
    kernel.allow(net(BAD4));
    world.wait(|| world.connects(BAD4));
    assert_eq!(listing().matches("/24 timeout").count(), preau_kernel::limits::DENIED_MAX - 1);
}

#[test]
fn without_the_program_or_a_sense_it_says_so() {
    let world = World::new();
    let why =
        |config| Kernel::start(config, Arc::new(SystemClock)).err().map(|why| why.to_string()).unwrap_or_default();
    let missing = KernelConfig { nft: Some(PathBuf::from("/nowhere/nft")), ..world.config() };
    assert!(why(missing).contains("nft is not installed (package nftables)"));
    assert!(why(KernelConfig { ports: vec![], ..world.config() }).contains("no port to guard"));
    let nobody = KernelConfig { meter: Some(Meter { per_second: 0, burst: 1 }), ..world.config() };
    assert!(why(nobody).contains("lets nobody in"));
    assert_eq!(listing(), "");
    ip(&["link", "show", "wire"]);
}
