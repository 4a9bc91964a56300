use crate::book::{CamerasSeen, Fact};
use crate::wire::{Bye, Role, ServerMessage, To};
use preau_base::{ChatId, Instant, PersonId, Pii, VisitId};

/// One WebSocket, numbered by the caller; a number is used once in the life of a classroom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// Names an act that waits for the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What the caller has to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The same message to each of these connections.
    Send { to: Vec<ConnId>, message: ServerMessage },
    /// Say `bye` to these connections and end them. The classroom has forgotten them already.
    Bye { to: Vec<ConnId>, code: Bye },
    /// Write down. Records with a ticket are answered with [`crate::Input::Stored`] or [`crate::Input::ChatStored`].
    Store(Record),
    /// Carry out in the media room.
    Media(MediaOrder),
}

/// What goes to the store, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A visit is in from `at` on.
    Joined {
        visit: VisitId,
        person: PersonId,
        role: Role,
        at: Instant,
    },
    /// It ended, or its connection was lost, at `at`.
    Left {
        visit: VisitId,
        at: Instant,
    },
    /// Its connection is there again: the last `Left` no longer holds.
    Back {
        visit: VisitId,
        at: Instant,
    },
    /// The same `key` of the same person must give the line that was stored first.
    Chat {
        ticket: Ticket,
        chat: ChatId,
        person: PersonId,
        body: Pii<String>,
        key: String,
        to: To,
        at: Instant,
    },
    /// With `only_own` it is to be taken back only if `by` has written it; otherwise the answer is [`crate::Input::Unknown`].
    ChatDeleted {
        ticket: Ticket,
        chat: ChatId,
        by: PersonId,
        only_own: bool,
        at: Instant,
    },
    /// To be folded into the [`crate::book::Book`] after a restart, in order. Without a ticket nobody waits for it.
    Fact {
        ticket: Option<Ticket>,
        fact: Box<Fact>,
        at: Instant,
    },
    Removed {
        ticket: Ticket,
        person: PersonId,
        by: PersonId,
        at: Instant,
    },
    Closed {
        ticket: Ticket,
        by: PersonId,
        at: Instant,
    },
}

/// What a device sends and the server may forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sends {
    pub mic: bool,
    pub camera: bool,
    pub screen: bool,
}

/// For the media room. `visit` names the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaOrder {
    /// A new peer connection, in place of a former one; answer `re` of `conn` with the SDP or an error.
    Join {
        conn: ConnId,
        re: u32,
        visit: VisitId,
        /// The offer is a program's: its one picture is a screen.
        program: bool,
        sends: Sends,
        camera_seen: CamerasSeen,
        sdp: Pii<String>,
    },
    /// From now on only this is forwarded, and the camera to those only.
    Forward {
        visit: VisitId,
        sends: Sends,
        camera_seen: CamerasSeen,
    },
    /// From now on in this place: 0 is the whole class, others are breakout groups. Sound and pictures stay within a place.
    Place {
        visit: VisitId,
        place: u8,
    },
    /// No longer in the room.
    Leave {
        visit: VisitId,
    },
    /// These come first, with voice and picture: the leaders' devices.
    Front {
        visits: Vec<VisitId>,
    },
    Want {
        visit: VisitId,
        mid: String,
        width_px: u32,
    },
    Low {
        visit: VisitId,
        on: bool,
        weak: bool,
    },
    /// This picture always has a slot at this receiver.
    Pin {
        visit: VisitId,
        source: Option<VisitId>,
    },
    /// Write down what is said and shown in place 0, or stop.
    Record {
        since: Option<Instant>,
    },
    /// Have captions written of what is said in place 0, or stop.
    Captions {
        on: bool,
    },
}
