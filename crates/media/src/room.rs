//! A lesson's room on its thread: peers, what they publish, and who gets what.

mod choose;
mod codec;
mod forward;
mod pump;
mod slots;
mod tapping;
mod tick;
mod voices;

use crate::api::{
    Codec, DisconnectReason, MediaError, MediaEvent, PeerId, PublishRights, SlotWant, SourceId, SourceKind,
};
use crate::carried::Carried;
use crate::egress::Egress;
use crate::headers::HeaderWatch;
use crate::join::{Offer, Terms, negotiate};
use crate::ladder::Ladder;
use crate::limits::{ORDER_PEERS_MAX, PEERS_PER_ROOM_MAX, WANTS_MAX};
use crate::look::LastSecond;
use crate::losses::Losses;
use crate::net::{Net, Place, ROOM_TICK, Timer};
use crate::outbox::Outbox;
use crate::peer::{Nominated, Peer, SourceRef};
use crate::speakers::Speakers;
use crate::tap::Tap;
use preau_base::Rng;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tapping::RoomTap;
use tokio::sync::mpsc::Sender;

pub use choose::Seek;
pub use pump::Arrival;
pub use tapping::TapSlot;

/// How often a room looks around: who speaks, who fell silent, which keyframes are still wanted.
const TICK: Duration = Duration::from_millis(100);

/// Datagrams of a turn that are sent before its end: their receivers measure when they come.
const SEND_EARLY: usize = 64;

pub struct RoomState {
    key: u64,
    /// The lesson, for logs.
    id: u128,
    /// Places don't move: timers and routes name them.
    peers: Vec<Option<Box<Peer>>>,
    order: Vec<PeerId>,
    pinned: Vec<PeerId>,
    /// The voices of each part of the room.
    areas: BTreeMap<u8, Area>,
    speaking: Vec<usize>,
    pub outbox: Outbox,
    /// Peers with packets to send in this turn.
    touched: Vec<usize>,
    /// The slots must be filled anew; keyframes must be asked for.
    reassign: bool,
    keyframes: bool,
    ticks: u64,
    ticking: bool,
    measured: Instant,
    /// Cameras and screens in the order in which slots are filled.
    pictures: Vec<SourceRef>,
    ladder: Arc<Ladder>,
    /// What pictures are sent as when everybody can decode it.
    codec: Codec,
    /// Where copies go while the room is recorded.
    tap: Option<RoomTap>,
    /// Where copies of voices go while somebody writes down what is said.
    ears: Option<Tap>,
}

/// The voices of one part of the room, and those that are forwarded there.
#[derive(Default)]
struct Area {
    speakers: Speakers<usize>,
    top: Vec<usize>,
}

/// What a room is told by its handle.
pub enum Order {
    Leave(PeerId),
    Rights(PeerId, PublishRights),
    First(Vec<PeerId>),
    Pinned(Vec<PeerId>),
    Want(PeerId, Vec<SlotWant>),
    Low(PeerId, bool),
    Area(PeerId, u8),
    Owner(PeerId, u128),
    Pin(PeerId, Option<PeerId>),
    Tap(Option<Tap>),
    Ears(Option<Tap>),
    TappedKeyframe(SourceId),
    Watch(PeerId, HeaderWatch),
    #[cfg(test)]
    Panic,
}

impl RoomState {
    pub fn new(key: u64, id: u128, events: Sender<MediaEvent>, ladder: Arc<Ladder>, now: Instant) -> Self {
        Self {
            key,
            id,
            peers: Vec::new(),
            order: Vec::new(),
            pinned: Vec::new(),
            areas: BTreeMap::new(),
            speaking: Vec::new(),
            outbox: Outbox::new(events),
            touched: Vec::new(),
            reassign: false,
            keyframes: false,
            ticks: 0,
            ticking: false,
            measured: now,
            pictures: Vec::new(),
            ladder,
            codec: Codec::default(),
            tap: None,
            ears: None,
        }
    }

    pub fn id(&self) -> u128 {
        self.id
    }

