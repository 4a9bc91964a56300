//! The gate on the road of a request: asks [`preau_gate::Gate`], and does what it says.

mod application;

pub use application::{Application, Asked, find_cookie};
