//! A log that nobody can alter unnoticed. Pure: bytes in, bytes out.
//!
//! Each record's hash covers the hash before it and the record's bytes, as in Schneier and Kelsey, "Secure Audit Logs to
//! Support Computer Forensics" (ACM TISSEC 2(2), 1999); checkpoints are meant to be copied to another place, as the
//! signed tree heads of RFC 9162 are. A record is one line of JSON:
//!
//! ```text
//! {"hash":"…","open":{"address":"192.0.2.7","salt":"…"},"body":{"n":7,"at":1763802000000,"kind":"decision","commit":"…","fields":{…}}}
//! ```
//!
//! | part | what it is |
//! |---|---|
//! | `hash` | SHA-256 over [`limits::CHAIN_DOMAIN`], the hash of the record before, and the bytes of `body` as they stand there |
//! | `open` | the address, and the salt of its commitment; `null` without an address, or once it was blanked |
//! | `body` | number (from 0, over all parts of the chain), instant, kind, commitment to the address, fields |
//! | `commit` | SHA-256 over [`limits::ADDRESS_DOMAIN`], the salt, and the address as text |
//!
//! The hash covers the commitment and not the address: [`redact`] blanks an address, with its salt, and the chain still
//! holds. A chain has parts, one a file; each begins with a header that names the chain, the part, and the hash that the
//! part before ended with.
//!
//! What the chain cannot show by itself: that its last records were cut away at the end of a line, or that all of it was written
//! anew. Whoever kept a checkpoint elsewhere sees both: [`Verifier::expect`].

mod chain;
mod hash;
pub mod limits;
mod line;
mod redact;
mod verify;

#[cfg(test)]
mod tests;

pub use chain::{Chain, Opening, WriteError};
pub use hash::{ChainId, Hash, HashError};
pub use redact::redact;
pub use verify::{Break, Fault, Report, Verifier, between, verify};
