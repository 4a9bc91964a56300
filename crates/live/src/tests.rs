//! Real WebSocket clients against a server on a free port, with SQLite in a temporary folder.

mod captions;
mod class;
mod door;
pub(crate) mod engine;
mod entry;
mod examined;
mod faults;
mod joins;
mod programs;
mod recorded;
mod recording;
mod restart;
pub(crate) mod world;
