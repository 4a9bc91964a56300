//! How good the way to each device is, as the media measures it, and whether the voices of the class are to be sent sparingly
//! because somebody has a line for nothing else.
//!
//! What a voice takes of a line is mostly headers: `docs/decisions/0014-a-lesson-at-24-kbit-s.md` counts it.

use preau_base::{Instant, VisitId};
use std::collections::BTreeMap;
use std::time::Duration;

/// A line carries no more than a voice when more is lost than this, in 1/1000…
const LOSS_NARROW: u16 = 100;
/// …or when the estimate is below this, in kbit/s, and not for want of anything to send: something is lost as well…
const NARROW_BELOW_KBPS: u32 = 80;
/// …or when what was sent waits so long on its way, in milliseconds, that none of it was reported within the second…
const QUEUE_MS_NARROW: u32 = 1_000;
/// …and never when so much of it arrived, in kbit/s: two voices and a small picture. A machine with too much to do loses packets and
/// answers late as a bad line does, but not only once the line is full.
const CARRIES_KBPS_WIDE: u32 = 150;
/// A line is wide again when less is lost than this, in 1/1000. What it carries is not known while voices alone are sent.
const LOSS_WIDE: u16 = 30;
/// Whoever sends and is later than this, in milliseconds, measures its own lateness.
const LATE_MS_MAX: u32 = 100;
/// It has to be narrow, or wide, for so long; a measure that tells nothing is passed over for this time.
const NARROW_AFTER: Duration = Duration::from_secs(4);
const WIDE_AFTER: Duration = Duration::from_secs(20);
const UNTOLD_MAX: Duration = Duration::from_secs(4);

/// One measure of a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    pub estimate_kbps: u32,
    pub sent_kbps: u32,
    /// `None`: nothing of what was sent in this second was reported yet.
    pub loss_permille: Option<u16>,
    pub rtt_ms: Option<u32>,
    /// The longest that the thread that sends was behind.
    pub late_ms: u32,
}

/// What a measure says of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Narrow,
    Wide,
    /// Neither of the two.
    Between,
    Nothing,
}

impl Measure {
    fn sign(self) -> Sign {
        let waits = self.rtt_ms.is_some_and(|rtt| rtt >= QUEUE_MS_NARROW);
        let Some(loss) = self.loss_permille else {
            return if waits && self.sent_kbps > 0 && self.late_ms <= LATE_MS_MAX {
                Sign::Narrow
            } else {
                Sign::Nothing
            };
        };
        let arrived = self.sent_kbps.saturating_mul(u32::from(1_000_u16.saturating_sub(loss))) / 1_000;
        let is_wide = loss < LOSS_WIDE;
        let is_narrow = loss > LOSS_NARROW || waits || (self.estimate_kbps < NARROW_BELOW_KBPS && !is_wide);
        match () {
            () if self.late_ms > LATE_MS_MAX => Sign::Nothing,
            () if is_narrow && arrived < CARRIES_KBPS_WIDE => Sign::Narrow,
            () if is_wide => Sign::Wide,
            () => Sign::Between,
        }
    }
}

