//! The packets that have gone to a peer, under the numbers that all its streams share, and what it says of when each came
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets that are remembered, and for how long: what is not reported by then never is.
const SENT_MAX: usize = 2_048;
const SENT_AGE_MAX: Duration = Duration::from_secs(3);
/// A unit of the reference time, and of a difference, in µs.
const REFERENCE_US: i64 = 64_000;
const DELTA_US: i64 = 250;
/// The reference time has 24 bits.
const REFERENCE_BITS: u32 = 24;

/// A packet that has gone out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    pub seq: u64,
    pub at: Instant,
    /// Of the whole datagram.
    pub bytes: u32,
}

/// A packet of which the peer has reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported {
    pub sent: Sent,
    /// By the peer's clock, in µs; `None`: it has not come.
    pub came_us: Option<i64>,
}

/// What has gone out and is not reported yet.
#[derive(Debug, Default)]
pub struct Transport {
    next: u64,
    sent: VecDeque<Sent>,
    /// The last reference time, not wrapped.
    reference: Option<i64>,
    symbols: Vec<u8>,
}

impl Transport {
    /// The number of the next packet.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// A packet goes out under the next number.
    pub fn note(&mut self, bytes: usize, at: Instant) {
        let is_old = |sent: &Sent| at.saturating_duration_since(sent.at) > SENT_AGE_MAX;
        while self.sent.len() >= SENT_MAX || self.sent.front().is_some_and(is_old) {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent { seq: self.next, at, bytes: bytes as u32 });
        self.next += 1;
    }

    /// Since when the oldest packet that is not reported has been under way. Long after the last one was sent, that nobody
    /// reports on it says nothing.
    pub fn oldest(&self, now: Instant) -> Option<Instant> {
        let newest = self.sent.back()?.at;
        let is_lately = now.saturating_duration_since(newest) <= SENT_AGE_MAX;
        self.sent.front().filter(|_| is_lately).map(|sent| sent.at)
    }

    /// Reads a report, from its base sequence number on. `None`: it is none, or of nothing that is remembered; `reported` then
    /// holds what came before the fault.
    pub fn read(&mut self, report: &[u8], reported: &mut Vec<Reported>) -> Option<()> {
        reported.clear();
        let (head, mut rest) = report.split_first_chunk::<8>()?;
        let base = u16::from_be_bytes([head[0], head[1]]);
        let count = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let reference = i64::from(u32::from_be_bytes([0, head[4], head[5], head[6]]));
        if count > SENT_MAX {
            return None;
        }
        self.symbols.clear();
        while self.symbols.len() < count {
            let (chunk, more) = rest.split_first_chunk()?;
            rest = more;
            push_symbols(u16::from_be_bytes(*chunk), count, &mut self.symbols);
        }
        let mut came_us = self.unwrapped(reference).saturating_mul(REFERENCE_US);
        // The number nearest to what goes out next that ends as the base does.
        let base = self.next.checked_add_signed(i64::from(base.wrapping_sub(self.next as u16) as i16))?;
        for (seq, symbol) in (base..).zip(&self.symbols) {
            let delta = match symbol {
                1 => {
                    let (delta, more) = rest.split_first()?;
                    rest = more;
                    Some(i64::from(*delta))
                }
                2 => {
                    let (delta, more) = rest.split_first_chunk()?;
                    rest = more;
                    Some(i64::from(i16::from_be_bytes(*delta)))
                }
                _ => None,
            };
            came_us = came_us.saturating_add(delta.unwrap_or(0) * DELTA_US);
            while self.sent.front().is_some_and(|sent| sent.seq < seq) {
                self.sent.pop_front();
            }
            if self.sent.front().is_some_and(|sent| sent.seq == seq)
                && let Some(sent) = self.sent.pop_front()
            {
                reported.push(Reported { sent, came_us: delta.map(|_| came_us) });
            }
        }
        Some(())
    }

    fn unwrapped(&mut self, reference: i64) -> i64 {
        let whole = 1 << REFERENCE_BITS;
        let unwrapped = self.reference.map_or(reference, |last| {
            let ahead = (reference - last).rem_euclid(whole);
            last + if ahead < whole / 2 { ahead } else { ahead - whole }
        });
        self.reference = Some(unwrapped);
        unwrapped
    }
}

/// The symbols of a chunk: a run of one of them, or a list of fourteen short ones or seven.
fn push_symbols(chunk: u16, count: usize, symbols: &mut Vec<u8>) {
    let left = count - symbols.len();
    if chunk & 0x8000 == 0 {
        let run = usize::from(chunk & 0x1fff).min(left);
        // A run of none would never end.
        symbols.resize(symbols.len() + run.max(1), (chunk >> 13) as u8 & 3);
    } else if chunk & 0x4000 == 0 {
        symbols.extend((0..14).rev().take(left).map(|bit| (chunk >> bit) as u8 & 1));
    } else {
        symbols.extend((0..7).rev().take(left).map(|pair| (chunk >> (2 * pair)) as u8 & 3));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sent(count: usize) -> (Transport, Instant) {
        let (mut transport, start) = (Transport { next: 65_530, ..Transport::default() }, Instant::now());
        (0..count).for_each(|index| transport.note(100 + index, start + Duration::from_millis(index as u64)));
        (transport, start)
    }

    #[test]
    fn packets_that_came_and_that_did_not_across_the_end_of_the_numbers() {
        let (mut transport, _) = sent(12);
        // 65530 came, two are lost, then seven: small, large, -, small, small, small, small.
        let mut report = vec![0xff, 0xfa, 0, 10, 0, 0, 2, 0];
        report.extend([0x20, 1, 0x00, 2, 0b1101_1000, 0b0101_0101]);
        report.extend([4, 8, 0xff, 0xfc, 1, 1, 1, 1, 0, 0]);
        let mut reported = Vec::new();
        transport.read(&report, &mut reported).unwrap();
        let came: Vec<_> = reported.iter().map(|reported| reported.came_us.map(|us| (us - 128_000) / 250)).collect();
        assert_eq!(came, [Some(4), None, None, Some(12), Some(8), None, Some(9), Some(10), Some(11), Some(12)]);
        assert_eq!(
            reported.iter().map(|reported| reported.sent.seq).collect::<Vec<_>>(),
            (65_530..65_540).collect::<Vec<_>>()
        );
        assert_eq!(transport.sent.len(), 2);
        transport.read(&report, &mut reported).unwrap();
        assert!(reported.is_empty(), "a report that comes again says nothing");
    }

    #[test]
    fn the_reference_time_goes_on_behind_its_end() {
        let mut transport = Transport::default();
        assert_eq!(transport.unwrapped(0xff_ffff), 0xff_ffff);
        assert_eq!(transport.unwrapped(1), 0x100_0001);
        assert_eq!(transport.unwrapped(0xff_fffe), 0xff_fffe);
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let (mut transport, start) = sent(5_000);
        assert_eq!(transport.sent.len(), SENT_MAX);
        transport.note(1, start + Duration::from_secs(60));
        assert_eq!(transport.sent.len(), 1);
    }

    proptest! {
        #[test]
        fn any_report_is_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let (mut transport, _) = sent(40);
            let mut reported = Vec::new();
            let _ = transport.read(&bytes, &mut reported);
            prop_assert!(reported.len() + transport.sent.len() <= 40);
        }
    }
}
