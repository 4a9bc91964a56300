//! PDF and pictures made into pages for the board.
//!
//! [`render`] is pure: bytes in, pictures out, in the size of a screen and in that of a weak line. What it reads was made by
//! strangers and is drawn by somebody else's code, so nobody calls it in the server itself: [`Press`] runs it in a child
//! process that has little memory, little time, no environment and nothing to write but its answer. A thread could not be
//! ended when it loops, and neither an exhausted stack nor exhausted memory can be caught in one; a process can be killed,
//! and takes nothing with it.

mod encode;
mod fault;
pub mod limits;
mod pdf;
mod photo;
mod press;
mod render;
mod wire;
mod words;
mod worker;

pub use encode::{Coding, Picture};
pub use fault::Fault;
pub use press::{Events, Press, Source};
pub use render::{Event, render};
pub use worker::work;
