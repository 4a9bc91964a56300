//! Reads a file that was appended to until it ended, or its writer did, and says how it becomes one that can be sought in.

use crate::ebml::{self, *};
use crate::limits::CUES_MAX;
use crate::writer::{self, Head, Places, TRACK};

/// Bytes of an element's head, and of the beginning of a block: track, time, flags, and Opus' first two.
const PEEK_BYTES: usize = 12 + 6;
/// The bytes before the first cluster.
const HEAD_BYTES_MAX: usize = 512;

/// What is to be done to the file, in this order, each step on the disk before the next: cut it to `bytes`, append `cues`,
/// make the patches. Broken off anywhere, it can be read and finished again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// What is whole: all behind is cut off.
    pub bytes: u64,
    pub cues: Vec<u8>,
    pub patches: Vec<Patch>,
    pub duration_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    pub at: u64,
    pub bytes: Vec<u8>,
}

struct Cluster {
    at: u64,
    ends: u64,
    began_ms: i64,
    begins_with_key: Option<bool>,
}

struct Block {
    at_ms: i64,
    lasts_ms: i64,
    key: bool,
}

/// Takes the bytes of a file, in pieces of any length, and says at their end what makes it whole.
#[derive(Default)]
pub struct Ending {
    /// What was not understood yet.
    waiting: Vec<u8>,
    /// The position of the first byte that waits.
    at: u64,
    /// Bytes of a block that are passed over.
    skip: u64,
    head: Option<Places>,
    is_voice: bool,
    clusters: Vec<Cluster>,
    /// The block that is passed over; it counts when all of it is there.
    block: Option<Block>,
    ends_ms: i64,
    /// Nothing behind this is read any more.
    over: bool,
}

impl Ending {
    pub fn push(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        while !bytes.is_empty() && !self.over {
            // A little at a time: what waits stays small, and what is passed over is never kept.
            let passed = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
            let (over, rest) = bytes.split_at(passed);
            let (taken, rest) = rest.split_at(rest.len().min(HEAD_BYTES_MAX));
            bytes = rest;
            self.pass(over.len());
            self.waiting.extend_from_slice(taken);
            self.read_on(PEEK_BYTES);
        }
    }

    /// What makes the file whole; `None` when nothing in it can be played.
    pub fn end(mut self) -> Option<Finish> {
        // The last block may end with the file, and be shorter than what is looked at.
        self.read_on(0);
        let places = self.head?;
        self.clusters.retain(|cluster| cluster.begins_with_key.is_some());
        let bytes = self.clusters.last()?.ends;
        let duration_ms = self.ends_ms;
        let cues = self.cues(&places);
        let mut patches = Vec::with_capacity(self.clusters.len() + 3);
        for cluster in &self.clusters {
            patches.push(Patch { at: cluster.at + 4, bytes: ebml::size(cluster.ends - cluster.at - 12).into() });
        }
        let mut duration = Vec::new();
        float(&mut duration, DURATION, duration_ms as f64);
        patches.push(Patch { at: places.duration, bytes: duration });
        patches.push(Patch { at: places.segment, bytes: writer::seek_head(&places, bytes) });
        let segment_bytes = bytes + cues.len() as u64 - places.segment;
        patches.push(Patch { at: places.segment_size, bytes: ebml::size(segment_bytes).into() });
        Some(Finish { bytes, cues, patches, duration_ms })
    }

    fn cues(&self, places: &Places) -> Vec<u8> {
        let keyed: Vec<&Cluster> = self.clusters.iter().filter(|it| it.begins_with_key == Some(true)).collect();
        let step = keyed.len().div_ceil(CUES_MAX).max(1);
        let mut data = Vec::new();
        for cluster in keyed.into_iter().step_by(step) {
            let mut positions = Vec::new();
            unsigned(&mut positions, CUE_TRACK, u64::from(TRACK));
            unsigned(&mut positions, CUE_CLUSTER_POSITION, cluster.at - places.segment);
            let mut point = Vec::new();
            unsigned(&mut point, CUE_TIME, u64::try_from(cluster.began_ms).unwrap_or_default());
            binary(&mut point, CUE_TRACK_POSITIONS, &positions);
            binary(&mut data, CUE_POINT, &point);
        }
        let mut out = Vec::new();
        binary(&mut out, CUES, &data);
        out
    }

