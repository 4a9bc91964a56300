use super::*;
use crate::av1::{Kind, key};
use crate::rewrite::{Numbers, Rewriter};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Instant;

/// How a made-up encoder arranges its layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Three spatial layers which need the one below in key pictures only (L3T3_KEY), or always (L3T3).
    Keyed,
    Full,
    /// One spatial layer of three temporal ones (L1T3).
    Temporal,
}

const CODECS: [Codec; 2] = [Codec::Vp9, Codec::Av1];
const SHAPES: [Shape; 3] = [Shape::Keyed, Shape::Full, Shape::Temporal];

/// How AV1 says that: the frame of a key picture and those of each temporal layer, spatial layer by spatial layer.
const KEYED: [Kind; 12] = [
    (0, 0, "SSSSSSSSS", &[]),
    (0, 0, "SSS------", &[]),
    (0, 1, "-DS------", &[]),
    (0, 2, "--D------", &[]),
    (1, 0, "---SSSSSS", &[]),
    (1, 0, "---SSS---", &[]),
    (1, 1, "----DS---", &[]),
    (1, 2, "-----D---", &[]),
    (2, 0, "------SSS", &[]),
    (2, 0, "------SSS", &[]),
    (2, 1, "-------DS", &[]),
    (2, 2, "--------D", &[]),
];
const FULL: [Kind; 12] = [
    (0, 0, "SSSSSSSSS", &[]),
    (0, 0, "SSSRRRRRR", &[]),
    (0, 1, "-DS-RR-RR", &[]),
    (0, 2, "--D--R--R", &[]),
    (1, 0, "---SSSSSS", &[]),
    (1, 0, "---SSSRRR", &[]),
    (1, 1, "----DS-RR", &[]),
    (1, 2, "-----D--R", &[]),
    (2, 0, "------SSS", &[]),
    (2, 0, "------SSS", &[]),
    (2, 1, "-------DS", &[]),
    (2, 2, "--------D", &[]),
];
const TEMPORAL: [Kind; 4] = [(0, 0, "SSS", &[]), (0, 0, "SSS", &[]), (0, 1, "-DS", &[]), (0, 2, "--D", &[])];

/// A frame by its picture and spatial layer.
type Name = (u64, u8);

struct Packet {
    name: Name,
    needs: Vec<Name>,
    payload: Vec<u8>,
    descriptor: Option<av1::Value>,
    marker: bool,
    is_last: bool,
}

/// Of a packet of AV1.
fn descriptor(shape: Shape, is_key: bool, (spatial, temporal): (u8, u8), nth: u8) -> av1::Value {
    let (kinds, widths): (&[Kind], &[u32]) = match shape {
        Shape::Keyed => (&KEYED, &[320, 640, 1_280]),
        Shape::Full => (&FULL, &[320, 640, 1_280]),
        Shape::Temporal => (&TEMPORAL, &[320]),
    };
    let has_structure = is_key && spatial == 0 && nth == 0;
    let mut bytes = if has_structure { key(kinds, 0, widths, None) } else { vec![0; 3] };
    bytes[0] = (1 - nth) << 7 | nth << 6 | (spatial * 4 + if is_key { 0 } else { 1 + temporal });
    av1::Value(bytes.into())
}

/// The frames of a picture, two packets each; `key`: the picture with which the sequence began.
fn picture(codec: Codec, shape: Shape, number: u64, key: u64) -> Vec<Packet> {
    let is_key = number == key;
    let temporal: u8 = [0, 2, 1, 2][usize::try_from((number - key) % 4).unwrap()];
    let before = number.saturating_sub([4, 2, 1][usize::from(temporal)]);
    let layers = if shape == Shape::Temporal { 1 } else { 3 };
    let mut packets = Vec::new();
    for spatial in 0..layers {
        let needs_lower = spatial > 0 && (is_key || shape == Shape::Full);
        let is_alone = spatial + 1 == layers || (shape == Shape::Keyed && !is_key);
        let mut needs = Vec::new();
        needs.extend(needs_lower.then(|| (number, spatial - 1)));
        needs.extend((!is_key).then_some((before, spatial)));
        for nth in 0..2 {
            let has_structure = is_key && spatial == 0 && nth == 0;
            let mut payload = vec![0xa0 | u8::from(is_alone)];
            payload[0] |= if is_key { 0 } else { 0x40 };
            payload[0] |= if nth == 0 { 0x08 } else { 0x04 } | if has_structure { 0x02 } else { 0 };
            payload.extend(((number & 0x7fff) as u16 | 0x8000).to_be_bytes());
            payload.extend([temporal << 5 | 0x10 | spatial << 1 | u8::from(needs_lower), 7]);
            if has_structure {
                payload.push((layers - 1) << 5 | 0x10);
                for layer in 0..layers {
                    payload.extend((320_u16 << layer).to_be_bytes());
                    payload.extend((180_u16 << layer).to_be_bytes());
                }
            }
            payload.push(9);
            let is_last = nth == 1;
            let marker = is_last && spatial + 1 == layers;
            let descriptor = (codec == Codec::Av1).then(|| descriptor(shape, is_key, (spatial, temporal), nth));
            packets.push(Packet {
                name: (number, spatial),
                needs: needs.clone(),
                payload,
                descriptor,
                marker,
                is_last,
            });
        }
    }
    packets
}

