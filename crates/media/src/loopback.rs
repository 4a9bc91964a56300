//! Whole lessons over loopback: native clients against a running [`Media`].

mod books;
mod codecs;
mod losses;
mod programs;

use crate::client::{Client, ClientConfig};
use crate::{
    Codec, Declared, DisconnectReason, Media, MediaConfig, MediaError, MediaEvent, PeerId, PublishRights, Room,
    SlotWant, SourceId, SourceKind,
};
use preau_base::SeededRng;
use std::net::UdpSocket;
use std::time::{Duration, Instant};
use str0m::media::Mid;
use tokio::sync::mpsc::{Receiver, channel};

const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of a frame of each layer.
const FRAMES: [usize; 3] = [500, 2_000, 4_000];

struct Hall {
    media: Media,
    room: Room,
    events: Receiver<MediaEvent>,
    seen: Vec<MediaEvent>,
    clients: Vec<Client>,
    /// Who sends a camera, who a voice at which level.
    cameras: Vec<usize>,
    voices: Vec<(usize, i8)>,
    next_frame: Instant,
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

impl Hall {
    fn open() -> Self {
        Self::with(1, 5_000)
    }

    fn with(threads: usize, initial_kbps: u32) -> Self {
        Self::of(threads, initial_kbps, Codec::Vp8)
    }

    fn of(threads: usize, initial_kbps: u32, codec: Codec) -> Self {
        let loopback = "127.0.0.1:0".parse().unwrap();
        let config = MediaConfig {
            udp_bind: loopback,
            tcp_bind: Some(loopback),
            public_addresses: vec![],
            threads,
            initial_kbps,
            codec,
            ..MediaConfig::default()
        };
        let media = Media::start(config, Box::new(SeededRng::new(11))).unwrap();
        let (to, events) = channel(1_024);
        let room = media.open_room(1, Declared::default(), to).unwrap();
        Self {
            media,
            room,
            events,
            seen: vec![],
            clients: vec![],
            cameras: vec![],
            voices: vec![],
            next_frame: Instant::now(),
        }
    }

    fn join(&mut self, id: u64, rights: PublishRights, config: ClientConfig) -> usize {
        let (mut client, offer) = Client::new(config, Instant::now()).unwrap();
        let answer = runtime().block_on(self.room.join(PeerId(id), rights, offer)).unwrap();
        client.accept(&answer).unwrap();
        self.clients.push(client);
        self.clients.len() - 1
    }

    fn step(&mut self) {
        let now = Instant::now();
        if now >= self.next_frame {
            self.next_frame = now + Duration::from_millis(20);
            for &index in &self.cameras {
                self.clients[index].send_camera(FRAMES, 1_800, now);
            }
            for &(index, level) in &self.voices {
                self.clients[index].send_voice(level, now);
            }
        }
        for client in &mut self.clients {
            client.step();
        }
        while let Ok(event) = self.events.try_recv() {
            self.seen.push(event);
        }
        std::thread::sleep(Duration::from_millis(1));
    }

    #[track_caller]
    fn until(&mut self, what: &str, done: impl FnMut(&Self) -> bool) {
        self.until_within(PATIENCE, what, done);
    }

    #[track_caller]
    fn until_within(&mut self, patience: Duration, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < patience, "{what}; events: {:?}", self.states());
            self.step();
        }
    }

    fn run_for(&mut self, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            self.step();
        }
    }

    fn states(&self) -> Vec<&MediaEvent> {
        self.seen.iter().filter(|event| !matches!(event, MediaEvent::Stats { .. })).collect()
    }

    /// In which slot of `peer` the source is now, and whether it's paused.
    fn slot_of(&self, peer: u64, wanted: SourceId) -> Option<(Mid, bool)> {
        let mut found = None;
        for event in &self.seen {
            if let MediaEvent::Assigned { peer: to, mid, source, paused, .. } = event
                && *to == PeerId(peer)
            {
                let mid = Mid::from(mid.as_str());
                if *source == Some(wanted) {
                    found = Some((mid, *paused));
                } else if found.is_some_and(|(held, _)| held == mid) {
                    found = None;
                }
            }
        }
        found
    }

    fn packets(&self, client: usize, peer: u64, source: SourceId) -> u64 {
        self.slot_of(peer, source).map_or(0, |(mid, _)| self.clients[client].received(mid).packets)
    }
}

fn camera(peer: u64) -> SourceId {
    SourceId { peer: PeerId(peer), kind: SourceKind::Camera }
}

