//! Programs that publish a screen and play a room, and H.264.

use super::*;
use crate::client::Codecs;

fn joined(hall: &mut Hall, id: u64, (mut client, offer): (Client, String)) -> usize {
    let answer = runtime().block_on(hall.room.join_program(PeerId(id), PublishRights::ALL, offer)).unwrap();
    client.accept(&answer).unwrap();
    hall.clients.push(client);
    hall.clients.len() - 1
}

/// A client on the room's page that decodes these codecs.
fn page(hall: &mut Hall, id: u64, codecs: Codecs) -> usize {
    hall.join(id, PublishRights::NONE, ClientConfig { codecs, ..ClientConfig::default() })
}

fn program(hall: &mut Hall, id: u64, codecs: Codecs) -> usize {
    let config = ClientConfig { codecs, ..ClientConfig::default() };
    joined(hall, id, Client::publishing(config, Instant::now()).unwrap())
}

fn screen(peer: u64) -> SourceId {
    SourceId { peer: PeerId(peer), kind: SourceKind::Screen }
}

/// Steps, while the program sends a picture of a few packets every 20 ms, and sound.
fn publish_until(hall: &mut Hall, program: usize, what: &str, mut done: impl FnMut(&Hall) -> bool) {
    let (start, mut next) = (Instant::now(), Instant::now());
    while !done(hall) {
        assert!(start.elapsed() < PATIENCE, "{what}; events: {:?}", hall.states());
        let now = Instant::now();
        if now >= next {
            next = now + Duration::from_millis(20);
            hall.clients[program].send_screen(4_000, 1_800, now);
            hall.clients[program].send_voice(-25, now);
        }
        hall.step();
    }
}

fn got(hall: &Hall, client: usize, source: SourceId) -> Option<crate::client::Received> {
    let (mid, _) = hall.slot_of(client as u64 + 1, source)?;
    Some(hall.clients[client].received(mid))
}

#[test]
fn a_programs_picture_is_a_screen_and_a_player_sees_it() {
    for codecs in [Codecs::Vp8, Codecs::H264] {
        let mut hall = Hall::open();
        let from = program(&mut hall, 1, codecs);
        page(&mut hall, 2, Codecs::Both);
        let player = ClientConfig { voices: 1, pictures: 1, codecs: Codecs::Both, ..ClientConfig::default() };
        joined(&mut hall, 3, Client::playing(player, Instant::now()).unwrap());
        publish_until(&mut hall, from, "page and player see and hear it", |hall| {
            [1, 2].iter().all(|&client| {
                let picture = got(hall, client, screen(1));
                let sound = got(hall, client, voice(1));
                picture.is_some_and(|it| it.keyframes > 0 && it.packets > 40) && sound.is_some_and(|it| it.packets > 10)
            })
        });
        for client in [1, 2] {
            let picture = got(&hall, client, screen(1)).unwrap();
            assert_eq!((picture.width_px, picture.breaks), (1_920, 0), "{codecs:?}");
        }
        assert_eq!(hall.slot_of(2, camera(1)), None, "{codecs:?}");
    }
}

#[test]
fn who_cannot_decode_it_is_told_that_it_is_paused_and_asks_for_no_keyframes() {
    let mut hall = Hall::open();
    let from = program(&mut hall, 1, Codecs::H264);
    page(&mut hall, 2, Codecs::Vp8);
    publish_until(&mut hall, from, "the sound is heard", |hall| {
        got(hall, 1, voice(1)).is_some_and(|it| it.packets > 50) && hall.slot_of(2, screen(1)).is_some()
    });
    let (mid, paused) = hall.slot_of(2, screen(1)).unwrap();
    assert!(paused);
    assert_eq!(hall.clients[1].received(mid).packets, 0);
    assert_eq!(hall.clients[from].keyframe_requests, 0);
}

#[test]
fn a_page_that_has_both_sends_vp8_and_one_that_has_only_h264_sends_that() {
    for (codecs, first) in [(Codecs::Both, "VP8"), (Codecs::H264, "H264")] {
        let hall = Hall::open();
        let (_, offer) = Client::new(ClientConfig { codecs, ..ClientConfig::default() }, Instant::now()).unwrap();
        let answer = runtime().block_on(hall.room.join(PeerId(1), PublishRights::ALL, offer)).unwrap();
        let camera = answer.split("m=video").nth(1).unwrap();
        let pt = camera.split_whitespace().nth(2).unwrap();
        assert!(camera.contains(&format!("a=rtpmap:{pt} {first}/90000")), "{camera}");
    }
}

#[test]
fn the_sound_of_a_person_goes_to_no_other_device_of_the_same() {
    let mut hall = Hall::open();
    let from = program(&mut hall, 1, Codecs::Vp8);
    page(&mut hall, 2, Codecs::Vp8);
    page(&mut hall, 3, Codecs::Vp8);
    for (peer, owner) in [(1, 7), (2, 7), (3, 8)] {
        hall.room.set_owner(PeerId(peer), owner).unwrap();
    }
    publish_until(&mut hall, from, "one hears it, both see it", |hall| {
        got(hall, 2, voice(1)).is_some_and(|it| it.packets > 30)
            && [1, 2].iter().all(|&client| got(hall, client, screen(1)).is_some_and(|it| it.packets > 30))
    });
    assert_eq!(hall.slot_of(2, voice(1)), None);
    let heard: u64 = hall.clients[1].voices.iter().map(|&mid| hall.clients[1].received(mid).packets).sum();
    assert_eq!(heard, 0);
}

#[test]
fn a_program_without_any_of_our_codecs_learns_it() {
    let hall = Hall::open();
    let (_, offer) = Client::publishing(ClientConfig::default(), Instant::now()).unwrap();
    for (ours, other) in [("VP8/90000", "VP9/90000"), ("opus/48000/2", "G722/8000")] {
        let offer = offer.replace(ours, other);
        let answer = runtime().block_on(hall.room.join_program(PeerId(1), PublishRights::ALL, offer));
        assert!(matches!(answer, Err(MediaError::Offer(_))), "{answer:?}");
    }
}

#[test]
fn a_program_that_is_the_dtls_server_is_called() {
    let mut hall = Hall::open();
    let (client, offer) = Client::publishing(ClientConfig::default(), Instant::now()).unwrap();
    let passive = offer.replace("a=setup:actpass", "a=setup:passive");
    assert_ne!(passive, offer);
    let refused = runtime().block_on(hall.room.join(PeerId(2), PublishRights::ALL, passive.clone()));
    assert!(matches!(refused, Err(MediaError::Offer(_))), "no page is one");
    let from = joined(&mut hall, 1, (client, passive));
    publish_until(&mut hall, from, "it is connected", |hall| hall.clients[0].connected);
}
