//! The program as an operator runs it.

mod commands;
mod line;
mod operating;
mod rehearsal;
mod running;
mod server;
mod upstream;