fn voice(peer: u64) -> SourceId {
    SourceId { peer: PeerId(peer), kind: SourceKind::Audio }
}

/// Two who see and hear each other.
fn pair(first: ClientConfig) -> Hall {
    let mut hall = Hall::open();
    let one = hall.join(1, PublishRights::ALL, first);
    let two = hall.join(2, PublishRights::ALL, ClientConfig::default());
    hall.until("both connect", |hall| hall.clients.iter().all(|client| client.connected));
    hall.cameras = vec![one, two];
    hall.voices = vec![(one, -25), (two, -30)];
    hall.until("both see and hear each other", |hall| {
        [(one, 1, 2), (two, 2, 1)].iter().all(|&(client, me, other)| {
            hall.packets(client, me, camera(other)) > 50 && hall.packets(client, me, voice(other)) > 20
        })
    });
    hall
}

#[test]
fn two_see_and_hear_each_other_over_udp() {
    let mut hall = pair(ClientConfig::default());
    hall.until("both are speakers", |hall| {
        hall.seen.iter().any(|event| matches!(event, MediaEvent::Speaking { speakers } if speakers.len() == 2))
    });
    hall.until("statistics come", |hall| {
        hall.seen.iter().any(|event| matches!(event, MediaEvent::Stats { sent_kbps: 1.., .. }))
    });
    for client in &hall.clients {
        for (mid, received) in &client.received {
            assert_eq!(received.breaks, 0, "{mid}: {received:?}");
        }
    }
}

#[test]
fn one_comes_by_tcp() {
    let mut hall = Hall::open();
    let tcp = hall.media.local_tcp_addr();
    drop(hall.room);
    let (to, events) = channel(1_024);
    hall.room = hall.media.open_room(2, Declared::default(), to).unwrap();
    hall.events = events;
    let one = hall.join(1, PublishRights::ALL, ClientConfig { tcp, ..ClientConfig::default() });
    let two = hall.join(2, PublishRights::ALL, ClientConfig::default());
    hall.cameras = vec![one, two];
    hall.voices = vec![(one, -25), (two, -30)];
    hall.until("both see and hear each other", |hall| {
        [(one, 1, 2), (two, 2, 1)].iter().all(|&(client, me, other)| {
            hall.packets(client, me, camera(other)) > 50 && hall.packets(client, me, voice(other)) > 20
        })
    });
}

#[test]
fn rooms_on_several_threads_and_tcp_handed_over() {
    let mut hall = Hall::with(2, 5_000);
    let (to, events) = channel(1_024);
    let second = hall.media.open_room(2, Declared::default(), to).unwrap();
    let tcp = hall.media.local_tcp_addr();
    let (mut client, offer) = Client::new(ClientConfig { tcp, ..ClientConfig::default() }, Instant::now()).unwrap();
    let answer = runtime().block_on(second.join(PeerId(1), PublishRights::ALL, offer)).unwrap();
    client.accept(&answer).unwrap();
    hall.clients.push(client);
    let first = hall.join(2, PublishRights::ALL, ClientConfig::default());
    hall.until("both connect, each on its thread", |hall| hall.clients.iter().all(|client| client.connected));
    assert_eq!(first, 1);
    drop(events);
}

#[test]
fn a_revoked_right_stops_the_packets_and_a_given_one_lets_them_through() {
    let mut hall = pair(ClientConfig::default());
    hall.room.set_rights(PeerId(1), PublishRights { audio: false, ..PublishRights::ALL }).unwrap();
    hall.until("the voice ends", |hall| {
        let ended = MediaEvent::Publishing { peer: PeerId(1), kind: SourceKind::Audio, live: false };
        hall.seen.contains(&ended) && hall.slot_of(2, voice(1)).is_none()
    });
    hall.run_for(Duration::from_millis(100));
    let heard: u64 = hall.clients[1].voices.iter().map(|&mid| hall.clients[1].received(mid).packets).sum();
    let seen = hall.packets(1, 2, camera(1));
    hall.run_for(Duration::from_millis(400));
    let still: u64 = hall.clients[1].voices.iter().map(|&mid| hall.clients[1].received(mid).packets).sum();
    assert_eq!(still, heard, "a muted voice arrives");
    assert!(hall.packets(1, 2, camera(1)) > seen, "the picture goes on");
    hall.room.set_rights(PeerId(1), PublishRights::ALL).unwrap();
    hall.until("the voice is back", |hall| hall.packets(1, 2, voice(1)) > heard + 10);
}

