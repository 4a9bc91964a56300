/// Makes a number that only grows of one of 16 or 32 bits that wraps around (RFC 3550, section 5.1): each is taken as the one
/// nearest to the one before.
#[derive(Clone, Copy, Debug)]
pub struct Unwrap {
    bits: u32,
    last: Option<i64>,
}

impl Unwrap {
    pub const fn of_bits(bits: u32) -> Self {
        Self { bits, last: None }
    }

    pub fn take(&mut self, wrapped: u32) -> i64 {
        let range = 1_i64 << self.bits;
        let wrapped = i64::from(wrapped) % range;
        // The first is lifted by one range, so that what came just before it is not below zero.
        let Some(last) = self.last else { return *self.last.insert(wrapped + range) };
        let ahead = (wrapped - last).rem_euclid(range);
        let taken = if ahead < range / 2 { last + ahead } else { last + ahead - range };
        self.last = Some(last.max(taken));
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wraps_and_late_numbers() {
        let mut sequence = Unwrap::of_bits(16);
        let taken: Vec<i64> = [65_534, 65_535, 0, 2, 1, 65_533, 3].map(|n| sequence.take(n) - 65_536).into();
        assert_eq!(taken, [65_534, 65_535, 65_536, 65_538, 65_537, 65_533, 65_539]);
    }

    proptest! {
        #[test]
        fn steps_of_less_than_half_the_range_are_kept(start: u32, steps in proptest::collection::vec(0u32..1 << 31, 1..50)) {
            let mut unwrap = Unwrap::of_bits(32);
            let mut before = unwrap.take(start);
            let mut wrapped = start;
            for step in steps {
                wrapped = wrapped.wrapping_add(step);
                let now = unwrap.take(wrapped);
                prop_assert_eq!(now - before, i64::from(step));
                before = now;
            }
        }
    }
}
