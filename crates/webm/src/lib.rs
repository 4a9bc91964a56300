//! From RTP packets of a voice or a picture to a WebM file. Pure: packets and times in, bytes to append out.
//!
//! [`Track`] takes the packets of one SSRC as they come, puts them in order ([`limits::REORDER_MS_MAX`]), makes frames of them
//! (Opus, RFC 7587; VP8, RFC 7741) and gives them times in milliseconds since its first packet, on the clock of whoever
//! receives. [`Writer`] makes bytes of the frames, each to be appended to the file (EBML, RFC 8794; Matroska, RFC 9559; its
//! profile WebM): segment and clusters are of unknown size, so that the file plays as far as it got, at any moment.
//! [`Ending`] reads such a file, cut off wherever it was, and says what makes a seekable one of it: where to cut, what to
//! append, what to patch, in an order in which a second crash does no harm.

mod clock;
mod ebml;
mod ending;
pub mod limits;
mod opus;
mod order;
mod track;
mod unwrap;
mod vp8;
mod writer;

pub use ending::{Ending, Finish, Patch};
pub use track::{Codec, Counters, Frame, Packet, Track};
pub use writer::{Head, Writer};
