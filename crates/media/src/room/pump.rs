//! Drives str0m: datagrams and time in, datagrams and events out.

use super::{RoomState, TICK};
use crate::api::{DisconnectReason, MediaEvent, SourceKind};
use crate::limits::SSRCS_PER_PEER_MAX;
use crate::net::{Net, ROOM_TICK, Timer};
use crate::peer::{Path, Peer};
use crate::sys::{Outgoing, thread_cpu};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::bwe::BweKind;
use str0m::net::{Protocol, Receive, Transmit};
use str0m::{Event, IceConnectionState, Input, Output, PacerReason, Reason};

/// str0m may be called so much later than it asks for: most of its wishes are then fulfilled by a packet that goes out
/// anyway (its pacer asks for the next microsecond after each packet, only to look whether another one waits). Its
/// probes for bandwidth must be on time: what they find is what it believes.
const SLACK: Duration = Duration::from_millis(20);
/// During a handshake there is no traffic to wait for.
const SLACK_CONNECTING: Duration = Duration::from_millis(1);
/// Padding is made of pieces of 5 ms.
const SLACK_PADDING: Duration = Duration::from_millis(4);
/// Of somebody who gives nothing and is given nothing: str0m's estimate of the bandwidth asks to be called every 25 ms even
/// then, with nothing to estimate from.
const SLACK_IDLE: Duration = Duration::from_millis(200);
/// Packets that nobody wrote, of one peer in one turn.
const EXTRA_MAX: u32 = 64;

/// What came out of str0m.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Rtp,
    Other,
    Empty,
}

/// A datagram that came for a peer.
pub struct Arrival<'a> {
    pub proto: Protocol,
    pub path: Path,
    /// Which of our candidates it came to.
    pub candidate: SocketAddr,
    pub bytes: &'a [u8],
}

impl RoomState {
    /// Gives a datagram to its peer.
    pub fn receive(&mut self, net: &mut Net, index: usize, arrival: &Arrival<'_>, now: Instant) {
        let place = self.place(index);
        let Some(peer) = self.peer_mut(index) else { return };
        let Ok(receive) = Receive::new(arrival.proto, arrival.path.remote, arrival.candidate, arrival.bytes) else {
            net.counters.malformed += 1;
            return;
        };
        net.watching.note(place, false, arrival.bytes);
        peer.probing = Some(arrival.path);
        let joins_since = (!peer.connected).then(thread_cpu);
        if peer.rtc.handle_input(Input::Receive(now, receive)).is_err() {
            peer.gone.get_or_insert(DisconnectReason::Failed);
        }
        self.drain(net, index, now);
        if let Some(since) = joins_since {
            net.joining.cpu += thread_cpu().saturating_sub(since);
        }
    }

    /// A peer's timer, or the room's, rang.
    pub fn ring(&mut self, net: &mut Net, timer: Timer, now: Instant) {
        if timer.peer == ROOM_TICK {
            self.tick(net, now);
            self.ticking = self.count() > 0 || !self.outbox.is_empty();
            if self.ticking {
                net.timers.set(Timer { at: now + TICK, ..timer });
            }
            return;
        }
        let Some(peer) = self.peer_mut(timer.peer) else { return };
        if peer.timer_at != Some(timer.at) {
            return;
        }
        peer.timer_at = None;
        if peer.deadline > now {
            let at = peer.deadline;
            peer.timer_at = Some(at);
            net.timers.set(Timer { at, ..timer });
        } else {
            self.touch(timer.peer);
        }
    }

    /// Lets time pass for a peer until all that was written to it in this turn has gone out. str0m's pacer gives out
    /// one packet for each step of time; only after the last is everything else looked at. When packets come that
    /// nobody wrote (resends, padding of a probe), it goes on until there are no more.
    pub(super) fn pump(&mut self, net: &mut Net, index: usize) {
        let mut extra = 0;
        loop {
            let now = Instant::now();
            let Some(peer) = self.peer_mut(index) else { return };
            if peer.rtc.handle_input(Input::Timeout(now)).is_err() {
                peer.gone.get_or_insert(DisconnectReason::Failed);
            }
            let more = peer.unsent > 1;
            let sent = if more { self.drain_one(net, index, now) } else { self.drain(net, index, now) };
            let Some(peer) = self.peer_mut(index) else { return };
            extra += sent.saturating_sub(peer.unsent);
            peer.unsent = peer.unsent.saturating_sub(sent);
            if extra > 0 {
                peer.probe_seen = Some(now);
            }
            let probing = peer.probes(now);
            if sent == 0 || extra > EXTRA_MAX || !(more || probing) {
                peer.unsent = 0;
                peer.touched = false;
                return;
            }
        }
    }

    /// Takes out of str0m what comes up to the next RTP packet; 0 when nothing more comes.
    fn drain_one(&mut self, net: &mut Net, index: usize, now: Instant) -> u32 {
        loop {
            match self.drain_step(net, index, now) {
                Step::Rtp => return 1,
                Step::Other => {}
                Step::Empty => return 0,
            }
        }
    }

    /// Takes everything out of str0m that it has; says how many RTP packets were among it.
    pub(super) fn drain(&mut self, net: &mut Net, index: usize, now: Instant) -> u32 {
        let mut rtp = 0;
        loop {
            match self.drain_step(net, index, now) {
                Step::Rtp => rtp += 1,
                Step::Other => {}
                Step::Empty => return rtp,
            }
        }
    }