    /// Those who are in, connected or not yet.
    pub fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.peers.iter().flatten().map(|peer| &**peer)
    }

    pub fn count(&self) -> usize {
        self.peers().count()
    }

    fn index(&self, id: PeerId) -> Option<usize> {
        self.peers.iter().position(|peer| peer.as_ref().is_some_and(|peer| peer.id == id))
    }

    fn peer_mut(&mut self, index: usize) -> Option<&mut Peer> {
        self.peers.get_mut(index)?.as_deref_mut()
    }

    fn place(&self, index: usize) -> Place {
        Place { room: self.key, peer: index }
    }

    /// Answers an offer; whoever was in under this name leaves first.
    pub fn join(
        &mut self,
        net: &mut Net,
        terms: &Terms<'_>,
        rng: &mut dyn Rng,
        (id, rights): (PeerId, PublishRights),
        offer: &Offer,
    ) -> Result<String, MediaError> {
        let old = self.index(id);
        if old.is_none() && self.count() >= PEERS_PER_ROOM_MAX {
            return Err(MediaError::RoomFull(PEERS_PER_ROOM_MAX));
        }
        let new = negotiate(terms, net, rng, offer)?;
        if let Some(old) = old {
            self.remove(net, old, DisconnectReason::Left, terms.now);
        }
        let index = self.peers.iter().position(Option::is_none).unwrap_or_else(|| {
            self.peers.push(None);
            self.peers.len() - 1
        });
        let peer = Peer {
            id,
            rtc: new.rtc,
            egress: Egress::new(new.streams, u64::from(terms.initial_kbps) * 1_000, terms.since_1970, terms.now),
            line: None,
            nominated: Nominated::default(),
            ufrag: new.ufrag,
            rights,
            area: 0,
            owner: None,
            pin: None,
            codecs: new.codecs,
            told_codec: Codec::default(),
            red: new.red,
            losses: Losses::default(),
            sources: new.sources,
            origins: Vec::new(),
            slots: new.slots,
            paths: Vec::new(),
            probing: None,
            answered: None,
            connected: false,
            joined: terms.now,
            low: false,
            carried: Carried::default(),
            seek: Seek::new(terms.now),
            no_rise_until: terms.now,
            choose: false,
            touched: false,
            rtc_at: terms.now,
            timer_at: None,
            gone: None,
            received_bytes: 0,
            reported: None,
            last_second: LastSecond::default(),
        };
        self.peers[index] = Some(Box::new(peer));
        self.codec = terms.codec;
        net.routes.add_ufrag(new.ufrag, self.place(index));
        self.touch(index);
        if !self.ticking {
            self.ticking = true;
            net.timers.set(Timer { at: terms.now + TICK, room: self.key, peer: ROOM_TICK });
        }
        Ok(new.answer)
    }

    pub fn carry_out(&mut self, net: &mut Net, order: Order, now: Instant) {
        match order {
            Order::Leave(id) => {
                if let Some(index) = self.index(id) {
                    self.remove(net, index, DisconnectReason::Left, now);
                }
            }
            Order::Rights(id, rights) => self.set_rights(id, rights),
            Order::First(mut order) => {
                order.truncate(ORDER_PEERS_MAX);
                self.order = order;
                self.reassign = true;
            }
            Order::Pinned(mut pinned) => {
                pinned.truncate(ORDER_PEERS_MAX);
                self.pinned = pinned;
                self.reassign = true;
            }
            Order::Want(id, mut wants) => {
                wants.truncate(WANTS_MAX);
                self.set_want(id, &wants);
            }
            Order::Low(id, low) => {
                if let Some(peer) = self.index(id).and_then(|index| self.peer_mut(index)) {
                    peer.low = low;
                    peer.choose = true;
                    self.reassign = true;
                }
            }
            Order::Area(id, area) => self.set_area(id, area),
            Order::Owner(id, owner) => {
                if let Some(peer) = self.index(id).and_then(|index| self.peer_mut(index)) {
                    peer.owner = Some(owner);
                    self.reassign = true;
                }
            }
            Order::Pin(id, pin) => {
                if let Some(peer) = self.index(id).and_then(|index| self.peer_mut(index)) {
                    peer.pin = pin;
                    self.reassign = true;
                }
            }
            Order::Tap(tap) => {
                self.set_tap(tap);
                self.reassign = true;
            }
            Order::Ears(ears) => self.ears = ears,
            Order::TappedKeyframe(source) => self.want_tapped_keyframe(source),
            Order::Watch(id, watch) => {
                if let Some(index) = self.index(id) {
                    net.watching.begin(self.place(index), watch);
                }
            }
            #[cfg(test)]
            Order::Panic => panic!("a panic that a test asked for"),
        }
    }

    fn set_rights(&mut self, id: PeerId, rights: PublishRights) {
        let Some(index) = self.index(id) else { return };
        let Some(peer) = self.peer_mut(index) else { return };
        peer.rights = rights;
        self.reassign = true;
        for kind in crate::peer::KINDS {
            if !rights.allows(kind) {
                self.end_source(SourceRef { peer: index, kind });
            }
        }
    }

    fn set_area(&mut self, id: PeerId, area: u8) {
        let Some(index) = self.index(id) else { return };
        self.forget_voice(index);
        if let Some(peer) = self.peer_mut(index) {
            peer.area = area;
        }
        self.reassign = true;
    }

    /// The peer is heard in no part of the room until its next packet.
    fn forget_voice(&mut self, index: usize) {
        self.areas.values_mut().for_each(|area| area.speakers.remove(index));
        self.areas.retain(|_, area| !area.speakers.is_empty());
    }

    fn set_want(&mut self, id: PeerId, wants: &[SlotWant]) {
        let Some(peer) = self.index(id).and_then(|index| self.peer_mut(index)) else { return };
        for want in wants {
            if let Some(slot) = peer.slots.iter_mut().find(|slot| *slot.mid == *want.mid) {
                slot.want_px = want.max_width_px;
            }
        }
        peer.choose = true;
        self.reassign = true;
    }

    /// Takes a peer out: its connection is closed towards the browser, its slots and addresses are free.
    fn remove(&mut self, net: &mut Net, index: usize, reason: DisconnectReason, now: Instant) {
        let place = self.place(index);
        if let Some(peer) = self.peer_mut(index)
            && peer.rtc.is_alive()
            && reason != DisconnectReason::Failed
        {
            let _ = peer.rtc.close();
            self.drain(net, index, now);
        }
        let Some(peer) = self.peers[index].take() else { return };
        net.routes.remove_ufrag(&peer.ufrag);
        for path in &peer.paths {
            net.routes.remove_addr(path.remote, place);
        }
        net.tcp_gone.push(place);
        net.watching.gone(place);
        self.touched.retain(|&touched| touched != index);
        self.forget_voice(index);
        self.speaking.retain(|&speaking| speaking != index);
        self.outbox.push(MediaEvent::Disconnected { peer: peer.id, reason });
        // Slots that showed this peer are freed now: its place may be taken by somebody else before the next turn.
        for other in self.peers.iter_mut().flatten() {
            for slot in &mut other.slots {
                if slot.source.is_some_and(|source| source.peer == index) {
                    slot.source = None;
                    slot.current = None;
                    slot.target = None;
                }
            }
            for source in other.sources.iter_mut().flatten() {
                source.subscribers.retain(|subscriber| subscriber.peer != index);
            }
        }
        self.reassign = true;
    }

    /// The room is over: every peer is told by DTLS, every listener by an event.
    pub fn close(&mut self, net: &mut Net, now: Instant) {
        for index in 0..self.peers.len() {
            self.remove(net, index, DisconnectReason::Left, now);
        }
        self.outbox.flush();
    }

    /// The room ended by a panic: nothing of its state is trusted any more but the names of its peers.
    pub fn fail(&mut self) {
        for peer in self.peers.drain(..).flatten() {
            self.outbox.push(MediaEvent::Disconnected { peer: peer.id, reason: DisconnectReason::RoomFailed });
        }
        self.outbox.push(MediaEvent::RoomFailed);
        self.outbox.flush();
    }

    /// Marks a peer at which str0m is to be called at the end of this turn.
    fn touch(&mut self, index: usize) {
        let Some(peer) = self.peers.get_mut(index).and_then(Option::as_mut) else { return };
        peer.rtc_at = Instant::now();
        if !peer.touched {
            peer.touched = true;
            self.touched.push(index);
        }
    }

    /// The end of a turn: slots, keyframes, packets, events.
    pub fn finish_turn(&mut self, net: &mut Net, now: Instant) {
        if self.reassign {
            self.reassign = false;
            self.assign_slots(now);
            self.tell_codec();
        }
        if self.keyframes {
            self.ask_keyframes(net, now);
        }
        while let Some(index) = self.touched.pop() {
            self.pump(net, index);
            if net.out.len() >= SEND_EARLY {
                net.send();
            }
        }
        self.remove_gone(net, now);
        self.outbox.flush();
        net.counters.events_dropped += self.outbox.take_dropped();
    }

    /// Whether there is anything to do at the end of this turn.
    pub fn has_work(&self) -> bool {
        self.reassign || self.keyframes || !self.touched.is_empty() || !self.outbox.is_empty()
    }

    fn remove_gone(&mut self, net: &mut Net, now: Instant) {
        for index in 0..self.peers.len() {
            if let Some(reason) = self.peers[index].as_ref().and_then(|peer| peer.gone) {
                self.remove(net, index, reason, now);
            }
        }
    }

    fn end_source(&mut self, source: SourceRef) {
        if source.kind == SourceKind::Audio {
            self.forget_voice(source.peer);
        }
        let Some(peer) = self.peers.get_mut(source.peer).and_then(Option::as_mut) else { return };
        let id = peer.id;
        if let Some(state) = peer.source_mut(source.kind)
            && state.live
        {
            state.live = false;
            self.outbox.push(MediaEvent::Publishing { peer: id, kind: source.kind, live: false });
            self.reassign = true;
        }
    }
}
