use std::time::Duration;

/// Buckets of each power of two.
const PARTS: u64 = 16;
const BUCKETS: usize = 16 * 42;

/// Durations in milliseconds, counted in buckets that are at most 1/16 wide, in constant memory.
#[derive(Clone, Debug)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max_ms: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, max_ms: 0 }
    }
}

impl Histogram {
    pub fn record(&mut self, duration: Duration) {
        let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let last = BUCKETS - 1;
        if let Some(bucket) = self.buckets.get_mut(bucket_of(ms).min(last)) {
            *bucket += 1;
        }
        self.count += 1;
        self.max_ms = self.max_ms.max(ms);
    }

    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.max_ms = self.max_ms.max(other.max_ms);
    }

    pub const fn count(&self) -> u64 {
        self.count
    }

    pub const fn max(&self) -> Duration {
        Duration::from_millis(self.max_ms)
    }

    /// The duration that this share of all lies below or at, 0 to 1; at most a sixteenth too high. Zero when empty.
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = (self.count as f64 * share.clamp(0.0, 1.0)).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_millis(upper_of(at).min(self.max_ms));
            }
        }
        self.max()
    }
}

fn bucket_of(ms: u64) -> usize {
    if ms < PARTS {
        return usize::try_from(ms).unwrap_or(0);
    }
    let power = u64::from(ms.ilog2()) - 4;
    usize::try_from(power * PARTS + (ms >> power)).unwrap_or(usize::MAX)
}

fn upper_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * PARTS {
        return bucket;
    }
    let power = bucket / PARTS - 1;
    ((bucket - power * PARTS + 1) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_of_a_row() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), Duration::ZERO);
        for ms in 1..=1_000 {
            histogram.record(Duration::from_millis(ms));
        }
        let ms = |share| histogram.quantile(share).as_millis();
        assert!((500..=532).contains(&ms(0.5)) && (990..=1_000).contains(&ms(0.99)), "{} {}", ms(0.5), ms(0.99));
        assert_eq!(histogram.quantile(1.0), histogram.max());
    }

    proptest! {
        #[test]
        fn a_bucket_holds_its_numbers(ms in 0_u64..1 << 40) {
            let upper = upper_of(bucket_of(ms));
            prop_assert!(upper >= ms && upper - ms <= ms / 16, "{} {}", ms, upper);
        }
    }
}