#[test]
fn leaving_frees_the_slots_and_coming_back_fills_them() {
    let mut hall = pair(ClientConfig::default());
    hall.cameras = vec![1];
    hall.voices = vec![(1, -30)];
    hall.room.leave(PeerId(1)).unwrap();
    hall.until("the slots are free", |hall| {
        hall.seen.contains(&MediaEvent::Disconnected { peer: PeerId(1), reason: DisconnectReason::Left })
            && hall.slot_of(2, camera(1)).is_none()
            && hall.slot_of(2, voice(1)).is_none()
    });
    hall.until("the client is told", |hall| hall.clients[0].closed);
    let again = hall.join(1, PublishRights::ALL, ClientConfig::default());
    hall.cameras = vec![1, again];
    hall.until("the other sees them again", |hall| hall.slot_of(2, camera(1)).is_some());
    let (mid, _) = hall.slot_of(2, camera(1)).unwrap();
    let before = hall.clients[1].received(mid).packets;
    hall.until("packets flow again", |hall| hall.clients[1].received(mid).packets > before + 50);
    assert_eq!(hall.clients[1].received(mid).breaks, 0, "one continuous stream across two people");
}

#[test]
fn a_client_that_closes_is_gone_at_once() {
    let mut hall = pair(ClientConfig::default());
    hall.clients[0].close(Instant::now());
    hall.until("the room knows", |hall| {
        let closed = MediaEvent::Disconnected { peer: PeerId(1), reason: DisconnectReason::ClosedByPeer };
        hall.seen.contains(&closed)
    });
}

#[test]
fn layers_follow_the_wanted_width_and_nothing_unseen_is_sent() {
    let mut hall = pair(ClientConfig::default());
    let (mid, _) = hall.slot_of(2, camera(1)).unwrap();
    assert_eq!(hall.clients[1].received(mid).width_px, 320, "the start is small");
    let want = |width| vec![SlotWant { mid: mid.to_string(), max_width_px: width }];
    hall.room.set_want(PeerId(2), want(1_280)).unwrap();
    hall.until("the widest layer", |hall| hall.clients[1].received(mid).width_px == 1_280);
    hall.room.set_want(PeerId(2), want(600)).unwrap();
    hall.until("the middle layer", |hall| hall.clients[1].received(mid).width_px == 640);
    assert_eq!(hall.clients[1].received(mid).breaks, 0);
    hall.room.set_want(PeerId(2), want(0)).unwrap();
    hall.until("a pause is reported", |hall| hall.slot_of(2, camera(1)) == Some((mid, true)));
    hall.run_for(Duration::from_millis(100));
    let before = hall.clients[1].received(mid).packets;
    hall.run_for(Duration::from_millis(300));
    assert_eq!(hall.clients[1].received(mid).packets, before);
    hall.room.set_want(PeerId(2), want(320)).unwrap();
    hall.until("and it goes on", |hall| hall.clients[1].received(mid).packets > before + 10);
    hall.room.set_low(PeerId(2), true).unwrap();
    hall.until("voice only", |hall| hall.slot_of(2, camera(1)) == Some((mid, true)));
    let heard = hall.packets(1, 2, voice(1));
    hall.until("the voice goes on", |hall| hall.packets(1, 2, voice(1)) > heard + 20);
}

#[test]
fn a_wide_path_is_found_out_by_probing() {
    let mut hall = Hall::with(1, 300);
    let one = hall.join(1, PublishRights::ALL, ClientConfig::default());
    hall.join(2, PublishRights::NONE, ClientConfig::default());
    let wants = hall.clients[1].pictures.iter().map(|mid| SlotWant { mid: mid.to_string(), max_width_px: 1_280 });
    hall.room.set_want(PeerId(2), wants.collect()).unwrap();
    hall.cameras = vec![one];
    let estimate = |event: &MediaEvent| match event {
        MediaEvent::Stats { peer: PeerId(2), estimate_kbps, .. } => *estimate_kbps,
        _ => 0,
    };
    // More than 1.5 times what the narrowest layer carries: only a probe that goes out on time finds it.
    hall.until("the estimate rises", |hall| hall.seen.iter().any(|event| estimate(event) > 1_000));
}

