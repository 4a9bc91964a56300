//! The edge from outside: real sockets on free ports.

mod certificates;
mod guards;
mod harness;
mod requests;
