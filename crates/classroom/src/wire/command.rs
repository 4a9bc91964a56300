use super::Reaction;
use crate::book::{Duty, Own, PageRef, Point, RulesPatch, Shape, Splice};
use preau_base::{ChatId, PersonId, Pii, VisitId};
use serde::{Deserialize, Serialize};

/// What a client may say. Texts are as they came: the classroom trims and checks them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    // The connection, and what this device sends and wants.
    Hello(Box<Hello>),
    Leave,
    Ping {
        at: i64,
    },
    Offer {
        sdp: Pii<String>,
    },
    Media(MediaState),
    Want {
        mid: String,
        width: u32,
    },
    Low {
        on: bool,
        /// The line carries nothing else; the person has not just asked for it.
        #[serde(default)]
        weak: bool,
    },
    Pin {
        visit: Option<VisitId>,
    },

    // Taking part.
    Hand {
        up: bool,
    },
    React {
        kind: Reaction,
    },
    Pace {
        is: Option<Pace>,
    },
    Chat {
        body: Pii<String>,
        key: String,
        #[serde(default)]
        to: To,
    },
    ChatDelete {
        chat: ChatId,
    },
    Vote {
        poll: u32,
        options: Vec<u8>,
    },
    NotesEdit {
        version: u64,
        splice: Splice,
    },
    Caption {
        text: Pii<String>,
        #[serde(rename = "final")]
        is_final: bool,
    },

    // The board.
    Look {
        page: PageRef,
    },
    Draw {
        page: PageRef,
        shape: Shape,
    },
    Change {
        object: u32,
        shape: Shape,
    },
    Erase {
        objects: Vec<u32>,
    },
    Undo,
    Redo,
    Ink {
        page: PageRef,
        shape: Shape,
    },
    Point {
        page: PageRef,
        at: Option<Point>,
    },
    DeckAdd {
        name: String,
    },
    DeckDrop {
        deck: u32,
    },
    PageAdd {
        deck: u32,
    },
    Show {
        page: PageRef,
    },

    // The floor.
    Mute {
        person: PersonId,
    },
    MuteAll,
    LowerHand {
        #[serde(default)]
        person: Option<PersonId>,
    },
    Rules {
        rules: RulesPatch,
    },
    Own {
        person: PersonId,
        own: Own,
    },
    Floor {
        person: PersonId,
        has: bool,
    },
    PaceReset,
    Assistant {
        person: PersonId,
        on: bool,
    },
    Duty {
        person: PersonId,
        duty: Option<Duty>,
    },

    // The door.
    Admit {
        person: PersonId,
    },
    AdmitListed,
    Refuse {
        person: PersonId,
    },
    SendBack {
        person: PersonId,
    },
    Remove {
        person: PersonId,
    },

    // The lesson.
    Prolong {
        minutes: u16,
    },
    Record {
        on: bool,
    },
    /// The speech engine writes captions of what is said, or no longer.
    AutoCaptions {
        on: bool,
    },
    TimerStart {
        seconds: u32,
        label: String,
    },
    TimerStop,
    Pick,
    Close,

    // Breakouts.
    BreakoutsMake {
        groups: Vec<NewGroup>,
        #[serde(default)]
        choose: bool,
    },
    BreakoutsDeal {
        count: u8,
    },
    BreakoutsOpen {
        #[serde(default)]
        minutes: Option<u16>,
    },
    BreakoutsClose,
    BreakoutsMove {
        person: PersonId,
        place: u8,
    },
    BreakoutsName {
        place: u8,
        name: String,
    },
    BreakoutsVisit {
        place: u8,
    },
    BreakoutsJoin {
        place: u8,
    },
    BreakoutsHelp {
        up: bool,
    },
    BreakoutsTell {
        body: Pii<String>,
    },

    // Polls.
    PollOpen {
        question: String,
        options: Vec<String>,
        #[serde(default)]
        many: bool,
        #[serde(default)]
        anonymous: bool,
    },
    PollClose {
        poll: u32,
    },
    PollShow {
        poll: u32,
    },
    PollDrop {
        poll: u32,
    },
}

impl Command {
    /// Every `type`, to tell one that is unknown from one that is malformed.
    pub(crate) const TYPES: [&str; 63] = [
        "hello",
        "leave",
        "ping",
        "offer",
        "media",
        "want",
        "low",
        "pin",
        "hand",
        "react",
        "pace",
        "chat",
        "chat_delete",
        "vote",
        "notes_edit",
        "caption",
        "look",
        "draw",
        "change",
        "erase",
        "undo",
        "redo",
        "ink",
        "point",
        "deck_add",
        "deck_drop",
        "page_add",
        "show",
        "mute",
        "mute_all",
        "lower_hand",
        "rules",
        "own",
        "floor",
        "pace_reset",
        "assistant",
        "duty",
        "admit",
        "admit_listed",
        "refuse",
        "send_back",
        "remove",
        "prolong",
        "record",
        "auto_captions",
        "timer_start",
        "timer_stop",
        "pick",
        "close",
        "breakouts_make",
        "breakouts_deal",
        "breakouts_open",
        "breakouts_close",
        "breakouts_move",
        "breakouts_name",
        "breakouts_visit",
        "breakouts_join",
        "breakouts_help",
        "breakouts_tell",
        "poll_open",
        "poll_close",
        "poll_show",
        "poll_drop",
    ];
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub token: Pii<String>,
    pub protocol: u32,
    #[serde(default)]
    pub client: Option<String>,
    #[serde(default)]
    pub resume: Option<Resume>,
}

/// The former place of a client that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    pub visit: VisitId,
    pub secret: Pii<String>,
}

/// What a device sends, and the last mute that it has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaState {
    pub mic: bool,
    pub camera: bool,
    pub screen: bool,
    pub mutes: u32,
}

/// How somebody follows the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    Follow,
    Slower,
    Lost,
}

/// For whom a chat line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    #[default]
    Class,
    /// Teachers and assistants.
    Leaders,
    Person(PersonId),
    /// Those who are in this breakout group.
    Place(u8),
}

/// A breakout group as a leader makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGroup {
    pub name: String,
    #[serde(default)]
    pub people: Vec<PersonId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serde itself names every variant when it meets one that it does not know.
    #[test]
    fn every_type_is_listed() {
        let error = serde_json::from_str::<Command>(r#"{"type":"?"}"#).expect_err("no such type").to_string();
        let named: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(named, Command::TYPES);
    }
}
