use jiff::Zoned;
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    Morning,
    Afternoon,
}

/// A half-day (demi-journée) of a school, by its own clock. As text `2026-11-23-am`, which sorts by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HalfDay {
    pub day: Date,
    pub half: Half,
}

/// A text that is no half-day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a half-day such as 2026-11-23-am")]
pub struct BadHalfDay;

impl HalfDay {
    pub const fn morning(day: Date) -> Self {
        Self { day, half: Half::Morning }
    }

    pub const fn afternoon(day: Date) -> Self {
        Self { day, half: Half::Afternoon }
    }

    /// The half-day of an instant on the school's clock; the afternoon begins `afternoon_min` minutes after midnight as
    /// clocks show it, so that a change of clocks moves nothing.
    pub fn at(local: &Zoned, afternoon_min: i64) -> Self {
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        let half = if minute < afternoon_min { Half::Morning } else { Half::Afternoon };
        Self { day: local.date(), half }
    }
}

impl fmt::Display for HalfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = match self.half {
            Half::Morning => "am",
            Half::Afternoon => "pm",
        };
        write!(f, "{}-{half}", self.day)
    }
}

impl FromStr for HalfDay {
    type Err = BadHalfDay;

    fn from_str(text: &str) -> Result<Self, BadHalfDay> {
        let (day, half) = text.rsplit_once('-').ok_or(BadHalfDay)?;
        let half = match half {
            "am" => Half::Morning,
            "pm" => Half::Afternoon,
            _ => return Err(BadHalfDay),
        };
        // Only as it is written: a text that reads as the same day in another way would sort elsewhere.
        let parsed: Date = day.parse().map_err(|_| BadHalfDay)?;
        let known = Self { day: parsed, half };
        if known.to_string() == text { Ok(known) } else { Err(BadHalfDay) }
    }
}

impl TryFrom<String> for HalfDay {
    type Error = BadHalfDay;

    fn try_from(text: String) -> Result<Self, BadHalfDay> {
        text.parse()
    }
}
