//! Which layer of each picture goes to whom.

use super::RoomState;
use crate::layers::{Budget, Picture, choose};
use std::time::{Duration, Instant};
use str0m::bwe::Bitrate;

/// What a voice takes of the estimate before any picture, in bit/s.
const VOICE_BPS: u64 = 45_000;
/// After bandwidth forced a picture down, none gets better for so long.
const RISE_PAUSE: Duration = Duration::from_secs(3);
/// An estimate that backs off is 85 % of what got through (draft-ietf-rmcat-gcc, section 5.5): this share of it, in
/// 1/100, is what got through.
const STAY_SHARE: u64 = 118;
/// The estimate looks for so much more than is wanted, as a share of 1/100.
const DESIRED_SHARE: u64 = 120;
/// A wish that changed by less than this share isn't passed on.
const DESIRED_STEP: u64 = 10;

impl RoomState {
    /// Chooses anew for every receiver that is marked for it.
    pub(super) fn choose_layers(&mut self, now: Instant) {
        for index in 0..self.peers.len() {
            let marked = self.peers[index].as_mut().is_some_and(|peer| std::mem::take(&mut peer.choose));
            if marked {
                self.choose_for(index, now);
            }
        }
    }

    fn choose_for(&mut self, index: usize, now: Instant) {
        let (slots, pictures) = self.pictures_of(index, now);
        let Some(peer) = self.peer_mut(index) else { return };
        let voices = peer.slots.iter().filter(|slot| !slot.video && slot.source.is_some()).count() as u64;
        let sound_bps = voices * VOICE_BPS;
        let left = |share: u64| (peer.estimate_bps / 100 * share).saturating_sub(sound_bps);
        let (bps, stay_bps) = if peer.low { (0, 0) } else { (left(100), left(STAY_SHARE)) };
        let chosen = choose(&pictures, Budget { bps, stay_bps, may_rise: now >= peer.no_rise_until });

        let ideal: u64 =
            pictures.iter().filter_map(|picture| Some(picture.layers[usize::from(picture.ideal()?)].bps)).sum();
        let desired = if peer.low { sound_bps } else { (ideal + sound_bps) / 100 * DESIRED_SHARE };
        if desired.abs_diff(peer.desired_bps) * 100 > peer.desired_bps * DESIRED_STEP {
            peer.desired_bps = desired;
            let narrowest: u64 = pictures
                .iter()
                .filter(|picture| picture.ideal().is_some())
                .filter_map(|picture| picture.layers.iter().find(|layer| layer.live).map(|layer| layer.bps))
                .sum();
            let minimum = if peer.low { 0 } else { (narrowest + sound_bps) / 100 * DESIRED_SHARE };
            peer.rtc.bwe().set_bitrate(Bitrate::from(minimum), Bitrate::from(desired));
        }

        let mut wanted = Vec::new();
        let mut fell = false;
        for ((&slot, picture), &layer) in slots.iter().zip(&pictures).zip(&chosen) {
            fell |= picture.current.is_some() && layer < picture.current && picture.ideal() >= picture.current;
            let slot = &mut peer.slots[slot];
            slot.target = layer;
            match (layer, slot.source) {
                (None, _) => slot.current = None,
                (Some(layer), Some(source)) if slot.current != Some(layer) => wanted.push((source, layer)),
                _ => {}
            }
        }
        if fell && !peer.low {
            peer.no_rise_until = now + RISE_PAUSE;
        }
        for (source, layer) in wanted {
            self.want_keyframe(source, layer);
        }
    }

    /// A receiver's picture slots that hold something, the most important first.
    fn pictures_of(&self, index: usize, now: Instant) -> (Vec<usize>, Vec<Picture>) {
        let mut slots = Vec::new();
        let mut pictures = Vec::new();
        let Some(peer) = self.peers[index].as_ref() else { return (slots, pictures) };
        for &source in &self.pictures {
            let Some(at) = peer.slots.iter().position(|slot| slot.source == Some(source)) else { continue };
            let publisher = self.peers[source.peer].as_ref();
            let Some(state) = publisher.and_then(|publisher| publisher.source(source.kind)) else { continue };
            slots.push(at);
            pictures.push(Picture {
                want_px: peer.slots[at].want_px,
                layers: state.layers(now),
                current: peer.slots[at].current,
            });
        }
        (slots, pictures)
    }
}
