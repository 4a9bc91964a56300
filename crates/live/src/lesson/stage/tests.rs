use super::*;
use crate::tests::world::World;
use preau_base::{PersonId, SystemRng};
use preau_classroom::wire::{PictureCodec, SlotCount};
use preau_classroom::{Arrival, Effect, Input, LessonInfo, Restored, Roster};
use preau_media::{Media, MediaConfig};
use std::time::Duration;

const NOW: Instant = Instant::from_secs(1_800_000_000);
const TEACHER: ConnId = ConnId(1);
const PUPIL: ConnId = ConnId(2);

/// A lesson with a teacher and a pupil, both known to the media.
struct Set {
    stage: Stage,
    room: Classroom,
    visits: [VisitId; 2],
    people: [PersonId; 2],
    _world: World,
    _inbox: mpsc::Sender<ToLesson>,
    _events: mpsc::Receiver<MediaEvent>,
}

impl Set {
    async fn new() -> Self {
        let loopback = "127.0.0.1:0".parse().expect("an address");
        let config = MediaConfig { udp_bind: loopback, tcp_bind: None, ..MediaConfig::default() };
        let media = Media::start(config, Box::new(SystemRng)).expect("media");
        let world = World::with_media(Some(Arc::new(media))).await;
        let people = [world.teacher, world.ines];
        let pupils = [(people[1], Pii::default())].into();
        let roster = Roster { teachers: [people[0]].into(), pupils, ..Roster::default() };
        let info = LessonInfo {
            lesson: world.lesson,
            title: String::new(),
            starts: NOW,
            ends: NOW,
            slots: SlotCount { voices: 4, pictures: 10 },
            lean: false,
            codec: PictureCodec::Vp8,
            may_record: false,
            captions_by: None,
        };
        let mut room = Classroom::new(info, roster, Restored::default());
        let (inbox, _) = mpsc::channel(16);
        let (mut stage, events) = Stage::new(world.live.clone(), world.lesson, Declared::default(), inbox.downgrade());
        let mut visits = Vec::new();
        for (conn, person) in [(TEACHER, people[0]), (PUPIL, people[1])] {
            let arrival =
                Arrival { conn, person, name: Pii::new("Quelqu’un".to_owned()), resume: None, knocker: None };
            for effect in room.apply(Input::Arrive(arrival), NOW, &mut SystemRng) {
                if let Effect::Send { message: ServerMessage::Welcome(welcome), .. } = effect {
                    visits.push(welcome.you.visit);
                }
            }
            let sdp = Pii::new("v=0".to_owned());
            let visit = *visits.last().expect("welcome");
            let order = MediaOrder::Join {
                conn,
                re: 1,
                visit,
                program: false,
                sends: Sends::default(),
                camera_seen: CamerasSeen::All,
                sdp,
            };
            assert_eq!(stage.order(order), None);
        }
        for visit in &visits {
            stage.joined(*visit, 1, Ok("v=0".to_owned()), &room);
        }
        let visits = [visits[0], visits[1]];
        Self { stage, room, visits, people, _world: world, _inbox: inbox, _events: events }
    }

    fn peer(&self, at: usize) -> PeerId {
        self.stage.peers[&self.visits[at]].id
    }

    fn assign(&mut self, mid: &str, kind: SourceKind, source: Option<usize>) {
        let source = source.map(|at| SourceId { peer: self.peer(at), kind });
        let peer = self.peer(1);
        let event = MediaEvent::Assigned { peer, kind, mid: mid.to_owned(), source, paused: false };
        self.stage.take(event, &self.room);
    }

    fn news(&mut self, after_ms: u64) -> Vec<(Vec<ConnId>, ServerMessage)> {
        self.stage.news(&self.room, NOW.plus(Duration::from_millis(after_ms)))
    }
}

