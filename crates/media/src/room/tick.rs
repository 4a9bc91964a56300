//! What a room looks after ten times a second.

use super::RoomState;
use crate::api::{DisconnectReason, MediaEvent, PeerId, SourceKind};
use crate::carried::Second;
use crate::limits::CONNECT_MS_MAX;
use crate::look::{LastSecond, Way};
use crate::net::Net;
use crate::peer::{KINDS, SourceRef};
use std::time::{Duration, Instant};

/// Layers are measured, and everybody's are chosen anew, every so many ticks.
const TICKS_PER_MEASURE: u64 = 5;
/// Everybody is reported on, and reported to, every so many: once a second.
const TICKS_PER_REPORT: u64 = 10;
/// The first measure below this share (1/100) of the last is taken over only by a quarter: a still picture isn't a
/// cheaper layer.
const SMOOTHING: u64 = 4;
/// Of what is sent, headers and codes of integrity taken off, in 1/100.
const PAYLOAD_SHARE: u64 = 90;

impl RoomState {
    pub(super) fn tick(&mut self, net: &mut Net, now: Instant) {
        self.ticks += 1;
        self.end_silent_sources(now);
        self.drop_late_comers(now);
        self.tell_speakers(now);
        if self.ticks.is_multiple_of(TICKS_PER_MEASURE) {
            self.measure(now);
            for peer in self.peers.iter_mut().flatten() {
                peer.choose = true;
            }
            self.choose_layers(now);
        }
        if self.ticks.is_multiple_of(TICKS_PER_REPORT) {
            (0..self.peers.len()).for_each(|index| self.report(index, net.lateness.worst_ms(), now));
        }
        self.retry_switches();
        self.look_after_tap(now);
        if !self.reassign {
            self.tell_assignments();
        }
        self.remove_gone(net, now);
    }

    fn end_silent_sources(&mut self, now: Instant) {
        for peer in 0..self.peers.len() {
            for kind in KINDS {
                let state = self.peers[peer].as_ref().and_then(|peer| peer.source(kind));
                if state.is_some_and(|state| state.live && state.is_silent(now)) {
                    self.end_source(SourceRef { peer, kind });
                }
            }
        }
    }

    fn drop_late_comers(&mut self, now: Instant) {
        let patience = Duration::from_millis(CONNECT_MS_MAX);
        for peer in self.peers.iter_mut().flatten() {
            if !peer.connected && now.saturating_duration_since(peer.joined) > patience {
                peer.gone.get_or_insert(DisconnectReason::NeverConnected);
            }
        }
    }

    fn tell_speakers(&mut self, now: Instant) {
        let speaking: Vec<usize> = self.areas.values_mut().flat_map(|area| area.speakers.speaking(now)).collect();
        let mut before = self.speaking.clone();
        let mut after = speaking.clone();
        before.sort_unstable();
        after.sort_unstable();
        if before != after {
            let name = |&index: &usize| self.peers.get(index)?.as_ref().map(|peer| peer.id);
            let speakers: Vec<PeerId> = speaking.iter().filter_map(name).collect();
            self.outbox.push(MediaEvent::Speaking { speakers });
            self.speaking = speaking;
        }
        self.reassign |= self.areas.values().any(|area| {
            let places = area.top.len();
            places > 0 && area.speakers.clone().top(places, now) != area.top.as_slice()
        });
    }

    /// Measures what each layer carries.
    fn measure(&mut self, now: Instant) {
        let passed_ms = u64::try_from(now.saturating_duration_since(self.measured).as_millis()).unwrap_or(u64::MAX);
        self.measured = now;
        if passed_ms == 0 {
            return;
        }
        for source in self.peers.iter_mut().flatten().flat_map(|peer| peer.sources.iter_mut().flatten()) {
            for layer in &mut source.layers {
                let bytes = std::mem::take(&mut layer.bytes);
                if !layer.is_live(now) || bytes == 0 {
                    continue;
                }
                let bps = bytes.saturating_mul(8_000) / passed_ms;
                layer.bps =
                    if bps > layer.bps { (layer.bps + bps) / 2 } else { layer.bps - (layer.bps - bps) / SMOOTHING };
            }
        }
    }

    /// Asks again for the keyframes that pending switches wait for.
    fn retry_switches(&mut self) {
        let mut wanted = Vec::new();
        for slot in self.peers.iter().flatten().flat_map(|peer| &peer.slots) {
            if let (Some(source), Some(target)) = (slot.source, slot.target)
                && slot.waits_for_keyframe()
                && source.kind != SourceKind::Audio
            {
                wanted.push((source, target, slot.current));
            }
        }
        for (source, layer, current) in wanted {
            self.want_switch(source, layer, current);
        }
        let still_wanted = |peer: &crate::peer::Peer| {
            peer.sources.iter().flatten().flat_map(|source| &source.layers).any(|layer| layer.keyframe_wanted)
        };
        self.keyframes |= self.peers.iter().flatten().any(|peer| still_wanted(peer));
    }

    /// Passes on what a second was like for a peer, and has it told what was sent to it.
    fn report(&mut self, index: usize, late_ms: u32, now: Instant) {
        let Some(peer) = self.peer_mut(index).filter(|peer| peer.connected) else { return };
        peer.egress.look_around(now);
        let sent = peer.egress.take_sent(now);
        let since = peer.reported.replace(now).map_or(Duration::from_secs(1), |at| now.saturating_duration_since(at));
        let passed_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX).max(1);
        let bps = |bytes: u64| bytes.saturating_mul(8_000) / passed_ms;
        let kbps = |bytes: u64| u32::try_from(bps(bytes) / 1_000).unwrap_or(u32::MAX);
        let (sent_kbps, received_kbps) = (kbps(sent.media_bytes), kbps(std::mem::take(&mut peer.received_bytes)));
        let loss_permille = sent.lost.map(|share| (share.clamp(0.0, 1.0) * 1_000.0) as u16);
        // With bursts and what is sent again: all of it has to get through.
        let sent_bps = bps(sent.bytes) * PAYLOAD_SHARE / 100;
        peer.carried.note(Second { sent_bps, loss_permille, rtt: sent.rtt }, now);
        let rtt_ms = sent.rtt.map(|rtt| u32::try_from(rtt.as_millis()).unwrap_or(u32::MAX));
        let way = peer.line.as_ref().map(Way::of);
        peer.last_second = LastSecond { sent_kbps, received_kbps, loss_permille, rtt_ms, way };
        let event = MediaEvent::Stats {
            peer: peer.id,
            estimate_kbps: u32::try_from(peer.egress.estimate_bps() / 1_000).unwrap_or(u32::MAX),
            sent_kbps,
            received_kbps,
            loss_permille,
            rtt_ms,
            late_ms,
        };
        self.outbox.push(event);
        self.send_soon(index);
    }
}
