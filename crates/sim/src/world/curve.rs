//! When people come: the wall at the bell.
//!
//! From the published figures of 6 April 2021 and those that capacity is reckoned with: 500,000 people in ten minutes,
//! half of them within two minutes of the bell, the first well before it.

/// Share of the window, and the share of people who have come by then. The bell rings at three tenths.
const POINTS: [(f64, f64); 7] =
    [(0.0, 0.0), (0.15, 0.08), (0.25, 0.20), (0.45, 0.70), (0.65, 0.88), (0.85, 0.96), (1.0, 1.0)];

/// The share of the window at which the share `unit` of people has come.
pub fn quantile(unit: f64) -> f64 {
    along(unit, |(at, share)| (share, at))
}

/// The share of people who have come by the share `at` of the window.
pub fn share(at: f64) -> f64 {
    along(at, |point| point)
}

fn along(x: f64, axes: impl Fn((f64, f64)) -> (f64, f64)) -> f64 {
    let x = x.clamp(0.0, 1.0);
    for pair in POINTS.windows(2) {
        let ((x0, y0), (x1, y1)) = (axes(pair[0]), axes(pair[1]));
        if x <= x1 {
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
        }
    }
    1.0
}
