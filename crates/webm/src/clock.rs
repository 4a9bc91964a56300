use crate::limits::{JUMP_MS_MIN, SLEW_MS_PER_S};

/// How long the shortest delay is looked for before the time is moved towards it, in milliseconds.
const WINDOW_MS: i64 = 4_000;

/// Says when a packet was made, in milliseconds since the first one came, by the clock of whoever receives.
///
/// The sender's timestamps have no jitter, but run at the pace of the sender's crystal; arrivals have jitter, but a common
/// clock. The shortest delay of each window is the one without queues (as in RFC 5905's clock filter), and the time follows
/// it slowly. So the tracks of a lesson stay together for hours, although each has a file of its own.
#[derive(Debug)]
pub struct Clock {
    hz: i64,
    first: Option<(i64, i64)>,
    /// What is added to the sender's time.
    shift_ms: i64,
    window_until_ms: i64,
    /// The smallest difference of arrival and time in this window.
    least_ms: Option<i64>,
}

impl Clock {
    pub const fn new(hz: i64) -> Self {
        Self { hz, first: None, shift_ms: 0, window_until_ms: 0, least_ms: None }
    }

    /// The time of the packet with the unwrapped timestamp `time` that came at `came_ms`.
    pub fn at(&mut self, time: i64, came_ms: i64) -> i64 {
        let (first_time, first_came) = *self.first.get_or_insert((time, came_ms));
        let arrival_ms = came_ms - first_came;
        let sent_ms = (time - first_time) * 1_000 / self.hz;
        let late_ms = arrival_ms - (sent_ms + self.shift_ms);
        if late_ms.abs() >= JUMP_MS_MIN {
            self.shift_ms += late_ms;
            (self.window_until_ms, self.least_ms) = (arrival_ms + WINDOW_MS, None);
            return arrival_ms;
        }
        self.least_ms = Some(self.least_ms.map_or(late_ms, |least| least.min(late_ms)));
        if arrival_ms >= self.window_until_ms {
            let most_ms = SLEW_MS_PER_S * WINDOW_MS / 1_000;
            self.shift_ms += self.least_ms.take().unwrap_or_default().clamp(-most_ms, most_ms);
            self.window_until_ms = arrival_ms + WINDOW_MS;
        }
        sent_ms + self.shift_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_by_a_hundredth_of_a_percent_is_followed() {
        let mut clock = Clock::new(48_000);
        let mut worst = 0;
        for sent in 0..180_000_i64 {
            let true_ms = sent * 20;
            let came = 1_000_000 + true_ms + (sent * 7_919) % 31;
            let at = clock.at(sent * 960 + sent * 960 / 10_000, came);
            if true_ms > 60_000 {
                worst = worst.max((at - true_ms).abs());
            }
        }
        assert!(worst <= 20, "{worst} ms of 360 ms that an hour would be off");
    }

    #[test]
    fn a_jump_goes_on_from_what_arrives() {
        let mut clock = Clock::new(90_000);
        assert_eq!(clock.at(500, 70), 0);
        assert_eq!(clock.at(500 + 9_000, 170), 100);
        assert_eq!(clock.at(500 + 90_000_000, 270), 200);
        assert_eq!(clock.at(500 + 90_009_000, 370), 300);
    }
}
