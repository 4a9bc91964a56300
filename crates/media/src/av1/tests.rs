//! Made-up streams as Chromium describes them, for others' tests as well.

use super::*;
use proptest::prelude::*;

impl Writer {
    /// ns(n).
    fn below(&mut self, number: u32, values: u32) {
        let width = u32::BITS - values.leading_zeros();
        let short = (1 << width) - values;
        let (number, width) = if number < short { (number, width - 1) } else { (number + short, width) };
        self.put(number, width).unwrap();
    }

    fn all(&mut self, fields: &[(u32, u32)]) {
        fields.iter().for_each(|&(number, count)| self.put(number, count).unwrap());
    }

    fn indications(&mut self, letters: &str) {
        letters.chars().for_each(|letter| self.put("-DSR".find(letter).unwrap() as u32, 2).unwrap());
    }
}

/// A template: its layers, what it is to each decode target (as in table A.4), and the frames to which it refers.
pub type Kind = (u8, u8, &'static str, &'static [u32]);

/// Two spatial layers of two temporal layers each, the upper one referring to the lower in key pictures only (L2T2_KEY).
const L2T2_KEY: [Kind; 6] = [
    (0, 0, "SSSS", &[]),
    (0, 0, "SS--", &[4]),
    (0, 1, "-D--", &[2]),
    (1, 0, "--SS", &[1]),
    (1, 0, "--SS", &[4]),
    (1, 1, "---D", &[2]),
];
/// The same, but the upper one always refers to the lower (L2T2).
const L2T2: [Kind; 5] =
    [(0, 0, "SSSS", &[]), (0, 0, "SSRR", &[4]), (0, 1, "-D-R", &[2]), (1, 0, "--SS", &[1, 4]), (1, 1, "---D", &[1, 2])];
/// Three temporal layers (A.6.1, with the decode targets the other way round).
const L1T3: [Kind; 5] =
    [(0, 0, "SSS", &[]), (0, 0, "SSS", &[4]), (0, 1, "-DS", &[2]), (0, 2, "--D", &[1]), (0, 2, "--D", &[1])];

const EXTENDED_WITH_STRUCTURE: (u32, u32) = (0b10000, FLAG_BITS);

/// The descriptor of a key frame's first packet; `active`: the decode targets that it names.
pub fn key(kinds: &[Kind], offset: u32, widths: &[u32], active: Option<u32>) -> Vec<u8> {
    let targets = kinds[0].2.len() as u32;
    let mut writer = Writer::default();
    let (flags, bits) = EXTENDED_WITH_STRUCTURE;
    writer.all(&[(0b10, 2), (offset, 6), (77, 16), (flags | active.map_or(0, |_| HAS_ACTIVE), bits)]);
    writer.all(&[(offset, 6), (targets - 1, 5)]);
    for pair in kinds.windows(2) {
        let next = if pair[1].0 > pair[0].0 { 2 } else { u32::from(pair[1].1 > pair[0].1) };
        writer.all(&[(next, 2)]);
    }
    writer.all(&[(3, 2)]);
    kinds.iter().for_each(|kind| writer.indications(kind.2));
    for kind in kinds {
        kind.3.iter().for_each(|&reference| writer.all(&[(1, 1), (reference - 1, 4)]));
        writer.all(&[(0, 1)]);
    }
    // One chain, which protects everything.
    writer.below(1, targets + 1);
    (0..targets).for_each(|_| writer.below(0, 1));
    kinds.iter().for_each(|_| writer.all(&[(4, 4)]));
    writer.all(&[(u32::from(!widths.is_empty()), 1)]);
    widths.iter().for_each(|&width| writer.all(&[(width - 1, 16), (width * 9 / 16 - 1, 16)]));
    if let Some(active) = active {
        writer.all(&[(active, targets)]);
    }
    writer.bytes().to_vec()
}

/// That of another frame: its template, counted with the offset.
fn other(template: u32) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.all(&[(0b11, 2), (template % 64, 6), (78, 16)]);
    writer.bytes().to_vec()
}

fn structure_of(kinds: &[Kind], offset: u32) -> Structure {
    Descriptor::read(&key(kinds, offset, &[320, 640], None), None).unwrap().structure.unwrap()
}

