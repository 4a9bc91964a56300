//! The relay for browsers whose network lets through nothing but the port of the pages.

use crate::config::Config;
use anyhow::Context as _;
use preau_base::{PersonId, SharedClock, SystemRng};
use preau_front::{Other, OtherEnd, Stranger};
use preau_live::RelayAccess;
use preau_media::Media;
use preau_turn::{Credentials, Relay, Route, Served};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;

/// Opens the relay, unless the configuration says no; its UDP port is served from here on.
pub fn open(config: &Config, media: &Media, clock: SharedClock) -> anyhow::Result<Option<Relay>> {
    if !config.media.turn {
        return Ok(None);
    }
    let routes = media.relayed().iter().map(|&(candidate, local)| Route { candidate, local }).collect();
    let relay = Relay::new(routes, config.media.turn_udp_port, clock, &mut SystemRng);
    if let Some(port) = config.media.turn_udp_port {
        let socket = bind(SocketAddr::new(config.media.bind.ip(), port)).context("media.turn_udp_port")?;
        let relay = relay.clone();
        tokio::spawn(async move { relay.serve_udp(socket).await });
    }
    Ok(Some(relay))
}

/// How programs learn of the relay.
pub fn for_programs(relay: Option<Relay>) -> Arc<dyn Fn(PersonId) -> Option<RelayAccess> + Send + Sync> {
    Arc::new(move |person| {
        let relay = relay.as_ref()?;
        let Credentials { username, password } = relay.credentials(person.uuid().as_u128());
        Some(RelayAccess { username, credential: password, udp_port: relay.udp_port() })
    })
}

fn bind(address: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

/// Serves what comes to the port of the pages and is no HTTP.
pub fn beside_the_pages(relay: Relay) -> Other {
    Arc::new(move |Stranger { stream, client, early }| {
        let relay = relay.clone();
        Box::pin(async move {
            match relay.serve_stream(stream, client, &early).await {
                Served::Known => OtherEnd::Known,
                Served::Nothing => OtherEnd::Nothing,
                Served::Abuse => OtherEnd::Abuse,
            }
        })
    })
}
