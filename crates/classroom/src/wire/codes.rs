use serde::{Deserialize, Serialize};

/// Why a command was not done; the connection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    #[error("no JSON object of the protocol, or a field out of its limits")]
    BadMessage,
    #[error("no such command")]
    UnknownType,
    #[error("over a rate")]
    TooFast,
    #[error("only for those who are in")]
    NotIn,
    #[error("this role may not")]
    NotAllowed,
    #[error("the rules of this lesson, or of this person, do not allow it now")]
    Locked,
    #[error("nobody of that id is in")]
    UnknownPerson,
    #[error("no such page, object, poll, group or line")]
    UnknownThing,
    #[error("a limit of the lesson is reached")]
    Full,
    #[error("made on a state that is too old")]
    Stale,
    #[error("somebody else shows a screen")]
    ScreenTaken,
    #[error("as many cameras are on as the rules allow")]
    CamerasFull,
    #[error("a mute crossed this message")]
    Muted,
    #[error("empty text")]
    Empty,
    #[error("text too long")]
    TooLong,
    #[error("control characters in a text")]
    BadText,
    #[error("the store did not confirm")]
    NotStored,
    #[error("the offer is not as the protocol says")]
    BadSdp,
    #[error("no media now")]
    MediaUnavailable,
    #[error("as many wait to join as may")]
    JoinsFull,
}

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bye {
    Left,
    HelloLate,
    BadFrames,
    BadToken,
    NotOnRoster,
    Removed,
    Closed,
    Replaced,
    Reload,
    Slow,
    Flood,
    Full,
    Restart,
    NoLesson,
    Busy,
    SignedOut,
    /// Not let in at the door.
    TurnedAway,
    /// The lesson's time is over.
    Over,
}

impl Bye {
    pub const ALL: [Self; 18] = [
        Self::Left,
        Self::HelloLate,
        Self::BadFrames,
        Self::BadToken,
        Self::NotOnRoster,
        Self::Removed,
        Self::Closed,
        Self::Replaced,
        Self::Reload,
        Self::Slow,
        Self::Flood,
        Self::Full,
        Self::Restart,
        Self::NoLesson,
        Self::Busy,
        Self::SignedOut,
        Self::TurnedAway,
        Self::Over,
    ];

    /// The number of the WebSocket's Close frame, in the range for private use (RFC 6455 §7.4.2).
    pub const fn close_code(self) -> u16 {
        match self {
            Self::Left => 4_000,
            Self::HelloLate => 4_001,
            Self::BadFrames => 4_002,
            Self::BadToken => 4_003,
            Self::NotOnRoster => 4_004,
            Self::Removed => 4_005,
            Self::Closed => 4_006,
            Self::Replaced => 4_007,
            Self::Reload => 4_008,
            Self::Slow => 4_009,
            Self::Flood => 4_010,
            Self::Full => 4_011,
            Self::Restart => 4_012,
            Self::NoLesson => 4_013,
            Self::Busy => 4_014,
            Self::SignedOut => 4_015,
            Self::TurnedAway => 4_016,
            Self::Over => 4_017,
        }
    }

    /// After how many milliseconds the client connects again by itself; `None`: not by itself.
    pub const fn retry_ms(self) -> Option<u32> {
        match self {
            Self::Left
            | Self::BadFrames
            | Self::NotOnRoster
            | Self::Removed
            | Self::Closed
            | Self::Replaced
            | Self::Reload
            | Self::NoLesson
            | Self::SignedOut
            | Self::TurnedAway
            | Self::Over => None,
            Self::HelloLate | Self::BadToken | Self::Slow | Self::Restart => Some(1_000),
            Self::Busy => Some(3_000),
            Self::Full => Some(15_000),
            Self::Flood => Some(30_000),
        }
    }
}

/// Why somebody is no longer in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftWhy {
    Left,
    Lost,
    Removed,
    Roster,
    /// Sent back to the door.
    SentBack,
}