/// A receiver's slot, and what its decoder has.
struct Slot {
    codec: Codec,
    stream: Stream,
    sieve: Sieve,
    rewriter: Rewriter,
    current: Option<u8>,
    target: Option<u8>,
    decoded: BTreeSet<Name>,
    /// The names of what went out, whether with a marker, under which numbers.
    out: Vec<(Name, bool, u64)>,
}

impl Slot {
    fn new(codec: Codec) -> Self {
        Self {
            codec,
            stream: Stream::default(),
            sieve: Sieve::default(),
            rewriter: Rewriter::new(90_000, 0),
            current: None,
            target: None,
            decoded: BTreeSet::new(),
            out: Vec::new(),
        }
    }

    fn want(&mut self, target: Option<u8>) {
        self.target = target;
        if target.is_none() {
            self.current = None;
        }
    }

    fn waits(&self) -> bool {
        let target = self.target.filter(|&target| self.current != Some(target));
        target.is_some_and(|target| self.current.is_none() || !self.sieve.is_whole(target))
    }

    /// Takes a packet; fails when a decoder could not use it.
    fn take(&mut self, seq: u64, packet: &Packet) {
        let at = Instant::now();
        let timestamp = (packet.name.0 * 3_000) as u32;
        let read = self.stream.read(self.codec, &packet.payload, packet.descriptor.as_ref(), timestamp);
        let frame = read.unwrap().frame;
        assert_eq!(frame.lacks_key, self.codec == Codec::Av1 && self.stream.structure.is_none());
        let numbers = Numbers { seq, timestamp, picture: None, tl0: None };
        let begins = self.current.is_none();
        if !self.sieve.takes(&frame, seq, &mut self.current, self.target) {
            if !begins {
                assert_eq!(self.rewriter.skip(numbers, at), None);
            }
            return;
        }
        if begins {
            self.decoded.clear();
            self.rewriter.switch(numbers, at);
        }
        let missing: Vec<&Name> = packet.needs.iter().filter(|need| !self.decoded.contains(need)).collect();
        assert!(missing.is_empty(), "{:?} without {missing:?}", packet.name);
        if packet.is_last {
            self.decoded.insert(packet.name);
        }
        let marker = packet.marker || frame.ends && self.current.is_some_and(|point| has(frame.tops, point));
        self.out.push((packet.name, marker, self.rewriter.map(numbers, at).unwrap().seq));
    }
}

/// What went out is numbered without holes, and each picture ends with its only marker.
fn check_out(out: &[(Name, bool, u64)]) {
    assert!(out.windows(2).all(|pair| pair[1].2 == pair[0].2 + 1), "holes");
    for pair in out.windows(2) {
        let [(name, marker, _), (next, ..)] = pair else { continue };
        assert_eq!(*marker, name.0 != next.0, "the end of {name:?}, before {next:?}");
    }
}

fn run(shape: Shape, slot: &mut Slot, pictures: std::ops::Range<u64>, key: u64, seq: &mut u64) {
    for number in pictures {
        for packet in picture(slot.codec, shape, number, key) {
            slot.take(*seq, &packet);
            *seq += 1;
        }
    }
}

#[test]
fn a_slot_is_sent_what_its_layer_needs_and_no_more() {
    let spatial_of = |shape, point| {
        let sent = CODECS.map(|codec| {
            let mut slot = Slot::new(codec);
            slot.want(Some(point));
            run(shape, &mut slot, 8..12, 8, &mut 100);
            check_out(&slot.out);
            slot.out.iter().step_by(2).map(|(name, ..)| *name).collect::<Vec<_>>()
        });
        assert_eq!(sent[0], sent[1]);
        sent[0].clone()
    };
    assert_eq!(spatial_of(Shape::Keyed, 0), [(8, 0), (9, 0), (10, 0), (11, 0)]);
    assert_eq!(spatial_of(Shape::Keyed, 2), [(8, 0), (8, 1), (8, 2), (9, 2), (10, 2), (11, 2)]);
    assert_eq!(spatial_of(Shape::Full, 1), [(8, 0), (8, 1), (9, 0), (9, 1), (10, 0), (10, 1), (11, 0), (11, 1)]);
    assert_eq!(spatial_of(Shape::Temporal, 0), [(8, 0)]);
    assert_eq!(spatial_of(Shape::Temporal, 1), [(8, 0), (10, 0)]);
    assert_eq!(spatial_of(Shape::Temporal, 2), [(8, 0), (9, 0), (10, 0), (11, 0)]);
}

