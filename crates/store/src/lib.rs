//! All SQL, on SQLite (default) and PostgreSQL: one SQL text for both, one file an entity.
//!
//! Every function takes a [`Conn`]: from [`Store::read`] for reading, from [`Store::write`] (a transaction that must be
//! committed) for writing. What [`Tx::commit`] has returned from survives a crash: SQLite runs in WAL mode with
//! `synchronous=FULL`, PostgreSQL with its default `synchronous_commit=on`.

#[macro_use]
mod sql;
#[macro_use]
mod repoint;

pub mod absences;
pub mod attendance;
pub mod audit;
pub mod backup;
pub mod bulk;
pub mod calendar_feeds;
pub mod calendars;
pub mod cards;
pub mod chat;
pub mod codes;
pub mod db;
pub mod documents;
mod error;
pub mod expected;
pub mod facts;
pub mod failed_tries;
pub mod files;
pub mod follow_ups;
pub mod groups;
pub mod guests;
pub mod hand_ins;
pub mod homework;
pub mod import;
pub mod jobs;
pub mod keeping;
pub mod lessons;
pub mod limits;
pub mod log;
mod many;
mod migrate;
pub mod notices;
pub mod on_site;
pub mod outbox;
pub mod people;
pub mod progressions;
mod readers;
pub mod recordings;
pub mod reports;
pub mod resets;
pub mod rolls;
pub mod schools;
pub mod self_tests;
pub mod series;
pub mod sessions;
pub mod setup;
pub mod setups;
pub mod statements;
pub mod stream_keys;
pub mod subjects;
pub mod territories;
pub mod uploads;
pub mod visits;
pub mod year;

pub use db::{Conn, Database, Store, Tx};
pub use error::StoreError;

#[cfg(test)]
mod tests;
