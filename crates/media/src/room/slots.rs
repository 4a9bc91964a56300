//! Who is in which slot of whom.

use super::RoomState;
use crate::api::{MediaEvent, PeerId, SourceId, SourceKind};
use crate::assign::{assign, ordered};
use crate::peer::{SourceRef, Subscriber};
use std::time::Instant;

/// Voices that go to a receiver who takes voices only: the one who teaches and the one who speaks.
const LOW_VOICES_MAX: usize = 2;

impl RoomState {
    /// Fills everybody's slots anew and reports what changed.
    pub(super) fn assign_slots(&mut self, now: Instant) {
        self.pictures = self.live_pictures();
        let voices = self.live_voices(now);
        let mut wanted = Vec::new();
        for index in 0..self.peers.len() {
            for video in [false, true] {
                wanted.clear();
                let all = if video { &self.pictures } else { &voices };
                wanted.extend(all.iter().copied().filter(|source| self.is_for(*source, index)));
                let Some(peer) = self.peers[index].as_deref() else { break };
                if let Some(pin) = peer.pin.filter(|_| video) {
                    // A stable sort: the pinned picture first, the others as they were.
                    wanted.sort_by_key(|source| self.peers[source.peer].as_ref().map(|peer| peer.id) != Some(pin));
                }
                if peer.low && !video {
                    wanted.truncate(LOW_VOICES_MAX);
                }
                let Some(peer) = self.peers[index].as_deref_mut() else { break };
                let mut places: Vec<Option<SourceRef>> =
                    peer.slots.iter().filter(|slot| slot.video == video).map(|slot| slot.source).collect();
                if !assign(&mut places, &wanted) {
                    continue;
                }
                for (slot, source) in peer.slots.iter_mut().filter(|slot| slot.video == video).zip(places) {
                    if slot.source != source {
                        slot.source = source;
                        slot.current = None;
                        slot.target = source.filter(|_| !video).map(|_| 0);
                    }
                }
            }
            if let Some(peer) = self.peers[index].as_deref_mut() {
                peer.choose = true;
            }
        }
        self.subscribe();
        self.choose_layers(now);
        self.tell_assignments();
    }

    /// Whether a source is for this receiver: another device's, in the same part of the room, no camera that is for others, and
    /// no sound of the same person.
    fn is_for(&self, source: SourceRef, receiver: usize) -> bool {
        let [Some(from), Some(to)] = [&self.peers[source.peer], &self.peers[receiver]] else { return false };
        let hidden = source.kind == SourceKind::Camera && from.rights.video_to_pinned && !self.pinned.contains(&to.id);
        let own = source.kind == SourceKind::Audio && from.owner.is_some() && from.owner == to.owner;
        source.peer != receiver && from.area == to.area && !hidden && !own
    }

    /// Screens first, then cameras; within each by the room's order, then by name.
    fn live_pictures(&self) -> Vec<SourceRef> {
        let mut pictures = Vec::new();
        let mut named: Vec<(PeerId, usize)> =
            self.peers.iter().enumerate().filter_map(|(index, peer)| Some((peer.as_ref()?.id, index))).collect();
        named.sort_unstable();
        let ids: Vec<PeerId> = named.iter().map(|&(id, _)| id).collect();
        let order = ordered(&ids, &self.order);
        for kind in [SourceKind::Screen, SourceKind::Camera] {
            for id in &order {
                let Some(&(_, index)) = named.iter().find(|(name, _)| name == id) else { continue };
                if self.peers[index].as_ref().is_some_and(|peer| peer.is_live(kind)) {
                    pictures.push(SourceRef { peer: index, kind });
                }
            }
        }
        pictures
    }

    /// The voices to forward: pinned ones, then who speaks or spoke.
    fn live_voices(&mut self, now: Instant) -> Vec<SourceRef> {
        let places = self.peers.iter().flatten().map(|peer| peer.slots.iter().filter(|slot| !slot.video).count()).max();
        for area in self.areas.values_mut() {
            area.top = area.speakers.top(places.unwrap_or(0), now).to_vec();
        }
        let live = |index: usize| self.peers[index].as_ref().is_some_and(|peer| peer.is_live(SourceKind::Audio));
        let pinned = self.pinned.iter().filter_map(|&id| self.index(id)).filter(|&index| live(index));
        let mut voices: Vec<usize> = pinned.collect();
        for &index in self.areas.values().flat_map(|area| &area.top) {
            if live(index) && !voices.contains(&index) {
                voices.push(index);
            }
        }
        voices.into_iter().map(|peer| SourceRef { peer, kind: SourceKind::Audio }).collect()
    }

    /// Rebuilds each source's list of the slots that show it.
    fn subscribe(&mut self) {
        for source in self.peers.iter_mut().flatten().flat_map(|peer| peer.sources.iter_mut().flatten()) {
            source.subscribers.clear();
        }
        for receiver in 0..self.peers.len() {
            let slots = self.peers[receiver].as_ref().map_or(0, |peer| peer.slots.len());
            for slot in 0..slots {
                let shown = self.peers[receiver].as_ref().and_then(|peer| peer.slots[slot].source);
                let Some(shown) = shown else { continue };
                let source = self.peer_mut(shown.peer).and_then(|peer| peer.source_mut(shown.kind));
                if let Some(source) = source {
                    source.subscribers.push(Subscriber { peer: receiver, slot });
                }
            }
        }
    }

    /// Reports every slot whose person, or pause, differs from what was last said.
    pub(super) fn tell_assignments(&mut self) {
        for index in 0..self.peers.len() {
            let slots = self.peers[index].as_ref().map_or(0, |peer| peer.slots.len());
            for slot in 0..slots {
                let Some((source, video, target)) = self.peers[index].as_ref().map(|peer| {
                    let slot = &peer.slots[slot];
                    (slot.source, slot.video, slot.target)
                }) else {
                    continue;
                };
                let named = source.and_then(|source| {
                    let peer = self.peers[source.peer].as_ref()?.id;
                    Some(SourceId { peer, kind: source.kind })
                });
                let paused = named.is_some() && video && target.is_none();
                let Some(peer) = self.peers[index].as_deref_mut() else { continue };
                if !peer.connected || peer.slots[slot].told == (named, paused) {
                    continue;
                }
                peer.slots[slot].told = (named, paused);
                let kind = if video { SourceKind::Camera } else { SourceKind::Audio };
                let mid = peer.slots[slot].mid.to_string();
                let event = MediaEvent::Assigned { peer: peer.id, kind, mid, source: named, paused };
                self.outbox.push(event);
            }
        }
    }
}