#[test]
fn a_slot_begins_with_a_key_picture() {
    for codec in CODECS {
        let mut slot = Slot::new(codec);
        let mut seq = 5;
        slot.want(Some(1));
        run(Shape::Keyed, &mut slot, 2..6, 1, &mut seq);
        assert!(slot.out.is_empty() && slot.waits());
        run(Shape::Keyed, &mut slot, 6..8, 6, &mut seq);
        assert_eq!((slot.out[0].0, slot.current), ((6, 0), Some(1)));
        let width = |stream: &Stream, point| stream.width_px(point);
        assert_eq!([0, 1, 2].map(|point| width(&slot.stream, point)), [Some(320), Some(640), Some(1_280)]);
    }
}

#[test]
fn up_with_a_key_picture_and_down_at_once_where_the_lower_layer_has_been_sent() {
    let shapes = [(Shape::Keyed, false), (Shape::Full, true)];
    for (codec, (shape, is_sent)) in CODECS.into_iter().flat_map(|codec| shapes.map(|shape| (codec, shape))) {
        let mut slot = Slot::new(codec);
        let mut seq = 5;
        slot.want(Some(1));
        run(shape, &mut slot, 0..4, 0, &mut seq);
        slot.want(Some(2));
        run(shape, &mut slot, 4..8, 0, &mut seq);
        assert_eq!((slot.current, slot.waits()), (Some(1), true), "{shape:?}");
        run(shape, &mut slot, 8..12, 8, &mut seq);
        assert_eq!(slot.current, Some(2));
        slot.want(Some(0));
        assert_eq!(slot.waits(), !is_sent);
        run(shape, &mut slot, 12..13, 8, &mut seq);
        assert_eq!(slot.current, Some(if is_sent { 0 } else { 2 }));
        run(shape, &mut slot, 13..15, 13, &mut seq);
        assert_eq!(slot.current, Some(0));
        check_out(&slot.out);
    }
}

#[test]
fn temporal_layers_come_back_at_a_switching_point_without_a_key_picture() {
    for codec in CODECS {
        let mut slot = Slot::new(codec);
        let mut seq = 5;
        slot.want(Some(0));
        run(Shape::Temporal, &mut slot, 0..3, 0, &mut seq);
        slot.want(Some(2));
        run(Shape::Temporal, &mut slot, 3..4, 0, &mut seq);
        assert_eq!(slot.current, Some(0), "what it refers to was left out");
        run(Shape::Temporal, &mut slot, 4..5, 0, &mut seq);
        assert_eq!(slot.current, Some(2));
        slot.want(Some(1));
        run(Shape::Temporal, &mut slot, 5..9, 0, &mut seq);
        assert_eq!(slot.current, Some(1));
        check_out(&slot.out);
        assert_eq!([0, 1, 2].map(|point| slot.stream.width_px(point)), [Some(0), Some(0), Some(320)]);
    }
}

#[test]
fn a_packet_that_comes_late_goes_where_its_picture_went() {
    for codec in CODECS {
        let mut slot = Slot::new(codec);
        let mut seq = 5;
        slot.want(Some(2));
        run(Shape::Full, &mut slot, 0..2, 0, &mut seq);
        let mut packets = picture(codec, Shape::Full, 2, 0);
        let late = packets.pop().unwrap();
        for packet in &packets {
            slot.take(seq, packet);
            seq += 1;
        }
        let late_seq = seq;
        seq += 1;
        slot.want(Some(0));
        let next = picture(codec, Shape::Full, 3, 0);
        for packet in next.iter().filter(|packet| packet.needs.iter().all(|need| *need != (2, 2))) {
            slot.take(seq, packet);
            seq += 1;
        }
        assert_eq!(slot.current, Some(0));
        slot.take(late_seq, &late);
        assert_eq!((slot.out.last().unwrap().0, slot.out.last().unwrap().1), ((2, 2), true));
        slot.out.sort_unstable_by_key(|(_, _, number)| *number);
        check_out(&slot.out);
    }
}

