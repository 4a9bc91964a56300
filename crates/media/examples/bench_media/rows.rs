//! The table: what was measured of each, their ratios with the bars, and how many bars were met.

use std::error::Error;
use std::sync::{Mutex, PoisonError};

/// What a ratio has to be.
#[derive(Clone, Copy)]
pub enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// It is told, and nothing is asked of it.
    None,
}

impl Bar {
    fn is_met(self, ratio: f64) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(ratio <= most),
            Self::AtLeast(least) => Some(ratio >= least),
            Self::None => None,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::None => "none".to_owned(),
        }
    }
}

/// What was measured of one figure.
pub struct Row<'a> {
    pub figure: &'a str,
    pub ours: f64,
    pub janus: Option<f64>,
    pub floor: Option<f64>,
    /// Cores that were busy with something else meanwhile, when that is worth a word.
    pub others: Option<f64>,
}

/// Bars missed, bars met, figures that could not be measured.
static COUNTED: Mutex<[usize; 3]> = Mutex::new([0; 3]);

fn count(what: usize) {
    COUNTED.lock().unwrap_or_else(PoisonError::into_inner)[what] += 1;
}

pub fn head() {
    println!("CPU of the server's process on one core; the least of interleaved rounds.\n");
    println!("{:<58} {:>8} {:>8} {:>8}   {:<20} {:<7}", "figure", "ours", "Janus", "floor", "ratio", "bar");
}

/// A line for each ratio; the first has what was measured.
pub fn say(row: &Row<'_>, ratios: &[(&str, f64, Bar)]) {
    let shown = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.2}"));
    let Row { figure, ours, janus, floor, .. } = row;
    let mut measured = format!("{figure:<58} {ours:>8.2} {:>8} {:>8}", shown(*janus), shown(*floor));
    for (name, ratio, bar) in ratios {
        let met = bar.is_met(*ratio);
        met.into_iter().for_each(|met| count(usize::from(met)));
        let word = met.map_or("", |met| if met { "met" } else { "MISSED" });
        let ratio = format!("{name} {ratio:.2}");
        println!("{measured:<85}   {ratio:<20} {:<7} {word}", bar.text());
        measured.clear();
    }
    if let Some(others) = row.others {
        println!("    while {others:.2} cores were busy with something else: no figure to be kept");
    }
}

pub fn not_measured(figure: &str, error: &dyn Error) {
    count(2);
    println!("{figure:<58} not measured: {error}");
}

/// The last line.
pub fn sum_up() {
    let [missed, met, unmeasured] = *COUNTED.lock().unwrap_or_else(PoisonError::into_inner);
    println!("\n{met} bars met, {missed} missed, {unmeasured} figures not measured");
}
