//! Drives a peer: datagrams and time in, datagrams and events out.

use super::RoomState;
use super::TICK;
use crate::api::{DisconnectReason, MediaEvent, SourceKind};
use crate::egress::rtcp::Also;
use crate::egress::{Told, keys};
use crate::limits::SSRCS_PER_PEER_MAX;
use crate::net::{Net, ROOM_TICK, Timer};
use crate::peer::{Line, Nominated, Path};
use crate::stun;
use crate::sys::{Outgoing, thread_cpu};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::net::{Protocol, Receive, Transmit};
use str0m::{Event, IceConnectionState, Input, Output};

/// str0m may be called so much later than it asks for: most of its wishes are then fulfilled by a call that is made anyway.
const SLACK: Duration = Duration::from_millis(20);
/// During a handshake there is no traffic to wait for.
const SLACK_CONNECTING: Duration = Duration::from_millis(1);

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
        net.watching.note(self.place(index), false, arrival.bytes);
        if let Some(peer) = self.peer_mut(index)
            && peer.line.is_some_and(|line| line.remote == arrival.path.remote && line.local == arrival.path.local)
        {
            peer.nominated.heard = Some(now);
        }
        if is_rtcp(arrival.bytes) && !self.hear_reports(net, index, arrival.bytes, now) {
            return;
        }
        let Some(peer) = self.peer_mut(index) else { return };
        let Ok(receive) = Receive::new(arrival.proto, arrival.path.remote, arrival.candidate, arrival.bytes) else {
            net.counters.malformed += 1;
            return;
        };
        (peer.probing, peer.answered) = (Some(arrival.path), None);
        let joins_since = (!peer.connected).then(thread_cpu);
        if peer.rtc.handle_input(Input::Receive(now, receive)).is_err() {
            peer.gone.get_or_insert(DisconnectReason::Failed);
        }
        self.drain(net, index, now);
        self.follow(index, arrival, now);
        if let Some(since) = joins_since {
            net.joining.cpu += thread_cpu().saturating_sub(since);
        }
    }

    /// Takes in what a peer says of what it is sent. `false`: it says nothing else, which str0m would need to know.
    fn hear_reports(&mut self, net: &mut Net, index: usize, bytes: &[u8], now: Instant) -> bool {
        let Some(peer) = self.peer_mut(index) else { return false };
        let mut wanted = Vec::new();
        let (slots, losses, rtt) = (&peer.slots, &mut peer.losses, peer.egress.rtt(now));
        let also = peer.egress.receive(bytes, now, |told| match told {
            Told::KeyframeWanted(slot) => {
                wanted.extend(slots.get(slot).and_then(|slot| Some((slot.source?, slot.target?))));
            }
            // By reports of the receiver (RFC 3550 §6.4.2): those of the transport leave out what is lost at their edges, which
            // of a voice is half of it.
            Told::Lost(slot, share) if slots.get(slot).is_some_and(|slot| !slot.video) => {
                losses.note(Some(share), rtt, now);
            }
            Told::Lost(..) => {}
        });
        for (source, layer) in wanted {
            self.want_keyframe(source, layer);
        }
        self.send_soon(index);
        // Some report on all that they might publish, each second; where nothing comes there is nothing to know of it.
        let publishes =
            self.peer_mut(index).is_some_and(|peer| peer.sources.iter().flatten().any(|source| source.live));
        match also {
            Some(also) => also == Also::Publishes && publishes,
            None => {
                net.counters.malformed += 1;
                false
            }
        }
    }

    /// What goes out follows an ICE check that nominates (RFC 8445 §8.1.1), once it has been answered as authentic.
    fn follow(&mut self, index: usize, arrival: &Arrival<'_>, now: Instant) {
        let Some(peer) = self.peer_mut(index) else { return };
        let Path { remote, local } = arrival.path;
        let line = Line { proto: arrival.proto, remote, local, candidate: arrival.candidate };
        let is_answered = peer.answered == Some(remote);
        let Some(priority) = stun::nominates(arrival.bytes).filter(|_| is_answered) else { return };
        if peer.line == Some(line) || peer.nominated.gives_way_to(priority, now) {
            peer.line = Some(line);
            peer.nominated = Nominated { priority, heard: Some(now) };
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
        if let Some(peer) = self.peer_mut(timer.peer)
            && peer.timer_at == Some(timer.at)
        {
            peer.timer_at = None;
            self.send_soon(timer.peer);
        }
    }

    /// Marks a peer to be looked at at the end of this turn.
    pub(super) fn send_soon(&mut self, index: usize) {
        if let Some(peer) = self.peers.get_mut(index).and_then(Option::as_mut)
            && !peer.touched
        {
            peer.touched = true;
            self.touched.push(index);
        }
    }

    /// Lets time pass for a peer where that is due, and sends what waits for it.
    pub(super) fn pump(&mut self, net: &mut Net, index: usize) {
        let now = Instant::now();
        let Some(peer) = self.peer_mut(index) else { return };
        peer.touched = false;
        if peer.rtc_at <= now {
            if peer.rtc.handle_input(Input::Timeout(now)).is_err() {
                peer.gone.get_or_insert(DisconnectReason::Failed);
            }
            self.drain(net, index, now);
        }
        self.flush(net, index, now);
        self.set_timer(net, index, now);
    }

    fn flush(&mut self, net: &mut Net, index: usize, now: Instant) {
        let place = self.place(index);
        let Some(peer) = self.peer_mut(index) else { return };
        let Some(line) = peer.line else {
            peer.egress.drop_waiting(now);
            return;
        };
        loop {
            let mut bytes = net.buffer();
            if !peer.egress.next(&mut bytes, now) {
                net.take_back(bytes);
                return;
            }
            net.watching.note(place, true, &bytes);
            if line.proto == Protocol::Udp {
                net.out.push(Outgoing { to: line.remote, from: line.local, bytes });
            } else {
                net.out_tcp.push((line.remote, bytes));
            }
        }
    }

    fn set_timer(&mut self, net: &mut Net, index: usize, now: Instant) {
        let room = self.key;
        let Some(peer) = self.peer_mut(index) else { return };
        let at = peer.egress.next_at(now).map_or(peer.rtc_at, |at| at.min(peer.rtc_at));
        if peer.timer_at.is_none_or(|set| at < set) {
            peer.timer_at = Some(at);
            net.timers.set(Timer { at, room, peer: index });
        }
    }

    /// Takes everything out of str0m that it has.
    pub(super) fn drain(&mut self, net: &mut Net, index: usize, now: Instant) {
        loop {
            let Some(peer) = self.peer_mut(index) else { return };
            let output = peer.rtc.poll_output();
            if !peer.egress.has_keys()
                && let Some(agreed) = keys::take()
                && !peer.egress.agree(&agreed)
            {
                peer.gone.get_or_insert(DisconnectReason::Failed);
            }
            match output {
                Ok(Output::Transmit(transmit)) => self.transmit(net, index, transmit),
                Ok(Output::Event(event)) => self.on_event(net, index, event, now),
                Ok(Output::Timeout(wish)) => {
                    if !peer.rtc.is_alive() {
                        peer.gone.get_or_insert(DisconnectReason::Failed);
                    }
                    peer.rtc_at = wish.max(now + if peer.connected { SLACK } else { SLACK_CONNECTING });
                    return self.set_timer(net, index, now);
                }
                Err(_) => {
                    peer.gone.get_or_insert(DisconnectReason::Failed);
                    peer.rtc_at = now + SLACK;
                    return self.send_soon(index);
                }
            }
        }
    }

    fn transmit(&mut self, net: &mut Net, index: usize, transmit: Transmit) {
        let place = self.place(index);
        let Some(peer) = self.peer_mut(index) else { return };
        net.watching.note(place, true, &transmit.contents);
        let to = transmit.destination;
        let is_check = stun::is_stun(&transmit.contents);
        if stun::is_success(&transmit.contents) {
            peer.answered = Some(to);
        }
        let bytes = Vec::from(transmit.contents);
        let from = if transmit.proto == Protocol::Udp { peer.path_to(net, place, to) } else { None };
        if peer.line.is_none() && !is_check {
            peer.line = Some(Line { proto: transmit.proto, remote: to, local: from, candidate: transmit.source });
        }
        if transmit.proto == Protocol::Udp {
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
                peer.received_bytes += packet.payload.len() as u64;
                let origin = peer.origin(packet.header.ssrc, SSRCS_PER_PEER_MAX);
                match origin {
                    Some(origin) if origin.kind == SourceKind::Audio => {
                        self.voice_came(net, index, origin, packet.into(), now);
                    }
                    Some(origin) => self.forward(net, index, origin, &packet.into(), now),
                    None => {}
                }
            }
            Event::Connected => {
                peer.connected = true;
                peer.choose = true;
                net.joining.done += 1;
                self.outbox.push(MediaEvent::Connected { peer: id });
                self.reassign = true;
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

/// RTCP, not RTP (RFC 5761 §4).
fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, second, ..] if (64..96).contains(&(second & 0x7f)))
}
