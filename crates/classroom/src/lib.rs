//! A live lesson as a state machine: commands in, effects out. Pure.
//!
//! [`Classroom::apply`] takes one [`Input`] (somebody arrives, a connection is lost, a command, the store's answer, time)
//! and gives the [`Effect`]s that the caller carries out in order: messages to send, connections to end, records for
//! the store, orders for the media. `docs/protocol/class.md` describes the messages ([`wire`]) and the rules.

mod bucket;
mod chat;
mod classroom;
mod effect;
mod entry;
pub mod limits;
mod moderation;
mod people;
mod rights;
mod secret;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod tests;
pub mod wire;

pub use bucket::Bucket;
pub use chat::StoredLine;
pub use classroom::{Arrival, Classroom, Input, LessonInfo, Presence, Restored};
pub use effect::{ConnId, Effect, MediaOrder, Record, Sends, Ticket};
pub use people::Roster;
pub use secret::ResumeSecret;
