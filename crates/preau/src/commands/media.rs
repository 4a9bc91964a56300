//! What the running server's media does: lessons and connections, by their numbers.

use super::health::ask;
use super::load_config;
use super::serve::examine::{Ask, Told, socket};
use crate::cli::{MediaCommand, Place};
use crate::data::DataFolder;
use anyhow::{Context, bail};
use preau_media::{MediaLook, PeerLook, RoomLook, SourceKind, ThreadLook, Way};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

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
    match command {
        MediaCommand::Top { place, json, watch } => top(&place, json, watch).await,
        MediaCommand::Headers { place, lesson, peer, packets, seconds } => {
            headers(&place, &Ask { lesson, peer, packets, seconds }).await
        }
    }
}

/// Asks by the socket that only the server's own user may open, and hands on what it says.
async fn headers(place: &Place, ask: &Ask) -> anyhow::Result<()> {
    let path = socket(&DataFolder::existing(&load_config(place)?.data)?);
    let stream = UnixStream::connect(&path).await;
    let stream = stream.with_context(|| format!("no server answers at {}", path.display()))?;
    let (read, mut write) = stream.into_split();
    let mut line = serde_json::to_vec(ask)?;
    line.push(b'\n');
    write.write_all(&line).await?;
    let mut lines = BufReader::new(read).lines();
    let first = lines.next_line().await?.context("the server says nothing")?;
    if let Told::Refused(why) = serde_json::from_str(&first)? {
        bail!("{why}");
    }
    while let Some(line) = lines.next_line().await? {
        // Whoever reads may have seen enough.
        if writeln!(std::io::stdout().lock(), "{line}").is_err() {
            break;
        }
    }
    Ok(())
}

async fn top(place: &Place, json: bool, watch: bool) -> anyhow::Result<()> {
    loop {
        let text = look(place).await?;
        let shown = if json { format!("{text}\n") } else { draw(&serde_json::from_str::<MediaLook>(&text)?) };
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

fn draw(MediaLook { mode, threads, rooms }: &MediaLook) -> String {
    let mut peers: Vec<(&RoomLook, &PeerLook)> =
        rooms.iter().flat_map(|room| room.peers.iter().map(move |peer| (room, peer))).collect();
    let sum = |of: fn(&PeerLook) -> u32| peers.iter().map(|(_, peer)| u64::from(of(peer))).sum::<u64>();
    let (sent, received) = (sum(|peer| peer.sent_kbps), sum(|peer| peer.received_kbps));
    let count = peers.len();
    let mut out = format!(
        "{} mode; {}, {}; {sent} kbit/s to people, {received} kbit/s from them\n\n",
        mode.name(),
        counted(rooms.len(), "lesson"),
        counted(count, "connection"),
    );
    draw_threads(threads, &mut out);
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

/// What each thread does, how long packets are in it, and what it could still take.
fn draw_threads(threads: &[ThreadLook], out: &mut String) {
    let _ = writeln!(
        out,
        "{:>6} {:>5} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7}  pictures",
        "thread", "core", "packets/s", "left", "Mbit/s", "p50", "p99", "p99.9", "joins/s", "waiting"
    );
    for look in threads {
        let _ = writeln!(
            out,
            "{:>6} {:>4}% {:>9} {:>9} {:>8.1} {:>8} {:>8} {:>8} {:>8} {:>7}  {}",
            look.thread,
            look.busy_permille / 10,
            look.packets_per_s,
            look.packets_left_per_s,
            look.bits_per_s as f64 / 1e6,
            milliseconds(look.in_node.p50_us),
            milliseconds(look.in_node.p99_us),
            milliseconds(look.in_node.p999_us),
            look.joins_per_s,
            look.joins_waiting,
            look.level.name(),
        );
    }
    if let Some(bits) = threads.iter().find_map(|look| look.bits_left_per_s) {
        let _ = writeln!(out, "{:.1} Mbit/s of the line are left", bits as f64 / 1e6);
    }
    out.push('\n');
}

fn milliseconds(us: u32) -> String {
    format!("{:.2}ms", f64::from(us) / 1e3)
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
    use preau_base::Level;
    use preau_media::{Mode, PeerId, TimesLook};

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
        let room = "018f0000-0000-7000-8000-000000000001".parse().expect("an id");
        let rooms = vec![RoomLook { room, thread: 0, peers }];
        let text = draw(&MediaLook { mode: Mode::Lean, threads: Vec::new(), rooms });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "lean mode; 1 lesson, 60 connections; 42000 kbit/s to people, 2400 kbit/s from them");
        assert!(lines[5].contains("   59 relay") && lines[5].contains("5.9%"), "{}", lines[5]);
        assert!(lines[5].ends_with("2+3/1  voice screen"), "{}", lines[5]);
        assert!(text.contains("… and 20 more"), "{text}");
    }

    #[test]
    fn threads_are_shown_whether_anybody_is_there_or_not() {
        let in_node = TimesLook { packets: 9, p50_us: 810, p99_us: 2_100, p999_us: 4_050 };
        let thread = ThreadLook {
            thread: 3,
            in_node,
            busy_permille: 127,
            packets_per_s: 3_400,
            packets_left_per_s: -12,
            bits_per_s: 40_120_000,
            bits_left_per_s: Some(-5_000_000),
            joins_per_s: 235,
            joins_waiting: 7,
            level: Level::Plain,
            ..ThreadLook::default()
        };
        let text = draw(&MediaLook { mode: Mode::Full, threads: vec![thread], rooms: Vec::new() });
        let words: Vec<&str> = text.lines().nth(3).unwrap_or_default().split_whitespace().collect();
        let expected = ["3", "12%", "3400", "-12", "40.1", "0.81ms", "2.10ms", "4.05ms", "235", "7", "plain"];
        assert_eq!(words, expected, "{text}");
        assert!(text.contains("-5.0 Mbit/s of the line are left"), "{text}");
        assert!(!draw(&MediaLook::default()).contains("line are left"));
    }
}
