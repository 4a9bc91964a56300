//! The program as an operator runs it.

mod commands;
mod operating;
mod running;
mod server;
mod upstream;
