//! The packets of one SSRC, made into frames with times.

use crate::clock::Clock;
use crate::limits::{FRAMES_WAITING_MAX, PAUSE_MS_MAX, TRACK_MS_MAX};
use crate::opus;
use crate::order::{Next, Order};
use crate::unwrap::Unwrap;
use crate::vp8::Assembler;
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Opus,
    Vp8,
}

impl Codec {
    const fn hz(self) -> i64 {
        match self {
            Self::Opus => 48_000,
            Self::Vp8 => 90_000,
        }
    }
}

/// An RTP packet (RFC 3550), its payload without padding.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    pub seq: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: &'a [u8],
}

/// What a file is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Milliseconds since the first packet of the track; never less than the frame's before.
    pub at_ms: i64,
    /// A decoder can begin here.
    pub key: bool,
    /// Width and height in pixels, of a keyframe.
    pub size: Option<(u16, u16)>,
    pub data: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub packets_lost: u64,
    /// Came twice, or too late.
    pub packets_useless: u64,
    /// Frames that were not whole or could not be decoded, and what is no Opus packet.
    pub frames_dropped: u64,
}

struct Held {
    time: i64,
    marker: bool,
    came_ms: i64,
    payload: Vec<u8>,
}

/// One voice or picture as it comes. The caller gives it the packets of one SSRC, and another track the next one's.
pub struct Track {
    codec: Codec,
    order: Order<Held>,
    timestamps: Unwrap,
    clock: Clock,
    assembler: Assembler,
    frames: VecDeque<Frame>,
    began_ms: Option<i64>,
    last_came_ms: i64,
    /// Where the next frame of a voice would begin.
    voice_end_ms: Option<i64>,
    last_at_ms: i64,
    counters: Counters,
}

impl Track {
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            order: Order::default(),
            timestamps: Unwrap::of_bits(32),
            clock: Clock::new(codec.hz()),
            assembler: Assembler::default(),
            frames: VecDeque::new(),
            began_ms: None,
            last_came_ms: 0,
            voice_end_ms: None,
            last_at_ms: 0,
            counters: Counters::default(),
        }
    }

    /// Takes a packet that came at `now_ms`, on a clock that only goes forward.
    pub fn push(&mut self, packet: &Packet<'_>, now_ms: i64) {
        self.began_ms.get_or_insert(now_ms);
        self.last_came_ms = now_ms;
        let time = self.timestamps.take(packet.timestamp);
        let held = Held { time, marker: packet.marker, came_ms: now_ms, payload: packet.payload.to_vec() };
        self.order.push(packet.seq, held, now_ms);
        self.sort(now_ms);
    }

    /// Gives the next frame that is certain. At the end, [`i64::MAX`] gives all that is left.
    pub fn pop(&mut self, now_ms: i64) -> Option<Frame> {
        self.sort(now_ms);
        self.frames.pop_front()
    }

    /// Nothing has come for so long, or so much, that what comes next is another track.
    pub fn is_over(&self, now_ms: i64) -> bool {
        let lasted_ms = self.began_ms.map_or(0, |began| now_ms - began);
        now_ms - self.last_came_ms >= PAUSE_MS_MAX && self.began_ms.is_some() || lasted_ms >= TRACK_MS_MAX
    }

    /// Whether nothing more can be made of what comes before a keyframe.
    pub fn wants_key(&self) -> bool {
        self.codec == Codec::Vp8 && self.assembler.wants_key()
    }

    /// When its first packet came: where its times begin.
    pub fn began_ms(&self) -> Option<i64> {
        self.began_ms
    }

    pub fn counters(&self) -> Counters {
        Counters {
            packets_useless: self.order.useless,
            frames_dropped: self.counters.frames_dropped + self.assembler.dropped,
            ..self.counters
        }
    }

    fn sort(&mut self, now_ms: i64) {
        while self.frames.len() < FRAMES_WAITING_MAX
            && let Some(next) = self.order.pop(now_ms)
        {
            match (next, self.codec) {
                (Next::Lost(count), codec) => {
                    self.counters.packets_lost += count;
                    if codec == Codec::Vp8 {
                        self.assembler.lost();
                    }
                }
                (Next::Packet(held), Codec::Opus) => self.voice(held),
                (Next::Packet(held), Codec::Vp8) => self.picture(&held),
            }
        }
    }

    fn voice(&mut self, held: Held) {
        let Some(samples) = opus::samples(&held.payload) else {
            self.counters.frames_dropped += 1;
            return;
        };
        let at_ms = self.clock.at(held.time, held.came_ms).max(self.last_at_ms);
        let mut end_ms = self.voice_end_ms.unwrap_or(at_ms);
        while end_ms + opus::SILENCE_MS <= at_ms {
            self.frames.push_back(Frame { at_ms: end_ms, key: true, size: None, data: opus::SILENCE.to_vec() });
            end_ms += opus::SILENCE_MS;
        }
        self.last_at_ms = at_ms;
        self.voice_end_ms = Some(at_ms + i64::from(samples) / 48);
        self.frames.push_back(Frame { at_ms, key: true, size: None, data: held.payload });
    }

    fn picture(&mut self, held: &Held) {
        let Some(picture) = self.assembler.push(held.time, held.marker, &held.payload, held.came_ms) else { return };
        let at_ms = self.clock.at(picture.time, picture.came_ms).max(self.last_at_ms);
        self.last_at_ms = at_ms;
        self.frames.push_back(Frame { at_ms, key: picture.key.is_some(), size: picture.key, data: picture.data });
    }
}
