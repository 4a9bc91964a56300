//! What people notice, through the pages alone.

mod account;
mod door;
mod frame;
mod routes;
mod secrets;
