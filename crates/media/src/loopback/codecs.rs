//! Who sends what, and pictures whose layers come in one stream.

use super::*;
use crate::client::Codecs;
use crate::tap::Tap;

/// Bytes of a picture's layers.
const LAYERS: [usize; 3] = [500, 1_500, 4_000];

fn vp9() -> ClientConfig {
    ClientConfig { codecs: Codecs::Vp9, ..ClientConfig::default() }
}

fn av1() -> ClientConfig {
    ClientConfig { codecs: Codecs::Av1, ..ClientConfig::default() }
}

/// What a peer was last told to send.
fn sends(hall: &Hall, id: u64) -> Option<Codec> {
    let told = |event: &MediaEvent| match event {
        MediaEvent::Sends { peer, codec } if *peer == PeerId(id) => Some(*codec),
        _ => None,
    };
    hall.seen.iter().rev().find_map(told)
}

#[test]
fn all_send_what_all_can_decode() {
    let mut hall = Hall::of(1, 5_000, Codec::Vp9);
    hall.join(1, PublishRights::ALL, vp9());
    hall.join(2, PublishRights::ALL, vp9());
    hall.until("both send VP9", |hall| [1, 2].iter().all(|&id| sends(hall, id) == Some(Codec::Vp9)));
    hall.join(3, PublishRights::NONE, ClientConfig::default());
    hall.until("both send VP8", |hall| [1, 2].iter().all(|&id| sends(hall, id) == Some(Codec::Vp8)));
    assert_eq!(sends(&hall, 3), None, "that is what it sends");
    hall.room.leave(PeerId(3)).unwrap();
    hall.until("both send VP9 again", |hall| [1, 2].iter().all(|&id| sends(hall, id) == Some(Codec::Vp9)));
    let (tap, _taken) = Tap::new();
    hall.room.set_tap(Some(tap)).unwrap();
    hall.until("both send VP8 for the recording", |hall| [1, 2].iter().all(|&id| sends(hall, id) == Some(Codec::Vp8)));
}

#[test]
fn without_the_setting_nobody_is_told_anything_nor_answered_vp9() {
    let mut hall = Hall::open();
    let (_, offer) = Client::new(vp9(), Instant::now()).unwrap();
    assert!(offer.contains("VP9/90000"));
    let answer = runtime().block_on(hall.room.join(PeerId(1), PublishRights::ALL, offer)).unwrap();
    assert!(!answer.contains("VP9"));
    hall.join(2, PublishRights::ALL, vp9());
    hall.until("it is connected", |hall| hall.clients[0].connected);
    hall.run_for(Duration::from_millis(300));
    assert_eq!((sends(&hall, 1), sends(&hall, 2)), (None, None));
}

#[test]
fn who_does_not_know_what_describes_av1_is_sent_vp8() {
    let mut hall = Hall::of(1, 5_000, Codec::Av1);
    hall.join(1, PublishRights::ALL, av1());
    hall.until("it sends AV1", |hall| sends(hall, 1) == Some(Codec::Av1));
    let (mut client, offer) = Client::new(av1(), Instant::now()).unwrap();
    let offer = offer.replace("dependency-descriptor", "another");
    let answer = runtime().block_on(hall.room.join(PeerId(2), PublishRights::NONE, offer)).unwrap();
    client.accept(&answer).unwrap();
    hall.clients.push(client);
    hall.until("it sends VP8", |hall| sends(hall, 1) == Some(Codec::Vp8));
}

#[test]
fn each_is_sent_the_layer_of_vp9_that_it_shows() {
    each_is_sent_its_layer(Codec::Vp9, vp9());
}

#[test]
fn each_is_sent_the_layer_of_av1_that_it_shows() {
    each_is_sent_its_layer(Codec::Av1, av1());
}

fn each_is_sent_its_layer(codec: Codec, config: ClientConfig) {
    let mut hall = Hall::of(1, 8_000, codec);
    hall.join(1, PublishRights::ALL, config);
    hall.join(2, PublishRights::NONE, config);
    hall.join(3, PublishRights::NONE, config);
    hall.join(4, PublishRights::NONE, ClientConfig::default());
    let slots = |hall: &Hall, client: usize| -> Vec<SlotWant> {
        let width = [0, 320, 1_280, 1_280][client];
        hall.clients[client].pictures.iter().map(|mid| SlotWant { mid: mid.to_string(), max_width_px: width }).collect()
    };
    for client in 1..4 {
        hall.room.set_want(PeerId(client as u64 + 1), slots(&hall, client)).unwrap();
    }
    let mut next = Instant::now();
    let got = |hall: &Hall, client: usize| {
        let slot = hall.slot_of(client as u64 + 1, camera(1));
        slot.map(|(mid, paused)| (hall.clients[client].received(mid), paused)).unwrap_or_default()
    };
    let start = Instant::now();
    while got(&hall, 1).0.pictures < 60 || got(&hall, 2).0.layers[2] < 60 {
        assert!(start.elapsed() < PATIENCE, "{:?} {:?}", got(&hall, 1), got(&hall, 2));
        let now = Instant::now();
        if now >= next && hall.clients[0].connected {
            next = now + Duration::from_millis(20);
            hall.clients[0].send_layers(LAYERS, 1_800, now);
        }
        hall.step();
    }
    let (narrow, wide) = (got(&hall, 1).0, got(&hall, 2).0);
    assert_eq!((narrow.layers[2], narrow.breaks, wide.breaks), (0, 0, 0), "{narrow:?}");
    assert!(narrow.layers[0] >= narrow.pictures && wide.layers[2] > 3 * wide.layers[1], "{narrow:?} {wide:?}");
    assert!(narrow.pictures.abs_diff(narrow.layers[0]) <= 2, "each ends with a marker: {narrow:?}");
    let unable = got(&hall, 3);
    assert!(unable.1 && unable.0.packets == 0, "who cannot decode it gets nothing: {unable:?}");
    // What goes to them is numbered without holes: nobody asks for anything again, nor for keyframes.
    let asked = hall.clients[0].keyframe_requests;
    assert!(asked <= 6, "{asked} keyframes were asked for");
}

#[test]
fn a_camera_goes_over_from_vp9_to_vp8_and_back_without_a_break() {
    goes_over_and_back(Codec::Vp9, vp9());
}

#[test]
fn a_camera_goes_over_from_av1_to_vp8_and_back_without_a_break() {
    goes_over_and_back(Codec::Av1, av1());
}

fn goes_over_and_back(codec: Codec, config: ClientConfig) {
    let mut hall = Hall::of(1, 8_000, codec);
    hall.join(1, PublishRights::ALL, config);
    hall.join(2, PublishRights::NONE, config);
    let got = |hall: &Hall| {
        let slot = hall.slot_of(2, camera(1));
        slot.map(|(mid, _)| hall.clients[1].received(mid)).unwrap_or_default()
    };
    let (start, mut next) = (Instant::now(), Instant::now());
    for (in_layers, wanted) in [(true, 40), (false, 80), (true, 120)] {
        let from = got(&hall).keyframes;
        while got(&hall).packets < wanted || got(&hall).keyframes == from {
            assert!(start.elapsed() < PATIENCE, "{:?}", got(&hall));
            let now = Instant::now();
            if now >= next && hall.clients[0].connected {
                next = now + Duration::from_millis(20);
                let client = &mut hall.clients[0];
                if in_layers { client.send_layers(LAYERS, 1_800, now) } else { client.send_camera(FRAMES, 1_800, now) }
            }
            hall.step();
        }
    }
    assert_eq!(got(&hall).breaks, 0, "{:?}", got(&hall));
}
