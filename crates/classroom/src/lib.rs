//! A live lesson as a state machine: commands in, effects out. Pure.
//!
//! [`Classroom::apply`] takes one [`Input`] (somebody arrives, a connection is lost, a command, the store's answer, time)
//! and gives the [`Effect`]s that the caller carries out in order: messages to send, connections to end, records for
//! the store, orders for the media. `docs/protocol/class.md` describes the messages ([`wire`]) and the rules.

mod acts;
#[cfg(test)]
mod any;
mod board;
pub mod book;
mod breakouts;
mod bucket;
mod captions;
mod chat;
mod classroom;
mod door;
mod effect;
mod entry;
mod floor;
mod leaving;
pub mod limits;
mod measure;
mod notes;
mod people;
mod polls;
mod programs;
mod rights;
mod secret;
#[cfg(test)]
mod sim;
mod stage;
mod tell;
#[cfg(test)]
mod tests;
mod tools;
pub mod wire;

pub use bucket::Bucket;
pub use chat::StoredLine;
pub use classroom::{Arrival, Attachment, Classroom, Input, LessonInfo, Presence, Restored};
pub use effect::{ConnId, Effect, MediaOrder, Record, Sends, Ticket};
pub use people::{Knocker, Roster};
pub use secret::ResumeSecret;
