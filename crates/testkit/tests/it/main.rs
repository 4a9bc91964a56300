//! What people notice, through the pages alone.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail where they stand")]

mod account;
mod accounts;
mod attendance;
mod calendars;
mod copies;
mod cuts;
mod documents;
mod door;
mod entry;
mod frame;
mod gate;
mod log;
mod offline;
mod power;
mod recordings;
mod routes;
mod safety;
mod school;
mod secrets;
mod served;
mod statements;
mod tabs;
mod timetable;
mod uploads;
mod walls;
mod work;
