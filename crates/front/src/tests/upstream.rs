//! The proxy in front of small applications that behave as Moodle and as an ENT behind CAS do: real sockets, real cookies.

mod bodies;
mod broken;
mod ent;
mod files;
mod holding;
mod learning;
mod moodle;
mod site;
mod sockets;
mod wire;
