//! Real WebSocket clients against a server on a free port, with SQLite in a temporary folder.

mod class;
mod door;
mod entry;
mod faults;
mod recording;
pub(crate) mod world;
