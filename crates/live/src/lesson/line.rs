//! How good the way to each device is, as the media measures it, and whether the voices of the class are to be sent sparingly
//! because somebody has a line for nothing else.
//!
//! A voice as browsers send it (Opus at some 32 kbit/s in packets of 20 ms) takes 52 kbit/s with its headers; one that is sent
//! sparingly (8 kbit/s, packets of 60 ms) takes 14.

use preau_base::{Instant, VisitId};
use std::collections::BTreeMap;
use std::time::Duration;

/// A line carries no more than a voice when more is lost than this, in 1/1000…
const LOSS_NARROW: u16 = 100;
/// …or when the estimate is below this, in kbit/s, and not for want of anything to send: something is lost as well.
const NARROW_BELOW_KBPS: u32 = 80;
/// A line is wide again when less is lost than this, in 1/1000. What it carries is not known while voices alone are sent.
const LOSS_WIDE: u16 = 30;
/// It has to be narrow, or wide, for so long.
const NARROW_AFTER: Duration = Duration::from_secs(6);
const WIDE_AFTER: Duration = Duration::from_secs(20);

/// One measure of a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    pub estimate_kbps: u32,
    pub loss_permille: u16,
}

impl Measure {
    const fn is_narrow(self) -> bool {
        self.loss_permille > LOSS_NARROW || (self.estimate_kbps < NARROW_BELOW_KBPS && !self.is_wide())
    }

    const fn is_wide(self) -> bool {
        self.loss_permille < LOSS_WIDE
    }
}

/// One device's line.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    narrow: bool,
    /// Since when every measure says otherwise than `narrow`.
    otherwise_since: Option<Instant>,
    /// Takes voices only.
    low: bool,
    /// While it took voices only it was narrow all the same: it needs every voice to be small.
    needs_sparing: bool,
    told_narrow: bool,
    told_sparing: bool,
}

/// What one device is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    Narrow(VisitId, bool),
    Sparing(VisitId, bool),
}

/// The lines of all devices of a lesson.
#[derive(Debug, Default)]
pub(super) struct Lines {
    of: BTreeMap<VisitId, Line>,
    is_news: bool,
}

impl Lines {
    pub fn measured(&mut self, visit: VisitId, measure: Measure, now: Instant) {
        let line = self.of.entry(visit).or_default();
        let otherwise = if line.narrow { measure.is_wide() } else { measure.is_narrow() };
        if !otherwise {
            line.otherwise_since = None;
            return;
        }
        let since = *line.otherwise_since.get_or_insert(now);
        let wait = if line.narrow { WIDE_AFTER } else { NARROW_AFTER };
        if now.since(since) >= wait {
            (line.narrow, line.otherwise_since) = (!line.narrow, None);
            line.needs_sparing |= line.narrow && line.low;
            self.is_news = true;
        }
    }

    /// The device takes voices only, or pictures again. What its line needed is known anew from then on; that a voice that is
    /// sent sparingly gets through is no reason to send it otherwise.
    pub fn set_low(&mut self, visit: VisitId, low: bool) {
        let line = self.of.entry(visit).or_default();
        line.low = low;
        line.needs_sparing = low && line.narrow;
        self.is_news = true;
    }

    /// The device has a new connection, which knows nothing.
    pub fn welcomed(&mut self, visit: VisitId) {
        let line = self.of.entry(visit).or_default();
        (line.told_narrow, line.told_sparing) = (false, false);
        self.is_news = true;
    }

    pub fn gone(&mut self, visit: VisitId) {
        self.is_news |= self.of.remove(&visit).is_some();
    }

