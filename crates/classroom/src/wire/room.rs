//! What there is in a lesson, as it travels.

use super::To;
use crate::book::{Breakouts, Deck, Duty, Own, PageRef, Poll, Rules, Timer};
use crate::limits::PROTOCOL;
use preau_base::{ChatId, Instant, LessonId, PersonId, Pii, VisitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody is in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Teacher,
    /// Helps the teacher: may what a teacher may, but for the lesson's end and its recording.
    Assistant,
    Pupil,
    /// Sees and hears, and writes to leaders: an inspector, a head.
    Observer,
    /// Invited for this lesson alone.
    Guest,
}

impl Role {
    /// Teachers and assistants.
    pub const fn leads(self) -> bool {
        matches!(self, Self::Teacher | Self::Assistant)
    }

    /// Pupils and guests: whom the rules of the class are for.
    pub const fn is_ruled(self) -> bool {
        matches!(self, Self::Pupil | Self::Guest)
    }
}

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On the roster, but no teacher has come.
    Waiting,
    /// At the door: a leader has to let them in.
    Lobby,
    In,
}

/// A person who is in, with her or his devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub person: PersonId,
    pub name: Pii<String>,
    pub role: Role,
    /// On the roster; others were let in at the door.
    pub listed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<Duty>,
    /// Exceptions from the rules; only leaders and the person see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Own>,
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
    /// It is no page, but a program beside one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Program>,
}

/// What a program of somebody does in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// Gives a screen with its sound.
    Publisher,
    /// Takes the main picture and the voices.
    Player,
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
    #[serde(default)]
    pub to: To,
    /// Its author is a guest of this lesson.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guest: bool,
}

/// Somebody at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knock {
    pub person: PersonId,
    pub name: Pii<String>,
    pub role: Role,
    pub listed: bool,
    /// Where they come from, in words: "6e A".
    pub origin: String,
    pub since: Instant,
}

/// A pupil of the roster, for "who is missing".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    pub person: PersonId,
    pub name: Pii<String>,
}

/// How many follow, wish it slower, are lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaceCount {
    pub follow: u32,
    pub slower: u32,
    pub lost: u32,
}

/// A poll as one person may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollView {
    pub poll: u32,
    pub question: String,
    pub options: Vec<String>,
    pub many: bool,
    pub anonymous: bool,
    pub since: Instant,
    pub open: bool,
    pub shown: bool,
    /// What the receiver has chosen.
    pub mine: Vec<u8>,
    /// How many have voted, and how often each option was chosen: for leaders, and for everybody once it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voted: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Vec<u32>>,
    /// Who chose what: for leaders, unless it is anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<BTreeMap<PersonId, Vec<u8>>>,
}

impl PollView {
    /// The poll as `person` sees it.
    pub fn of(poll: &Poll, person: PersonId, role: Role) -> Self {
        let sees = poll.shown || role.leads();
        Self {
            poll: poll.poll,
            question: poll.question.clone(),
            options: poll.options.clone(),
            many: poll.many,
            anonymous: poll.anonymous,
            since: poll.since,
            open: poll.open,
            shown: poll.shown,
            mine: poll.votes.get(&person).cloned().unwrap_or_default(),
            voted: sees.then_some(poll.votes.len() as u32),
            counts: sees.then(|| poll.counts()),
            votes: (role.leads() && !poll.anonymous).then(|| poll.votes.clone()),
        }
    }
}

/// The shared notes, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotesView {
    pub version: u64,
    pub text: Pii<String>,
}

/// All that a newcomer needs to know, as this newcomer may know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub participants: Vec<Participant>,
    /// First raised first.
    pub hands: Vec<Hand>,
    /// Who has the floor, first given first.
    pub floor: Vec<PersonId>,
    /// The last lines, oldest first.
    pub chat: Vec<Line>,
    pub rules: Rules,
    pub recording: Option<Instant>,
    /// What is said goes to the speech engine.
    #[serde(default)]
    pub auto_captions: bool,
    pub timer: Option<Timer>,
    pub breakouts: Breakouts,
    pub polls: Vec<PollView>,
    /// Documents and boards of the receiver's place, and the page shown there. What is drawn comes with `look`.
    pub decks: Vec<Deck>,
    pub shown: Option<PageRef>,
    pub notes: NotesView,
    /// For leaders only, as the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lobby: Option<Vec<Knock>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Vec<Expected>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<PaceCount>,
}

/// A sign that everybody sees for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    Yes,
    No,
    Applause,
    Heart,
    Laugh,
    Surprise,
    Thinking,
    Thanks,
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

/// What a picture is encoded with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureCodec {
    #[default]
    Vp8,
    Vp9,
    Av1,
}

impl PictureCodec {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    const fn is_usual(&self) -> bool {
        matches!(self, Self::Vp8)
    }
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
    /// Each device is given the voices and one picture, and sends no more than that takes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lean: bool,
    /// What pictures may be sent as when everybody can decode it; a client offers to receive it.
    #[serde(default, skip_serializing_if = "PictureCodec::is_usual")]
    pub codec: PictureCodec,
    /// Whether a teacher may record it.
    pub may_record: bool,
    /// The host whose speech engine a teacher may have captions written by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions_by: Option<String>,
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
}

impl Welcome {
    pub(crate) const PROTOCOL: u32 = PROTOCOL;
}