/// One device's line.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    narrow: bool,
    /// Since when the measures say otherwise than `narrow`, and the last one that did.
    otherwise: Option<(Instant, Instant)>,
    /// Takes voices only.
    low: bool,
    /// It takes voices only because its line is narrow, or its browser says so: it needs every voice to be small.
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
        // Where voices alone are sent the browser measures, and says whether it needs them small.
        if line.low {
            return;
        }
        let sign = measure.sign();
        if sign == Sign::Nothing {
            line.otherwise = line.otherwise.filter(|(_, last)| now.since(*last) < UNTOLD_MAX);
            return;
        }
        if sign != if line.narrow { Sign::Wide } else { Sign::Narrow } {
            line.otherwise = None;
            return;
        }
        let (since, _) = line.otherwise.filter(|(_, last)| now.since(*last) < UNTOLD_MAX).unwrap_or((now, now));
        line.otherwise = Some((since, now));
        if now.since(since) >= if line.narrow { WIDE_AFTER } else { NARROW_AFTER } {
            (line.narrow, line.otherwise) = (!line.narrow, None);
            self.is_news = true;
        }
    }

    /// The device takes voices only, or pictures again; `because_weak`: it measures itself that its line carries nothing else, and says so
    /// for as long as it does.
    pub fn set_low(&mut self, visit: VisitId, low: bool, because_weak: bool) {
        let line = self.of.entry(visit).or_default();
        line.needs_sparing = low && (because_weak || line.narrow);
        (line.low, line.narrow, line.otherwise) = (low, line.narrow && low, None);
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

    const GOOD: Measure =
        Measure { estimate_kbps: 900, sent_kbps: 700, loss_permille: Some(0), rtt_ms: Some(40), late_ms: 0 };
    /// A voice, on a line that has carried little else so far.
    const TIGHT: Measure = Measure { estimate_kbps: 40, sent_kbps: 45, loss_permille: Some(50), ..GOOD };
    const IDLE: Measure = Measure { estimate_kbps: 40, sent_kbps: 40, ..GOOD };
    /// Pictures, on a line that lets next to nothing through.
    const LOSSY: Measure = Measure { sent_kbps: 400, loss_permille: Some(900), ..GOOD };
    const BETWEEN: Measure = Measure { estimate_kbps: 120, sent_kbps: 100, loss_permille: Some(50), ..GOOD };
    /// What was sent waits in front of the line for so long that the second is over before anything of it is reported.
    const WAITING: Measure = Measure { sent_kbps: 45, loss_permille: None, rtt_ms: Some(1_300), ..GOOD };
    /// Nothing was sent: the speaker is silent.
    const SILENT: Measure = Measure { sent_kbps: 0, loss_permille: None, ..GOOD };

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
    fn a_line_is_narrow_after_four_seconds_and_wide_after_twenty() {
        for bad in [TIGHT, LOSSY, WAITING] {
            let (mut world, one, _) = visits();
            assert!(world.seconds(one, GOOD, 60).is_empty());
            assert!(world.seconds(one, IDLE, 60).is_empty(), "where nothing is sent nothing is estimated");
            assert!(world.seconds(one, bad, 4).is_empty());
            assert!(world.seconds(one, GOOD, 1).is_empty(), "a moment is no line");
            assert_eq!(world.seconds(one, bad, 5), [News::Narrow(one, true)]);
            assert!(world.seconds(one, BETWEEN, 60).is_empty(), "not narrow any more, not wide yet");
            assert!(world.seconds(one, GOOD, 20).is_empty());
            assert_eq!(world.seconds(one, GOOD, 1), [News::Narrow(one, false)]);
        }
    }

    #[test]
    fn a_machine_with_too_much_to_do_is_no_bad_line() {
        for (busy, why) in [
            (Measure { late_ms: 400, ..LOSSY }, "our own thread was late, so everything was"),
            (Measure { late_ms: 400, ..WAITING }, "and what it asked was answered late"),
            (
                Measure { sent_kbps: 900, loss_permille: Some(300), ..GOOD },
                "a browser that reads late loses, and gets far more than a voice",
            ),
            (
                Measure { estimate_kbps: 40, sent_kbps: 600, loss_permille: Some(60), ..GOOD },
                "jitter makes the estimate fall",
            ),
            (Measure { rtt_ms: Some(1_500), sent_kbps: 600, ..GOOD }, "and its answers late"),
            (Measure { rtt_ms: Some(600), loss_permille: None, ..GOOD }, "or missing from this second"),
        ] {
            let (mut world, one, _) = visits();
            assert!(world.seconds(one, busy, 60).is_empty(), "{why}");
            assert_eq!(world.seconds(one, LOSSY, 5), [News::Narrow(one, true)], "it can still be found out");
        }
    }

    #[test]
    fn silence_between_two_measures_counts_for_neither_side() {
        let (mut world, one, _) = visits();
        for _ in 0..2 {
            assert!(world.seconds(one, TIGHT, 1).is_empty());
            assert!(world.seconds(one, SILENT, 2).is_empty());
        }
        assert_eq!(world.seconds(one, TIGHT, 1), [News::Narrow(one, true)], "six seconds, half of them silent");
        let (mut world, one, _) = visits();
        for _ in 0..10 {
            assert!(world.seconds(one, TIGHT, 1).is_empty());
            assert!(world.seconds(one, SILENT, 30).is_empty(), "what was long ago is over");
        }
    }

    #[test]
    fn the_class_speaks_sparingly_for_as_long_as_somebody_has_a_line_for_nothing_else() {
        let (mut world, one, other) = visits();
        world.seconds(other, GOOD, 1);
        assert_eq!(world.seconds(one, TIGHT, 5), [News::Narrow(one, true)], "it takes pictures: those go first");
        world.lines.set_low(one, true, false);
        assert_eq!(world.lines.news(), [News::Sparing(one, true), News::Sparing(other, true)]);
        assert!(world.seconds(one, GOOD, 60).is_empty(), "small voices get through, and stay small");
        world.lines.welcomed(other);
        assert_eq!(world.lines.news(), [News::Sparing(other, true)]);
        world.lines.set_low(one, true, false);
        assert!(world.lines.news().is_empty(), "what is said twice changes nothing");
        world.lines.set_low(one, false, false);
        assert_eq!(
            world.lines.news(),
            [News::Narrow(one, false), News::Sparing(one, false), News::Sparing(other, false)],
            "what the line carries now is to be seen"
        );
        // Low first, and then the line turns out to carry not even that.
        world.lines.set_low(one, true, false);
        assert!(world.lines.news().is_empty(), "who only saves data takes nothing from the others");
        world.lines.set_low(one, true, true);
        assert_eq!(world.lines.news(), [News::Sparing(one, true), News::Sparing(other, true)]);
        world.lines.gone(one);
        assert_eq!(world.lines.news(), [News::Sparing(other, false)]);
    }
}
