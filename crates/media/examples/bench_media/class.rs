//! Lessons: those who publish and those who take it in, at one server. The same clients whichever server it is.

use crate::Outcome;
use crate::forwarder::Forwarder;
use preau_media::client::Client;
use std::time::{Duration, Instant};

/// Bytes of a frame of each layer at 30 frames a second: about 0.15, 0.45 and 1.2 Mbit/s.
const FRAMES: [usize; 3] = [625, 1_875, 5_000];
const SMALL_FRAMES: [usize; 3] = [625, 0, 0];
pub const FRAME_EVERY: Duration = Duration::from_nanos(33_333_333);
const FRAME_TICKS: u32 = 3_000;
pub const VOICE_EVERY: Duration = Duration::from_millis(20);
/// 40 kbit/s.
pub const VOICE_BYTES: usize = 100;
/// Packets of a frame of the best layer, and bytes of each with RTP header and extensions: what a viewer gets.
pub const FRAME_PACKETS: (usize, usize) = (5, 1_000 + 32);
const VOICE_DBOV: i8 = -25;
const CONNECT_MAX: Duration = Duration::from_secs(20);
/// Between two looks at all sockets; at those of sinks, which need not hurry: the kernel notes when what they get has come.
const STEP: Duration = Duration::from_micros(500);
const SINKS_STEP: Duration = Duration::from_millis(4);
/// Lessons do not send their pictures at the same moment: each begins this share of a frame after the one before it (the
/// golden ratio's), so that they are spread evenly however many there are.
const APART: f64 = 0.618_034;

/// What is published.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Material {
    /// Cameras, and voices.
    Pictures,
    Voice,
}

/// What one of those who publish sends.
struct Part {
    frames: [usize; 3],
    /// Of a frame of the best layer.
    packets: usize,
    speaks: bool,
}

const TEACHER: Part = Part { frames: FRAMES, packets: FRAME_PACKETS.0, speaks: true };
const SPEAKER: Part = Part { frames: SMALL_FRAMES, packets: 1, speaks: true };
const SEEN: Part = Part { speaks: false, ..SPEAKER };

/// Who publishes in a lesson.
#[derive(Clone, Copy)]
pub enum Cast {
    /// One camera in three layers, and a voice.
    Teacher,
    /// The same, and four pupils with a small picture each, of whom two speak.
    Lively,
}

impl Cast {
    fn parts(self) -> &'static [Part] {
        match self {
            Self::Teacher => &[TEACHER],
            Self::Lively => &[TEACHER, SPEAKER, SPEAKER, SEEN, SEEN],
        }
    }

    /// Packets that one viewer gets in a second.
    pub fn rate(self, material: Material) -> f64 {
        let each = |part: &Part| {
            let voice = if part.speaks { 1.0 / VOICE_EVERY.as_secs_f64() } else { 0.0 };
            match material {
                Material::Pictures => part.packets as f64 / FRAME_EVERY.as_secs_f64() + voice,
                Material::Voice => voice,
            }
        };
        self.parts().iter().map(each).sum()
    }
}

/// How those who watch take it in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Viewers {
    /// As a browser does.
    Browsers,
    /// As a browser does, but seldom; they measure how long packets were under way.
    Sinks,
    /// The same, but only so many of each lesson decrypt: first, last, and between.
    MostlyDeaf(usize),
}

struct Lesson {
    publishers: Vec<(Client, &'static Part)>,
    viewers: Vec<Client>,
    next_frame: Instant,
    next_voice: Instant,
    /// Packets that its viewers are to get of what was published so far.
    due: u64,
}

pub struct Class {
    server: Box<dyn Forwarder>,
    cast: Cast,
    how: Viewers,
    lessons: Vec<Lesson>,
    viewers_at: Instant,
    /// So many times as long between two frames.
    pub slower: u32,
}

impl Class {
    /// One lesson, of which everybody is in and connected.
    pub fn start(server: Box<dyn Forwarder>, cast: Cast, viewers: usize) -> Outcome<Self> {
        let mut class = Self::without_lessons(server, cast, Viewers::Browsers);
        class.add_lesson(viewers)?;
        Ok(class)
    }

    pub fn without_lessons(server: Box<dyn Forwarder>, cast: Cast, how: Viewers) -> Self {
        Self { server, cast, how, lessons: Vec::new(), viewers_at: Instant::now(), slower: 1 }
    }

    /// A lesson more, of which everybody is in and connected.
    pub fn add_lesson(&mut self, viewers: usize) -> Outcome<()> {
        let number = self.lessons.len();
        let phase = (number as f64 * APART).fract();
        let begins = Instant::now();
        let mut publishers = Vec::new();
        for part in self.cast.parts() {
            let mut publisher = self.server.join_publisher(number)?;
            publisher.voice_bytes = VOICE_BYTES;
            publisher.stamps = self.how != Viewers::Browsers;
            publishers.push((publisher, part));
        }
        let next_frame = begins + FRAME_EVERY.mul_f64(phase);
        let next_voice = begins + VOICE_EVERY.mul_f64(phase);
        self.lessons.push(Lesson { publishers, viewers: Vec::new(), next_frame, next_voice, due: 0 });
        self.connect()?;
        self.server.wait_for_publishers()?;
        self.admit(viewers)
    }

