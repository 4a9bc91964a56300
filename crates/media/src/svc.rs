//! Streams whose layers come in one: VP9 and AV1 (`docs/decisions/0026-layers-in-one-stream.md`). A receiver is sent one part
//! of it, a *point*: all frames that a decoder of a spatial layer needs, or where there is only one, those up to a temporal
//! layer. Points are numbered as simulcast layers are, the narrowest first.

use crate::api::Codec;
use crate::av1::{self, POINTS};
use crate::patch;
use crate::vp9;

/// A bit for each point.
const ALL: u8 = (1 << POINTS) - 1;

/// What a packet says of its frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The points to which it belongs, one bit each.
    pub of: u8,
    /// Those that can begin with it, for whoever can decode it.
    pub begins: u8,
    /// Those of which it ends a picture.
    pub tops: u8,
    /// A decoder can begin with it.
    pub is_key: bool,
    /// The packet is its frame's first, and that of its picture.
    pub starts: bool,
    pub opens: bool,
    pub ends: bool,
    /// The point that has it and no narrower one.
    pub point: u8,
    /// Nothing is known of it, since the key picture that would tell has been lost.
    pub lacks_key: bool,
}

/// The points from this one on.
const fn from(point: u8) -> u8 {
    if point < POINTS as u8 { ALL & (ALL << point) } else { 0 }
}

const fn only(point: u8) -> u8 {
    ALL & (1 << (point & 7))
}

const fn has(points: u8, point: u8) -> bool {
    points >> (point & 7) & 1 == 1
}

/// A packet as it was read.
pub struct Read<'a> {
    pub frame: Frame,
    /// Of VP9: the numbers of it that have to be in one order.
    pub numbers: Option<patch::Descriptor>,
    /// Of AV1: what goes on before it.
    pub onward: Option<av1::Onward<'a>>,
}

/// What is known of a publisher's stream.
#[derive(Debug, Default)]
pub struct Stream {
    /// Spatial layers; 0: no key picture has come yet.
    spatial_layers: u8,
    /// The highest temporal layer that has come.
    temporal_max: u8,
    widths_px: [u32; POINTS],
    /// Of AV1.
    structure: Option<av1::Structure>,
    timestamp: Option<u32>,
}

