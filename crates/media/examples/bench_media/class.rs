//! A class: one who publishes and those who take it in, at one server. The same clients whichever server it is.

use crate::Outcome;
use crate::forwarder::Forwarder;
use preau_media::client::Client;
use std::time::{Duration, Instant};

/// Bytes of a frame of each layer at 30 frames a second: about 0.15, 0.45 and 1.2 Mbit/s.
const FRAMES: [usize; 3] = [625, 1_875, 5_000];
pub const FRAME_EVERY: Duration = Duration::from_nanos(33_333_333);
const FRAME_TICKS: u32 = 3_000;
pub const VOICE_EVERY: Duration = Duration::from_millis(20);
/// 40 kbit/s.
pub const VOICE_BYTES: usize = 100;
/// Packets of a frame of the best layer, and bytes of each with RTP header and extensions: what a viewer gets.
pub const FRAME_PACKETS: (usize, usize) = (5, 1_000 + 32);
const VOICE_DBOV: i8 = -25;
const CONNECT_MAX: Duration = Duration::from_secs(20);
/// Between two looks at all sockets.
const STEP: Duration = Duration::from_micros(500);

/// What is published.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Material {
    /// Camera in three layers, and voice.
    Pictures,
    Voice,
}

impl Material {
    /// Packets that one viewer gets in a second.
    pub fn rate(self) -> f64 {
        let voice = 1.0 / VOICE_EVERY.as_secs_f64();
        match self {
            Self::Pictures => FRAME_PACKETS.0 as f64 / FRAME_EVERY.as_secs_f64() + voice,
            Self::Voice => voice,
        }
    }
}

pub struct Class {
    server: Box<dyn Forwarder>,
    publisher: Client,
    viewers: Vec<Client>,
    next_frame: Instant,
    next_voice: Instant,
}

impl Class {
    /// The publisher is in and connected, and so are the viewers.
    pub fn start(mut server: Box<dyn Forwarder>, viewers: usize) -> Outcome<Self> {
        let mut publisher = server.join_publisher()?;
        publisher.voice_bytes = VOICE_BYTES;
        let now = Instant::now();
        let mut class = Self { server, publisher, viewers: Vec::new(), next_frame: now, next_voice: now };
        class.connect()?;
        class.server.wait_for_publisher()?;
        class.admit(viewers)?;
        Ok(class)
    }

    pub fn server(&self) -> &dyn Forwarder {
        &*self.server
    }

    /// So many viewers more, connected.
    pub fn admit(&mut self, viewers: usize) -> Outcome<()> {
        for _ in 0..viewers {
            self.viewers.push(self.server.join_viewer()?);
            self.step(None);
        }
        self.connect()
    }

    /// All viewers leave.
    pub fn dismiss(&mut self) -> Outcome<()> {
        self.viewers.clear();
        self.server.dismiss_viewers()
    }

    fn connect(&mut self) -> Outcome<()> {
        let begun = Instant::now();
        while !self.clients().all(|client| client.connected) {
            if begun.elapsed() > CONNECT_MAX {
                let missing = self.clients().filter(|client| !client.connected).count();
                return Err(format!("{missing} clients do not connect").into());
            }
            self.step(None);
            rest();
        }
        Ok(())
    }

    fn clients(&self) -> impl Iterator<Item = &Client> {
        std::iter::once(&self.publisher).chain(&self.viewers)
    }

    /// Everybody takes in what has come, and the publisher sends what is due of `material`.
    pub fn step(&mut self, material: Option<Material>) {
        let now = Instant::now();
        if material == Some(Material::Pictures) && now >= self.next_frame {
            self.publisher.send_camera(FRAMES, FRAME_TICKS, now);
            self.next_frame = (self.next_frame + FRAME_EVERY).max(now);
        }
        if material.is_some() && now >= self.next_voice {
            self.publisher.send_voice(VOICE_DBOV, now);
            self.next_voice = (self.next_voice + VOICE_EVERY).max(now);
        }
        self.publisher.step();
        self.viewers.iter_mut().for_each(Client::step);
    }

    /// Packets that have come to all viewers.
    pub fn delivered(&self) -> u64 {
        self.viewers.iter().flat_map(|client| client.received.values()).map(|slot| slot.packets).sum()
    }
}

/// The pause after a step of everybody.
pub fn rest() {
    std::thread::sleep(STEP);
}
