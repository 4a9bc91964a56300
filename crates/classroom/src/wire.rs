//! The messages of the class as they travel: `docs/protocol/class.md`, version 1.

mod client;
mod codes;
mod server;
#[cfg(test)]
mod tests;

pub use client::{Command, Fault, Hello, Incoming, MediaState, Resume, parse};
pub use codes::{Bye, Code, LeftWhy};
pub use server::{
    Device, Hand, Lesson, Line, Locks, Participant, Role, Room, ServerMessage, Slot, SlotCount, SlotKind, State,
    Stoppable, Welcome, You, write,
};
