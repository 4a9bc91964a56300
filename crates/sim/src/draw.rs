/// Random numbers of one person or thing, made from seed, number and purpose whenever they are needed, so that nobody
/// has to be stored (the finalizer of splitmix64, Steele et al. 2014, over a mix of the three).
#[derive(Clone, Copy, Debug)]
pub struct Draw(u64);

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Draw {
    pub const fn new(seed: u64, number: u64) -> Self {
        Self(
            mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15))
                ^ mix(number.wrapping_mul(0xd605_1c55_d4f3_2d8b).wrapping_add(1)),
        )
    }

    pub const fn bits(self, what: u64) -> u64 {
        mix(self.0.wrapping_add(what.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// In `0..below`; 0 for a `below` of 0. The bias is below 2⁻³² for the small ranges that are drawn here.
    pub const fn below(self, what: u64, below: u64) -> u64 {
        ((self.bits(what) as u128 * below as u128) >> 64) as u64
    }

    /// In `least..=most`.
    pub const fn between(self, what: u64, (least, most): (u64, u64)) -> u64 {
        least + self.below(what, most.saturating_sub(least).saturating_add(1))
    }

    /// In 0 to 1, without 1.
    pub fn unit(self, what: u64) -> f64 {
        (self.bits(what) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True for so many in a thousand.
    pub const fn permille(self, what: u64, share: u64) -> bool {
        self.below(what, 1_000) < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_and_stay_in_range() {
        let mut sum = 0.0;
        for number in 0..10_000 {
            let draw = Draw::new(3, number);
            let unit = draw.unit(1);
            assert!((0.0..1.0).contains(&unit));
            assert!((5..=7).contains(&draw.between(2, (5, 7))));
            assert_eq!(draw.below(3, 0), 0);
            sum += unit;
        }
        assert!((4_900.0..5_100.0).contains(&sum), "{sum}");
    }
}
