//! Runs lessons: WebSocket sessions drive the classroom, which commands the media.
//!
//! Each lesson is one task that owns its [`preau_classroom::Classroom`]; sessions talk to it through bounded queues and
//! it never waits for any of them: a client that does not read is cut off. Attendance, chat, removals and the end go to
//! the store in order through the lesson's recorder. A panic ends one lesson, whose clients connect again.

pub mod captions;
mod lesson;
pub mod limits;
mod live;
mod origin;
mod programs;
pub mod recording;
mod revoked;
pub mod self_test;
mod session;
#[cfg(test)]
mod tests;

pub use lesson::{Examine, Examined, NotExamined};
pub use live::{Live, Parts, router};
pub use preau_classroom::Presence;
pub use programs::RelayAccess;

/// What is put on the board of a class from outside of it.
pub mod board {
    pub use preau_classroom::Input;
    pub use preau_classroom::book::{PageRef, Point};
}
