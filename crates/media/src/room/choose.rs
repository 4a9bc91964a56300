//! Which layer of each picture goes to whom.

use super::RoomState;
use crate::layers::{Budget, Layer, Picture, UPGRADE_SHARE, choose};
use std::time::{Duration, Instant};

/// What a voice takes of the estimate before any picture, in bit/s.
const VOICE_BPS: u64 = 45_000;
/// After bandwidth forced a picture down, none gets better for so long.
const RISE_PAUSE: Duration = Duration::from_secs(3);
/// An estimate that backs off is 85 % of what got through (draft-ietf-rmcat-gcc, section 5.5): this share of it, in
/// 1/100, is what got through.
const STAY_SHARE: u64 = 118;
/// A path is tried for so long to find out whether it carries the next step; then it is left alone, at first shortly.
const SEEK_TIME: Duration = Duration::from_secs(4);
const SEEK_PAUSE_MIN: Duration = Duration::from_secs(6);
const SEEK_PAUSE_MAX: Duration = Duration::from_secs(60);
/// The step must fit with so much to spare.
const STEP_MARGIN_BPS: u64 = 30_000;
/// What the path must carry for the next step up, in bit/s; `None` when every picture is at its best.
fn next_step(pictures: &[Picture], chosen: &[Option<u8>], sound_bps: u64, low: bool) -> Option<u64> {
    // Nobody looks for room that nothing would fill: a burst is more than a narrow line carries in a second.
    if low {
        return None;
    }
    let bps = |picture: &Picture, layer: Option<u8>| layer.map_or(0, |layer| picture.layers[usize::from(layer)].bps);
    let spent: u64 = pictures.iter().zip(chosen).map(|(picture, &layer)| bps(picture, layer)).sum();
    let step = pictures.iter().zip(chosen).find_map(|(picture, &layer)| {
        let next = (layer.map_or(0, |layer| layer + 1)..=picture.ideal()?)
            .find(|&next| picture.layers[usize::from(next)].live)?;
        Some(bps(picture, Some(next)).saturating_sub(bps(picture, layer)))
    });
    step.map(|step| (spent + step + sound_bps) * 100 / UPGRADE_SHARE + STEP_MARGIN_BPS)
}

/// When to send bursts over a path, or a paused picture, to find out whether it carries more. What is sent bounds what can
/// be estimated, so a picture that fell would stay low on a path that has recovered; bursts all the time would use up
/// somebody's data allowance.
#[derive(Clone, Copy, Debug)]
pub struct Seek {
    from: Instant,
    pause: Duration,
    next_bps: u64,
}

impl Seek {
    pub fn new(now: Instant) -> Self {
        Self { from: now, pause: SEEK_PAUSE_MIN, next_bps: 0 }
    }

    /// Whether a path is being tried now.
    fn is_on(&self, now: Instant) -> bool {
        self.next_bps > 0 && (self.from..self.from + SEEK_TIME).contains(&now)
    }

