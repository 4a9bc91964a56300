use preau_base::Instant;
use std::time::Duration;

/// A bound on a rate: one every `every` on average, `at_once_max` at once (GCRA, ITU-T I.371).
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    every: Duration,
    at_once_max: u32,
    /// When the bucket will be full again.
    full_at: Instant,
}

impl Bucket {
    pub const fn new(every: Duration, at_once_max: u32) -> Self {
        Self { every, at_once_max, full_at: Instant::EPOCH }
    }

    /// Takes one; `false` when there is none.
    pub fn take(&mut self, now: Instant) -> bool {
        let full_at = self.full_at.max(now);
        if full_at.since(now) > self.every * self.at_once_max.saturating_sub(1) {
            return false;
        }
        self.full_at = full_at.plus(self.every);
        true
    }

    /// Nothing has been taken for as long as it takes to fill up.
    pub fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_burst_and_rate() {
        let mut bucket = Bucket::new(Duration::from_secs(1), 5);
        let start = Instant::from_secs(1_000);
        assert_eq!((0..10).filter(|_| bucket.take(start)).count(), 5);
        assert!(bucket.take(start.plus(Duration::from_secs(1))));
        assert!(!bucket.take(start.plus(Duration::from_secs(1))));
        assert_eq!((0..10).filter(|_| bucket.take(start.plus(Duration::from_secs(60)))).count(), 5);
    }
}
