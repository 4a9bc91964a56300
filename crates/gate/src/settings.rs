//! What an operator sets by hand, live. Everything else the gate finds out by itself.

use crate::pass::Standing;
use preau_base::{Cidr, Instant, Level};
use serde::{Deserialize, Serialize};

/// When the doors are open to those who hold no pass. Pass holders come in at any hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "doors")]
pub enum Doors {
    #[default]
    Open,
    /// Shut until somebody opens them.
    Closed,
    /// Shut until then; whoever comes before is drawn by lot.
    OpenAt { at: Instant },
}

/// The settings in force. `None` is: the gate decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// A level of the ladder that is held by hand.
    pub level: Option<Level>,
    /// People inside at once.
    pub inside_max: Option<u64>,
    /// Newcomers let in a minute.
    pub newcomers_per_minute_max: Option<u32>,
    /// Requests at work in the application at once.
    pub concurrency_max: Option<u32>,
    pub doors: Doors,
    /// Since when the doors are shut, where they are.
    #[serde(default)]
    pub doors_shut: Option<Instant>,
    /// Those of these standings go before other pass holders of equal need, first first.
    pub priority: Vec<Standing>,
    /// A sentence of the operator for the waiting page, at most [`crate::limits::NOTE_CHARS_MAX`] characters.
    pub note: Option<String>,
    /// Networks that are turned away, until when.
    pub blocked: Vec<(Cidr, Instant)>,
}

/// One change of the settings, or of what the gate has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "set")]
pub enum Command {
    Level {
        level: Option<Level>,
    },
    InsideMax {
        people: Option<u64>,
    },
    NewcomersPerMinuteMax {
        people: Option<u32>,
    },
    ConcurrencyMax {
        requests: Option<u32>,
    },
    Doors(Doors),
    Priority {
        standings: Vec<Standing>,
    },
    Note {
        text: Option<String>,
    },
    /// Keeps a signature until it is dropped.
    PinSignature {
        id: u64,
    },
    /// Forgets a signature, and finds no equal one for an hour.
    DropSignature {
        id: u64,
    },
    Block {
        network: Cidr,
        until: Instant,
    },
    Unblock {
        network: Cidr,
    },
}

/// Why a command was not carried out. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefusal {
    #[error("{what} must be between {min} and {max}, not {value}")]
    OutOfRange { what: &'static str, value: u64, min: u64, max: u64 },
    #[error("the doors cannot open at an instant that is past")]
    Past,
    #[error("there is no signature {0}")]
    NoSignature(u64),
    #[error("{0} is not blocked: a block ends with the network that it was made for, as it was written then")]
    NotBlocked(Cidr),
    #[error("at most {max} networks can be blocked")]
    TooManyBlocked { max: usize },
    #[error("{network} is too wide to be blocked: {bits_min} bits at least")]
    TooWide { network: Cidr, bits_min: u8 },
    #[error("the note has more than {max} characters")]
    NoteTooLong { max: usize },
}
