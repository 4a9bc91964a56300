//! The program as an operator runs it.

mod commands;
mod running;
mod server;
mod upstream;
