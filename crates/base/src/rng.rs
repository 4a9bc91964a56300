/// Where randomness comes from. Secrets take [`SystemRng`]; simulations take a [`SeededRng`].
pub trait Rng: Send {
    fn fill(&mut self, bytes: &mut [u8]);

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number in `0..below`, without modulo bias (Lemire 2019, "Fast random integer generation in an interval").
    ///
    /// `below` of 0 gives 0.
    fn below(&mut self, below: u64) -> u64 {
        if below == 0 {
            return 0;
        }
        let threshold = below.wrapping_neg() % below;
        loop {
            let wide = u128::from(self.next_u64()) * u128::from(below);
            if wide as u64 >= threshold {
                return (wide >> 64) as u64;
            }
        }
    }
}

/// The operating system's random source, by way of aws-lc.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&mut self, bytes: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without randomness no secret may be made; going on would be worse")]
        #[expect(clippy::disallowed_methods, reason = "the one place that draws from the system's random source")]
        aws_lc_rs::rand::fill(bytes).expect("the system's random source answers");
    }
}

/// A seeded generator for tests and simulations; never for secrets (splitmix64, Steele et al. 2014).
#[derive(Clone, Debug)]
pub struct SeededRng(u64);

impl SeededRng {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Rng for SeededRng {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut rng = SeededRng::new(7);
        let mut seen = [false; 6];
        for _ in 0..1_000 {
            seen[usize::try_from(rng.below(6)).unwrap_or(usize::MAX)] = true;
        }
        assert_eq!(seen, [true; 6]);
        assert_eq!(rng.below(0), 0);
    }
}
