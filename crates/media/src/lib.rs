//! The forwarding unit: sockets, WebRTC peers, layers and speakers.
//!
//! [`Media::start`] opens one UDP port (and one TCP port of the same number) for everybody and starts the media
//! threads. [`Media::open_room`] puts a lesson on one of them. A browser joins a [`Room`] with a single SDP offer:
//!
//! 1. one `sendonly` audio section (microphone),
//! 2. one `sendonly` video section with simulcast rids `q`, `h`, `f` (camera),
//! 3. one `sendonly` video section without simulcast (screen),
//! 4. [`SlotPlan::audio`] `recvonly` audio sections and [`SlotPlan::video`] `recvonly` video sections: the slots.
//!
//! Nothing is renegotiated afterwards. The server decides who is in which slot and says so with
//! [`MediaEvent::Assigned`]; sequence numbers, timestamps and picture ids continue across such changes, so that a
//! browser's decoder sees one stream a slot. A camera whose layers come in one stream (VP9, AV1) has no rids, or sends by one
//! of them only; who sends what is [`MediaEvent::Sends`].
//!
//! Commands go to the media thread through a bounded queue and never wait for the network; events come back through the
//! bounded channel that was given to [`Media::open_room`]. A media thread never waits for its listener: what the
//! channel has no room for is kept, newest state only, and sent later (statistics are dropped).

mod allowance;
mod api;
mod assign;
mod av1;
mod carried;
#[cfg(any(test, feature = "client"))]
pub mod client;
mod counters;
mod egress;
mod framing;
mod h264;
mod handle;
mod headers;
mod join;
mod ladder;
mod layers;
mod ledger;
pub mod limits;
mod load;
mod look;
#[cfg(test)]
mod loopback;
mod losses;
mod net;
mod outbox;
mod patch;
mod peer;
mod red;
mod rewrite;
mod room;
mod speakers;
mod stun;
mod svc;
mod sys;
mod tap;
mod tcp;
mod times;
mod turnstile;
mod vp8;
mod vp9;
mod window;
mod worker;

pub use api::{
    Codec, DisconnectReason, MediaConfig, MediaError, MediaEvent, Mode, PeerId, PublishRights, SlotPlan, SlotWant,
    SourceId, SourceKind,
};
pub use handle::{Media, Room};
pub use headers::{Header, HeaderLine, HeaderWatch};
pub use ledger::{Bounds, ThreadLook, Ticket};
pub use load::Declared;
pub use look::{MediaLook, PeerLook, RoomLook, Way};
pub use tap::{Tap, Tapped};
pub use times::TimesLook;
pub use turnstile::{ComeAgain, Place};

/// What the bench's floor sends with: the same calls as a media thread.
#[cfg(feature = "client")]
pub mod floor {
    pub use crate::sys::{Outgoing, Outlet};
}