#[tokio::test]
async fn slots_are_told_whole_and_once_for_many_changes() {
    let mut set = Set::new().await;
    set.assign("3", SourceKind::Audio, Some(0));
    set.assign("7", SourceKind::Camera, Some(0));
    set.assign("8", SourceKind::Screen, Some(0));
    set.assign("7", SourceKind::Camera, None);
    let slot = |mid: &str, kind| Slot {
        mid: mid.to_owned(),
        kind,
        person: set.people[0],
        visit: set.visits[0],
        paused: false,
    };
    let slots = vec![slot("3", SlotKind::Voice), slot("8", SlotKind::Screen)];
    let expect = vec![(vec![PUPIL], ServerMessage::Slots { slots })];
    assert_eq!(set.news(0), expect);
    assert_eq!(set.news(0), []);
    set.stage.welcomed(set.visits[1]);
    assert_eq!(set.news(0), expect, "told again on a new connection");
}

#[tokio::test]
async fn who_has_left_is_in_no_slot() {
    let mut set = Set::new().await;
    set.assign("3", SourceKind::Audio, Some(0));
    set.stage.order(MediaOrder::Leave { visit: set.visits[0] });
    assert_eq!(set.news(0), [(vec![PUPIL], ServerMessage::Slots { slots: vec![] })]);
}

#[tokio::test]
async fn speakers_are_told_four_times_a_second_at_most() {
    let mut set = Set::new().await;
    let speaking = |set: &mut Set, who: &[usize]| {
        let speakers = who.iter().map(|at| set.peer(*at)).collect();
        set.stage.take(MediaEvent::Speaking { speakers }, &set.room);
    };
    let told = |set: &Set, who: &[usize]| {
        let visits = who.iter().map(|at| set.visits[*at]).collect();
        vec![(vec![TEACHER, PUPIL], ServerMessage::Speaking { visits })]
    };
    speaking(&mut set, &[0]);
    assert_eq!(set.news(0), told(&set, &[0]));
    speaking(&mut set, &[1, 0]);
    assert_eq!(set.news(249), []);
    speaking(&mut set, &[1]);
    assert_eq!(set.stage.wake_at(), Some(NOW.plus(Duration::from_millis(250))));
    assert_eq!(set.news(250), told(&set, &[1]));
    assert_eq!(set.stage.wake_at(), None);
}

#[tokio::test]
async fn a_lost_media_connection_is_told_unless_it_was_left() {
    let mut set = Set::new().await;
    let lost = |set: &mut Set, reason| {
        let event = MediaEvent::Disconnected { peer: set.peer(1), reason };
        set.stage.take(event, &set.room);
        set.news(0)
    };
    assert_eq!(lost(&mut set, DisconnectReason::Left), []);
    assert_eq!(lost(&mut set, DisconnectReason::Timeout), [(vec![PUPIL], ServerMessage::MediaLost)]);
    set.stage.take(MediaEvent::RoomFailed, &set.room);
    let mut told: Vec<ConnId> = set.news(0).into_iter().flat_map(|(to, _)| to).collect();
    told.sort();
    assert_eq!(told, [TEACHER, PUPIL]);
    assert!(set.stage.room.is_none(), "the next offer opens a new room");
}

#[tokio::test]
async fn who_leaves_while_an_offer_waits_is_not_let_in() {
    let mut set = Set::new().await;
    let visit = set.visits[1];
    let join = |re| MediaOrder::Join {
        conn: PUPIL,
        re,
        visit,
        program: false,
        sends: Sends::default(),
        camera_seen: CamerasSeen::All,
        sdp: Pii::new("v=0".to_owned()),
    };
    assert_eq!(set.stage.order(join(2)), None);
    assert_eq!(set.stage.order(join(3)), Some((PUPIL, offer_error(3, Code::TooFast))));
    set.stage.order(MediaOrder::Leave { visit });
    let answer = set.stage.joined(visit, 2, Ok("v=0".to_owned()), &set.room);
    assert_eq!(answer, offer_error(2, Code::NotIn));
    assert!(!set.stage.peers.contains_key(&visit));
}
