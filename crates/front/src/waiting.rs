//! The pages of the gate: the waiting page, and everybody's page who is turned away. One family, one style and one
//! script of a few kilobytes, in French and English; whole without script.
//!
//! [`WaitingPages::page`] answers who looks at it, [`WaitingPages::call`] a script; [`files`], [`queue`] and [`draw`] are
//! the bodies of what lies below `/_gate/`.

mod answers;
mod lang;
mod refusals;
#[cfg(test)]
mod tests;
mod texts;
mod times;
mod view;

pub use answers::{Asked, GateFile, LessonLine, Screen, WaitScreen, WaitingPages, draw, files, queue};
pub use lang::Lang;
