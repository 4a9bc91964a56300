use preau_base::{Instant, Level};
use preau_gate::Command;
use preau_gate::snapshot::{Cause, SignatureState, Verdict};
use serde::Serialize;

/// What is recorded always: what somebody did to the gate, and what it did by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// The gate began.
    Started {
        version: &'static str,
    },
    /// The gate ended as it was told to.
    Stopped,
    /// An operator's command. `who` is how they are known: a person's id, or the user of the control socket.
    Command {
        who: String,
        command: Command,
        #[serde(skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
    Level {
        from: Level,
        to: Level,
        cause: Cause,
    },
    /// The verdict changed; with its grounds.
    Verdict {
        verdict: Verdict,
    },
    SignatureMade {
        signature: SignatureState,
    },
    SignatureEnded {
        id: u64,
        hits: u64,
        how: Ended,
    },
    /// A waiting room was filled anew; `seed_hash` binds its draw before anybody knows who drew what.
    Room {
        room: u64,
        seed_hash: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        opens: Option<Instant>,
    },
    /// The doors opened; with the seed of the draw, in hexadecimal, for everybody to recheck.
    Opened {
        room: u64,
        seed_hash: String,
        seed: String,
    },
    /// An operator reads the headers of one connection of a lesson; `person` (by id) is told. `who` is the user of the socket.
    Headers {
        who: String,
        lesson: String,
        peer: u64,
        person: String,
        packets_max: u32,
        seconds_max: u64,
    },
    /// A network was denied in the kernel, or no longer.
    Kernel {
        network: String,
        denied: bool,
        seconds: u64,
    },
}

/// How a signature ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    Expired,
    Dropped,
}

impl Event {
    /// The kind of its record.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Stopped => "stopped",
            Self::Command { .. } => "command",
            Self::Level { .. } => "level",
            Self::Verdict { .. } => "verdict",
            Self::SignatureMade { .. } => "signature_made",
            Self::SignatureEnded { .. } => "signature_ended",
            Self::Room { .. } => "room",
            Self::Opened { .. } => "opened",
            Self::Headers { .. } => "headers",
            Self::Kernel { .. } => "kernel",
        }
    }
}