    /// What is to be told since the last call.
    pub fn news(&mut self) -> Vec<News> {
        if !std::mem::take(&mut self.is_news) {
            return Vec::new();
        }
        let sparing = self.of.values().any(|line| line.needs_sparing);
        let mut news = Vec::new();
        for (visit, line) in &mut self.of {
            if std::mem::replace(&mut line.told_narrow, line.narrow) != line.narrow {
                news.push(News::Narrow(*visit, line.narrow));
            }
            if std::mem::replace(&mut line.told_sparing, sparing) != sparing {
                news.push(News::Sparing(*visit, sparing));
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;

    const GOOD: Measure = Measure { estimate_kbps: 900, loss_permille: 0 };
    const TIGHT: Measure = Measure { estimate_kbps: 40, loss_permille: 50 };
    const IDLE: Measure = Measure { estimate_kbps: 40, loss_permille: 0 };
    const LOSSY: Measure = Measure { estimate_kbps: 900, loss_permille: 300 };
    const BETWEEN: Measure = Measure { estimate_kbps: 120, loss_permille: 50 };

    struct World {
        lines: Lines,
        now: u64,
    }

    impl World {
        /// The same measure every second, and what was told.
        fn seconds(&mut self, visit: VisitId, measure: Measure, count: u64) -> Vec<News> {
            let mut news = Vec::new();
            for _ in 0..count {
                self.now += 1;
                self.lines.measured(visit, measure, Instant::from_secs(self.now as i64));
                news.extend(self.lines.news());
            }
            news
        }
    }

    fn visits() -> (World, VisitId, VisitId) {
        let rng = &mut SeededRng::new(1);
        let visit = |rng: &mut SeededRng| VisitId::new(Instant::EPOCH, rng);
        let (mut one, mut other) = (visit(rng), visit(rng));
        if other < one {
            std::mem::swap(&mut one, &mut other);
        }
        (World { lines: Lines::default(), now: 0 }, one, other)
    }

    #[test]
    fn a_line_is_narrow_after_six_seconds_and_wide_after_twenty() {
        for bad in [TIGHT, LOSSY] {
            let (mut world, one, _) = visits();
            assert!(world.seconds(one, GOOD, 60).is_empty());
            assert!(world.seconds(one, IDLE, 60).is_empty(), "where nothing is sent nothing is estimated");
            assert!(world.seconds(one, bad, 6).is_empty());
            assert!(world.seconds(one, GOOD, 1).is_empty(), "a moment is no line");
            assert_eq!(world.seconds(one, bad, 7), [News::Narrow(one, true)]);
            assert!(world.seconds(one, BETWEEN, 60).is_empty(), "not narrow any more, not wide yet");
            assert!(world.seconds(one, GOOD, 20).is_empty());
            assert_eq!(world.seconds(one, GOOD, 1), [News::Narrow(one, false)]);
        }
    }

    #[test]
    fn the_class_speaks_sparingly_for_as_long_as_somebody_has_a_line_for_nothing_else() {
        let (mut world, one, other) = visits();
        world.seconds(other, GOOD, 1);
        assert_eq!(world.seconds(one, TIGHT, 7), [News::Narrow(one, true)], "it takes pictures: those go first");
        world.lines.set_low(one, true);
        assert_eq!(world.lines.news(), [News::Sparing(one, true), News::Sparing(other, true)]);
        assert_eq!(
            world.seconds(one, GOOD, 21),
            [News::Narrow(one, false)],
            "small voices get through, and stay small"
        );
        world.lines.welcomed(other);
        assert_eq!(world.lines.news(), [News::Sparing(other, true)]);
        world.lines.set_low(one, false);
        assert_eq!(world.lines.news(), [News::Sparing(one, false), News::Sparing(other, false)]);
        // Low first, and then the line turns out to carry not even that.
        world.lines.set_low(one, true);
        assert!(world.lines.news().is_empty(), "who only saves data takes nothing from the others");
        let told = world.seconds(one, LOSSY, 7);
        assert_eq!(told, [News::Narrow(one, true), News::Sparing(one, true), News::Sparing(other, true)]);
        world.lines.gone(one);
        assert_eq!(world.lines.news(), [News::Sparing(other, false)]);
    }
}
