//! Against the kernel of this machine, in network namespaces of the tests' own: nothing outside them is touched, and they go
//! with the threads that made them.
//!
//! Needs root, `nft` (package nftables) and `ip` (package iproute2); without them the tests fail and say so.

#[cfg(feature = "xdp")]
mod driver;
mod table;
mod world;