    /// Understands what waits, as long as that is at least so many bytes.
    fn read_on(&mut self, least: usize) {
        loop {
            let waiting = usize::try_from(self.skip).unwrap_or(usize::MAX).min(self.waiting.len());
            self.waiting.drain(..waiting);
            self.pass(waiting);
            let enough = self.skip == 0 && !self.over && self.waiting.len() >= least;
            let understood = enough && if self.head.is_none() { self.read_head() } else { self.element() };
            if !understood {
                return;
            }
        }
    }

    /// So many bytes of a block are behind.
    fn pass(&mut self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        self.at += bytes as u64;
        self.skip -= bytes as u64;
        if let (0, Some(block), Some(cluster)) = (self.skip, &self.block, self.clusters.last_mut()) {
            cluster.ends = self.at;
            cluster.begins_with_key.get_or_insert(block.key);
            self.ends_ms = block.at_ms + block.lasts_ms;
        }
    }

    fn read_head(&mut self) -> bool {
        // A finished file has the same head, but for what stands in the places that were kept.
        // Its length depends on whether width and height take one byte or two.
        let pictures = [(1, 1), (256, 1), (256, 256)].map(|(width, height)| Head::Picture(width, height));
        for kind in [Head::Voice].into_iter().chain(pictures) {
            let (expect, places) = writer::head(kind);
            let ends = usize::try_from(places.clusters).unwrap_or(usize::MAX);
            let follows = self.waiting.get(ends..ends + 4).is_some_and(|name| name == CLUSTER.to_be_bytes());
            let until = usize::try_from(places.segment_size).unwrap_or_default();
            if follows && self.waiting.get(..until) == expect.get(..until) {
                self.head = Some(places);
                self.is_voice = kind == Head::Voice;
                self.take(ends);
                return true;
            }
        }
        self.over = self.waiting.len() >= HEAD_BYTES_MAX;
        false
    }

    /// `false`: the bytes end within the element's head.
    fn element(&mut self) -> bool {
        match ebml::read(&self.waiting) {
            Ok((CLUSTER, _, head)) => self.cluster(head),
            Ok((SIMPLE_BLOCK, Some(size), head)) if size > 4 => self.block(size, head),
            Err(true) => false,
            // Cues, which are made anew, and whatever else is not ours.
            Ok(_) | Err(false) => {
                self.over = true;
                false
            }
        }
    }

    fn cluster(&mut self, head: usize) -> bool {
        let Some(stamp) = self.waiting.get(head..head + 10) else { return false };
        let (Ok((TIMESTAMP, Some(8), 2)), Ok(time)) = (ebml::read(stamp), <[u8; 8]>::try_from(&stamp[2..])) else {
            self.over = true;
            return false;
        };
        let began_ms = i64::try_from(u64::from_be_bytes(time)).unwrap_or_default();
        let at = self.at;
        self.take(head + 10);
        self.clusters.push(Cluster { at, ends: self.at, began_ms, begins_with_key: None });
        true
    }

    fn block(&mut self, size: u64, head: usize) -> bool {
        let Some(&[_, high, low, flags, ref data @ ..]) = self.waiting.get(head..).filter(|it| it.len() > 4) else {
            return false;
        };
        let Some(cluster) = self.clusters.last_mut() else {
            self.over = true;
            return false;
        };
        let lasts_ms =
            if self.is_voice { crate::opus::samples(data).map_or(0, |count| i64::from(count) / 48) } else { 33 };
        let at_ms = cluster.began_ms + i64::from(i16::from_be_bytes([high, low]));
        self.block = Some(Block { at_ms, lasts_ms, key: flags & 0x80 != 0 });
        self.skip = head as u64 + size;
        true
    }

    fn take(&mut self, bytes: usize) {
        self.waiting.drain(..bytes);
        self.at += bytes as u64;
    }
}