#[test]
fn keyframe_requests_are_few_however_many_are_made() {
    let mut hall = pair(ClientConfig::default());
    let (mid, _) = hall.slot_of(2, camera(1)).unwrap();
    let before = hall.clients[0].keyframe_requests;
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(1_600) {
        hall.clients[1].ask_keyframe(mid, Instant::now());
        hall.step();
    }
    let asked = hall.clients[0].keyframe_requests - before;
    assert!((1..=5).contains(&asked), "{asked} requests in 1.6 s");
}

#[test]
fn a_flood_of_garbage_disturbs_nobody() {
    use preau_base::Rng;
    let mut hall = pair(ClientConfig::default());
    let server = hall.media.local_udp_addr();
    let attacker = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut rng = SeededRng::new(5);
    let before = hall.packets(1, 2, voice(1));
    for round in 0..300 {
        for first in [0x00, 0x01, 0x16, 0x80, 0x90, 0xff, 0x47] {
            let mut bytes = vec![0; 20 + usize::try_from(rng.below(1_200)).unwrap()];
            rng.fill(&mut bytes);
            bytes[0] = first;
            attacker.send_to(&bytes, server).unwrap();
        }
        if round % 10 == 0 {
            hall.step();
        }
    }
    hall.until("the lesson goes on", |hall| hall.packets(1, 2, voice(1)) > before + 30);
    assert!(hall.clients.iter().all(|client| !client.closed));
    for (mid, received) in &hall.clients[1].received {
        assert_eq!(received.breaks, 0, "{mid}");
    }
}

#[test]
fn a_panic_ends_its_room_only() {
    let mut hall = pair(ClientConfig::default());
    let (to, mut other_events) = channel(64);
    let other = hall.media.open_room(2, Declared::default(), to).unwrap();
    other.panic();
    let start = Instant::now();
    loop {
        match other_events.try_recv() {
            Ok(MediaEvent::RoomFailed) => break,
            _ => assert!(start.elapsed() < PATIENCE, "the room's end is told"),
        }
        hall.step();
    }
    let (_, offer) = Client::new(ClientConfig::default(), Instant::now()).unwrap();
    let late = runtime().block_on(other.join(PeerId(9), PublishRights::NONE, offer));
    assert!(matches!(late, Err(MediaError::Closed)));
    let before = hall.packets(1, 2, voice(1));
    hall.until("the other lesson goes on", |hall| hall.packets(1, 2, voice(1)) > before + 30);
}

