//! The morning as a drawing: arrivals that the timetable announced, those that were seen, and those who came in.

use preau_base::Instant;
use preau_gate::snapshot::Minute;
use std::fmt::Write as _;

/// Width and height of the drawing, in units of its `viewBox`.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;
/// Minutes that are drawn at most, the newest.
const MINUTES_DRAWN_MAX: usize = 150;

/// The lines of one drawing, as values of `points` (SVG 2 §9.7.1).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Curve {
    pub expected: String,
    pub arrived: String,
    pub entered: String,
    /// Where now is, from the left.
    pub now: f64,
    pub from: Instant,
    pub to: Instant,
    /// What the top of the drawing stands for, in people a minute.
    pub most: u64,
}

impl Curve {
    /// None with fewer than two minutes.
    pub fn of(minutes: &[Minute]) -> Option<Self> {
        let minutes = minutes.get(minutes.len().saturating_sub(MINUTES_DRAWN_MAX)..)?;
        let (first, last) = (minutes.first()?, minutes.last()?);
        if minutes.len() < 2 {
            return None;
        }
        let highest = minutes.iter().map(|minute| {
            let seen = minute.arrived.unwrap_or(0).max(minute.entered) as f64;
            if minute.expected.is_finite() { seen.max(minute.expected) } else { seen }
        });
        let most = round_up(highest.fold(0.0, f64::max));
        let x = |at: usize| at as f64 * WIDTH / (minutes.len() - 1) as f64;
        let y = |people: f64| HEIGHT - people.clamp(0.0, most as f64) * HEIGHT / most as f64;
        let mut curve = Self { from: first.starts, to: last.starts, most, ..Self::default() };
        for (at, minute) in minutes.iter().enumerate() {
            let expected = if minute.expected.is_finite() { minute.expected } else { 0.0 };
            point(&mut curve.expected, x(at), y(expected));
            if let Some(arrived) = minute.arrived {
                point(&mut curve.arrived, x(at), y(arrived as f64));
                point(&mut curve.entered, x(at), y(minute.entered as f64));
                curve.now = x(at);
            }
        }
        Some(curve)
    }
}

fn point(line: &mut String, x: f64, y: f64) {
    let gap = if line.is_empty() { "" } else { " " };
    // Writing to a string cannot fail.
    let _ = write!(line, "{gap}{x:.1},{y:.1}");
}

/// The next of 10, 20, 50, 100, 200, 500, …: a number that people can read off.
fn round_up(people: f64) -> u64 {
    let mut step = 10_u64;
    loop {
        for top in [step, step.saturating_mul(2), step.saturating_mul(5)] {
            if people <= top as f64 || top > 1_000_000_000 {
                return top;
            }
        }
        step = step.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn minute(at: i64, expected: f64, arrived: Option<u64>) -> Minute {
        Minute {
            starts: Instant::from_secs(at * 60),
            expected,
            arrived,
            entered: arrived.unwrap_or(0) / 2,
            ..Minute::default()
        }
    }

    #[test]
    fn what_is_to_come_has_a_forecast_only() {
        let curve = Curve::of(&[minute(0, 0.0, Some(10)), minute(1, 40.0, Some(20)), minute(2, 50.0, None)]).unwrap();
        assert_eq!(curve.most, 50);
        assert_eq!(curve.expected, "0.0,180.0 360.0,36.0 720.0,0.0");
        assert_eq!(curve.arrived, "0.0,144.0 360.0,108.0");
        assert_eq!(curve.now, 360.0);
        assert!(Curve::of(&[minute(0, 1.0, None)]).is_none());
        assert!(Curve::of(&[]).is_none());
    }

    proptest! {
        #[test]
        fn stays_on_the_paper(people in proptest::collection::vec((any::<f64>(), proptest::option::of(any::<u64>())), 2..200)) {
            let minutes: Vec<Minute> = people.iter().zip(0..).map(|((expected, arrived), at)| minute(at, *expected, *arrived)).collect();
            let curve = Curve::of(&minutes).unwrap();
            for line in [&curve.expected, &curve.arrived, &curve.entered] {
                for pair in line.split_whitespace() {
                    let (x, y) = pair.split_once(',').unwrap();
                    let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
                    prop_assert!((0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y), "{pair}");
                }
            }
        }
    }
}
