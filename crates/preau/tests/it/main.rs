//! The program as an operator runs it.

#![expect(clippy::print_stdout, reason = "what a test prints is shown when it fails: its seed, and how far it came")]

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
