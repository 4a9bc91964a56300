//! The pages of the gate: the waiting page, and everybody's page who is turned away. One family, one style and one
//! script of a few kilobytes, in French and English; whole without script.
//!
//! [`WaitingPages::page`] answers who looks at it, [`WaitingPages::call`] a script; [`files`], [`queue`] and [`draw`] are
//! the bodies of what lies below `/_gate/`.

mod answers;
mod files;
mod lang;
mod ready;
mod refusals;
#[cfg(test)]
mod tests;
mod texts;
mod times;
mod view;

pub use answers::{Asked, LessonLine, Screen, WaitScreen, WaitingPages, draw, queue};
pub use files::{GateFile, files};
pub use lang::Lang;
pub(crate) use ready::{Ready, ReadyRefusals};
