//! Sound and pictures of one lesson: the classroom's orders go to the media room, its events become messages.

use super::joins::{Offer, Waiting, milliseconds};
use super::line::{Lines, Measure, News};
use super::{ToLesson, offer_error};
use crate::captions::Captions;
use crate::limits::{MEDIA_EVENTS_MAX, SPEAKING_EVERY};
use crate::live::{Live, picture_codec};
use crate::recording::Recording;
use preau_base::{Instant, LessonId, PersonId, Pii, VisitId};
use preau_classroom::book::CamerasSeen;
use preau_classroom::wire::{Code, PictureCodec, ServerMessage, Slot, SlotKind};
use preau_classroom::{Classroom, ConnId, MediaOrder, Sends};
use preau_media::limits::WANTS_MAX;
use preau_media::{
    ComeAgain, Declared, DisconnectReason, HeaderWatch, MediaError, MediaEvent, PeerId, Place, PublishRights, Room,
    SlotWant, SourceId, SourceKind,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::mpsc;

/// One device in the media room.
struct Peer {
    id: PeerId,
    sends: Sends,
    camera_seen: CamerasSeen,
    place: u8,
    pin: Option<VisitId>,
    /// An offer waits until there is time for it…
    waits: Option<Waiting>,
    /// …or for its answer.
    joining: bool,
    /// It has left while its offer was waiting.
    gone: bool,
    slots: BTreeMap<String, Assigned>,
    /// Widths and voices-only as last ordered: a new offer of the device starts without them.
    widths: BTreeMap<String, u32>,
    low: bool,
    /// As what it was last told to send its pictures, since its last offer.
    codec: Option<PictureCodec>,
}

#[derive(Clone, Copy)]
struct Assigned {
    source: SourceId,
    paused: bool,
}

pub(super) struct Stage {
    live: Live,
    lesson: LessonId,
    inbox: mpsc::WeakSender<ToLesson>,
    events: mpsc::Sender<MediaEvent>,
    /// What the lesson is expected to take.
    declared: Declared,
    /// Opened by the first offer.
    room: Option<Arc<Room>>,
    peers: BTreeMap<VisitId, Peer>,
    visits: HashMap<PeerId, VisitId>,
    next_peer: u64,
    front: Vec<VisitId>,
    /// Whose slots are to be told, and who is to send pictures otherwise.
    dirty: BTreeSet<VisitId>,
    recoded: BTreeSet<VisitId>,
    lost: BTreeSet<VisitId>,
    lines: Lines,
    speakers: Vec<VisitId>,
    /// The speakers are to be told.
    speaking_is_news: bool,
    speaking_told_at: Instant,
    recording: Option<Recording>,
    captions: Option<Captions>,
}

impl Stage {
    pub fn new(
        live: Live,
        lesson: LessonId,
        declared: Declared,
        inbox: mpsc::WeakSender<ToLesson>,
    ) -> (Self, mpsc::Receiver<MediaEvent>) {
        let (events, receiver) = mpsc::channel(MEDIA_EVENTS_MAX);
        let stage = Self {
            live,
            lesson,
            inbox,
            events,
            declared,
            room: None,
            peers: BTreeMap::new(),
            visits: HashMap::new(),
            next_peer: 0,
            front: Vec::new(),
            dirty: BTreeSet::new(),
            recoded: BTreeSet::new(),
            lost: BTreeSet::new(),
            lines: Lines::default(),
            speakers: Vec::new(),
            speaking_is_news: false,
            speaking_told_at: Instant::EPOCH,
            recording: None,
            captions: None,
        };
        (stage, receiver)
    }

    /// Carries an order out. Gives an answer when that is known at once.
    pub fn order(&mut self, order: MediaOrder) -> Option<(ConnId, ServerMessage)> {
        match order {
            MediaOrder::Join { conn, re, visit, program, sends, camera_seen, sdp } => {
                return self.join(visit, (sends, camera_seen), Offer { conn, re, program, sdp });
            }
            MediaOrder::Forward { visit, sends, camera_seen } => {
                if let Some(peer) = self.peers.get_mut(&visit) {
                    (peer.sends, peer.camera_seen) = (sends, camera_seen);
                    let id = peer.id;
                    self.tell(|room| room.set_rights(id, rights(sends, camera_seen)));
                }
            }
            MediaOrder::Place { visit, place } => {
                let peer = self.peer(visit);
                peer.place = place;
                let id = peer.id;
                self.tell(|room| room.set_area(id, place));
                self.speaking_is_news = true;
            }
            MediaOrder::Pin { visit, source } => {
                let peer = self.peer(visit);
                peer.pin = source;
                let id = peer.id;
                let pin = source.and_then(|source| self.peers.get(&source)).map(|peer| peer.id);
                self.tell(|room| room.set_pin(id, pin));
            }
            // The lesson calls `Stage::record`, who needs to know more, and `Stage::caption`, who answers.
            MediaOrder::Record { .. } | MediaOrder::Captions { .. } => {}
            MediaOrder::Leave { visit } => return self.leave(visit),
            MediaOrder::Front { visits } => {
                self.front = visits;
                self.tell_front();
            }
            MediaOrder::Want { visit, mid, width_px } => {
                let peer = self.peer(visit);
                if peer.widths.len() < WANTS_MAX || peer.widths.contains_key(&mid) {
                    peer.widths.insert(mid.clone(), width_px);
                    let id = peer.id;
                    self.tell(|room| room.set_want(id, vec![SlotWant { mid, max_width_px: width_px }]));
                }
            }
            MediaOrder::Low { visit, on, weak } => {
                let peer = self.peer(visit);
                // Which pictures stand where is told to those only who see them.
                let is_news = std::mem::replace(&mut peer.low, on) != on && !peer.slots.is_empty();
                let id = peer.id;
                if is_news {
                    self.dirty.insert(visit);
                }
                self.lines.set_low(visit, on, weak);
                self.tell(|room| room.set_low(id, on));
            }
        }
        None
    }

    /// Gives what is to be said at once.
    fn join(
        &mut self,
        visit: VisitId,
        (sends, camera_seen): (Sends, CamerasSeen),
        offer: Offer,
    ) -> Option<(ConnId, ServerMessage)> {
        let (conn, re) = (offer.conn, offer.re);
        let refused = |code| Some((conn, offer_error(re, code)));
        let room = match self.open() {
            Ok(room) => room,
            Err(code) => return refused(code),
        };
        let leads = self.front.contains(&visit);
        let inbox = self.inbox.clone();
        let peer = self.peer(visit);
        if peer.joining {
            return refused(Code::TooFast);
        }
        (peer.sends, peer.camera_seen) = (sends, camera_seen);
        if let Some(waiting) = &mut peer.waits {
            let former = waiting.replace(offer);
            return Some((former.conn, offer_error(former.re, Code::TooFast)));
        }
        match room.turn(leads) {
            Ok(None) => return self.hand_over(visit, offer),
            Ok(Some(ticket)) => peer.waits = Some(Waiting::begin(visit, offer, ticket, inbox)),
            Err(ComeAgain(after)) => {
                metrics::counter!("preau_live_joins_refused_total").increment(1);
                let retry_ms = Some(milliseconds(after));
                return Some((conn, ServerMessage::Error { re: Some(re), code: Code::JoinsFull, retry_ms }));
            }
        }
        None
    }

    /// Gives an offer to the media, which has time for it.
    fn hand_over(
        &mut self,
        visit: VisitId,
        Offer { conn, re, program, sdp }: Offer,
    ) -> Option<(ConnId, ServerMessage)> {
        let room = match self.open() {
            Ok(room) => room,
            Err(code) => return Some((conn, offer_error(re, code))),
        };
        let inbox = self.inbox.clone();
        let peer = self.peer(visit);
        peer.joining = true;
        let (id, rights) = (peer.id, rights(peer.sends, peer.camera_seen));
        tokio::spawn(async move {
            let sdp = sdp.into_inner();
            let answer =
                if program { room.join_program(id, rights, sdp).await } else { room.join(id, rights, sdp).await };
            if let Some(inbox) = inbox.upgrade() {
                let _ = inbox.send(ToLesson::Joined { conn, re, visit, answer }).await;
            }
        });
        None
    }

    /// A device waits at this place.
    pub fn queued(&mut self, visit: VisitId, place: Place) -> Option<(ConnId, ServerMessage)> {
        let waiting = self.peers.get_mut(&visit)?.waits.as_mut()?;
        let message = waiting.news(place)?;
        Some((waiting.offer.conn, message))
    }

    /// It is the turn of a device that has waited.
    pub fn turn(&mut self, visit: VisitId) -> Option<(ConnId, ServerMessage)> {
        let waiting = self.peers.get_mut(&visit)?.waits.take()?;
        self.hand_over(visit, waiting.offer)
    }

    fn peer(&mut self, visit: VisitId) -> &mut Peer {
        let Self { peers, visits, next_peer, .. } = self;
        peers.entry(visit).or_insert_with(|| {
            *next_peer += 1;
            let id = PeerId(*next_peer);
            visits.insert(id, visit);
            Peer {
                id,
                sends: Sends::default(),
                camera_seen: CamerasSeen::All,
                place: 0,
                pin: None,
                waits: None,
                joining: false,
                gone: false,
                slots: BTreeMap::new(),
                widths: BTreeMap::new(),
                low: false,
                codec: None,
            }
        })
    }

    fn open(&mut self) -> Result<Arc<Room>, Code> {
        if let Some(room) = &self.room {
            return Ok(Arc::clone(room));
        }
        let media = self.live.parts().media.as_ref().ok_or(Code::MediaUnavailable)?;
        match media.open_room(self.lesson.uuid().as_u128(), self.declared, self.events.clone()) {
            Ok(room) => {
                let room = Arc::new(room);
                if let Some(recording) = &self.recording {
                    recording.set_room(&room);
                    let _ = room.set_tap(Some(recording.tap.clone()));
                }
                if let Some(captions) = &self.captions {
                    let _ = room.set_ears(Some(captions.ears.clone()));
                }
                self.room = Some(Arc::clone(&room));
                Ok(room)
            }
            Err(error) => {
                tracing::error!(lesson = %self.lesson, %error, "no media room for a lesson");
                Err(Code::MediaUnavailable)
            }
        }
    }

    /// The media's answer to an offer, as a message. What was ordered meanwhile is ordered again: the media may have
    /// taken it before the offer.
    pub fn joined(
        &mut self,
        visit: VisitId,
        re: u32,
        answer: Result<String, MediaError>,
        classroom: &Classroom,
    ) -> ServerMessage {
        let Some(peer) = self.peers.get_mut(&visit) else { return offer_error(re, Code::MediaUnavailable) };
        (peer.joining, peer.codec) = (false, None);
        let (id, low, place, pin) = (peer.id, peer.low, peer.place, peer.pin);
        let rights = rights(peer.sends, peer.camera_seen);
        let gone = peer.gone || classroom.person_of(visit).is_none();
        let want = |(mid, width): (&String, &u32)| SlotWant { mid: mid.clone(), max_width_px: *width };
        let wants = peer.widths.iter().map(want).collect();
        if gone {
            self.drop_peer(visit);
            self.tell(|room| room.leave(id));
            return offer_error(re, Code::NotIn);
        }
        let pin = pin.and_then(|pin| self.peers.get(&pin)).map(|peer| peer.id);
        match answer {
            Ok(sdp) => {
                if let (Some(recording), Some(person)) = (&self.recording, classroom.person_of(visit)) {
                    recording.peer(id, person);
                }
                self.lost.remove(&visit);
                self.lines.welcomed(visit);
                let owner = classroom.person_of(visit).map(|person| person.uuid().as_u128());
                self.tell(|room| {
                    if let Some(owner) = owner {
                        room.set_owner(id, owner)?;
                    }
                    room.set_rights(id, rights)?;
                    room.set_area(id, place)?;
                    room.set_pin(id, pin)?;
                    room.set_low(id, low)?;
                    room.set_want(id, wants)
                });
                self.tell_front();
                ServerMessage::Answer { re, sdp: Pii::new(sdp) }
            }
            Err(MediaError::Offer(why)) => {
                tracing::info!(lesson = %self.lesson, %visit, %why, "offer refused");
                offer_error(re, Code::BadSdp)
            }
            Err(error) => {
                tracing::error!(lesson = %self.lesson, %error, "the media takes no offer");
                if matches!(error, MediaError::Closed) {
                    self.room = None;
                }
                offer_error(re, Code::MediaUnavailable)
            }
        }
    }

    fn leave(&mut self, visit: VisitId) -> Option<(ConnId, ServerMessage)> {
        let peer = self.peers.get_mut(&visit)?;
        let (id, waited) = (peer.id, peer.waits.take());
        if peer.joining {
            peer.gone = true;
        } else {
            self.drop_peer(visit);
        }
        self.tell(|room| room.leave(id));
        waited.map(|Waiting { offer, .. }| (offer.conn, offer_error(offer.re, Code::NotIn)))
    }

    fn drop_peer(&mut self, visit: VisitId) {
        if let Some(peer) = self.peers.remove(&visit) {
            self.visits.remove(&peer.id);
            self.lines.gone(visit);
        }
        self.lost.remove(&visit);
        self.dirty.remove(&visit);
        self.recoded.remove(&visit);
    }

    fn tell_front(&self) {
        let front: Vec<PeerId> = self.front.iter().filter_map(|visit| self.peers.get(visit)).map(|p| p.id).collect();
        self.tell(|room| {
            room.set_pinned(front.clone())?;
            room.set_order(front)
        });
    }

    /// Records from now on what began at `since`, in the name of `owner`, or no longer.
    pub fn record(&mut self, since: Option<Instant>, owner: Option<PersonId>, classroom: &Classroom) {
        let begun = since.zip(owner).and_then(|(since, owner)| {
            Recording::begin(&self.live, self.lesson, since, owner, &classroom.book().board)
        });
        if let (Some(recording), Some(room)) = (&begun, &self.room) {
            recording.set_room(room);
        }
        if let Some(recording) = &begun {
            for (visit, peer) in &self.peers {
                if let Some(person) = classroom.person_of(*visit) {
                    recording.peer(peer.id, person);
                }
            }
        }
        let tap = begun.as_ref().map(|recording| recording.tap.clone());
        self.tell(|room| room.set_tap(tap));
        self.recording = begun;
    }

    /// Has captions written of what is said from now on, or no longer. `false`: there is no engine.
    pub fn caption(&mut self, on: bool) -> bool {
        let begun = on.then(|| Captions::begin(&self.live, self.lesson, self.inbox.clone())).flatten();
        if let Some(captions) = &begun {
            let speakers = self.speakers.iter().filter_map(|visit| self.peers.get(visit));
            captions.speaking(speakers.map(|peer| peer.id).collect());
        }
        let ears = begun.as_ref().map(|captions| captions.ears.clone());
        self.tell(|room| room.set_ears(ears));
        self.captions = begun;
        self.captions.is_some()
    }

    /// Whose device a peer is.
    pub fn visit_of(&self, peer: PeerId) -> Option<VisitId> {
        self.visits.get(&peer).copied()
    }

    /// The headers of a peer are told from now on.
    pub fn watch_headers(&self, peer: PeerId, watch: HeaderWatch) {
        self.tell(|room| room.watch_headers(peer, watch));
    }

    /// What is recorded besides sound and pictures.
    pub fn recording(&mut self) -> Option<&mut Recording> {
        self.recording.as_mut()
    }

    fn tell(&self, command: impl FnOnce(&Room) -> Result<(), MediaError>) {
        if let Some(Err(error)) = self.room.as_deref().map(command) {
            metrics::counter!("preau_live_media_orders_failed_total").increment(1);
            tracing::warn!(lesson = %self.lesson, %error, "the media takes no orders");
        }
    }

    /// Notes an event of the media; [`Stage::news`] tells it.
    pub fn take(&mut self, event: MediaEvent, classroom: &Classroom) {
        match event {
            MediaEvent::Disconnected { peer, reason } if reason != DisconnectReason::Left => {
                self.disconnected(peer, reason);
            }
            MediaEvent::Assigned { peer, mid, source, paused, .. } => {
                let Some(visit) = self.visits.get(&peer).copied() else { return };
                let Some(peer) = self.peers.get_mut(&visit) else { return };
                match source {
                    Some(source) => peer.slots.insert(mid, Assigned { source, paused }),
                    None => peer.slots.remove(&mid),
                };
                self.dirty.insert(visit);
            }
            MediaEvent::Speaking { speakers } => {
                if let Some(captions) = &self.captions {
                    captions.speaking(speakers.clone());
                }
                let visits = speakers.iter().filter_map(|peer| self.visits.get(peer).copied());
                let speakers: Vec<VisitId> = visits.filter(|visit| classroom.person_of(*visit).is_some()).collect();
                if speakers != self.speakers {
                    self.speakers = speakers;
                    self.speaking_is_news = true;
                }
            }
            MediaEvent::RoomFailed => {
                metrics::counter!("preau_live_media_rooms_failed_total").increment(1);
                tracing::error!(lesson = %self.lesson, "the media room failed; clients offer again");
                self.room = None;
                let visits: Vec<VisitId> = self.peers.keys().copied().collect();
                self.lost.extend(visits);
            }
            MediaEvent::Connected { .. } | MediaEvent::Disconnected { .. } | MediaEvent::Publishing { .. } => {}
            MediaEvent::Sends { peer, codec } => {
                let Some(visit) = self.visits.get(&peer).copied() else { return };
                if let Some(peer) = self.peers.get_mut(&visit) {
                    peer.codec = Some(picture_codec(codec));
                    self.recoded.insert(visit);
                }
            }
            MediaEvent::Stats { peer, estimate_kbps, sent_kbps, loss_permille, rtt_ms, late_ms, .. } => {
                let Some(visit) = self.visits.get(&peer).copied() else { return };
                let measure = Measure { estimate_kbps, sent_kbps, loss_permille, rtt_ms, late_ms };
                self.lines.measured(visit, measure, self.live.now());
            }
        }
    }

    fn disconnected(&mut self, peer: PeerId, reason: DisconnectReason) {
        let Some(visit) = self.visits.get(&peer).copied() else { return };
        let Some(peer) = self.peers.get_mut(&visit) else { return };
        tracing::info!(lesson = %self.lesson, %visit, ?reason, "media connection lost");
        peer.slots.clear();
        // A new offer is on its way already: its answer says all.
        if !peer.joining {
            self.lost.insert(visit);
        }
    }

    /// A client has (again) a connection: it is told the slots and speakers, which its peer connection may still have.
    pub fn welcomed(&mut self, visit: VisitId) {
        if self.peers.contains_key(&visit) {
            self.lines.welcomed(visit);
        }
        if self.peers.get(&visit).is_some_and(|peer| peer.codec.is_some()) {
            self.recoded.insert(visit);
        }
        if self.peers.get(&visit).is_some_and(|peer| !peer.slots.is_empty()) {
            self.dirty.insert(visit);
        }
    }

    pub fn wake_at(&self) -> Option<Instant> {
        self.speaking_is_news.then(|| self.speaking_told_at.plus(SPEAKING_EVERY))
    }

    /// What is to be told now, and to whom.
    pub fn news(&mut self, classroom: &Classroom, now: Instant) -> Vec<(Vec<ConnId>, ServerMessage)> {
        let mut news = Vec::new();
        for visit in std::mem::take(&mut self.lost) {
            news.extend(classroom.conn_of(visit).map(|conn| (vec![conn], ServerMessage::MediaLost)));
        }
        for line in self.lines.news() {
            let (visit, message) = match line {
                News::Narrow(visit, narrow) => (visit, ServerMessage::Line { narrow }),
                News::Sparing(visit, on) => (visit, ServerMessage::Sparing { on }),
            };
            news.extend(classroom.conn_of(visit).map(|conn| (vec![conn], message)));
        }
        for visit in std::mem::take(&mut self.recoded) {
            let codec = self.peers.get(&visit).and_then(|peer| peer.codec);
            let conn = classroom.conn_of(visit);
            news.extend(conn.zip(codec).map(|(conn, codec)| (vec![conn], ServerMessage::Codec { codec })));
        }
        for visit in std::mem::take(&mut self.dirty) {
            let (Some(conn), Some(peer)) = (classroom.conn_of(visit), self.peers.get(&visit)) else { continue };
            let seen = |assigned: &Assigned| !peer.low || assigned.source.kind == SourceKind::Audio;
            let slots = peer.slots.iter().filter(|(_, assigned)| seen(assigned));
            let slots = slots.filter_map(|(mid, assigned)| self.slot(mid, assigned, classroom)).collect();
            news.push((vec![conn], ServerMessage::Slots { slots }));
        }
        if self.wake_at().is_some_and(|at| at <= now) {
            (self.speaking_is_news, self.speaking_told_at) = (false, now);
            for (place, conns) in classroom.conns_by_place() {
                let here = |visit: &VisitId| classroom.place_of_visit(*visit) == Some(place);
                let visits = self.speakers.iter().copied().filter(here).collect();
                news.push((conns, ServerMessage::Speaking { visits }));
            }
        }
        news
    }

    /// `None` when the one in the slot has just left; the media empties it in a moment.
    fn slot(&self, mid: &str, assigned: &Assigned, classroom: &Classroom) -> Option<Slot> {
        let visit = *self.visits.get(&assigned.source.peer)?;
        let person = classroom.person_of(visit)?;
        let kind = match assigned.source.kind {
            SourceKind::Audio => SlotKind::Voice,
            SourceKind::Camera => SlotKind::Camera,
            SourceKind::Screen => SlotKind::Screen,
        };
        Some(Slot { mid: mid.to_owned(), kind, person, visit, paused: assigned.paused })
    }
}

fn rights(sends: Sends, camera_seen: CamerasSeen) -> PublishRights {
    let video_to_pinned = camera_seen == CamerasSeen::Leaders;
    PublishRights { audio: sends.mic, video: sends.camera, screen: sends.screen, video_to_pinned }
}

#[cfg(test)]
mod tests;