    /// The rate to look for now; 0: none.
    fn looks_for(&mut self, next_bps: Option<u64>, may_rise: bool, now: Instant) -> u64 {
        let Some(next_bps) = next_bps else {
            *self = Self::new(now);
            return 0;
        };
        if !may_rise {
            return 0;
        }
        // A picture got better, or another came: the next step is worth a try at once.
        if next_bps > self.next_bps + self.next_bps / 4 {
            *self = Self { next_bps, ..Self::new(now) };
        }
        if now < self.from {
            return 0;
        }
        if now < self.from + SEEK_TIME {
            return next_bps;
        }
        self.from = now + self.pause;
        self.pause = (self.pause * 2).min(SEEK_PAUSE_MAX);
        0
    }
}

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
        let (carried_bps, estimate_bps) = (peer.carried.bps(now), peer.egress.estimate_bps());
        let left = |share: u64| (estimate_bps / 100 * share).max(carried_bps).saturating_sub(sound_bps);
        let (is_clear, may_rise) = (peer.carried.is_clear(now), now >= peer.no_rise_until);
        let stay_bps = if is_clear { u64::MAX } else { left(STAY_SHARE) };
        let (bps, stay_bps) = if peer.low { (0, 0) } else { (left(100), stay_bps) };
        let tries = !peer.low && is_clear && may_rise && peer.seek.is_on(now);
        let chosen = choose(&pictures, Budget { bps, stay_bps, may_rise, tries });

        let next_bps = next_step(&pictures, &chosen, sound_bps, peer.low);
        peer.egress.look_for(peer.seek.looks_for(next_bps, may_rise, now));

        let mut wanted = Vec::new();
        let mut fell = false;
        for ((&slot, picture), &layer) in slots.iter().zip(&pictures).zip(&chosen) {
            fell |= picture.current.is_some() && layer < picture.current && picture.ideal() >= picture.current;
            let slot = &mut peer.slots[slot];
            slot.target = layer;
            match (layer, slot.source) {
                (None, _) => slot.current = None,
                (Some(layer), Some(source)) if slot.waits_for_keyframe() => wanted.push((source, layer, slot.current)),
                _ => {}
            }
        }
        if fell && !peer.low {
            peer.no_rise_until = now + RISE_PAUSE;
        }
        for (source, layer, current) in wanted {
            self.want_switch(source, layer, current);
        }
    }

    fn is_pinned(&self, index: usize) -> bool {
        self.peers[index].as_ref().is_some_and(|peer| self.pinned.contains(&peer.id))
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
            // What the browser cannot decode is not sent, nor are keyframes asked for in its name.
            let is_decoded = peer.slots[at].pts.of(state.codec).is_some();
            slots.push(at);
            pictures.push(Picture {
                want_px: self.ladder.cap(peer.slots[at].want_px, source.kind, self.is_pinned(source.peer)),
                layers: if is_decoded { state.layers(now) } else { [Layer::default(); 3] },
                current: peer.slots[at].current,
            });
        }
        (slots, pictures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera() -> Picture {
        let layer = |bps, width_px| Layer { live: true, bps, width_px };
        let layers = [layer(150_000, 320), layer(500_000, 640), layer(1_500_000, 1_280)];
        Picture { want_px: 1_280, layers, current: None }
    }

    #[test]
    fn the_next_step_is_the_next_layer_of_the_first_picture_that_lacks_one() {
        let next = |chosen: &[Option<u8>]| next_step(&[camera(), camera()], chosen, 45_000, false);
        assert_eq!(next(&[Some(2), Some(2)]), None);
        let needed = |bps: u64| Some(bps * 100 / UPGRADE_SHARE + STEP_MARGIN_BPS);
        assert_eq!(next(&[Some(1), Some(0)]), needed(1_500_000 + 150_000 + 45_000));
        assert_eq!(next(&[Some(2), None]), needed(1_500_000 + 150_000 + 45_000));
        assert_eq!(next_step(&[camera()], &[None], 45_000, true), None);
    }

    #[test]
    fn a_path_is_tried_shortly_and_ever_more_rarely() {
        let start = Instant::now();
        let mut seek = Seek::new(start);
        let next_bps = next_step(&[camera()], &[Some(1)], 45_000, false);
        let mut tried = 0;
        for half_second in 0..240 {
            let now = start + Duration::from_millis(500) * half_second;
            tried += u32::from(seek.looks_for(next_bps, true, now) > 0);
        }
        assert!((16..=48).contains(&tried), "{tried} of 240 half seconds");
        assert_eq!(seek.looks_for(next_bps, false, start), 0, "not while pictures may not rise");
        let best = next_step(&[camera()], &[Some(2)], 45_000, false);
        assert_eq!(seek.looks_for(best, true, start + Duration::from_secs(300)), 0);
    }
}
