//! Packets in the order in which they were sent.

use crate::limits::{REORDER_MS_MAX, REORDER_PACKETS_MAX};
use crate::unwrap::Unwrap;
use std::collections::BTreeMap;

/// What comes next in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<P> {
    Packet(P),
    /// So many packets never came, or too late.
    Lost(u64),
}

#[derive(Debug)]
pub struct Order<P> {
    sequence: Unwrap,
    /// By sequence number, with when it came.
    waiting: BTreeMap<i64, (i64, P)>,
    next: Option<i64>,
    /// Came twice, or after it was given up.
    pub useless: u64,
}

impl<P> Default for Order<P> {
    fn default() -> Self {
        Self { sequence: Unwrap::of_bits(16), waiting: BTreeMap::new(), next: None, useless: 0 }
    }
}

impl<P> Order<P> {
    pub fn push(&mut self, seq: u16, packet: P, now_ms: i64) {
        let seq = self.sequence.take(u32::from(seq));
        let next = *self.next.get_or_insert(seq);
        if seq < next || self.waiting.contains_key(&seq) {
            self.useless += 1;
            return;
        }
        self.waiting.insert(seq, (now_ms, packet));
    }

    /// The next in order; `None` while it may still come.
    pub fn pop(&mut self, now_ms: i64) -> Option<Next<P>> {
        let (&first, &(came, _)) = self.waiting.first_key_value()?;
        let next = self.next?;
        if first == next {
            self.next = Some(next + 1);
            return self.waiting.pop_first().map(|(_, (_, packet))| Next::Packet(packet));
        }
        let given_up = now_ms - came >= REORDER_MS_MAX || self.waiting.len() > REORDER_PACKETS_MAX;
        given_up.then(|| {
            self.next = Some(first);
            Next::Lost(u64::try_from(first - next).unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(order: &mut Order<u16>, now_ms: i64) -> Vec<Next<u16>> {
        std::iter::from_fn(|| order.pop(now_ms)).collect()
    }

    #[test]
    fn waits_for_a_missing_packet_and_gives_it_up() {
        let mut order = Order::default();
        order.push(65_535, 1, 0);
        order.push(1, 3, 5);
        assert_eq!(all(&mut order, 5), [Next::Packet(1)]);
        order.push(0, 2, 300);
        order.push(0, 2, 300);
        assert_eq!(all(&mut order, 300), [Next::Packet(2), Next::Packet(3)]);
        order.push(4, 6, 310);
        assert_eq!(all(&mut order, 310 + REORDER_MS_MAX - 1), []);
        assert_eq!(all(&mut order, 310 + REORDER_MS_MAX), [Next::Lost(2), Next::Packet(6)]);
        order.push(3, 5, 800);
        assert_eq!((all(&mut order, 9_999), order.useless), (vec![], 2));
    }

    proptest! {
        /// Whatever is lost, late or doubled: what comes out is in order, once each, and with what is said to be lost it is all.
        #[test]
        fn everything_once_and_in_order(start: u16, fates in proptest::collection::vec((0u8..10, 0i64..1_200), 1..400)) {
            let mut order = Order::default();
            let mut arrivals: Vec<(i64, u16)> = Vec::new();
            for (sent, &(fate, delay)) in (0u16..).zip(&fates) {
                let at = i64::from(sent) * 20 + delay;
                let copies = match fate { 0 if sent > 0 => 0, 1 => 2, _ => 1 };
                arrivals.extend((0..copies).map(|copy| (at + copy * 7, sent)));
            }
            arrivals.sort_unstable();
            let Some(&(_, first)) = arrivals.first() else { return Ok(()) };
            let mut out = Vec::new();
            for &(at, sent) in &arrivals {
                order.push(start.wrapping_add(sent), sent, at);
                out.extend(all(&mut order, at));
                prop_assert!(order.waiting.len() <= REORDER_PACKETS_MAX + 1);
            }
            out.extend(all(&mut order, i64::MAX));
            let mut expect = u64::from(first);
            for next in out {
                match next {
                    Next::Packet(sent) => { prop_assert_eq!(u64::from(sent), expect); expect += 1; }
                    Next::Lost(count) => { prop_assert!(count > 0); expect += count; }
                }
            }
        }
    }
}
