//! Whether a receiver's line loses so many packets that voices are worth their bits twice ([`crate::red`]).

use std::time::{Duration, Instant};

/// So much of a new report counts: it is of a second or five, and of the 50 packets of a voice in a second chance alone takes
/// one or none.
const WEIGHT: f32 = 0.4;
/// On the average so much is lost when voices are doubled…
const LOSS_MIN: f32 = 0.025;
/// …and so little, for so long, when they are not any more.
const LOSS_OVER: f32 = 0.005;
const OVER: Duration = Duration::from_secs(60);
/// More is lost by a line that is full: more bits would make it worse.
const LOSS_FULL: f32 = 0.35;
/// So many reports in a row.
const FULL_MIN: u8 = 2;
/// What takes longer waits in a queue, which is full as well.
const RTT_MAX: Duration = Duration::from_millis(400);

#[derive(Clone, Copy, Debug, Default)]
pub struct Losses {
    average: f32,
    since: Option<Instant>,
    /// Reports of a full line without another between them.
    full: u8,
}

impl Losses {
    /// A report of one voice: the share that was lost, if anything was reported.
    pub fn note(&mut self, loss: Option<f32>, rtt: Option<Duration>, now: Instant) {
        let Some(loss) = loss.filter(|loss| (0.0..=1.0).contains(loss)) else { return };
        self.average += (loss - self.average) * WEIGHT;
        let is_full = loss > LOSS_FULL || rtt.is_some_and(|rtt| rtt > RTT_MAX);
        self.full = if is_full { self.full.saturating_add(1) } else { 0 };
        if self.full >= FULL_MIN {
            self.since = None;
        } else if is_full {
            // One moment is no line.
        } else if self.average > LOSS_MIN || (self.since.is_some() && self.average > LOSS_OVER) {
            self.since = Some(now);
        }
    }

    pub fn doubles(&self, now: Instant) -> bool {
        self.since.is_some_and(|at| now.saturating_duration_since(at) < OVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of these seconds pass before it is as wanted.
    fn seconds_until(wanted: bool, losses: &mut Losses, now: &mut Instant, loss: f32, rtt_ms: u64) -> Option<u32> {
        (1..=300).find(|_| {
            *now += Duration::from_secs(1);
            losses.note(Some(loss), Some(Duration::from_millis(rtt_ms)), *now);
            losses.doubles(*now) == wanted
        })
    }

    #[test]
    fn a_line_that_loses_is_found_within_seconds_and_believed_for_a_minute() {
        let (mut losses, mut now) = (Losses::default(), Instant::now());
        assert_eq!(seconds_until(true, &mut losses, &mut now, 0.05, 40), Some(2));
        assert_eq!(seconds_until(false, &mut losses, &mut now, 0.01, 40), None, "a little is lost still");
        let over = seconds_until(false, &mut losses, &mut now, 0.0, 40).unwrap();
        assert!((60..75).contains(&over), "{over}");
    }

    #[test]
    fn a_little_by_chance_a_full_line_and_a_queue_are_none() {
        for (loss, rtt_ms) in [(0.02, 40), (0.05, 900), (0.6, 40)] {
            let (mut losses, mut now) = (Losses::default(), Instant::now());
            assert_eq!(seconds_until(true, &mut losses, &mut now, loss, rtt_ms), None, "{loss}, {rtt_ms} ms");
        }
    }
}