impl Stream {
    /// Reads a packet, of AV1 with the descriptor that came before it. `None`: nothing can be made of it.
    pub fn read<'a>(
        &mut self,
        codec: Codec,
        payload: &[u8],
        descriptor: Option<&'a av1::Value>,
        timestamp: u32,
    ) -> Option<Read<'a>> {
        let mut read = match (codec, descriptor) {
            (Codec::Av1, Some(av1::Value(bytes))) => self.av1(bytes)?,
            (Codec::Av1, None) => self.plain_av1(payload)?,
            _ => self.vp9(payload)?,
        };
        let ahead = self.timestamp.map(|last| timestamp.wrapping_sub(last));
        // What comes late opens nothing; a publisher that begins anew may count from anywhere.
        let is_newer = ahead.is_none_or(|ahead| ahead > 0 && (ahead < 1 << 31 || read.frame.is_key));
        read.frame.opens = read.frame.starts && is_newer;
        if read.frame.opens {
            self.timestamp = Some(timestamp);
        }
        Some(read)
    }

    /// Whether its points differ in how often there is a picture, not in how wide it is.
    pub fn is_temporal(&self) -> bool {
        self.spatial_layers <= 1
    }

    /// How wide a point is; `None`: not told. Of those that differ in time alone only the last is ever wide enough.
    pub fn width_px(&self, point: usize) -> Option<u32> {
        if self.is_temporal() && point < usize::from(self.temporal_max) {
            return Some(0);
        }
        let width = if self.is_temporal() { self.widths_px.first() } else { self.widths_px.get(point) };
        width.copied().filter(|&width| width > 0)
    }

    fn vp9(&mut self, payload: &[u8]) -> Option<Read<'static>> {
        let read = vp9::Descriptor::read(payload)?;
        let is_key = read.is_key();
        if let Some(structure) = read.structure.filter(|_| is_key) {
            self.spatial_layers = structure.layers;
            self.widths_px = structure.widths_px.map(u32::from);
        } else if is_key && read.starts {
            (self.spatial_layers, self.widths_px) = (1, [0; POINTS]);
        }
        let mut frame = Frame { is_key, starts: read.starts, ends: read.ends, ..Frame::default() };
        if self.is_temporal() {
            self.temporal_max = self.temporal_max.max(read.temporal);
            frame.point = read.temporal;
            frame.of = from(read.temporal);
            frame.begins = if is_key || read.switches_up { frame.of } else { 0 };
        } else {
            let is_top = read.spatial + 1 >= self.spatial_layers;
            frame.point = read.spatial;
            frame.tops = if is_top { from(read.spatial) } else { only(read.spatial) };
            frame.of = if is_top || !read.is_alone { from(read.spatial) } else { only(read.spatial) };
            frame.begins = if is_key { frame.of } else { 0 };
        }
        Some(Read { frame, numbers: read.numbers, onward: None })
    }

    fn av1<'a>(&mut self, bytes: &'a [u8]) -> Option<Read<'a>> {
        if bytes.len() < av1::HEAD_BYTES {
            return None;
        }
        let Some(mut read) = av1::Descriptor::read(bytes, self.structure.as_ref()) else {
            let frame = Frame { lacks_key: true, ..Frame::default() };
            return Some(Read { frame, numbers: None, onward: None });
        };
        let brought = read.structure.take();
        let is_key = brought.is_some();
        if let Some(structure) = brought {
            self.spatial_layers = structure.spatial_layers;
            self.temporal_max = structure.temporal_layers - 1;
            self.widths_px = structure.widths_px;
            self.structure = Some(structure);
        }
        let mut frame = Frame { of: read.of, begins: read.begins, is_key, ..Frame::default() };
        (frame.starts, frame.ends) = (read.starts, read.ends);
        if self.is_temporal() {
            frame.point = read.temporal;
        } else {
            let is_top = read.spatial + 1 >= self.spatial_layers;
            frame.point = read.spatial;
            frame.tops = if is_top { from(read.spatial) } else { only(read.spatial) };
        }
        let onward = av1::Onward::of(bytes, &read, self.structure.as_ref()?);
        Some(Read { frame, numbers: None, onward: Some(onward) })
    }

    /// AV1 without the extension is one part: its first byte says where a sequence begins (N), and whether the packet goes on with
    /// a piece of the one before (Z) (AV1 RTP payload specification, section 4.4).
    fn plain_av1(&mut self, payload: &[u8]) -> Option<Read<'static>> {
        let head = *payload.first()?;
        let (is_key, starts) = (head & 0x08 != 0, head & 0x80 == 0);
        if is_key {
            (self.spatial_layers, self.temporal_max, self.widths_px) = (1, 0, [0; POINTS]);
        }
        let begins = if is_key { ALL } else { 0 };
        let frame = Frame { of: ALL, begins, is_key, starts, ..Frame::default() };
        Some(Read { frame, numbers: None, onward: None })
    }
}

/// What of a stream goes into a slot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sieve {
    /// The points of which it has got everything since a frame that begins them.
    whole: u8,
    newest: u64,
    /// Up to this number the former point goes on.
    from: u64,
    before: u8,
}

impl Sieve {
    /// Whether the slot can go over to a point with the next picture.
    pub fn is_whole(&self, point: u8) -> bool {
        has(self.whole, point)
    }

    /// Whether a packet goes into the slot, which begins with a key picture, and goes over to another point with a picture from
    /// which on that can be decoded.
    pub fn takes(&mut self, frame: &Frame, seq: u64, current: &mut Option<u8>, target: Option<u8>) -> bool {
        let Some(now) = *current else {
            let begins = frame.is_key && frame.opens;
            let Some(target) = target.filter(|&target| begins && has(frame.begins, target)) else { return false };
            *self = Self { whole: frame.begins, newest: seq, from: seq, before: target };
            *current = Some(target);
            return true;
        };
        if seq > self.newest {
            self.newest = seq;
            if frame.starts && (frame.is_key || self.whole & frame.of != 0) {
                self.whole |= frame.begins;
            }
            let other = target.filter(|&target| frame.opens && target != now && self.is_whole(target));
            if let Some(target) = other {
                (self.from, self.before) = (seq, now);
                *current = Some(target);
            }
        }
        let point = if seq < self.from { self.before } else { current.unwrap_or(now) };
        let passes = has(frame.of, point);
        if !passes {
            self.whole &= !frame.of;
        }
        passes
    }
}

#[cfg(test)]
mod tests;
