//! A running Préau for tests, and the actors who use it.
//!
//! [`TestApp`] has a small seeded school ([`Seed`]), a clock that the test moves, and gives [`Client`]s: browsers with a
//! cookie jar that speak to the router and nothing else. What a test asserts is what a person would notice.

mod actor;
mod answer;
mod app;
mod classes;
mod client;
mod gate;
mod seed;

pub use actor::Who;
pub use answer::Answer;
pub use app::{Options, TestApp};
pub use classes::TestClasses;
pub use client::Client;
pub use seed::{LogSeed, PASSWORD, Seed, WorkSeed};
