//! The morning as numbers, from a seed: who comes when, from which network, with which device and patience, what they
//! do next, and what attackers send meanwhile. No I/O, no clock, no randomness but the seed's.
//!
//! [`World`] and [`Story`] are what the rehearsal plays over real sockets; [`play`] plays the same against the pure gate
//! in virtual time.

pub mod attack;
mod draw;
pub mod limits;
mod run;
mod story;
mod world;

pub use draw::Draw;
pub use run::{Application, AttackPlayed, Histogram, Plan, Played, Waits, play};
pub use story::{Ask, End, Heard, Next, Reached, Story};
pub use world::{Device, Network, NetworkKind, Person, World};
