//! The edge from outside: real sockets on free ports.

mod acme;
mod certificates;
mod door;
mod gate;
mod guards;
mod harness;
mod http2;
mod other;
mod pebble;
mod porter;
mod proxy;
mod requests;
mod reserve;
mod slow;
mod smuggling;
mod suspects;
mod upstream;
