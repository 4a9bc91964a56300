use super::*;
use opus_pure::{Application, OpusEncoder};
use preau_base::{Rng as _, SeededRng, SystemRng};
use preau_media::{SourceId, SourceKind};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};

const CLAIRE: PeerId = PeerId(1);
const INES: PeerId = PeerId(2);
/// Bytes of 16 kHz sound in a packet of 20 ms.
const PACKET_BYTES: usize = 640;

/// Somebody who sings A (440 Hz) into a microphone.
struct Singer {
    encoder: OpusEncoder,
    peer: PeerId,
    at: u32,
}

impl Singer {
    fn new(peer: PeerId) -> Self {
        Self { encoder: OpusEncoder::new(48_000, 1, Application::Voip).expect("an encoder"), peer, at: 0 }
    }

    /// The next 20 ms.
    fn packet(&mut self) -> Tapped {
        let phase = |nth: u32| (self.at * 960 + nth) as f32 * 440.0 / 48_000.0 * std::f32::consts::TAU;
        let samples: Vec<f32> = (0..960).map(|nth| phase(nth).sin() * 0.5).collect();
        let mut payload = vec![0; 1_000];
        let length = self.encoder.encode(&samples, 960, &mut payload).expect("sound");
        self.at += 1;
        tapped(self.peer, self.at as u16, &payload[..length])
    }
}

fn tapped(peer: PeerId, seq: u16, payload: &[u8]) -> Tapped {
    let source = SourceId { peer, kind: SourceKind::Audio };
    let timestamp = u32::from(seq) * 960;
    Tapped { source, run: 7, seq, timestamp, marker: false, payload: payload.into(), came: Instant::now() }
}

type Open = Box<dyn FnMut(PeerId) -> Option<Sender<Vec<u8>>>>;
type Opened = std::rc::Rc<std::cell::RefCell<Vec<(PeerId, Receiver<Vec<u8>>)>>>;

/// An ear, and the ways to the engine that it has opened.
fn ear(heard_max: usize, room: usize) -> (Ear<Open>, Opened) {
    let opened = Opened::default();
    let noted = opened.clone();
    let open = move |peer| {
        let (to, sound) = channel(room);
        noted.borrow_mut().push((peer, sound));
        Some(to)
    };
    (Ear::new(Box::new(open), heard_max), opened)
}

/// What has gone to the engine, as samples, and whether the way is closed.
fn sound(opened: &Opened, at: usize) -> (Vec<i16>, bool) {
    let mut bytes = Vec::new();
    let sound = &mut opened.borrow_mut()[at].1;
    while let Ok(chunk) = sound.try_recv() {
        bytes.extend(chunk);
    }
    let samples = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    (samples, sound.is_closed())
}

fn later(seconds: f32) -> Instant {
    Instant::now() + Duration::from_secs_f32(seconds)
}

#[test]
fn a_voice_is_heard_from_its_first_syllable_until_it_has_been_silent() {
    let (mut ear, opened) = ear(4, 100);
    let mut claire = Singer::new(CLAIRE);
    for _ in 0..10 {
        ear.take(&claire.packet());
    }
    ear.look_around(&[], later(0.0));
    assert!(opened.borrow().is_empty(), "an open microphone is not a voice");
    ear.look_around(&[CLAIRE], later(0.0));
    for _ in 0..40 {
        ear.take(&claire.packet());
    }
    ear.look_around(&[], later(1.5));
    assert!(!sound(&opened, 0).1, "who takes a breath goes on");
    for _ in 0..10 {
        ear.take(&claire.packet());
    }
    ear.look_around(&[], later(2.5));
    let (rest, closed) = sound(&opened, 0);
    assert!(closed);
    assert_eq!(rest.len() * 2, 10 * PACKET_BYTES, "the last piece is not kept back");
    for _ in 0..10 {
        ear.take(&claire.packet());
    }
    ear.look_around(&[], later(2.6));
    assert_eq!(opened.borrow().len(), 1, "what is not said goes nowhere");
}

