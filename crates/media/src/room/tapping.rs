//! What of a room is recorded, and who listens to its voices: receivers who never wait and have a slot for everything.

use super::RoomState;
use super::forward::Fanout;
use crate::api::{SourceId, SourceKind};
use crate::layers::Picture;
use crate::limits::{TAPPED_KEYFRAME_EVERY_MS, TAPPED_WIDTH_PX_MAX};
use crate::peer::SourceRef;
use crate::rewrite::Rewriter;
use crate::tap::{Tap, Tapped};
use std::time::{Duration, Instant};

/// The part of the room that is recorded; groups that work by themselves are not.
const TAPPED_AREA: u8 = 0;

/// A tap of a room, and how many streams have begun in it.
pub struct RoomTap {
    tap: Tap,
    runs: u64,
}

/// A source that is recorded: its stream, and which of its layers.
#[derive(Debug)]
pub struct TapSlot {
    run: u64,
    current: Option<u8>,
    target: u8,
    rewriter: Rewriter,
    keyed_at: Instant,
}

impl RoomState {
    /// Records from now on, with streams that begin now, or no longer.
    pub(super) fn set_tap(&mut self, tap: Option<Tap>) {
        for source in self.peers.iter_mut().flatten().flat_map(|peer| peer.sources.iter_mut().flatten()) {
            source.tapped = None;
        }
        self.tap = tap.map(|tap| RoomTap { tap, runs: 0 });
    }

    /// Voices and screens of everybody, cameras of the pinned (leaders), in the part of the room where all are.
    fn is_tapped(&self, index: usize, kind: SourceKind) -> bool {
        let Some(peer) = self.peers.get(index).and_then(Option::as_ref) else { return false };
        peer.area == TAPPED_AREA && (kind != SourceKind::Camera || self.pinned.contains(&peer.id))
    }

    /// Gives the tap a copy of a packet that is forwarded.
    pub(super) fn tap(&mut self, from: SourceRef, fanout: &Fanout<'_>) {
        if !self.is_tapped(from.peer, from.kind) {
            return;
        }
        let (Some(tap), Some(peer)) = (&mut self.tap, self.peers.get_mut(from.peer).and_then(Option::as_mut)) else {
            return;
        };
        let id = peer.id;
        let Some(source) = peer.source_mut(from.kind) else { return };
        let slot = source.tapped.get_or_insert_with(|| {
            tap.runs += 1;
            let clock_hz = if fanout.video { 90_000 } else { 48_000 };
            let rewriter = Rewriter::new(clock_hz, 0);
            Box::new(TapSlot { run: tap.runs, current: None, target: fanout.layer, rewriter, keyed_at: fanout.now })
        });
        if slot.current != Some(fanout.layer) {
            if slot.target != fanout.layer || !fanout.starts {
                return;
            }
            slot.rewriter.switch(fanout.numbers, fanout.now);
            slot.current = Some(fanout.layer);
        }
        if fanout.starts {
            slot.keyed_at = fanout.now;
        }
        let Some(numbers) = slot.rewriter.map(fanout.numbers, fanout.now) else { return };
        tap.tap.give(Tapped {
            source: SourceId { peer: id, kind: from.kind },
            run: slot.run,
            // As they stand in a packet's header, where both wrap around.
            seq: (numbers.seq & 0xffff) as u16,
            timestamp: numbers.timestamp,
            marker: fanout.packet.header.marker,
            payload: fanout.packet.payload.clone(),
            came: fanout.now,
        });
    }

    /// Gives whoever listens a copy of a voice's packet, as its sender has numbered it.
    pub(super) fn hear(&self, index: usize, fanout: &Fanout<'_>) {
        let (Some(ears), Some(Some(peer))) = (&self.ears, self.peers.get(index)) else { return };
        if peer.area != TAPPED_AREA {
            return;
        }
        let header = &fanout.packet.header;
        ears.give(Tapped {
            source: SourceId { peer: peer.id, kind: SourceKind::Audio },
            run: u64::from(*header.ssrc),
            seq: header.sequence_number,
            timestamp: header.timestamp,
            marker: header.marker,
            payload: fanout.packet.payload.clone(),
            came: fanout.now,
        });
    }

    /// Chooses the layer of each picture that is recorded, and asks for the keyframes without which a recording could be
    /// played from its beginning only.
    pub(super) fn look_after_tap(&mut self, now: Instant) {
        if self.tap.is_none() {
            return;
        }
        for peer in 0..self.peers.len() {
            for kind in [SourceKind::Camera, SourceKind::Screen] {
                if !self.is_tapped(peer, kind) {
                    continue;
                }
                let Some(source) = self.peers[peer].as_mut().and_then(|peer| peer.source_mut(kind)) else { continue };
                let layers = source.layers(now);
                let Some(slot) = &mut source.tapped else { continue };
                let picture = Picture { want_px: TAPPED_WIDTH_PX_MAX, layers, current: slot.current };
                slot.target = picture.ideal().unwrap_or(slot.target);
                let due = now.saturating_duration_since(slot.keyed_at);
                if slot.current != Some(slot.target) || due >= Duration::from_millis(TAPPED_KEYFRAME_EVERY_MS) {
                    let layer = slot.target;
                    self.want_keyframe(SourceRef { peer, kind }, layer);
                }
            }
        }
    }

    /// Somebody who records cannot go on with a picture before its next keyframe.
    pub(super) fn want_tapped_keyframe(&mut self, source: SourceId) {
        let Some(index) = self.index(source.peer) else { return };
        let state = self.peers[index].as_ref().and_then(|peer| peer.source(source.kind));
        if let Some(layer) = state.and_then(|state| state.tapped.as_ref()).map(|slot| slot.target) {
            self.want_keyframe(SourceRef { peer: index, kind: source.kind }, layer);
        }
    }
}
