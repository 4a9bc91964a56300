//! Real WebSocket clients against a server on a free port, with SQLite in a temporary folder.

mod class;
mod entry;
mod faults;
pub(crate) mod world;