proptest! {
    /// Whatever is wanted when: a decoder can use all that comes, numbers have no holes, each picture ends with a marker, and what
    /// is wanted comes with the key picture that is asked for.
    #[test]
    fn a_decoder_can_use_whatever_comes(
        codec in proptest::sample::select(CODECS.to_vec()),
        shape in proptest::sample::select(SHAPES.to_vec()),
        steps in proptest::collection::vec((proptest::option::of(0u8..3), 1u64..9, 0u64..6), 1..40),
    ) {
        let mut slot = Slot::new(codec);
        let (mut seq, mut number, mut key) = (1_000, 0, 0);
        for (target, pictures, delay) in steps {
            slot.want(target);
            let mut due = None;
            for _ in 0..pictures {
                if due.is_some_and(|due| number >= due) {
                    (key, due) = (number, None);
                } else if slot.waits() && due.is_none() {
                    due = Some(number + delay);
                }
                let was_waiting = slot.waits();
                run(shape, &mut slot, number..number + 1, key, &mut seq);
                if key == number || !was_waiting {
                    prop_assert_eq!(slot.current, slot.target);
                }
                number += 1;
            }
        }
        // Pauses end a picture where they come: here, between two.
        check_out(&slot.out);
    }

    #[test]
    fn any_packets_are_sorted_without_panic(
        codec in proptest::sample::select(CODECS.to_vec()),
        shape in proptest::sample::select(SHAPES.to_vec()),
        packets in proptest::collection::vec((
            proptest::collection::vec(any::<u8>(), 0..40),
            proptest::option::of(proptest::collection::vec(any::<u8>(), 0..8)),
            0u64..60, 0u32..4, proptest::option::of(0u8..3),
        ), 0..80),
    ) {
        let (mut stream, mut sieve, mut current) = (Stream::default(), Sieve::default(), None);
        let mut rewriter = Rewriter::new(90_000, 0);
        // Of AV1 little is said without a structure.
        let begins = descriptor(shape, true, (0, 0), 0);
        prop_assert!(codec == Codec::Vp9 || stream.read(codec, &[], Some(&begins), 0).is_some());
        for (bytes, value, seq, timestamp, target) in packets {
            let value = value.map(|value| av1::Value(value.into()));
            let Some(read) = stream.read(codec, &bytes, value.as_ref(), timestamp) else { continue };
            let frame = read.frame;
            prop_assert!(frame.of <= ALL && frame.begins & !frame.of == 0);
            let numbers = Numbers { seq, timestamp, picture: None, tl0: None };
            if sieve.takes(&frame, seq, &mut current, target) {
                let _ = rewriter.map(numbers, Instant::now());
            } else {
                let _ = rewriter.skip(numbers, Instant::now());
            }
        }
    }
}

#[test]
fn av1_that_does_not_describe_itself_is_one_part() {
    let (mut stream, mut sieve, mut current) = (Stream::default(), Sieve::default(), None);
    // A packet in the middle, then a sequence that begins, of two packets, and a picture behind it.
    let packets = [(0x10, 0, false), (0x48, 3_000, true), (0x80, 3_000, true), (0x10, 6_000, true)];
    for (seq, (head, timestamp, is_sent)) in (1..).zip(packets) {
        let read = stream.read(Codec::Av1, &[head, 7], None, timestamp).unwrap();
        assert!(read.numbers.is_none() && read.onward.is_none());
        assert_eq!(sieve.takes(&read.frame, seq, &mut current, Some(0)), is_sent, "packet {seq}");
    }
    assert_eq!((current, stream.width_px(0)), (Some(0), None));
    assert!(stream.read(Codec::Av1, &[], None, 9_000).is_none());
}

#[test]
fn frames_behind_a_key_picture_that_was_lost_go_to_nobody() {
    let mut slot = Slot::new(Codec::Av1);
    let mut seq = 5;
    slot.want(Some(2));
    run(Shape::Keyed, &mut slot, 0..2, 0, &mut seq);
    // The first template that the structure does not have.
    let unknown = av1::Value([0xc0 | KEYED.len() as u8, 0, 9].into());
    let read = slot.stream.read(Codec::Av1, &[0x10], Some(&unknown), 9_000).unwrap();
    assert!(read.frame.lacks_key && read.onward.is_none());
    assert!(!slot.sieve.takes(&read.frame, seq, &mut slot.current, slot.target));
    let cut = av1::Value([0xc0, 0].into());
    assert!(slot.stream.read(Codec::Av1, &[0x10], Some(&cut), 9_000).is_none());
}
