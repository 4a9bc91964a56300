//! The messages of the class as they travel: `docs/protocol/class.md`, version 2.

mod client;
mod codes;
mod command;
mod room;
mod server;
#[cfg(test)]
mod tests;

pub use client::{Fault, Incoming, parse};
pub use codes::{Bye, Code, LeftWhy};
pub use command::{Command, Hello, MediaState, NewGroup, Pace, Resume, To};
pub use room::{
    Device, Expected, Hand, Knock, Lesson, Line, NotesView, PaceCount, Participant, PictureCodec, PollView, Program,
    Reaction, Role, Room, Slot, SlotCount, SlotKind, State, Welcome, You,
};
pub use server::{ServerMessage, Stoppable, write};
