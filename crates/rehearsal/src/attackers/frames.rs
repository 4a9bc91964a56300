//! HTTP/2 frames written by hand (RFC 9113 §4.1), for what no client library would send.

/// The connection preface and empty settings.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const CONTINUATION: u8 = 9;
pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// Appends one frame; the payload is at most 16,384 bytes.
pub(super) fn push(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap_or(0);
    out.extend_from_slice(&length.to_be_bytes()[1..]);
    out.extend_from_slice(&[kind, flags]);
    out.extend_from_slice(&(stream & 0x7fff_ffff).to_be_bytes());
    out.extend_from_slice(payload);
}

/// A field by literal name and value, without indexing and without Huffman coding (RFC 7541 §6.2.2); both are shorter
/// than 127 bytes.
pub(super) fn literal(name: &str, value: &str) -> Vec<u8> {
    let mut out = vec![0, u8::try_from(name.len()).unwrap_or(0)];
    out.extend_from_slice(name.as_bytes());
    out.push(u8::try_from(value.len()).unwrap_or(0));
    out.extend_from_slice(value.as_bytes());
    out
}

/// `GET /` over https for a host.
pub(super) fn get(host: &str) -> Vec<u8> {
    // Static table (RFC 7541, appendix A): 2 is GET, 4 the path /, 7 the scheme https.
    let mut out = vec![0x82, 0x84, 0x87];
    out.extend(literal(":authority", host));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_the_rfc_draws_it() {
        let mut out = Vec::new();
        push(&mut out, RST_STREAM, 0, 3, &8_u32.to_be_bytes());
        assert_eq!(out, [0, 0, 4, 3, 0, 0, 0, 0, 3, 0, 0, 0, 8]);
        assert_eq!(literal("a", "bc"), [0, 1, b'a', 2, b'b', b'c']);
    }
}