#[test]
fn malformed_offers_are_refused_with_a_reason() {
    let hall = Hall::open();
    let (_, good) = Client::new(ClientConfig::default(), Instant::now()).unwrap();
    let many = format!("{good}{}", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".repeat(60));
    let bad = [
        String::new(),
        "v=0".to_owned(),
        "x".repeat(70_000),
        good.replace("a=setup:actpass", "a=setup:passive"),
        good.replace("a=fingerprint", "a=nothing"),
        good.replace("a=ice-ufrag", "a=nothing"),
        many,
    ];
    for offer in bad {
        let start: String = offer.chars().take(60).collect();
        let answer = runtime().block_on(hall.room.join(PeerId(1), PublishRights::ALL, offer));
        assert!(matches!(answer, Err(MediaError::Offer(_))), "{start}: {answer:?}");
    }
}

#[test]
fn damaged_offers_never_break_the_room() {
    use preau_base::Rng;
    let hall = Hall::open();
    let (_, good) = Client::new(ClientConfig::default(), Instant::now()).unwrap();
    let mut rng = SeededRng::new(3);
    for round in 0..150 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=rng.below(6) {
            let at = usize::try_from(rng.below(bytes.len() as u64)).unwrap();
            match rng.below(3) {
                0 => bytes[at] = b' ' + u8::try_from(rng.below(90)).unwrap(),
                1 => bytes.truncate(at.max(1)),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        let offer = String::from_utf8(bytes).unwrap();
        let answer = runtime().block_on(hall.room.join(PeerId(1), PublishRights::ALL, offer));
        assert!(!matches!(answer, Err(MediaError::Closed)), "round {round}: the room is gone");
    }
}

#[test]
fn the_room_has_places_for_so_many() {
    let mut hall = Hall::open();
    let (_, offer) =
        Client::new(ClientConfig { voices: 1, pictures: 1, ..ClientConfig::default() }, Instant::now()).unwrap();
    let runtime = runtime();
    for id in 0..crate::limits::PEERS_PER_ROOM_MAX as u64 {
        runtime.block_on(hall.room.join(PeerId(id), PublishRights::NONE, offer.clone())).unwrap();
    }
    let full = runtime.block_on(hall.room.join(PeerId(9_999), PublishRights::NONE, offer.clone()));
    assert!(matches!(full, Err(MediaError::RoomFull(_))));
    runtime.block_on(hall.room.join(PeerId(3), PublishRights::NONE, offer)).unwrap();
    hall.until("a second join replaces the first", |hall| {
        hall.seen.contains(&MediaEvent::Disconnected { peer: PeerId(3), reason: DisconnectReason::Left })
    });
    runtime.block_on(hall.media.stop());
}

#[test]
fn parts_of_a_room_hear_and_see_only_themselves() {
    let mut hall = pair(ClientConfig::default());
    hall.join(3, PublishRights::ALL, ClientConfig::default());
    hall.until("both see and hear the first", |hall| {
        hall.packets(1, 2, voice(1)) > 5 && hall.packets(2, 3, voice(1)) > 5 && hall.packets(2, 3, camera(1)) > 5
    });
    hall.room.set_area(PeerId(3), 1).unwrap();
    hall.until("the third is alone", |hall| {
        hall.slot_of(3, camera(1)).is_none() && hall.slot_of(3, voice(1)).is_none()
    });
    hall.run_for(Duration::from_millis(100));
    let all = |hall: &Hall, client: usize| -> u64 {
        let client = &hall.clients[client];
        client.voices.iter().chain(&client.pictures).map(|&mid| client.received(mid).packets).sum()
    };
    let (third, second) = (all(&hall, 2), all(&hall, 1));
    hall.run_for(Duration::from_millis(400));
    assert_eq!(all(&hall, 2), third, "a part of a room hears another");
    assert!(all(&hall, 1) > second, "the others go on");
    hall.room.set_area(PeerId(1), 1).unwrap();
    hall.until("the first is with the third", |hall| {
        hall.slot_of(3, camera(1)).is_some()
            && hall.slot_of(3, voice(1)).is_some()
            && hall.slot_of(2, camera(1)).is_none()
    });
    hall.until("and is seen there", |hall| all(hall, 2) > third + 50);
}

#[test]
fn a_camera_for_leaders_goes_to_leaders_only() {
    let mut hall = pair(ClientConfig::default());
    hall.join(3, PublishRights::NONE, ClientConfig::default());
    hall.until("both see the first", |hall| hall.packets(1, 2, camera(1)) > 5 && hall.packets(2, 3, camera(1)) > 5);
    hall.room.set_pinned(vec![PeerId(3)]).unwrap();
    hall.room.set_rights(PeerId(1), PublishRights { video_to_pinned: true, ..PublishRights::ALL }).unwrap();
    hall.until("the second sees it no longer", |hall| hall.slot_of(2, camera(1)).is_none());
    assert!(hall.slot_of(3, camera(1)).is_some() && hall.slot_of(2, voice(1)).is_some());
    hall.run_for(Duration::from_millis(100));
    let pictures = |hall: &Hall| -> u64 {
        hall.clients[1].pictures.iter().map(|&mid| hall.clients[1].received(mid).packets).sum()
    };
    let before = pictures(&hall);
    hall.run_for(Duration::from_millis(400));
    assert_eq!(pictures(&hall), before, "a hidden camera is sent");
}

#[test]
fn a_pinned_picture_has_the_slot() {
    let mut hall = Hall::open();
    let small = ClientConfig { pictures: 1, ..ClientConfig::default() };
    let one = hall.join(1, PublishRights::ALL, ClientConfig::default());
    let two = hall.join(2, PublishRights::ALL, ClientConfig::default());
    hall.join(3, PublishRights::NONE, small);
    hall.cameras = vec![one, two];
    hall.until("the only slot is the first's", |hall| hall.slot_of(3, camera(1)).is_some());
    hall.room.set_pin(PeerId(3), Some(PeerId(2))).unwrap();
    hall.until("it is the pinned one's", |hall| {
        hall.slot_of(3, camera(2)).is_some() && hall.slot_of(3, camera(1)).is_none()
    });
    hall.room.set_pin(PeerId(3), None).unwrap();
    hall.until("and the first's again", |hall| hall.slot_of(3, camera(1)).is_some());
}

/// Everything that a tap has by now.
fn taken(from: &std::sync::mpsc::Receiver<crate::Tapped>) -> Vec<crate::Tapped> {
    from.try_iter().collect()
}

#[test]
fn a_tap_has_voices_of_all_and_cameras_of_leaders_in_one_layer() {
    let mut hall = pair(ClientConfig::default());
    let (tap, from) = crate::Tap::new();
    hall.room.set_pinned(vec![PeerId(1)]).unwrap();
    hall.room.set_tap(Some(tap.clone())).unwrap();
    let mut seen = Vec::new();
    hall.until("a picture and two voices are recorded", |_| {
        seen.extend(taken(&from));
        let count = |source| seen.iter().filter(|packet| packet.source == source).count();
        count(camera(1)) > 100 && count(voice(1)) > 20 && count(voice(2)) > 20
    });
    assert!(seen.iter().all(|packet| packet.source != camera(2)), "who leads nothing is not pictured");
    for source in [camera(1), voice(1), voice(2)] {
        let packets: Vec<_> = seen.iter().filter(|packet| packet.source == source).collect();
        assert!(packets.windows(2).all(|pair| pair[1].seq == pair[0].seq.wrapping_add(1)), "{source:?} has a gap");
        assert!(packets.iter().all(|packet| packet.run == packets[0].run));
    }
    let first = seen.iter().find(|packet| packet.source == camera(1)).unwrap();
    let width = crate::vp8::keyframe_width_px(&first.payload).expect("it begins with a keyframe");
    assert!(width <= crate::limits::TAPPED_WIDTH_PX_MAX, "{width}");

    hall.room.set_area(PeerId(1), 1).unwrap();
    hall.run_for(Duration::from_millis(200));
    taken(&from);
    hall.run_for(Duration::from_millis(300));
    assert!(taken(&from).iter().all(|packet| packet.source == voice(2)), "what is said in a group is its own");
    hall.room.set_tap(None).unwrap();
    hall.run_for(Duration::from_millis(200));
    taken(&from);
    hall.run_for(Duration::from_millis(200));
    assert!(taken(&from).is_empty() && tap.dropped() == 0);
}

#[test]
fn ears_have_the_voices_of_the_class_and_no_pictures() {
    let mut hall = pair(ClientConfig::default());
    let (tap, from) = crate::Tap::new();
    hall.room.set_pinned(vec![PeerId(1)]).unwrap();
    hall.room.set_ears(Some(tap.clone())).unwrap();
    let mut seen = Vec::new();
    hall.until("two voices are heard", |_| {
        seen.extend(taken(&from));
        [voice(1), voice(2)].iter().all(|source| seen.iter().filter(|packet| packet.source == *source).count() > 20)
    });
    assert!(seen.iter().all(|packet| packet.source.kind == SourceKind::Audio));
    for source in [voice(1), voice(2)] {
        let packets: Vec<_> = seen.iter().filter(|packet| packet.source == source).collect();
        assert!(packets.windows(2).all(|pair| pair[1].seq == pair[0].seq.wrapping_add(1)), "{source:?} has a gap");
        assert!(packets.iter().all(|packet| packet.run == packets[0].run));
    }
    hall.room.set_area(PeerId(1), 1).unwrap();
    hall.run_for(Duration::from_millis(200));
    taken(&from);
    hall.until("the class is still heard", |_| {
        let heard = taken(&from);
        assert!(heard.iter().all(|packet| packet.source == voice(2)), "what is said in a group is its own");
        !heard.is_empty()
    });
    hall.room.set_ears(None).unwrap();
    hall.run_for(Duration::from_millis(200));
    taken(&from);
    hall.run_for(Duration::from_millis(200));
    assert!(taken(&from).is_empty() && tap.dropped() == 0);
}

#[test]
fn a_tap_that_nobody_empties_holds_up_nobody() {
    let mut hall = pair(ClientConfig::default());
    let (tap, from) = crate::Tap::with_room(100);
    hall.room.set_pinned(vec![PeerId(1), PeerId(2)]).unwrap();
    hall.room.set_tap(Some(tap.clone())).unwrap();
    let flood = |hall: &mut Hall| {
        let now = Instant::now();
        hall.clients[0].send_camera([1_000, 40_000, 0], 900, now);
        hall.step();
    };
    let start = Instant::now();
    while tap.dropped() == 0 {
        assert!(start.elapsed() < PATIENCE, "{} packets wait", from.try_iter().count());
        flood(&mut hall);
    }
    let before = hall.packets(1, 2, voice(1));
    hall.until("the lesson goes on", |hall| hall.packets(1, 2, voice(1)) > before + 20);
    drop(from);
    let before = hall.packets(1, 2, voice(1));
    hall.until("and without anybody at the end", |hall| hall.packets(1, 2, voice(1)) > before + 20);
}
