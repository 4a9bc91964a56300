//! What the gate answers.

use crate::limiter::Source;
use crate::request::{HolderKey, Kind};
use crate::waiting::{Entry, Estimate, Place, Ticket};
use preau_base::Instant;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Which lane a request stands in; the order is that of precedence under scarcity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// A pass holder with a lesson on or about to start.
    Lesson,
    /// A pass holder.
    Known,
    /// Let in from the waiting room, not signed in yet.
    Entered,
    /// With a waiting ticket that came back.
    Returning,
    Newcomer,
}

impl Lane {
    pub const ALL: [Self; 5] = [Self::Lesson, Self::Known, Self::Entered, Self::Returning, Self::Newcomer];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Known => "known",
            Self::Entered => "entered",
            Self::Returning => "returning",
            Self::Newcomer => "newcomer",
        }
    }
}

/// Why somebody waits; the page says it in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The doors open later.
    NotYetOpen,
    /// An operator closed the doors.
    Closed,
    /// More people arrive than are let in at a time.
    Crowd,
    /// The quota that an operator set is full.
    Full,
    /// The application behind is slow.
    Slow,
    /// An attack is being held off, or brown-out holds newcomers back.
    Attack,
}

impl Reason {
    pub const ALL: [Self; 6] = [Self::NotYetOpen, Self::Closed, Self::Crowd, Self::Full, Self::Slow, Self::Attack];

    pub const fn name(self) -> &'static str {
        match self {
            Self::NotYetOpen => "not_yet_open",
            Self::Closed => "closed",
            Self::Crowd => "crowd",
            Self::Full => "full",
            Self::Slow => "slow",
            Self::Attack => "attack",
        }
    }
}

/// Why a request is turned away without a place in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Away {
    /// The budget of this address, or of its network, is spent.
    Budget,
    /// Looks like an attack that is under way.
    Signature,
    /// Blocked by an operator.
    Blocked,
    /// Nothing but a person's page may wait: a file or a call has to come again.
    Busy,
    /// A WebSocket without a pass.
    NoPass,
}

impl Away {
    pub const ALL: [Self; 5] = [Self::Budget, Self::Signature, Self::Blocked, Self::Busy, Self::NoPass];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Signature => "signature",
            Self::Blocked => "blocked",
            Self::Busy => "busy",
            Self::NoPass => "no_pass",
        }
    }
}

/// Leave for one request to go to the application. Its end is told with [`crate::Gate::finished`], always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Admission {
    pub lane: Lane,
    pub kind: Kind,
    pub begun: Instant,
    /// Whether it takes a place among the requests at work; the gate's own answers and files take none.
    pub counted: bool,
    /// To be handed over as a cookie: this person is in.
    pub entry: Option<Entry>,
    /// Whose answer it will be, for the adaptive limit.
    pub source: Source,
}

/// Names a request that is held back in the gate's own short queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldId(pub u64);

/// A lesson that somebody is expected in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LessonSoon {
    /// The lesson's id.
    pub lesson: u128,
    pub starts: Instant,
    pub ends: Instant,
}

/// The waiting page, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub lane: Lane,
    pub reason: Reason,
    /// A new ticket, to be handed over as a cookie.
    pub ticket: Option<Ticket>,
    /// None before opening, and on a ticket that has just been given.
    pub place: Option<Place>,
    pub estimate: Option<Estimate>,
    /// When the doors open, where they are shut until then.
    pub opens: Option<Instant>,
    /// When to ask again: the `Refresh` and `Retry-After` of the answer.
    pub again: Duration,
    /// Only for somebody with a pass.
    pub lesson: Option<LessonSoon>,
    pub holder: Option<HolderKey>,
}

/// What the gate says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    Admit(Admission),
    /// Hold the request; it is released by [`crate::Gate::finished`] or [`crate::Gate::tick`], or else given up at
    /// `until` with [`crate::Gate::give_up`].
    Hold {
        id: HeldId,
        until: Instant,
    },
    Wait(Wait),
    TurnAway {
        lane: Lane,
        why: Away,
        again: Duration,
    },
    /// The pass is used from more networks than one person has.
    SignInAgain,
}

/// How a decision ended, for counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Admitted,
    Held,
    Waits,
    TurnedAway,
    SignInAgain,
}

impl Outcome {
    pub const ALL: [Self; 5] = [Self::Admitted, Self::Held, Self::Waits, Self::TurnedAway, Self::SignInAgain];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Held => "held",
            Self::Waits => "waits",
            Self::TurnedAway => "turned_away",
            Self::SignInAgain => "sign_in_again",
        }
    }
}

/// How the application answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// From admission to the head of the answer.
    pub latency: Duration,
    /// A 5xx of the application itself, or no answer.
    pub failed: bool,
    /// Bytes of the answer, as far as they are known.
    pub bytes: u64,
}
