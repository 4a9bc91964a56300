//! The waiting room: places in line without a row per person.
//!
//! The browser keeps the [`Ticket`]; the [`Room`] keeps counters, two bits a ticket, and the turns of the last 15
//! minutes. `docs/protocol/waiting.md` says all of it, with test vectors of the draw.

mod bits;
mod draw;
mod estimate;
mod figures;
mod opening;
mod pace;
mod recent;
mod room;
mod saved;
#[cfg(test)]
mod tests;
mod ticket;
mod turns;

pub use draw::{ALGORITHM, Draw, verify};
pub use estimate::Estimate;
pub use figures::Figures;
pub use pace::{pace, pace_until_opening};
pub use room::{Place, Room, Turn};
pub use saved::{RoomCopy, SavedError};
pub use ticket::{Entry, Ticket};
