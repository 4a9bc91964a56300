//! Voices as they come: each packet once, and what was lost on the way taken out of the next one (RFC 2198).

use super::RoomState;
use super::forward::Packet;
use crate::api::SourceKind;
use crate::net::Net;
use crate::peer::Origin;
use crate::red::split;
use crate::window::Window;
use std::time::Instant;

impl RoomState {
    /// Forwards a packet of a voice that has not come yet.
    pub(super) fn voice_came(&mut self, net: &mut Net, index: usize, origin: Origin, packet: Packet, now: Instant) {
        let Some(peer) = self.peer_mut(index) else { return };
        let is_red = peer.red == Some(packet.header.payload_type);
        let Some(source) = peer.source_mut(SourceKind::Audio) else { return };
        let before = source.layers.first().and_then(|layer| layer.ssrc);
        if before != Some(packet.header.ssrc) {
            (source.heard, source.spoken) = (Window::default(), None);
        }
        let seq = packet.seq;
        let lacks_before = source.heard.lacks_before(seq);
        if !source.heard.first(seq) {
            net.counters.repeated += 1;
            return;
        }
        if !is_red {
            self.forward(net, index, origin, &packet, now);
            return;
        }
        let Some(blocks) = split(&packet.payload) else {
            net.counters.malformed += 1;
            return;
        };
        if let Some((older_by, payload)) = blocks.previous.filter(|(_, payload)| lacks_before && !payload.is_empty())
            && source.heard.first(seq - 1)
        {
            let mut header = packet.header.clone();
            header.sequence_number = header.sequence_number.wrapping_sub(1);
            header.timestamp = header.timestamp.wrapping_sub(older_by);
            header.marker = false;
            let lost = Packet { seq: seq - 1, header, payload: payload.into() };
            self.forward(net, index, origin, &lost, now);
            net.counters.recovered += 1;
        }
        let payload = blocks.newest.into();
        self.forward(net, index, origin, &Packet { payload, ..packet }, now);
    }
}
