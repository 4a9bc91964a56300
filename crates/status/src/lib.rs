//! The admin listener: is the process alive, is it ready for people, and what does it count.
//!
//! | path | answer |
//! |---|---|
//! | `/healthz` | 200 as long as the process answers; for restarting it |
//! | `/readyz` | 200 when every check passes and the process is not on its way out, otherwise 503; for sending it people |
//! | `/metrics` | Prometheus text format 0.0.4 |
//!
//! Pages of others may stand beside, such as the gate's board and the media's figures; [`Admin::beside`].
//!
//! It has no sign-in, so it belongs on loopback or on a network of its own.

mod checks;
pub mod limits;
mod listener;
mod recorder;

pub use checks::{Check, CheckReport, Checks, Readiness};
pub use listener::{Admin, AdminError, AdminThread};
pub use recorder::{Recorder, RecorderError, install_recorder};
