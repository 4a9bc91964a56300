//! What both servers are to the bench: a process, and a way to join.

use crate::Outcome;
use crate::process::Process;
use preau_media::client::Client;

/// A server with one room.
pub trait Forwarder {
    fn process(&self) -> &Process;

    /// A client whose offer or answer was exchanged; it connects as it is stepped. The first one publishes.
    fn join_publisher(&mut self) -> Outcome<Client>;

    /// Waits until those who join from now on can be given what the publisher sends; it is connected.
    fn wait_for_publisher(&mut self) -> Outcome<()>;

    /// A client that gets everything the publisher sends.
    fn join_viewer(&mut self) -> Outcome<Client>;

    /// All viewers leave.
    fn dismiss_viewers(&mut self) -> Outcome<()>;
}
