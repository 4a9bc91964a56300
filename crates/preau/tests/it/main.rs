//! The program as an operator runs it.

mod backup;
mod commands;
mod full_disk;
mod http;
mod kill;
mod large_forms;
mod line;
mod operating;
mod rehearsal;
mod running;
mod school;
mod server;
mod upstream;
