use serde::{Deserialize, Serialize};

/// The one ladder of gate, pages and classes: what is turned off, a level at a time, so that nobody is refused.
///
/// A level includes all below it. Quality falls before access does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 0: everything.
    #[default]
    Full,
    /// 1: without what is dear and optional: search, previews, counters.
    Light,
    /// 2: also without pictures in pages, and without high video layers.
    Plain,
    /// 3: pages of today, the lessons and the hand-in only; in a class the teacher's picture only.
    Essential,
    /// 4: nothing is written but entering a lesson, attendance and handing in; in a class voice and slides.
    ReadOnly,
    /// 5: newcomers wait outside. Nobody who is in is put out.
    Waiting,
}

impl Level {
    pub const ALL: [Self; 6] = [Self::Full, Self::Light, Self::Plain, Self::Essential, Self::ReadOnly, Self::Waiting];

    /// 0 (everything) to 5.
    pub const fn number(self) -> u8 {
        match self {
            Self::Full => 0,
            Self::Light => 1,
            Self::Plain => 2,
            Self::Essential => 3,
            Self::ReadOnly => 4,
            Self::Waiting => 5,
        }
    }

    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The name in settings, counters and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Light => "light",
            Self::Plain => "plain",
            Self::Essential => "essential",
            Self::ReadOnly => "read_only",
            Self::Waiting => "waiting",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_read_back_in_order() {
        for (number, level) in (0..).zip(Level::ALL) {
            assert_eq!((level.number(), Level::from_number(number)), (number, Some(level)));
            assert_eq!(Level::from_name(level.name()), Some(level));
            assert_eq!(serde_json::to_string(&level).unwrap(), format!("\"{}\"", level.name()));
        }
        assert!(Level::ALL.is_sorted());
        assert_eq!(Level::from_number(6), None);
    }
}
