//! A camera whose layers come in one stream.

use super::{Client, Encoding, PAYLOAD_BYTES};
use crate::av1;
use std::time::Instant;
use str0m::format::Codec;
use str0m::rtp::{ExtensionValues, RtpWrite};

/// Spatial layers.
const LAYERS: u8 = 3;

impl Client {
    /// Publishes a picture as VP9 or AV1 by the first encoding of the camera, in three layers of so many bytes each which need the one
    /// below in key pictures only (L3T1_KEY), `ticks` of the 90 kHz clock after the one before.
    pub fn send_layers(&mut self, bytes: [usize; LAYERS as usize], ticks: u32, now: Instant) {
        let codecs = [Codec::Vp9, Codec::Av1].into_iter();
        let found = codecs.filter_map(|codec| Some((codec, self.payload_type(self.camera, codec)?))).next();
        let Some((codec, pt)) = found else { return };
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
                let mut ext_vals = ExtensionValues::default();
                let mut payload = if codec == Codec::Vp9 {
                    descriptor(encoding, is_key, spatial, (index, count))
                } else {
                    ext_vals.user_values.set(dependencies(encoding, is_key, spatial, (index, count)));
                    vec![u8::from(index > 0) << 7 | u8::from(index + 1 < count) << 6 | 0x10]
                };
                payload.resize((bytes / count).max(payload.len() + 1), 0xa5);
                let is_last = spatial + 1 == LAYERS && index + 1 == count;
                let write = RtpWrite::new(pt, encoding.seq.into(), encoding.timestamp, now, payload);
                stream.write_rtp(write.marker(is_last).nackable(true).ext_vals(ext_vals));
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

/// The same of AV1, whose descriptor goes in the header.
fn dependencies(encoding: &Encoding, is_key: bool, spatial: u8, (index, count): (usize, usize)) -> av1::Value {
    let (is_first, is_last) = (index == 0, index + 1 == count);
    let template = 2 * spatial + u8::from(!is_key);
    let number = encoding.picture.wrapping_mul(u16::from(LAYERS)).wrapping_add(u16::from(spatial));
    let mut fields =
        vec![(u32::from(is_first), 1), (u32::from(is_last), 1), (u32::from(template), 6), (u32::from(number), 16)];
    if is_key && spatial == 0 && is_first {
        fields.extend(structure());
    }
    let mut writer = av1::Writer::default();
    fields.iter().for_each(|&(number, bits)| writer.put(number, bits).unwrap_or_default());
    av1::Value(writer.bytes().into())
}

/// A decode target for each layer; a template for its frame in key pictures and for the one in others (A.4.1).
fn structure() -> Vec<(u32, u32)> {
    let layers = u32::from(LAYERS);
    // The flags, then the offset of templates and how many decode targets there are.
    let mut fields = vec![(0b10000, 5), (0, 6), (layers - 1, 5)];
    // The next template is of the same layer, of the one above, or the last.
    (0..layers).for_each(|layer| fields.extend([(0, 2), (if layer + 1 < layers { 2 } else { 3 }, 2)]));
    for layer in 0..layers {
        let switches = |is_in: bool| (if is_in { 2 } else { 0 }, 2);
        fields.extend((0..layers).map(|target| switches(target >= layer)));
        fields.extend((0..layers).map(|target| switches(target == layer)));
    }
    for layer in 0..layers {
        // To the frame below, where there is one; to that of the picture before.
        fields.extend(if layer > 0 { vec![(1, 1), (0, 4), (0, 1)] } else { vec![(0, 1)] });
        fields.extend([(1, 1), (layers - 1, 4), (0, 1)]);
    }
    // No chains: ns(4). The sizes are told.
    fields.extend([(0, 2), (1, 1)]);
    (0..layers).for_each(|layer| fields.extend([((320 << layer) - 1, 16), ((180 << layer) - 1, 16)]));
    fields
}
