use super::{BoardFact, Breakouts, Own, PollFact, Rules, Splice};
use preau_base::{Instant, PersonId};
use serde::{Deserialize, Serialize};

/// One change of a [`super::Book`], as it is stored: JSON with the name of the change in `fact`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    Rules {
        rules: Rules,
    },
    /// The default takes the exception away.
    Own {
        person: PersonId,
        own: Own,
    },
    Floor {
        person: PersonId,
        has: bool,
    },
    /// `None` lowers the hand.
    Hand {
        person: PersonId,
        since: Option<Instant>,
    },
    HandsDown,
    Muted {
        person: PersonId,
    },
    Assistant {
        person: PersonId,
        on: bool,
    },
    Duty {
        person: PersonId,
        duty: Option<Duty>,
    },
    Admitted {
        person: PersonId,
    },
    Refused {
        person: PersonId,
    },
    Held {
        person: PersonId,
    },
    Ends {
        at: Instant,
    },
    Recording {
        since: Option<Instant>,
    },
    Captions {
        on: bool,
    },
    Timer {
        timer: Option<Timer>,
    },
    /// `again`: everybody had a turn, and a new round begins with this one.
    Picked {
        person: PersonId,
        again: bool,
    },
    /// `made`: when these groups were made. It goes with every change of them, so that one that is lost does no harm.
    Breakouts {
        breakouts: Breakouts,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        made: Option<Instant>,
    },
    Poll(PollFact),
    Board(BoardFact),
    Notes {
        splice: Splice,
    },
}

/// What somebody does for those who need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Writes captions.
    Captioner,
    /// Interprets into sign language: may always be seen, and is pinned by those who ask.
    Interpreter,
}

/// A countdown that everybody sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    pub ends: Instant,
    /// At most [`crate::limits::LABEL_CHARS_MAX`] characters.
    pub label: String,
}
