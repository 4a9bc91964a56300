//! A camera whose layers come in one stream.

use super::{Client, Encoding, PAYLOAD_BYTES};
use std::time::Instant;
use str0m::format::Codec;
use str0m::rtp::RtpWrite;

/// Spatial layers.
const LAYERS: u8 = 3;

impl Client {
    /// Publishes a picture as VP9 by the first encoding of the camera, in three layers of so many bytes each which need the one
    /// below in key pictures only (L3T1_KEY), `ticks` of the 90 kHz clock after the one before.
    pub fn send_layers(&mut self, bytes: [usize; LAYERS as usize], ticks: u32, now: Instant) {
        let Some(pt) = self.payload_type(self.camera, Codec::Vp9) else { return };
        let Some(encoding) = self.encodings.first_mut() else { return };
        encoding.timestamp = encoding.timestamp.wrapping_add(ticks);
        encoding.picture = (encoding.picture + 1) & 0x7fff;
        encoding.tl0 = encoding.tl0.wrapping_add(1);
        let is_key = std::mem::take(&mut encoding.key_due);
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(self.camera, encoding.rid) else { return };
        for (spatial, bytes) in (0..LAYERS).zip(bytes) {
            let count = bytes.div_ceil(PAYLOAD_BYTES);
            for index in 0..count {
                let mut payload = descriptor(encoding, is_key, spatial, (index, count));
                payload.resize((bytes / count).max(payload.len() + 1), 0xa5);
                let is_last = spatial + 1 == LAYERS && index + 1 == count;
                let write = RtpWrite::new(pt, encoding.seq.into(), encoding.timestamp, now, payload);
                stream.write_rtp(write.marker(is_last).nackable(true));
                encoding.seq += 1;
            }
        }
        self.deadline = now;
    }
}

/// As Chromium writes it (RFC 9628 §4.2).
fn descriptor(encoding: &Encoding, is_key: bool, spatial: u8, (index, count): (usize, usize)) -> Vec<u8> {
    let (is_first, is_last) = (index == 0, index + 1 == count);
    let has_structure = is_key && spatial == 0 && is_first;
    let is_alone = !is_key || spatial + 1 == LAYERS;
    let flags = [(0x40, !is_key), (0x08, is_first), (0x04, is_last), (0x02, has_structure), (0x01, is_alone)];
    let first = flags.iter().filter(|(_, is_set)| *is_set).fold(0xa0, |byte, (bit, _)| byte | bit);
    let picture = encoding.picture.to_be_bytes();
    let layer = spatial << 1 | u8::from(is_key && spatial > 0);
    let mut payload = vec![first, picture[0] | 0x80, picture[1], layer, encoding.tl0];
    if has_structure {
        payload.push((LAYERS - 1) << 5 | 0x10);
        for layer in 0..LAYERS {
            payload.extend((320_u16 << layer).to_be_bytes());
            payload.extend((180_u16 << layer).to_be_bytes());
        }
    }
    payload
}
