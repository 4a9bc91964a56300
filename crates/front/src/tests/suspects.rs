//! Which networks may be denied below the gate, where nobody looks at passes any more.

use super::gate::{World, closed};
use super::harness::{Client, PATIENCE, connect_from};
use crate::GuardLimits;
use preau_base::Cidr;
use std::time::Instant;

const PROGRAMS: &str = "127.0.0.5";
/// A school with a program in it.
const SCHOOL: &str = "127.0.0.6";

#[tokio::test]
async fn a_network_of_programs_is_suspected_and_one_where_a_pass_is_shown_never() {
    let world = World::start_with(closed(), GuardLimits::default());
    let mut programs = Client(connect_from(PROGRAMS, world.address).await);
    let mut in_school = Client(connect_from(SCHOOL, world.address).await);
    let mut pupil = Client(connect_from(SCHOOL, world.address).await);
    let network = |address: &str| Cidr::of_client(address.parse().unwrap());
    let begun = Instant::now();
    loop {
        // A script's call without a pass: with the doors closed, it is turned away.
        for _ in 0..20 {
            assert!(programs.get("/a").await.starts_with("HTTP/1.1 503"));
            assert!(in_school.get("/a").await.starts_with("HTTP/1.1 503"));
        }
        pupil.send("GET /style.css HTTP/1.1\r\nhost: e\r\ncookie: pass=7\r\n\r\n").await;
        assert!(pupil.response().await.ends_with("body{}"));
        let suspects = world.gatekeeper.suspects(&world.gatekeeper.snapshot());
        assert!(!suspects.contains(&network(SCHOOL)), "{suspects:?}");
        if suspects.contains(&network(PROGRAMS)) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{:#?}", world.gatekeeper.snapshot().networks);
        programs = reconnected(programs, PROGRAMS, &world).await;
        in_school = reconnected(in_school, SCHOOL, &world).await;
    }
}

/// A connection has so many requests: another one, before it is over.
async fn reconnected(_used: Client<tokio::net::TcpStream>, from: &str, world: &World) -> Client<tokio::net::TcpStream> {
    Client(connect_from(from, world.address).await)
}
