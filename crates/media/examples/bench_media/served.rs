//! Our server as a process of its own: the media engine with one room, told by lines of JSON what a classroom tells it.

use crate::Outcome;
use preau_base::SystemRng;
use preau_media::{Declared, Media, MediaConfig, PeerId, PublishRights, Room, SlotWant};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};

/// The first argument of this program when it is the server; the second is its address.
pub const ARGUMENT: &str = "serve";
/// What the bandwidth estimate of a viewer starts with: lessons are measured, not how they begin.
const INITIAL_KBPS: u32 = 3_000;
const EVENTS: usize = 1_024;

#[derive(Serialize, Deserialize)]
pub enum Request {
    Join { peer: u64, publishes: bool, offer: String, pictures: Vec<String> },
    Leave { peers: Vec<u64> },
}

#[derive(Serialize, Deserialize)]
pub enum Reply {
    Ready,
    Answer(String),
    Done,
    Failed(String),
}

/// Serves until its input ends.
pub fn serve(address: IpAddr) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let config = MediaConfig {
        udp_bind: SocketAddr::new(address, 0),
        tcp_bind: None,
        public_addresses: Vec::new(),
        threads: 1,
        initial_kbps: INITIAL_KBPS,
        ..MediaConfig::default()
    };
    let media = Media::start(config, Box::new(SystemRng))?;
    let (events, mut listener) = tokio::sync::mpsc::channel(EVENTS);
    let room = media.open_room(1, Declared::default(), events)?;
    std::thread::spawn(move || while listener.blocking_recv().is_some() {});
    say(&Reply::Ready)?;
    for line in std::io::stdin().lines() {
        let request = serde_json::from_str(&line?)?;
        say(&runtime.block_on(carry_out(&room, request)).unwrap_or_else(|error| Reply::Failed(error.to_string())))?;
    }
    Ok(())
}

async fn carry_out(room: &Room, request: Request) -> Outcome<Reply> {
    match request {
        Request::Join { peer, publishes, offer, pictures } => {
            let rights = if publishes { PublishRights::ALL } else { PublishRights::NONE };
            let answer = room.join(PeerId(peer), rights, offer).await?;
            room.set_want(
                PeerId(peer),
                pictures.into_iter().map(|mid| SlotWant { mid, max_width_px: 1_280 }).collect(),
            )?;
            Ok(Reply::Answer(answer))
        }
        Request::Leave { peers } => {
            peers.into_iter().try_for_each(|peer| room.leave(PeerId(peer)))?;
            Ok(Reply::Done)
        }
    }
}

fn say(reply: &Reply) -> Outcome<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    let mut output = std::io::stdout().lock();
    output.write_all(&line)?;
    Ok(output.flush()?)
}
