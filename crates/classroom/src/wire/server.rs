use super::{
    Bye, Code, Expected, Hand, Knock, LeftWhy, Line, NotesView, PaceCount, Participant, PictureCodec, PollView,
    Reaction, Room, Slot, State, Welcome,
};
use crate::book::{Breakouts, Deck, Object, PageRef, Point, Rules, Shape, Splice, Timer};
use preau_base::{ChatId, Instant, PersonId, Pii, VisitId};
use serde::{Deserialize, Serialize};

/// What a server can stop forwarding of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stoppable {
    Camera,
    Screen,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    Welcome(Box<Welcome>),
    Entered {
        room: Box<Room>,
    },
    /// No longer in; `state` says where instead.
    Waiting {
        state: State,
    },
    Joined {
        participant: Participant,
    },
    Changed {
        participant: Participant,
    },
    Left {
        person: PersonId,
        why: LeftWhy,
    },
    Hands {
        hands: Vec<Hand>,
    },
    Floor {
        floor: Vec<PersonId>,
    },
    Chat {
        line: Line,
    },
    ChatDeleted {
        chat: ChatId,
        by: PersonId,
    },
    /// The receiver belongs to another group: all lines of groups that may be read now, in place of the former ones.
    GroupChat {
        chat: Vec<Line>,
    },
    Muted {
        by: PersonId,
        mutes: u32,
    },
    Stopped {
        kind: Stoppable,
        by: PersonId,
    },
    Rules {
        rules: Rules,
    },
    Reaction {
        person: PersonId,
        kind: Reaction,
    },
    Caption {
        by: PersonId,
        text: Pii<String>,
        #[serde(rename = "final")]
        is_final: bool,
        /// The speech engine's, of what `by` says.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        auto: bool,
    },
    /// What is said goes to the speech engine from now on, or no longer.
    AutoCaptions {
        on: bool,
        /// It ended by itself: the engine does not answer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        failed: bool,
    },
    /// What the school allows has changed.
    May {
        record: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        captions_by: Option<String>,
    },
    Ends {
        ends: Instant,
    },
    Recording {
        since: Option<Instant>,
    },
    Timer {
        timer: Option<Timer>,
    },
    Picked {
        person: PersonId,
    },

    Breakouts {
        breakouts: Breakouts,
    },
    Called {
        by: PersonId,
        body: Pii<String>,
    },
    Poll {
        poll: PollView,
    },
    PollDropped {
        poll: u32,
    },

    /// Documents, boards and the page shown, of the receiver's place; whole.
    Decks {
        decks: Vec<Deck>,
        shown: Option<PageRef>,
    },
    /// What is drawn on a page, in pieces: `first` empties it.
    Objects {
        page: PageRef,
        objects: Vec<Object>,
        first: bool,
        last: bool,
    },
    Drawn {
        objects: Vec<Object>,
    },
    Erased {
        objects: Vec<u32>,
        by: PersonId,
    },
    /// A stroke under way; gone when its `drawn` comes, or after two seconds.
    Inking {
        person: PersonId,
        page: PageRef,
        shape: Shape,
    },
    Pointing {
        person: PersonId,
        page: PageRef,
        at: Option<Point>,
    },
    /// The notes whole: what this client knows is too old.
    Notes {
        notes: NotesView,
    },
    NotesEdited {
        version: u64,
        by: PersonId,
        splice: Splice,
    },

    /// To leaders, as the next three.
    Lobby {
        lobby: Vec<Knock>,
    },
    Expected {
        expected: Vec<Expected>,
    },
    Pace {
        pace: PaceCount,
    },
    /// Pupils of this lesson who wait at the gate.
    Gate {
        waiting: u32,
    },

    Answer {
        re: u32,
        sdp: Pii<String>,
    },
    /// Many come at once: the answer to this offer comes when it is its turn. At most once a second.
    Queued {
        re: u32,
        /// From 1.
        place: u32,
        /// Until then, as it looks now.
        wait_ms: u32,
    },
    /// An operator reads the headers of what goes to and from this device, until then at the most; `None`: no longer.
    Examined {
        until: Option<Instant>,
    },
    Slots {
        slots: Vec<Slot>,
    },
    Speaking {
        visits: Vec<VisitId>,
    },
    MediaLost,
    /// What the server measures of the way to this device: it carries a voice, and no more.
    Line {
        narrow: bool,
    },
    /// As what this device is to send its pictures from now on.
    Codec {
        codec: PictureCodec,
    },
    /// Somebody's line carries one small voice only: microphones are to be sent at 8 kbit/s, in packets of 60 ms.
    Sparing {
        on: bool,
    },
    Ack {
        re: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat: Option<ChatId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Instant>,
        /// The number of the object, poll or deck that the command made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        made: Option<u32>,
    },
    Pong {
        at: i64,
        now: Instant,
    },
    Error {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        re: Option<u32>,
        code: Code,
        /// When to try again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_ms: Option<u32>,
    },
    Bye {
        code: Bye,
        retry_ms: Option<u32>,
    },
}

#[derive(Serialize)]
struct Envelope<'a> {
    v: u8,
    #[serde(flatten)]
    message: &'a ServerMessage,
}

/// The text frame of a message. Every message can be written; an empty frame would be a defect of serde.
pub fn write(message: &ServerMessage) -> String {
    serde_json::to_string(&Envelope { v: 1, message }).unwrap_or_default()
}