    pub fn server(&self) -> &dyn Forwarder {
        &*self.server
    }

    /// Has the server end by itself.
    pub fn end_server(&mut self) -> Outcome<()> {
        self.server.end()
    }

    pub fn lessons(&self) -> usize {
        self.lessons.len()
    }

    /// So many viewers more in the newest lesson, connected.
    pub fn admit(&mut self, viewers: usize) -> Outcome<()> {
        let Some(number) = self.lessons.len().checked_sub(1) else { return Err("there is no lesson".into()) };
        for index in 0..viewers {
            let mut viewer = self.server.join_viewer(number)?;
            match self.how {
                Viewers::Browsers => {}
                Viewers::Sinks => viewer.be_sink(false)?,
                Viewers::MostlyDeaf(hear) => viewer.be_sink(index % viewers.div_ceil(hear.max(1)) != 0)?,
            }
            self.lessons[number].viewers.push(viewer);
            self.step(None);
        }
        self.connect()
    }

    /// All viewers leave.
    pub fn dismiss(&mut self) -> Outcome<()> {
        self.lessons.iter_mut().for_each(|lesson| lesson.viewers.clear());
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
        self.lessons.iter().flat_map(|lesson| lesson.publishers.iter().map(|(client, _)| client).chain(&lesson.viewers))
    }

    /// The first of those who publish in a lesson.
    pub fn publisher(&self, lesson: usize) -> Option<&Client> {
        self.lessons.get(lesson)?.publishers.first().map(|(client, _)| client)
    }

    /// Everybody takes in what has come, and those who publish send what is due of `material`.
    pub fn step(&mut self, material: Option<Material>) {
        for lesson in &mut self.lessons {
            lesson.publish(material, FRAME_EVERY * self.slower);
        }
        let now = Instant::now();
        if self.how == Viewers::Browsers || now >= self.viewers_at {
            self.viewers_at = now + SINKS_STEP;
            for viewer in self.lessons.iter_mut().flat_map(|lesson| &mut lesson.viewers) {
                viewer.step();
            }
        }
    }

    /// Lets time pass while everybody publishes `material`.
    pub fn run(&mut self, material: Option<Material>, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            self.step(material);
            rest();
        }
    }

    /// Packets that have come to the viewers of all lessons.
    pub fn delivered(&self) -> u64 {
        self.delivered_from(0)
    }

    /// To those of this lesson and all after it.
    pub fn delivered_from(&self, lesson: usize) -> u64 {
        let viewers = self.lessons.iter().skip(lesson).flat_map(|lesson| &lesson.viewers);
        let came = |client: &Client| client.received.values().map(|slot| slot.packets).sum::<u64>();
        viewers.map(|client| came(client) + client.sink.as_ref().map_or(0, |sink| sink.counted)).sum()
    }

    /// Packets that were to come to the viewers of this lesson and all after it.
    pub fn due_from(&self, lesson: usize) -> u64 {
        self.lessons.iter().skip(lesson).map(|lesson| lesson.due).sum()
    }

    /// How long packets were under way since it was asked last, in µs and in order, in this lesson and all after it.
    pub fn take_delays(&mut self, from: usize) -> Vec<u32> {
        let mut all = Vec::new();
        for (number, lesson) in self.lessons.iter_mut().enumerate() {
            for sink in lesson.viewers.iter_mut().filter_map(|client| client.sink.as_mut()) {
                let delays = std::mem::take(&mut sink.delays_us);
                if number >= from {
                    all.extend(delays);
                }
            }
        }
        all.sort_unstable();
        all
    }
}

impl Lesson {
    fn publish(&mut self, material: Option<Material>, frame_every: Duration) {
        let now = Instant::now();
        let has_frame = material == Some(Material::Pictures) && now >= self.next_frame;
        let has_voice = material.is_some() && now >= self.next_voice;
        let viewers = self.viewers.len() as u64;
        for (client, part) in &mut self.publishers {
            let frame = if has_frame { part.packets as u64 } else { 0 };
            self.due += viewers * (frame + u64::from(has_voice && part.speaks));
            if has_frame {
                client.send_camera(part.frames, FRAME_TICKS, now);
            }
            if has_voice && part.speaks {
                client.send_voice(VOICE_DBOV, now);
            }
            client.step();
        }
        if has_frame {
            self.next_frame = after(self.next_frame, frame_every, now);
        }
        if has_voice {
            self.next_voice = after(self.next_voice, VOICE_EVERY, now);
        }
    }
}

/// When it is due again: what was missed is not made up for, and lessons keep their phases.
fn after(due: Instant, every: Duration, now: Instant) -> Instant {
    let missed = now.saturating_duration_since(due).as_nanos() / every.as_nanos();
    due + every * u32::try_from(missed + 1).unwrap_or(u32::MAX)
}

/// The pause after a step of everybody.
pub fn rest() {
    std::thread::sleep(STEP);
}
