//! Runs lessons: WebSocket sessions drive the classroom, which commands the media.
//!
//! Each lesson is one task that owns its [`preau_classroom::Classroom`]; sessions talk to it through bounded queues and
//! it never waits for any of them: a client that does not read is cut off. Attendance, chat, removals and the end go to
//! the store in order through the lesson's recorder. A panic ends one lesson, whose clients connect again.

mod lesson;
pub mod limits;
mod live;
mod origin;
mod revoked;
mod session;
pub mod self_test;
#[cfg(test)]
mod tests;

pub use live::{Live, Parts, router};
pub use preau_classroom::Presence;