    fn drain_step(&mut self, net: &mut Net, index: usize, now: Instant) -> Step {
        let Some(peer) = self.peer_mut(index) else { return Step::Empty };
        match peer.rtc.poll_output() {
            Ok(Output::Transmit(transmit)) => {
                let step = if is_rtp(&transmit.contents) { Step::Rtp } else { Step::Other };
                self.transmit(net, index, transmit);
                step
            }
            Ok(Output::Event(event)) => {
                self.on_event(net, index, event, now);
                Step::Other
            }
            Ok(Output::Timeout(at)) => {
                if !peer.rtc.is_alive() {
                    peer.gone.get_or_insert(DisconnectReason::Failed);
                }
                self.set_deadline(net, index, at, now);
                Step::Empty
            }
            Err(_) => {
                peer.gone.get_or_insert(DisconnectReason::Failed);
                self.touch(index);
                Step::Empty
            }
        }
    }

    fn set_deadline(&mut self, net: &mut Net, index: usize, wish: Instant, now: Instant) {
        let room = self.key;
        let Some(peer) = self.peer_mut(index) else { return };
        let reason = peer.rtc.last_timeout_reason();
        let starts_probe = reason == Reason::BweProbeControl && wish <= now;
        if starts_probe || matches!(reason, Reason::Pacer(PacerReason::Probe1 | PacerReason::Probe2)) {
            peer.probe_seen = Some(now);
        }
        let pads = reason == Reason::Pacer(PacerReason::Padding);
        let slack = match (peer.connected, peer.probes(now)) {
            (_, true) => Duration::ZERO,
            (true, false) if pads => SLACK_PADDING,
            (true, false) if reason == Reason::BweDelayControl && is_idle(peer) => SLACK_IDLE,
            (true, false) => SLACK,
            (false, false) => SLACK_CONNECTING,
        };
        let at = wish.max(now + slack);
        peer.deadline = at;
        if peer.timer_at.is_none_or(|set| at < set) {
            peer.timer_at = Some(at);
            net.timers.set(Timer { at, room, peer: index });
        }
    }

    fn transmit(&mut self, net: &mut Net, index: usize, transmit: Transmit) {
        let place = self.place(index);
        let Some(peer) = self.peer_mut(index) else { return };
        // str0m keeps up 50 kbit/s by padding, whatever is wanted: twice what some lines carry on which voices alone are sent.
        if peer.low && is_rtp(&transmit.contents) && !peer.is_voice(&transmit.contents) {
            return;
        }
        net.watching.note(place, true, &transmit.contents);
        let to = transmit.destination;
        let bytes = Vec::from(transmit.contents);
        if transmit.proto == Protocol::Udp {
            let from = peer.path_to(net, place, to);
            net.out.push(Outgoing { to, from, bytes });
        } else {
            net.out_tcp.push((to, bytes));
        }
    }

    fn on_event(&mut self, net: &mut Net, index: usize, event: Event, now: Instant) {
        let Some(peer) = self.peer_mut(index) else { return };
        let id = peer.id;
        match event {
            Event::RtpPacket(packet) => {
                let origin = peer.origin(packet.header.ssrc, SSRCS_PER_PEER_MAX);
                match origin {
                    Some(origin) if origin.kind == SourceKind::Audio => {
                        self.voice_came(net, index, origin, packet.into(), now);
                    }
                    Some(origin) => self.forward(net, index, origin, &packet.into(), now),
                    None => {}
                }
            }
            Event::KeyframeRequest(request) => {
                let slot = peer.slots.iter().find(|slot| slot.mid == request.mid);
                if let Some((source, layer)) = slot.and_then(|slot| Some((slot.source?, slot.target?))) {
                    self.want_keyframe(source, layer);
                }
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                peer.estimate_bps = estimate.as_u64();
                peer.choose = true;
            }
            Event::Connected => {
                peer.connected = true;
                peer.choose = true;
                net.joining.done += 1;
                self.outbox.push(MediaEvent::Connected { peer: id });
                self.reassign = true;
            }
            Event::PeerStats(stats) => self.report(index, &stats, net.lateness.worst_ms()),
            // By reports of the receiver (RFC 3550 §6.4.2): those of the transport leave out what is lost at their edges, which
            // of a voice is half of it.
            Event::MediaEgressStats(stats) if peer.slots.iter().any(|slot| !slot.video && slot.mid == stats.mid) => {
                peer.losses.note(stats.loss, stats.rtt, stats.timestamp);
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                let lost = if peer.connected { DisconnectReason::Timeout } else { DisconnectReason::NeverConnected };
                peer.gone.get_or_insert(lost);
                self.touch(index);
            }
            Event::Closed => {
                peer.gone.get_or_insert(DisconnectReason::ClosedByPeer);
                self.touch(index);
            }
            _ => {}
        }
    }
}

/// Whether nothing that the peer publishes comes, and nothing is shown to it.
fn is_idle(peer: &Peer) -> bool {
    !peer.sources.iter().flatten().any(|source| source.live) && peer.slots.iter().all(|slot| slot.source.is_none())
}

/// RTP, not RTCP (RFC 5761 §4).
fn is_rtp(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, second, ..] if !(64..96).contains(&(second & 0x7f)))
}
