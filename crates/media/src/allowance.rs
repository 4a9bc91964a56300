//! What one publication may send, so that no client makes a room carry more than a lesson needs: a token bucket.

use crate::api::SourceKind;
use std::time::Instant;

/// Bytes a second and the burst of a kind. Chromium's own most: Opus 510 kbit/s (RFC 6716 §2.1.1), our three camera
/// layers together under 3 Mbit/s, a screen 2.5 Mbit/s; a keyframe comes at once.
const fn terms(kind: SourceKind) -> (u64, u64) {
    match kind {
        SourceKind::Audio => (64_000, 32_000),
        SourceKind::Camera => (750_000, 750_000),
        SourceKind::Screen => (750_000, 1_500_000),
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    per_second: u64,
    burst: u64,
    bytes: u64,
    counted: Option<Instant>,
}

impl Allowance {
    pub const fn of(kind: SourceKind) -> Self {
        let (per_second, burst) = terms(kind);
        Self { per_second, burst, bytes: burst, counted: None }
    }

    /// Whether a packet of so many bytes may still pass; it is taken off if so.
    pub fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let since = self.counted.map_or(0, |counted| now.saturating_duration_since(counted).as_micros());
        let earned = u64::try_from(since).unwrap_or(u64::MAX).saturating_mul(self.per_second) / 1_000_000;
        // Time that has earned nothing yet goes on counting.
        if earned > 0 || self.counted.is_none() {
            self.bytes = self.burst.min(self.bytes.saturating_add(earned));
            self.counted = Some(now);
        }
        let wanted = bytes as u64;
        let passes = wanted <= self.bytes;
        if passes {
            self.bytes -= wanted;
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Bytes that pass in ten seconds when packets of `bytes` come every `every`.
    fn passed(kind: SourceKind, bytes: usize, every: Duration) -> usize {
        let mut allowance = Allowance::of(kind);
        let start = Instant::now();
        let packets = Duration::from_secs(10).as_micros() / every.as_micros();
        (0..packets).filter(|n| allowance.take(bytes, start + every * u32::try_from(*n).expect("few"))).count() * bytes
    }

    #[test]
    fn what_browsers_send_passes_whole() {
        for (kind, bytes, every_us) in [
            (SourceKind::Audio, 120, 20_000),
            (SourceKind::Audio, 1_275, 20_000),
            (SourceKind::Camera, 1_150, 3_000),
            (SourceKind::Screen, 1_150, 3_500),
        ] {
            let every = Duration::from_micros(every_us);
            let sent = usize::try_from(10_000_000 / every_us).expect("few") * bytes;
            assert_eq!(passed(kind, bytes, every), sent, "{kind:?}");
        }
    }

    #[test]
    fn a_flood_is_cut_to_the_allowance() {
        for kind in [SourceKind::Audio, SourceKind::Camera, SourceKind::Screen] {
            let (per_second, burst) = terms(kind);
            let most = usize::try_from(per_second * 10 + burst).expect("few");
            // 96 Mbit/s.
            let got = passed(kind, 1_200, Duration::from_micros(100));
            assert!(got <= most && got > most * 9 / 10, "{kind:?}: {got} of at most {most}");
        }
    }
}
