//! The edge from outside: real sockets on free ports.

mod acme;
mod certificates;
mod gate;
mod guards;
mod harness;
mod pebble;
mod requests;
mod upstream;
