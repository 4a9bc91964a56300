//! The bytes of a file, in the order in which they are appended.

use crate::ebml::{self, *};
use crate::limits::{CLUSTER_MS_MAX, CLUSTER_MS_MIN};
use crate::opus;
use crate::track::{Codec, Frame};

/// What stands in the head of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    Voice,
    /// Width and height in pixels, of the first keyframe.
    Picture(u16, u16),
}

impl Head {
    /// `None`: no file can begin with this frame.
    pub fn of(codec: Codec, frame: &Frame) -> Option<Self> {
        match codec {
            Codec::Opus => Some(Self::Voice),
            Codec::Vp8 => frame.size.map(|(width, height)| Self::Picture(width, height)),
        }
    }
}

/// The one track's number in each file.
pub const TRACK: u8 = 1;
/// Kept for the table of what stands where, which is known at the end only.
pub const SEEK_HEAD_BYTES: usize = 96;
/// Kept for the duration: its name, a size, and a number of 8 bytes.
pub const DURATION_BYTES: usize = 11;
const APP: &[u8] = "Préau".as_bytes();

/// Where the places are that are filled at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    pub segment_size: u64,
    /// Positions within the segment are counted from here, and the kept place for the seek head is here.
    pub segment: u64,
    pub info: u64,
    pub duration: u64,
    pub tracks: u64,
    pub clusters: u64,
}

/// The head of a file: EBML header, a segment of unknown size, the places that are kept, info and track.
pub fn head(head: Head) -> (Vec<u8>, Places) {
    let mut out = ebml_header();
    id(&mut out, SEGMENT);
    let segment_size = out.len() as u64;
    out.extend_from_slice(&UNKNOWN);
    let segment = out.len() as u64;
    void(&mut out, SEEK_HEAD_BYTES);
    let info = out.len() as u64;
    let mut data = Vec::new();
    unsigned(&mut data, TIMESTAMP_SCALE, 1_000_000);
    binary(&mut data, MUXING_APP, APP);
    binary(&mut data, WRITING_APP, APP);
    void(&mut data, DURATION_BYTES);
    binary(&mut out, INFO, &data);
    let duration = (out.len() - DURATION_BYTES) as u64;
    let tracks = out.len() as u64;
    let mut entry = Vec::new();
    track_entry(&mut entry, head);
    let mut data = Vec::new();
    binary(&mut data, TRACK_ENTRY, &entry);
    binary(&mut out, TRACKS, &data);
    let clusters = out.len() as u64;
    (out, Places { segment_size, segment, info, duration, tracks, clusters })
}

fn ebml_header() -> Vec<u8> {
    let mut data = Vec::new();
    for (name, value) in [(0x4286, 1), (0x42f7, 1), (0x42f2, 4), (0x42f3, 8)] {
        unsigned(&mut data, name, value);
    }
    binary(&mut data, 0x4282, b"webm");
    unsigned(&mut data, 0x4287, 4);
    unsigned(&mut data, 0x4285, 2);
    let mut out = Vec::new();
    binary(&mut out, EBML, &data);
    out
}

fn track_entry(out: &mut Vec<u8>, head: Head) {
    unsigned(out, TRACK_NUMBER, u64::from(TRACK));
    unsigned(out, TRACK_UID, u64::from(TRACK));
    unsigned(out, FLAG_LACING, 0);
    let mut data = Vec::new();
    match head {
        Head::Voice => {
            unsigned(out, TRACK_TYPE, 2);
            binary(out, CODEC_ID, b"A_OPUS");
            binary(out, CODEC_PRIVATE, &opus::HEAD);
            // 80 ms are decoded before a place that is sought (RFC 7845, section 4.6).
            unsigned(out, SEEK_PRE_ROLL, 80_000_000);
            float(&mut data, SAMPLING_FREQUENCY, 48_000.0);
            unsigned(&mut data, CHANNELS, 2);
            binary(out, AUDIO, &data);
        }
        Head::Picture(width, height) => {
            unsigned(out, TRACK_TYPE, 1);
            binary(out, CODEC_ID, b"V_VP8");
            unsigned(&mut data, PIXEL_WIDTH, u64::from(width));
            unsigned(&mut data, PIXEL_HEIGHT, u64::from(height));
            binary(out, VIDEO, &data);
        }
    }
}

/// Where the parts of a finished file stand; as many bytes as were kept.
pub fn seek_head(places: &Places, cues: u64) -> Vec<u8> {
    let mut data = Vec::new();
    for (name, at) in [(INFO, places.info), (TRACKS, places.tracks), (CUES, cues)] {
        let mut seek = Vec::new();
        let mut name_bytes = Vec::new();
        id(&mut name_bytes, name);
        binary(&mut seek, SEEK_ID, &name_bytes);
        unsigned_wide(&mut seek, SEEK_POSITION, at - places.segment);
        binary(&mut data, SEEK, &seek);
    }
    let mut out = Vec::new();
    binary(&mut out, SEEK_HEAD, &data);
    let left = SEEK_HEAD_BYTES.saturating_sub(out.len());
    void(&mut out, left);
    out
}

/// Makes bytes of frames. What it gives is appended, all of it and in order.
#[derive(Debug)]
pub struct Writer {
    /// The first bytes, until the first frame.
    head: Option<Vec<u8>>,
    is_picture: bool,
    cluster_ms: Option<i64>,
}

impl Writer {
    pub fn new(kind: Head) -> Self {
        Self { head: Some(head(kind).0), is_picture: matches!(kind, Head::Picture(..)), cluster_ms: None }
    }

    /// The bytes of a frame, after those of the frames before. Its time is not before theirs.
    pub fn frame(&mut self, frame: &Frame) -> Vec<u8> {
        let mut out = self.head.take().unwrap_or_default();
        let begins = self.cluster_ms.is_none_or(|began| {
            let least = if self.is_picture && frame.key { CLUSTER_MS_MIN } else { CLUSTER_MS_MAX };
            frame.at_ms - began >= least
        });
        if begins {
            self.cluster_ms = Some(frame.at_ms);
            id(&mut out, CLUSTER);
            out.extend_from_slice(&UNKNOWN);
            unsigned_wide(&mut out, TIMESTAMP, u64::try_from(frame.at_ms).unwrap_or_default());
        }
        let within = i16::try_from(frame.at_ms - self.cluster_ms.unwrap_or_default()).unwrap_or_default().to_be_bytes();
        id(&mut out, SIMPLE_BLOCK);
        out.extend_from_slice(&ebml::size(frame.data.len() as u64 + 4));
        out.extend_from_slice(&[0x80 | TRACK, within[0], within[1], if frame.key { 0x80 } else { 0 }]);
        out.extend_from_slice(&frame.data);
        out
    }
}
