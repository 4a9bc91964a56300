//! Work to be done at home: how it is handed in, until when, and what state a pupil's work is in.

use preau_base::Instant;
use std::fmt;
use std::str::FromStr;

/// A mark is at most this, in hundredths: 1,000 points.
pub const MARK_MAX: i64 = 100_000;

/// How work is handed in. None of them: it is only to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// In the classroom.
    pub paper: bool,
    /// Written on the page.
    pub text: bool,
    pub files: bool,
    /// Pages photographed with a phone.
    pub photos: bool,
    pub audio: bool,
}

impl Ways {
    const WORDS: [&'static str; 5] = ["paper", "text", "files", "photos", "audio"];

    const fn flags(self) -> [bool; 5] {
        [self.paper, self.text, self.files, self.photos, self.audio]
    }

    /// From the words that the database and forms have; unknown ones count for nothing.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ways = Self::default();
        for word in words {
            match word {
                "paper" => ways.paper = true,
                "text" => ways.text = true,
                "files" => ways.files = true,
                "photos" => ways.photos = true,
                "audio" => ways.audio = true,
                _ => {}
            }
        }
        ways
    }

    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::WORDS.into_iter().zip(self.flags()).filter_map(|(word, is)| is.then_some(word))
    }

    /// Something is handed in through the page.
    pub const fn is_online(self) -> bool {
        self.text || self.files || self.photos || self.audio
    }

    /// Something is handed in at all.
    pub const fn is_any(self) -> bool {
        self.paper || self.is_online()
    }

    /// Files come with it, whatever they are.
    pub const fn has_files(self) -> bool {
        self.files || self.photos || self.audio
    }
}

impl fmt::Display for Ways {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.words().enumerate() {
            write!(f, "{}{word}", if at > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Ways {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::of_words(text.split(' ')))
    }
}

/// What happens after the deadline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LateRule {
    /// It is taken, and marked as late.
    #[default]
    Accepted,
    /// Nothing is taken any more.
    Closed,
}

impl LateRule {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Closed => "closed",
        }
    }

    /// The rule of a word; the milder one for a word that is not known.
    pub fn of_word(word: &str) -> Self {
        if word == "closed" { Self::Closed } else { Self::Accepted }
    }
}

/// The terms on which a pupil hands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    pub ways: Ways,
    pub late_rule: LateRule,
    /// After this instant it is late; none: never.
    pub deadline: Option<Instant>,
    /// Another deadline for this pupil alone.
    pub extended_to: Option<Instant>,
    /// The correction was given back: what was handed in stays as it is.
    pub returned: bool,
}

/// Why nothing can be handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("this is not handed in through the page")]
    NotOnline,
    #[error("the correction was given back")]
    Returned,
    #[error("the deadline has passed")]
    Late,
}

impl Terms {
    /// The deadline that counts for this pupil: an extension replaces the deadline, and never shortens it.
    pub fn due(&self) -> Option<Instant> {
        match (self.deadline, self.extended_to) {
            (Some(deadline), Some(extended)) => Some(deadline.max(extended)),
            (deadline, _) => deadline,
        }
    }

    pub fn is_late(&self, now: Instant) -> bool {
        self.due().is_some_and(|due| now > due)
    }

    /// Whether the pupil may hand in at `now`, and whether it is then late. What was handed in may be replaced until the
    /// correction is given back.
    ///
    /// # Errors
    /// Why not.
    pub fn may_hand_in(&self, now: Instant) -> Result<bool, NotTaken> {
        if !self.ways.is_online() {
            return Err(NotTaken::NotOnline);
        }
        if self.returned {
            return Err(NotTaken::Returned);
        }
        let late = self.is_late(now);
        if late && self.late_rule == LateRule::Closed { Err(NotTaken::Late) } else { Ok(late) }
    }
}

/// The state of one pupil's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing yet, and there is time.
    Todo,
    /// Ticked by the pupil as done.
    Done,
    /// A draft that is not handed in.
    Started,
    HandedIn,
    HandedInLate,
    /// The deadline has passed without anything being handed in.
    Missing,
    /// Corrected and given back.
    Returned,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Done => "done",
            Self::Started => "started",
            Self::HandedIn => "handed-in",
            Self::HandedInLate => "late",
            Self::Missing => "missing",
            Self::Returned => "returned",
        }
    }
}

/// What is known of a pupil's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub done: bool,
    pub has_draft: bool,
    /// Whether what was handed in last was late; none: nothing was.
    pub handed_in_late: Option<bool>,
}

/// The state of one pupil's work at `now`.
pub fn state(terms: &Terms, progress: Progress, now: Instant) -> State {
    match progress.handed_in_late {
        _ if terms.returned => State::Returned,
        Some(false) => State::HandedIn,
        Some(true) => State::HandedInLate,
        None if terms.ways.is_online() && terms.is_late(now) => State::Missing,
        None if progress.has_draft => State::Started,
        None if progress.done => State::Done,
        None => State::Todo,
    }
}

/// A mark as people write it, `14`, `14,5` or `14.25`, in hundredths; at most `most` hundredths.
pub fn parse_mark(text: &str, most: i64) -> Option<i64> {
    let (whole, part) = text.trim().split_once([',', '.']).unwrap_or((text.trim(), ""));
    let digits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole, 4) || !digits(part, 2) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    let mark = whole.parse::<i64>().ok()? * 100 + part;
    (mark <= most).then_some(mark)
}

/// A mark in hundredths as people read it, with the sign of decimals of their language.
pub fn mark_text(mark: i64, decimal: char) -> String {
    match mark % 100 {
        0 => (mark / 100).to_string(),
        part if part % 10 == 0 => format!("{}{decimal}{}", mark / 100, part / 10),
        part => format!("{}{decimal}{part:02}", mark / 100),
    }
}

#[cfg(test)]
mod tests;
