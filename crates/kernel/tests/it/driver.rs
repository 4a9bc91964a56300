use crate::world::{BAD4, BAD6, GOOD4, GOOD6, World, listing, net};
use preau_kernel::{Denial, Kernel, KernelConfig};
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
