use super::{Bye, Code, LeftWhy};
use crate::limits::PROTOCOL;
use preau_base::{ChatId, Instant, LessonId, PersonId, Pii, VisitId};
use serde::{Deserialize, Serialize};

/// What somebody is in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Teacher,
    Pupil,
}

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On the roster, but no teacher has come.
    Waiting,
    In,
}

/// A person who is in, with her or his devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub person: PersonId,
    pub name: Pii<String>,
    pub role: Role,
    pub devices: Vec<Device>,
}

/// One device: what of it is forwarded, and whether its connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub visit: VisitId,
    pub away: bool,
    pub mic: bool,
    pub camera: bool,
    pub screen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    pub person: PersonId,
    pub since: Instant,
}

/// A line of the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub chat: ChatId,
    pub person: PersonId,
    pub name: Pii<String>,
    pub body: Pii<String>,
    pub at: Instant,
}

/// What pupils may not use. All free in version 1; the `locks` extension changes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locks {
    pub mic: bool,
    pub camera: bool,
    pub screen: bool,
    pub chat: bool,
    pub hand: bool,
}

/// All that a newcomer needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub participants: Vec<Participant>,
    /// First raised first.
    pub hands: Vec<Hand>,
    /// The last lines, oldest first.
    pub chat: Vec<Line>,
    pub locks: Locks,
}

/// How many receiving slots an offer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotCount {
    pub voices: u8,
    pub pictures: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    Voice,
    Camera,
    Screen,
}

/// Who is in a receiving slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub mid: String,
    pub kind: SlotKind,
    pub person: PersonId,
    pub visit: VisitId,
    /// Nothing is sent just now.
    pub paused: bool,
}

/// The one whom a `welcome` greets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct You {
    pub person: PersonId,
    pub name: Pii<String>,
    pub role: Role,
    pub visit: VisitId,
    pub secret: Pii<String>,
    pub mutes: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    pub lesson: LessonId,
    pub title: String,
    pub starts: Instant,
    pub ends: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    pub protocol: u32,
    pub now: Instant,
    pub you: You,
    pub resumed: bool,
    pub state: State,
    pub lesson: Lesson,
    pub slots: SlotCount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Room>,
    pub features: Vec<String>,
}

impl Welcome {
    pub(crate) const PROTOCOL: u32 = PROTOCOL;
}

/// What a server can stop forwarding of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stoppable {
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
    Waiting,
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
    Chat {
        line: Line,
    },
    Muted {
        by: PersonId,
        mutes: u32,
    },
    Stopped {
        kind: Stoppable,
        by: PersonId,
    },
    Answer {
        re: u32,
        sdp: Pii<String>,
    },
    Slots {
        slots: Vec<Slot>,
    },
    Speaking {
        visits: Vec<VisitId>,
    },
    MediaLost,
    /// To teachers: pupils of this lesson who wait at the gate.
    Gate {
        waiting: u32,
    },
    Ack {
        re: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat: Option<ChatId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Instant>,
    },
    Pong {
        at: i64,
        now: Instant,
    },
    Error {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        re: Option<u32>,
        code: Code,
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
