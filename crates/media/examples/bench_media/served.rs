//! Our server as a process of its own: the media engine with a room for each lesson, told by lines of JSON what a classroom tells it.

use crate::Outcome;
use preau_base::SystemRng;
use preau_media::{Declared, Media, MediaConfig, PeerId, PublishRights, Room, SlotWant};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};

/// The first argument of this program when it is the server; the second is its address.
pub const ARGUMENT: &str = "serve";
/// What the bandwidth estimate of a viewer starts with: lessons are measured, not how they begin.
const INITIAL_KBPS: u32 = 3_000;
const EVENTS: usize = 1_024;

#[derive(Serialize, Deserialize)]
pub enum Request {
    Join {
        lesson: usize,
        peer: u64,
        publishes: bool,
        offer: String,
        pictures: Vec<String>,
    },
    /// Lessons and peers.
    Leave {
        viewers: Vec<(usize, u64)>,
    },
    End,
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
    let mut lessons = Lessons { media: Media::start(config, Box::new(SystemRng))?, rooms: HashMap::new() };
    say(&Reply::Ready)?;
    for line in std::io::stdin().lines() {
        let request = serde_json::from_str(&line?)?;
        let is_last = matches!(request, Request::End);
        say(&runtime.block_on(lessons.carry_out(request)).unwrap_or_else(|error| Reply::Failed(error.to_string())))?;
        if is_last {
            break;
        }
    }
    Ok(())
}

struct Lessons {
    media: Media,
    rooms: HashMap<usize, Room>,
}

impl Lessons {
    fn room(&mut self, lesson: usize) -> Outcome<&Room> {
        match self.rooms.entry(lesson) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => {
                let (events, mut listener) = tokio::sync::mpsc::channel(EVENTS);
                let room = self.media.open_room(lesson as u128 + 1, Declared::default(), events)?;
                std::thread::spawn(move || while listener.blocking_recv().is_some() {});
                Ok(free.insert(room))
            }
        }
    }

    async fn carry_out(&mut self, request: Request) -> Outcome<Reply> {
        match request {
            Request::Join { lesson, peer, publishes, offer, pictures } => {
                let room = self.room(lesson)?;
                let rights = if publishes { PublishRights::ALL } else { PublishRights::NONE };
                let answer = room.join(PeerId(peer), rights, offer).await?;
                let want = |mid| SlotWant { mid, max_width_px: 1_280 };
                room.set_want(PeerId(peer), pictures.into_iter().map(want).collect())?;
                Ok(Reply::Answer(answer))
            }
            Request::Leave { viewers } => {
                for (lesson, peer) in viewers {
                    self.room(lesson)?.leave(PeerId(peer))?;
                }
                Ok(Reply::Done)
            }
            Request::End => Ok(Reply::Done),
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
