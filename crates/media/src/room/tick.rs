//! What a room looks after ten times a second.

use super::RoomState;
use crate::api::{DisconnectReason, MediaEvent, PeerId, SourceKind};
use crate::carried::Second;
use crate::limits::CONNECT_MS_MAX;
use crate::look::{LastSecond, Way};
use crate::net::Net;
use crate::peer::{KINDS, SourceRef};
use std::time::{Duration, Instant};
use str0m::stats::PeerStats;

/// Layers are measured, and everybody's are chosen anew, every so many ticks.
const TICKS_PER_MEASURE: u64 = 5;
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
                && slot.current != Some(target)
                && source.kind != SourceKind::Audio
            {
                wanted.push((source, target));
            }
        }
        for (source, layer) in wanted {
            self.want_keyframe(source, layer);
        }
        let still_wanted = |peer: &crate::peer::Peer| {
            peer.sources.iter().flatten().flat_map(|source| &source.layers).any(|layer| layer.keyframe_wanted)
        };
        self.keyframes |= self.peers.iter().flatten().any(|peer| still_wanted(peer));
    }

    /// Passes on a second's statistics of a peer.
    pub(super) fn report(&mut self, index: usize, stats: &PeerStats, late_ms: u32) {
        let Some(peer) = self.peer_mut(index) else { return };
        let (sent, received) = (stats.bytes_tx, stats.bytes_rx);
        let (sent_before, received_before) = std::mem::replace(&mut peer.stats_bytes, (sent, received));
        let kbps = |now: u64, before: u64| u32::try_from(now.saturating_sub(before) * 8 / 1_000).unwrap_or(u32::MAX);
        let sent_kbps = kbps(sent, sent_before);
        let loss_permille = stats.egress_loss_fraction.map(|share| (share.clamp(0.0, 1.0) * 1_000.0) as u16);
        // With padding and what is sent again: all of it has to get through.
        let all = stats.peer_bytes_tx.saturating_sub(std::mem::replace(&mut peer.all_sent_bytes, stats.peer_bytes_tx));
        let since = peer.reported.replace(stats.timestamp).map_or(Duration::from_secs(1), |at| stats.timestamp - at);
        let passed_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX).max(1);
        let sent_bps = all.saturating_mul(8_000) / passed_ms * PAYLOAD_SHARE / 100;
        let second = Second { sent_bps, loss_permille, rtt: stats.rtt };
        peer.carried.note(second, stats.timestamp);
        let received_kbps = kbps(received, received_before);
        let rtt_ms = stats.rtt.map(|rtt| u32::try_from(rtt.as_millis()).unwrap_or(u32::MAX));
        peer.last_second = LastSecond { sent_kbps, received_kbps, loss_permille, rtt_ms, way: Way::of(stats) };
        let event = MediaEvent::Stats {
            peer: peer.id,
            estimate_kbps: u32::try_from(peer.estimate_bps / 1_000).unwrap_or(u32::MAX),
            sent_kbps,
            received_kbps,
            loss_permille,
            rtt_ms,
            late_ms,
        };
        if peer.connected {
            self.outbox.push(event);
        }
    }
}
