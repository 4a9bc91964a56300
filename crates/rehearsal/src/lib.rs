//! The morning, played: people and attackers against a server that the rehearsal starts itself, and a report of what each
//! of them met.
//!
//! Attackers reach this machine only, people also a server whose operator has agreed to it: [`target`] has the rule, and
//! [`net`] the only function that opens a connection.

mod apart;
mod attackers;
pub mod consent;
mod generator;
mod jar;
pub mod limits;
mod namespace;
mod net;
mod page;
mod people;
mod plan;
mod report;
mod server;
mod tally;
pub mod target;
mod wire;
pub mod words;

pub use attackers::Attacker;
pub use namespace::{Namespace, NamespaceError};
pub use plan::{Plan, RehearsalError, run, visit};
pub use report::{Bar, Outcome, Report};
pub use server::{ServerError, Sown, sow};
pub use target::{Destination, OwnTarget, TargetRefusal};
