//! Every decision is counted.

use crate::decision::{Lane, Outcome};
use crate::request::Kind;
use crate::snapshot::{Count, LaneState};
use preau_base::Instant;

const LANES: usize = Lane::ALL.len();
const OUTCOMES: usize = Outcome::ALL.len();
const KINDS: usize = Kind::ALL.len();
const SECONDS: usize = 60;

/// Decisions since the start, and those of the last minute by lane. A request that was held is counted twice: as held,
/// and by what became of it.
#[derive(Debug)]
pub(super) struct Counts {
    all: [[[u64; KINDS]; OUTCOMES]; LANES],
    seconds: [[[u32; OUTCOMES]; LANES]; SECONDS],
    second: i64,
}

impl Counts {
    pub const fn new(now: Instant) -> Self {
        Self { all: [[[0; KINDS]; OUTCOMES]; LANES], seconds: [[[0; OUTCOMES]; LANES]; SECONDS], second: now.as_secs() }
    }

    pub fn count(&mut self, lane: Lane, outcome: Outcome, kind: Kind, now: Instant) {
        self.all[lane as usize][outcome as usize][kind as usize] += 1;
        self.turn(now);
        let second = &mut self.seconds[now.as_secs().rem_euclid(SECONDS as i64) as usize];
        let count = &mut second[lane as usize][outcome as usize];
        *count = count.saturating_add(1);
    }

    fn turn(&mut self, now: Instant) {
        let now_s = now.as_secs();
        let passed = usize::try_from(now_s.saturating_sub(self.second)).unwrap_or(0).min(SECONDS);
        for step in 0..passed as i64 {
            self.seconds[(now_s - step).rem_euclid(SECONDS as i64) as usize] = [[0; OUTCOMES]; LANES];
        }
        self.second = now_s;
    }

    pub fn all(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        for lane in Lane::ALL {
            for outcome in Outcome::ALL {
                for kind in Kind::ALL {
                    let requests = self.all[lane as usize][outcome as usize][kind as usize];
                    if requests > 0 {
                        counts.push(Count { lane, outcome, kind, requests });
                    }
                }
            }
        }
        counts
    }

    /// The last minute, by lane.
    pub fn lanes(&self, now: Instant) -> Vec<LaneState> {
        let passed = usize::try_from(now.as_secs().saturating_sub(self.second)).unwrap_or(0);
        let state = |lane: Lane| {
            let sum = |outcome: Outcome| -> u64 {
                let seconds = (0..SECONDS.saturating_sub(passed) as i64)
                    .map(|back| (self.second - back).rem_euclid(SECONDS as i64) as usize);
                seconds.map(|at| u64::from(self.seconds[at][lane as usize][outcome as usize])).sum()
            };
            LaneState {
                lane,
                admitted: sum(Outcome::Admitted),
                held: sum(Outcome::Held),
                waits: sum(Outcome::Waits),
                turned_away: sum(Outcome::TurnedAway) + sum(Outcome::SignInAgain),
            }
        };
        Lane::ALL.into_iter().map(state).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_last_minute_is_a_minute() {
        let start = Instant::from_secs(1_800_000_000);
        let mut counts = Counts::new(start);
        for second in 0..90 {
            let now = start.plus(Duration::from_secs(second));
            counts.count(Lane::Known, Outcome::Admitted, Kind::Page, now);
        }
        let last = start.plus(Duration::from_secs(89));
        let known = |at| counts.lanes(at)[Lane::Known as usize].admitted;
        assert_eq!([known(last), known(last.plus(Duration::from_secs(20)))], [60, 40]);
        assert_eq!(known(last.plus(Duration::from_secs(1_000))), 0);
        let all = counts.all();
        assert_eq!((all.len(), all[0].requests), (1, 90));
    }
}