#[test]
fn a_structure_is_kept_and_says_to_which_points_frames_belong() {
    let bytes = key(&L2T2_KEY, 61, &[320, 640], None);
    let first = Descriptor::read(&bytes, None).unwrap();
    assert_eq!((first.starts, first.ends, first.spatial, first.of, first.begins), (true, false, 0, 0b111, 0b111));
    assert_eq!((first.number, first.active), (77, None));
    let structure = first.structure.unwrap();
    assert_eq!((structure.spatial_layers, structure.temporal_layers, structure.widths_px), (2, 2, [320, 640, 0]));
    let read = |template: u32| {
        let read = Descriptor::read(&other(61 + template), Some(&structure)).unwrap();
        (read.spatial, read.temporal, read.of, read.begins)
    };
    // The third point, of which there are no frames, is the second.
    assert_eq!(read(1), (0, 0, 0b001, 0b001));
    assert_eq!(read(2), (0, 1, 0b001, 0));
    assert_eq!(read(3), (1, 0, 0b110, 0b110));
    assert_eq!(read(5), (1, 1, 0b110, 0));
    assert_eq!(Descriptor::read(&other(61 + 6), Some(&structure)), None, "a template that there is not");
    assert_eq!(Descriptor::read(&other(61), None), None, "nothing is known yet");
    for cut in 0..bytes.len() - 1 {
        assert_eq!(Descriptor::read(&bytes[..cut], None), None, "cut at {cut}");
    }
}

/// The first packet of a key frame as Chrome sends it, three layers in space and three in time, with three chains (LiveKit's
/// tests hold it, too); its last bits are those of the last height.
const CHROME_L3T3: &str = "\
    c1017280081485214eafffaaaa863cf0430c10c302afc0aaa0063c00430010c002a000a80006000040001d954926e082\
    b04a0941b820ac1282503157f974000ca864330e222222eca8655304224230eca877530077004200ef008601df010d";

#[test]
fn what_chrome_sends_is_read_to_its_last_bit() {
    let bytes: Vec<u8> = CHROME_L3T3
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let read = Descriptor::read(&bytes, None).unwrap();
    let structure = read.structure.clone().unwrap();
    assert_eq!((read.number, read.before_active), (370, bytes.len() * 8));
    assert_eq!((structure.targets, structure.templates.len()), (9, 15));
    assert_eq!((structure.spatial_layers, structure.temporal_layers, structure.widths_px), (3, 3, [120, 240, 480]));
    // What a receiver of the second point is sent says so behind the sizes, which stay as they were.
    let onward = Onward::of(&bytes, &read, &structure).to(1).unwrap();
    let again = Descriptor::read(&onward, None).unwrap();
    assert_eq!((again.active, again.structure), (Some(structure.masks[1]), Some(structure)));
}

#[test]
fn where_there_is_one_spatial_layer_points_differ_in_time() {
    let first = Descriptor::read(&key(&L1T3, 0, &[], None), None).unwrap();
    let structure = first.structure.unwrap();
    assert_eq!((structure.spatial_layers, structure.temporal_layers, structure.widths_px), (1, 3, [0; 3]));
    let read = |template| Descriptor::read(&other(template), Some(&structure)).map(|read| (read.of, read.begins));
    assert_eq!([read(1), read(2), read(3)], [Some((0b111, 0b111)), Some((0b110, 0b100)), Some((0b100, 0))]);
}

#[test]
fn a_frame_may_say_otherwise_than_its_template() {
    let structure = structure_of(&L1T3, 3);
    let mut writer = Writer::default();
    // Active decode targets, and indications of its own.
    writer.all(&[(0b11, 2), (3 + 1, 6), (78, 16), (0b01100, 5), (0b011, 3)]);
    writer.indications("-RS");
    let read = Descriptor::read(writer.bytes(), Some(&structure)).unwrap();
    assert_eq!((read.of, read.begins, read.active), (0b110, 0b100, Some(0b011)));
    // They go on with it, behind other targets.
    let onward = Onward::of(writer.bytes(), &read, &structure).to(0).unwrap();
    let gone = Descriptor::read(&onward, Some(&structure)).unwrap();
    assert_eq!(gone, Descriptor { active: Some(0b001), ..read });
}

#[test]
fn each_receiver_is_told_the_targets_that_it_can_decode() {
    for (kinds, expected) in [
        (&L2T2_KEY[..], [0b0011, 0b1100, 0b1100]),
        (&L2T2[..], [0b0011, 0b1111, 0b1111]),
        (&L1T3[..], [0b001, 0b011, 0b111]),
    ] {
        let structure = structure_of(kinds, 5);
        for active in [None, Some(0b001)] {
            for bytes in [other(5 + 1), key(kinds, 5, &[320, 640], active)] {
                let read = Descriptor::read(&bytes, Some(&structure)).unwrap();
                let onward = Onward::of(&bytes, &read, &structure);
                for (point, mask) in (0..).zip(expected) {
                    let gone = Descriptor::read(&onward.to(point).unwrap(), Some(&structure)).unwrap();
                    let before_active = gone.before_active;
                    assert_eq!(gone, Descriptor { active: Some(mask), before_active, ..read.clone() });
                }
                assert_eq!(onward.to(3), None);
            }
        }
    }
    assert_eq!(structure_of(&L1T3, 5).masks, [0b001, 0b011, 0b111]);
}

