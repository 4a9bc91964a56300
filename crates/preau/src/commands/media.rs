//! What the running server's media does: lessons and connections, by their numbers.

use super::health::ask;
use super::load_config;
use crate::cli::{MediaCommand, Place};
use anyhow::{Context, bail};
use preau_media::{PeerLook, RoomLook, SourceKind, Way};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

/// Between two looks of `--watch`.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Moves to the top left and clears what is below (ECMA-48 CUP and ED).
const CLEAR: &str = "\x1b[H\x1b[J";
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Connections that are listed: those that fare worst come first.
const LISTED_MAX: usize = 40;
/// Where the admin listener has it.
pub const PATH: &str = "/media";

pub async fn run(command: MediaCommand) -> anyhow::Result<()> {
    let MediaCommand::Top { place, json, watch } = command;
    loop {
        let text = look(&place).await?;
        let shown = if json { format!("{text}\n") } else { draw(&serde_json::from_str::<Vec<RoomLook>>(&text)?) };
        let clear = if watch && !json { CLEAR } else { "" };
        let mut out = std::io::stdout().lock();
        // Whoever reads may have seen enough.
        if out.write_all(format!("{clear}{shown}").as_bytes()).and_then(|()| out.flush()).is_err() || !watch {
            return Ok(());
        }
        drop(out);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn look(place: &Place) -> anyhow::Result<String> {
    let Some(address) = load_config(place)?.admin else {
        bail!("admin.listen is empty: the server cannot be asked");
    };
    let (status, body) = tokio::time::timeout(ANSWER_MAX, ask(address, PATH))
        .await
        .with_context(|| format!("{address} did not answer within {} s", ANSWER_MAX.as_secs()))??;
    if status != 200 {
        bail!("{address}{PATH} answered {status}");
    }
    Ok(body)
}

fn draw(rooms: &[RoomLook]) -> String {
    let mut peers: Vec<(&RoomLook, &PeerLook)> =
        rooms.iter().flat_map(|room| room.peers.iter().map(move |peer| (room, peer))).collect();
    let sum = |of: fn(&PeerLook) -> u32| peers.iter().map(|(_, peer)| u64::from(of(peer))).sum::<u64>();
    let (sent, received) = (sum(|peer| peer.sent_kbps), sum(|peer| peer.received_kbps));
    let count = peers.len();
    let mut out = format!(
        "{}, {}; {sent} kbit/s to people, {received} kbit/s from them\n\n",
        counted(rooms.len(), "lesson"),
        counted(count, "connection"),
    );
    if peers.is_empty() {
        return out;
    }
    let _ = writeln!(
        out,
        "{:<36} {:>4} {:<5} {:>7} {:>6} {:>6} {:>6} {:>6}  {:<6} gives",
        "lesson", "conn", "way", "est.", "sent", "recv.", "loss", "rtt", "gets"
    );
    peers.sort_by_key(|(room, peer)| (std::cmp::Reverse(badness(peer)), room.room, peer.peer));
    for (room, peer) in peers.iter().take(LISTED_MAX) {
        let _ = writeln!(
            out,
            "{:<36} {:>4} {:<5} {:>7} {:>6} {:>6} {:>6} {:>6}  {:<6} {}",
            room.room.to_string(),
            peer.peer.to_string(),
            way(peer),
            peer.estimate_kbps,
            peer.sent_kbps,
            peer.received_kbps,
            peer.loss_permille.map_or("-".to_owned(), |loss| format!("{:.1}%", f64::from(loss) / 10.0)),
            peer.rtt_ms.map_or("-".to_owned(), |rtt| format!("{rtt}ms")),
            gets(peer),
            gives(peer),
        );
    }
    if count > LISTED_MAX {
        let _ = writeln!(out, "… and {} more that fare better", count - LISTED_MAX);
    }
    out.push_str("\nest., sent, recv. in kbit/s; gets: voices+pictures, /pictures that wait; low: voice only\n");
    out
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Who needs looking at comes first: not connected, losing, far away.
fn badness(peer: &PeerLook) -> u32 {
    let lost = u32::from(peer.loss_permille.unwrap_or(0)) * 10;
    let paused = u32::try_from(peer.paused).unwrap_or(u32::MAX).saturating_mul(100);
    let unconnected = if peer.connected { 0 } else { 1_000_000 };
    unconnected + lost + paused.min(10_000) + peer.rtt_ms.unwrap_or(0)
}

fn way(peer: &PeerLook) -> &'static str {
    match peer.way {
        Some(Way::Udp) => "udp",
        Some(Way::Tcp) => "tcp",
        Some(Way::Relay) => "relay",
        None if peer.connected => "?",
        None => "comes",
    }
}

fn gets(peer: &PeerLook) -> String {
    let paused = if peer.paused > 0 { format!("/{}", peer.paused) } else { String::new() };
    let low = if peer.low { " low" } else { "" };
    format!("{}+{}{paused}{low}", peer.voices, peer.pictures)
}

fn gives(peer: &PeerLook) -> String {
    let name = |kind: &SourceKind| match kind {
        SourceKind::Audio => "voice",
        SourceKind::Camera => "camera",
        SourceKind::Screen => "screen",
    };
    peer.publishes.iter().map(name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_media::PeerId;

    fn peer(number: u64, loss_permille: u16) -> PeerLook {
        PeerLook {
            peer: PeerId(number),
            connected: true,
            since_s: 60,
            way: Some(Way::Relay),
            publishes: vec![SourceKind::Audio, SourceKind::Screen],
            voices: 2,
            pictures: 3,
            paused: 1,
            low: false,
            estimate_kbps: 900,
            sent_kbps: 700,
            received_kbps: 40,
            loss_permille: Some(loss_permille),
            rtt_ms: Some(80),
        }
    }

    #[test]
    fn who_fares_worst_stands_first_and_the_rest_is_counted() {
        let peers = (0..60).map(|number| peer(number, u16::try_from(number).expect("small"))).collect();
        let rooms =
            [RoomLook { room: "018f0000-0000-7000-8000-000000000001".parse().expect("an id"), thread: 0, peers }];
        let text = draw(&rooms);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "1 lesson, 60 connections; 42000 kbit/s to people, 2400 kbit/s from them");
        assert!(lines[3].contains("   59 relay") && lines[3].contains("5.9%"), "{}", lines[3]);
        assert!(lines[3].ends_with("2+3/1  voice screen"), "{}", lines[3]);
        assert!(text.contains("… and 20 more"), "{text}");
        assert_eq!(draw(&[]).lines().count(), 2, "nothing is on");
    }
}
