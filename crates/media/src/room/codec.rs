//! What pictures of a room are sent as.

use super::RoomState;
use crate::api::{Codec, MediaEvent};

impl RoomState {
    /// VP8, where somebody cannot decode the other; a recording is VP8, too.
    fn common_codec(&self) -> Codec {
        let is_known = self.tap.is_none() && self.peers().all(|peer| peer.decodes(self.codec));
        if is_known { self.codec } else { Codec::Vp8 }
    }

    /// Tells each publisher what it is to send from now on.
    pub(super) fn tell_codec(&mut self) {
        if self.codec == Codec::Vp8 {
            return;
        }
        let codec = self.common_codec();
        for peer in self.peers.iter_mut().flatten().filter(|peer| peer.connected && peer.told_codec != codec) {
            peer.told_codec = codec;
            self.outbox.push(MediaEvent::Sends { peer: peer.id, codec });
        }
    }
}