#[test]
fn frame_numbers_go_on_whoever_is_shown() {
    let mut numbers = FrameNumbers::default();
    numbers.switch(65_534);
    // Some are left out, and one comes late.
    assert_eq!([65_534, 65_535, 1, 0].map(|number| numbers.map(number)), [0, 1, 3, 2]);
    numbers.switch(500);
    assert_eq!([500, 502].map(|number| numbers.map(number)), [4, 6]);
    numbers.switch(3);
    assert_eq!(numbers.map(3), 7);
}

#[test]
fn a_descriptor_that_would_get_too_long_does_not_go_on() {
    let structure = structure_of(&L1T3, 0);
    let mut bytes = vec![0xc1, 0, 9, 0];
    bytes.resize(VALUE_BYTES_MAX, 0);
    let read = Descriptor::read(&bytes, Some(&structure)).unwrap();
    assert_eq!(Onward::of(&bytes, &read, &structure).to(0), None);
    bytes.pop();
    assert!(Onward::of(&bytes, &read, &structure).to(0).is_some());
}

#[test]
fn more_layers_than_there_may_be_are_none() {
    // Templates without end, each of a further layer or of the same one.
    for next in [0, 1, 2] {
        let mut writer = Writer::default();
        writer.all(&[(0b10, 2), (0, 6), (77, 16), EXTENDED_WITH_STRUCTURE, (0, 6), (0, 5)]);
        (0..900).for_each(|_| writer.all(&[(next, 2)]));
        assert_eq!(Descriptor::read(writer.bytes(), None), None);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..255), offset in 0u32..64) {
        let known = structure_of(&L2T2_KEY, offset);
        for known in [None, Some(&known)] {
            let Some(read) = Descriptor::read(&bytes, known) else { continue };
            prop_assert!(read.of < 8 && read.begins & !read.of == 0 && read.spatial < 4 && read.temporal < 8);
            let structure = read.structure.as_ref().or(known).unwrap();
            let onward = Onward::of(&bytes, &read, structure);
            // What goes on says the same of the frame.
            for point in 0..POINTS as u8 {
                let Some(gone) = onward.to(point) else { continue };
                prop_assert!(gone.len() <= VALUE_BYTES_MAX);
                let gone = Descriptor::read(&gone, known);
                let mask = structure.masks[usize::from(point)];
                let before_active = gone.as_ref().map_or(0, |gone| gone.before_active);
                prop_assert_eq!(gone, Some(Descriptor { active: Some(mask), before_active, ..read.clone() }));
            }
        }
    }

    /// Wrong bits in a structure break nothing, and whatever is taken for one can be used.
    #[test]
    fn a_structure_with_a_wrong_bit_breaks_nothing(bit in 0usize..600, template in 0u32..64) {
        let mut bytes = key(&L2T2_KEY, 9, &[320, 640], None);
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 0x80 >> (bit % 8);
        let Some(read) = Descriptor::read(&bytes, None) else { return Ok(()) };
        let Some(structure) = &read.structure else { return Ok(()) };
        prop_assert!((1..=4).contains(&structure.spatial_layers) && (1..=8).contains(&structure.temporal_layers));
        let _ = Descriptor::read(&other(template), Some(structure));
        prop_assert!((0..POINTS as u8).all(|point| Onward::of(&bytes, &read, structure).to(point).is_some()));
    }

    #[test]
    fn what_is_written_is_read(numbers in proptest::collection::vec((any::<u32>(), 1u32..=32), 0..60)) {
        let mut writer = Writer::default();
        let numbers: Vec<(u32, u32)> = numbers.into_iter().map(|(number, count)| (number >> (32 - count), count)).collect();
        writer.all(&numbers);
        let mut bits = Bits { bytes: writer.bytes(), at: 0 };
        for (number, count) in numbers {
            prop_assert_eq!(bits.take(count), Some(number));
        }
        prop_assert!(bits.bytes.len() * 8 - bits.at < 8);
    }
}
