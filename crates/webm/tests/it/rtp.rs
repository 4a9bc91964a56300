//! A sender, and a network between.

use preau_webm::{Codec, Frame, Head, Packet, Track, Writer};

/// A packet on its way: when it comes, and what it is.
#[derive(Clone, Debug)]
pub struct Sent {
    pub at_ms: i64,
    pub seq: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Vec<u8>,
}

/// Frames as VP8 over RTP, 40 ms apart, numbers about to wrap.
pub fn pictures(frames: &[Vec<u8>]) -> Vec<Sent> {
    let mut sent = Vec::new();
    let mut seq = 65_500_u16;
    for (index, frame) in (0_u32..).zip(frames) {
        let pieces: Vec<&[u8]> = frame.chunks(1_000).collect();
        for (nth, piece) in pieces.iter().enumerate() {
            let picture = [0x80, 0x80 | (index >> 8) as u8 & 0x7f, index as u8];
            let first = if nth == 0 { 0x90 } else { 0x80 };
            let payload = [&[first], &picture[..], piece].concat();
            let marker = nth + 1 == pieces.len();
            let timestamp = 0xffff_0000_u32.wrapping_add(index * 3_600);
            sent.push(Sent { at_ms: i64::from(index) * 40, seq, timestamp, marker, payload });
            seq = seq.wrapping_add(1);
        }
    }
    sent
}

/// Packets of 20 ms.
pub fn voices(packets: &[Vec<u8>]) -> Vec<Sent> {
    let one = |(index, payload): (u32, &Vec<u8>)| Sent {
        at_ms: i64::from(index) * 20,
        seq: 65_000_u16.wrapping_add(index as u16),
        timestamp: 0xffff_ff00_u32.wrapping_add(index * 960),
        marker: index == 0,
        payload: payload.clone(),
    };
    (0..).zip(packets).map(one).collect()
}

/// What comes out of a track for what comes in, and the track.
pub fn receive(codec: Codec, mut sent: Vec<Sent>) -> (Vec<Frame>, Track) {
    sent.sort_by_key(|packet| packet.at_ms);
    let mut track = Track::new(codec);
    let mut frames = Vec::new();
    for Sent { at_ms, seq, timestamp, marker, payload } in &sent {
        track.push(&Packet { seq: *seq, timestamp: *timestamp, marker: *marker, payload }, 50_000 + at_ms);
        frames.extend(std::iter::from_fn(|| track.pop(50_000 + at_ms)));
    }
    frames.extend(std::iter::from_fn(|| track.pop(i64::MAX)));
    (frames, track)
}

/// The bytes of a file, and where each frame ends in it.
pub fn write(codec: Codec, frames: &[Frame]) -> (Vec<u8>, Vec<usize>) {
    let mut writer = Writer::new(Head::of(codec, &frames[0]).unwrap());
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    for frame in frames {
        bytes.extend(writer.frame(frame));
        ends.push(bytes.len());
    }
    (bytes, ends)
}
