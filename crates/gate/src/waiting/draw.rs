//! The draw: who came before the doors opened is put in an order that a seed decides, which anybody can recheck.

use crate::limits::DRAWN_MAX;
use aws_lc_rs::digest::{SHA256, digest};

/// The name of the algorithm below, for whoever rechecks a draw.
pub const ALGORITHM: &str = "preau draw 1";
const ROUNDS: usize = 8;

/// A bijection of `[0, n)` onto itself that a seed picks: a balanced Feistel network over pairs of numbers below
/// `side`, the smallest whole number with `side² ≥ n`, with addition in place of exclusive or, and cycle walking for
/// the few pairs beyond `n` (Black and Rogaway 2002, "Ciphers with Arbitrary Finite Domains").
///
/// Round keys are the SHA-256 of [`ALGORITHM`] and the seed, so the SHA-256 of the seed alone can be published before
/// the draw and tells nothing of it.
#[derive(Clone, Debug)]
pub struct Draw {
    n: u64,
    side: u32,
    keys: [u32; ROUNDS],
}

impl Draw {
    /// The order of `n` tickets, at most [`DRAWN_MAX`]; of more, those above keep their serials as order.
    pub fn new(seed: &[u8; 32], n: u64) -> Self {
        let n = n.min(DRAWN_MAX);
        let mut keys = [0; ROUNDS];
        let message = [ALGORITHM.as_bytes(), seed].concat();
        for (key, bytes) in keys.iter_mut().zip(digest(&SHA256, &message).as_ref().chunks_exact(4)) {
            *key = bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
        }
        let root = n.isqrt();
        let side = if root * root < n { root + 1 } else { root };
        Self { n, side: u32::try_from(side).unwrap_or(u32::MAX).max(1), keys }
    }

    /// How many tickets were drawn.
    pub fn len(&self) -> u64 {
        self.n
    }

    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The place of a serial in the order of the room; a serial that was given after the opening is its own place.
    pub fn order(&self, serial: u64) -> u64 {
        if serial >= self.n {
            return serial;
        }
        let side = u64::from(self.side);
        let mut at = serial;
        // A bijection of the pairs: walking its cycle from below n comes back below n, at the latest at `serial`.
        loop {
            let mut left = (at / side) as u32;
            let mut right = (at % side) as u32;
            for key in self.keys {
                let sum = left + below(mix(right ^ key), self.side);
                left = right;
                right = if sum >= self.side { sum - self.side } else { sum };
            }
            at = u64::from(left) * side + u64::from(right);
            if at < self.n {
                return at;
            }
        }
    }
}

/// The place that the draw gives to a serial, from what is published: the seed and the number of tickets drawn.
pub fn verify(seed: &[u8; 32], n: u64, serial: u64) -> u64 {
    Draw::new(seed, n).order(serial)
}

/// The SHA-256 of the seed, published before the draw.
pub(super) fn commitment(seed: &[u8; 32]) -> String {
    hex(digest(&SHA256, seed).as_ref())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The finalizer of MurmurHash3 (Appleby 2011): 32 bits, so that a script computes it exactly.
const fn mix(mut x: u32) -> u32 {
    x = (x ^ x >> 16).wrapping_mul(0x85eb_ca6b);
    x = (x ^ x >> 13).wrapping_mul(0xc2b2_ae35);
    x ^ x >> 16
}

/// `x` scaled to `0..side`.
const fn below(x: u32, side: u32) -> u32 {
    ((x as u64 * side as u64) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_bijection(seed: &[u8; 32], n: u64) -> bool {
        let draw = Draw::new(seed, n);
        let mut seen = vec![false; usize::try_from(n).unwrap()];
        (0..n).all(|serial| {
            let order = draw.order(serial);
            order < n && !std::mem::replace(&mut seen[usize::try_from(order).unwrap()], true)
        })
    }

    proptest! {
        #[test]
        fn every_place_is_given_once(seed: [u8; 32], n in 0_u64..5_000) {
            prop_assert!(is_bijection(&seed, n));
        }

        #[test]
        fn it_stays_within_at_any_size(seed: [u8; 32], n in 1..=DRAWN_MAX, serial: u64) {
            let order = verify(&seed, n, serial % n);
            prop_assert!(order < n);
            prop_assert_eq!(verify(&seed, n, n + serial % 9), n + serial % 9);
        }
    }

    #[test]
    fn sizes_around_squares_and_a_large_one() {
        for n in (1..60).chain([99, 100, 101, 9_999, 10_000, 10_001, 1_000_003]) {
            assert!(is_bijection(&[5; 32], n), "{n}");
        }
    }

    /// The vectors of `docs/protocol/waiting.md`.
    #[test]
    fn the_documented_vectors() {
        let seed: [u8; 32] = std::array::from_fn(|index| index as u8);
        assert_eq!(commitment(&seed), "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
        let first = |n| (0..5).map(|serial| verify(&seed, n, serial)).collect::<Vec<_>>();
        for (n, orders) in [
            (1, [0, 1, 2, 3, 4]),
            (10, [2, 4, 8, 9, 6]),
            (12_400_000, [9_532_730, 9_494_705, 11_986_342, 1_739_702, 7_496_036]),
            (67_108_864, [15_904_492, 13_059_823, 59_171_086, 31_532_283, 52_517_144]),
        ] {
            assert_eq!(first(n), orders, "{n}");
        }
    }

    /// Where the first of ten come to stand, over many seeds: each place about as often as every other.
    #[test]
    fn no_serial_is_favoured() {
        const SEEDS: u32 = 20_000;
        let mut counts = [[0_u32; 10]; 10];
        for number in 0..SEEDS {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&number.to_be_bytes());
            let draw = Draw::new(&seed, 10);
            for serial in 0..10 {
                counts[usize::try_from(serial).unwrap()][usize::try_from(draw.order(serial)).unwrap()] += 1;
            }
        }
        // Standard deviation of a count: sqrt(20,000 × 0.1 × 0.9) = 42.
        for (serial, places) in counts.iter().enumerate() {
            assert!(places.iter().all(|count| count.abs_diff(SEEDS / 10) < 5 * 42), "{serial}: {places:?}");
        }
    }

    /// Neighbours in line are not neighbours after the draw: a school that arrives together is spread.
    #[test]
    fn neighbours_are_spread() {
        const N: u64 = 12_400_000;
        let draw = Draw::new(&[9; 32], N);
        let mean =
            (0..100_000_u64).map(|serial| draw.order(serial).abs_diff(draw.order(serial + 1))).sum::<u64>() / 100_000;
        // The mean distance of two places chosen at random is n/3.
        assert!(mean.abs_diff(N / 3) < N / 100, "{mean}");
    }
}