#[test]
fn what_goes_to_the_engine_is_what_was_sung() {
    let (mut ear, opened) = ear(4, 100);
    let mut claire = Singer::new(CLAIRE);
    ear.take(&claire.packet());
    ear.look_around(&[CLAIRE], later(0.0));
    for _ in 1..100 {
        ear.take(&claire.packet());
    }
    let (samples, _) = sound(&opened, 0);
    assert_eq!(samples.len(), 2 * SAMPLE_RATE_HZ as usize);
    // The codec takes a moment to be in tune.
    let sung = &samples[SAMPLE_RATE_HZ as usize..];
    let crossings = sung.windows(2).filter(|pair| (pair[0] < 0) != (pair[1] < 0)).count();
    assert!((860..=900).contains(&crossings), "{crossings} crossings a second are no A");
    let loudest = sung.iter().map(|sample| i32::from(*sample).abs()).max().unwrap_or_default();
    assert!((10_000..25_000).contains(&loudest), "{loudest}");
}

#[test]
fn packets_that_come_late_or_twice_are_not_said_again() {
    let (mut ear, opened) = ear(4, 100);
    let mut claire = Singer::new(CLAIRE);
    let packets: Vec<Tapped> = (0..3).map(|_| claire.packet()).collect();
    ear.take(&packets[0]);
    ear.look_around(&[CLAIRE], later(0.0));
    for nth in [0, 1, 1, 0, 2, 1] {
        ear.take(&packets[nth]);
    }
    ear.look_around(&[], later(3.0));
    assert_eq!(sound(&opened, 0).0.len() * 2, 3 * PACKET_BYTES);
    // Numbers wrap around, and a new stream counts from anywhere.
    let again = |seq, run| Tapped { run, ..tapped(CLAIRE, seq, &packets[0].payload) };
    for packet in [again(u16::MAX, 8), again(0, 8), again(40_000, 9), again(40_001, 9)] {
        ear.take(&packet);
    }
    ear.look_around(&[CLAIRE], later(3.1));
    ear.look_around(&[], later(6.0));
    assert_eq!(sound(&opened, 1).0.len() * 2, 2 * PACKET_BYTES, "of the last stream");
}

#[test]
fn so_many_voices_and_no_more_and_nobody_waits_for_a_slow_engine() {
    let (mut ear, opened) = ear(1, 2);
    let (mut claire, mut ines) = (Singer::new(CLAIRE), Singer::new(INES));
    ear.take(&claire.packet());
    ear.take(&ines.packet());
    ear.look_around(&[CLAIRE, INES], later(0.0));
    assert_eq!(opened.borrow().len(), 1);
    for _ in 0..200 {
        ear.take(&claire.packet());
    }
    assert_eq!(sound(&opened, 0).0.len() * 2, 2 * CHUNK_BYTES, "what has no room is dropped");
    // The engine hangs up: the voice is offered again after a while, not at once.
    opened.borrow_mut().clear();
    ear.look_around(&[CLAIRE], later(0.1));
    ear.look_around(&[CLAIRE], later(1.0));
    assert!(opened.borrow().is_empty());
    ear.look_around(&[CLAIRE], later(6.0));
    assert_eq!(opened.borrow().len(), 1);
    // Who is not known was not heard yet; who has gone is forgotten.
    ear.look_around(&[PeerId(9)], later(6.0));
    ear.look_around(&[], later(60.0));
    assert!(ear.voices.is_empty());
}

#[test]
#[expect(clippy::print_stdout, reason = "the seed of a failure")]
fn a_microphone_that_sends_anything_harms_nobody() {
    let seed = SystemRng.next_u64();
    println!("seed {seed}");
    let rng = &mut SeededRng::new(seed);
    let (mut ear, opened) = ear(4, 10_000);
    ear.take(&tapped(CLAIRE, 0, &[]));
    ear.look_around(&[CLAIRE], later(0.0));
    for seq in 1..3_000 {
        let mut payload = vec![0; usize::try_from(rng.below(300)).unwrap_or_default()];
        rng.fill(&mut payload);
        ear.take(&tapped(CLAIRE, seq, &payload));
    }
    ear.look_around(&[], later(3.0));
    let (samples, closed) = sound(&opened, 0);
    assert!(closed && samples.len() <= 3_000 * PACKET_SAMPLES_MAX);
}
