//! What both servers are to the bench: a process, and a way to join.

use crate::Outcome;
use crate::process::Process;
use preau_media::client::Client;

/// A server. Lessons are numbered from 0, and each is a room of its own.
pub trait Forwarder {
    fn process(&self) -> &Process;

    /// A client whose offer or answer was exchanged; it connects as it is stepped. It publishes and takes in nothing.
    fn join_publisher(&mut self, lesson: usize) -> Outcome<Client>;

    /// Waits until those who join from now on can be given what publishers send; these are connected.
    fn wait_for_publishers(&mut self) -> Outcome<()>;

    /// A client that gets everything that is published in its lesson.
    fn join_viewer(&mut self, lesson: usize) -> Outcome<Client>;

    /// All viewers leave.
    fn dismiss_viewers(&mut self) -> Outcome<()>;

    /// Asks it to end by itself, where it can.
    fn end(&mut self) -> Outcome<()> {
        Ok(())
    }
}
