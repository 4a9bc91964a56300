use crate::world::{BAD4, BAD6, GOOD4, GOOD6, World, listing, net};
use preau_kernel::{Denial, Kernel, KernelConfig, Trial};
use proptest::prelude::*;
use std::net::IpAddr;
use std::process::Command;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(600);

fn start(world: &World, interface: &str) -> Kernel {
    world.start(KernelConfig { interface: Some(interface.to_owned()), ..world.config() })
}

fn is_attached(interface: &str) -> bool {
    let output = Command::new("/usr/sbin/ip").args(["link", "show", interface]).output().expect("ip starts");
    String::from_utf8_lossy(&output.stdout).contains("xdp")
}

#[test]
fn the_driver_drops_what_is_denied_and_nothing_else() {
    let world = World::new();
    let kernel = start(&world, "wire");
    assert_eq!(kernel.driver_failure(), None);
    assert!(is_attached("wire"));
    for address in [GOOD4, BAD4, GOOD6, BAD6] {
        assert!(world.connects(address), "{address} before");
    }
    assert_eq!(kernel.deny(net(BAD4), LONG), Denial::Denied);
    assert_eq!(kernel.deny(net("fd77:0:0:3::/64"), LONG), Denial::Denied);
    world.wait(|| !world.connects(BAD4) && !world.connects(BAD6));
    assert!(world.connects(GOOD4) && world.connects(GOOD6));
    world.wait_counted(&kernel, |counters| {
        assert!(!world.connects(BAD4) && !world.connects(BAD6));
        counters.driver_packets >= 4 && counters.driver_bytes >= 200
    });
    let elsewhere = std::net::TcpListener::bind((crate::world::SERVER4, 0)).expect("listens");
    let port = elsewhere.local_addr().expect("an address").port();
    assert!(world.connects_to(BAD4, port), "another port is not ours to guard");
    kernel.allow(net(BAD4));
    world.wait(|| world.connects(BAD4));
    assert!(!world.connects(BAD6));
    drop(kernel);
    assert!(!is_attached("wire") && world.connects(BAD6));
}

#[test]
fn the_narrowest_network_decides_and_denials_end() {
    let world = World::new();
    let kernel = start(&world, "wire");
    assert_eq!(kernel.driver_failure(), None);
    kernel.allow(net(GOOD4));
    assert_eq!(kernel.deny(net("10.77.0.0/16"), Duration::from_secs(4)), Denial::Denied);
    world.wait(|| !world.connects(BAD4));
    assert!(world.connects(GOOD4));
    world.wait(|| world.connects(BAD4));
    world.wait_counted(&kernel, |counters| counters.driver_packets > 0);
}

#[test]
fn an_interface_that_is_not_there_is_told_and_the_table_helps_without() {
    let world = World::new();
    let kernel = start(&world, "nowhere");
    let failure = kernel.driver_failure().expect("told");
    assert!(failure.contains("nowhere"), "{failure}");
    assert!(listing().contains("preau_gate"));
    kernel.deny(net(BAD4), LONG);
    world.wait(|| !world.connects(BAD4));
}

/// A frame of TCP over IPv4 or IPv6 from there to the port.
fn frame(from: &str, port: u16) -> Vec<u8> {
    let tcp = [&[0xc0, 0x00][..], &port.to_be_bytes(), &[0; 8], &[0x50, 2, 0xff, 0xff, 0, 0, 0, 0]].concat();
    let macs = [2; 12];
    match from.parse().expect("an address") {
        IpAddr::V4(v4) => {
            let ip = [0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0];
            [&macs[..], &[8, 0], &ip, &v4.octets(), &[10, 77, 0, 1], &tcp].concat()
        }
        IpAddr::V6(v6) => {
            let ip = [0x60, 0, 0, 0, 0, 20, 6, 64];
            [&macs[..], &[0x86, 0xdd], &ip, &v6.octets(), &[0xfd; 16], &tcp].concat()
        }
    }
}

fn trial() -> Trial {
    let denied = ["192.0.2.0/24", "198.51.100.7", "2001:db8::/32"].map(net);
    Trial::new(&[443, 80], &denied, &["192.0.2.128/25", "2001:db8:1::/48"].map(net)).expect("the program is taken")
}

fn edited(from: &str, edit: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut frame = frame(from, 443);
    edit(&mut frame);
    frame
}

#[test]
fn the_program_drops_what_it_is_to_drop_and_nothing_else() {
    let trial = trial();
    let check = |what: &str, frame: &[u8], expect: bool| {
        assert_eq!(trial.drops(frame).expect("runs"), expect, "{what}");
    };
    for (from, expect) in [
        ("192.0.2.7", true),
        ("192.0.2.200", false),
        ("192.0.3.7", false),
        ("198.51.100.7", true),
        ("198.51.100.8", false),
        ("2001:db8:2::1", true),
        ("2001:db8:1::1", false),
        ("2001:db9::1", false),
    ] {
        check(from, &frame(from, 443), expect);
        check(from, &frame(from, 80), expect);
        check("another port", &frame(from, 22), false);
    }
    let four = "192.0.2.7";
    check("behind a VLAN tag", &edited(four, |frame| drop(frame.splice(12..12, [0x81, 0, 0, 5]))), true);
    check("behind two", &edited(four, |frame| drop(frame.splice(12..12, [0x81, 0, 0, 5, 0x81, 0, 0, 6]))), false);
    check("UDP", &edited(four, |frame| frame[23] = 17), false);
    check("a later fragment", &edited(four, |frame| frame[21] = 1), false);
    check("a later fragment, far", &edited(four, |frame| frame[20] = 0x01), false);
    check("the first fragment", &edited(four, |frame| frame[20] = 0x20), true);
    let options = |frame: &mut Vec<u8>| {
        frame[14] = 0x46;
        drop(frame.splice(34..34, [1; 4]));
    };
    check("options", &edited(four, options), true);
    check("a header too short", &edited(four, |frame| frame[14] = 0x44), false);
    check("ARP", &edited(four, |frame| frame[13] = 6), false);
    check("UDP over IPv6", &edited("2001:db8:2::1", |frame| frame[20] = 17), false);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_cut_and_no_bytes_drop_what_has_no_whole_port(at in 14_usize..38, bytes in prop::collection::vec(any::<u8>(), 14..200)) {
        let trial = trial();
        let whole = frame("192.0.2.7", 443);
        prop_assert!(!trial.drops(&whole[..at]).expect("runs"));
        let dropped = trial.drops(&bytes).expect("runs");
        let is_ip = bytes[12..14] == [8, 0] || bytes[12..14] == [0x86, 0xdd] || bytes[12..14] == [0x81, 0];
        prop_assert!(!dropped || is_ip);
    }
}
