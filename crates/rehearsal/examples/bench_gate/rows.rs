//! The table: a line for each figure with its bar, and how many bars were met.

use std::sync::Mutex;
use std::sync::PoisonError;

/// What a figure has to be.
#[derive(Clone, Copy)]
pub enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// It is told, and nothing is asked of it.
    None,
}

impl Bar {
    fn is_met(self, figure: f64) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(figure <= most),
            Self::AtLeast(least) => Some(figure >= least),
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

static COUNTED: Mutex<[usize; 2]> = Mutex::new([0; 2]);

fn count(met: bool) {
    COUNTED.lock().unwrap_or_else(PoisonError::into_inner)[usize::from(met)] += 1;
}

const fn word(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

/// A line of the table: the figure, its value, its bar, and whether it is met.
pub fn say(figure: &str, value: f64, bar: Bar, more: &str) {
    let met = bar.is_met(value);
    met.into_iter().for_each(count);
    println!("{figure:<58} {value:>9.2}   bar {:<8} {:<8} {more}", bar.text(), met.map_or("", word));
}

/// A line that was measured elsewhere, with its bar in words; `met` where it has one.
pub fn say_in_words(figure: &str, measured: &str, bar: &str, met: Option<bool>) {
    met.into_iter().for_each(count);
    println!("{figure:<58} {measured}   bar {bar}   {}", met.map_or("", word));
}

/// The last line.
pub fn sum_up() {
    let [missed, met] = *COUNTED.lock().unwrap_or_else(PoisonError::into_inner);
    println!("\n{met} bars met, {missed} missed");
}
