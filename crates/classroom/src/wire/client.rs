use super::Code;
use crate::limits::{
    CLIENT_CHARS_MAX, COMMAND_ID_MAX, FRAME_BYTES_MAX, KEY_CHARS_MAX, KEY_CHARS_MIN, MID_CHARS_MAX,
    OFFER_FRAME_BYTES_MAX, TOKEN_CHARS_MAX, WIDTH_PX_MAX,
};
use preau_base::{PersonId, Pii, VisitId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One frame of a client, within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The number to answer with.
    pub id: Option<u32>,
    pub command: Command,
}

/// What a client may say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Hello(Box<Hello>),
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
    },
    Hand {
        up: bool,
    },
    /// The body is as it came: the classroom trims and checks it.
    Chat {
        body: Pii<String>,
        key: String,
    },
    Mute {
        person: PersonId,
    },
    MuteAll,
    LowerHand {
        person: Option<PersonId>,
    },
    Remove {
        person: PersonId,
    },
    Close,
    Leave,
    Ping {
        at: i64,
    },
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

/// Why a frame was not understood, with its number where that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Fault {
    pub id: Option<u32>,
    pub code: Code,
}

#[derive(Deserialize)]
struct Head<'a> {
    v: u32,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    id: Option<u32>,
}

#[derive(Deserialize)]
struct OfferBody {
    sdp: Pii<String>,
}

#[derive(Deserialize)]
struct WantBody {
    mid: String,
    width: u32,
}

#[derive(Deserialize)]
struct OnBody {
    on: bool,
}

#[derive(Deserialize)]
struct UpBody {
    up: bool,
}

#[derive(Deserialize)]
struct ChatBody {
    body: Pii<String>,
    key: String,
}

#[derive(Deserialize)]
struct PersonBody {
    person: PersonId,
}

#[derive(Deserialize)]
struct MaybePersonBody {
    #[serde(default)]
    person: Option<PersonId>,
}

#[derive(Deserialize)]
struct PingBody {
    at: i64,
}

/// Reads one text frame of a client.
///
/// # Errors
/// [`Code::BadMessage`] for anything that is not a message of the protocol within its limits, [`Code::UnknownType`] for
/// a well-formed message of a type that this version does not have.
pub fn parse(frame: &str) -> Result<Incoming, Fault> {
    let anonymous = Fault { id: None, code: Code::BadMessage };
    if frame.len() > OFFER_FRAME_BYTES_MAX {
        return Err(anonymous);
    }
    let head: Head<'_> = serde_json::from_str(frame).map_err(|_| anonymous)?;
    if head.id.is_some_and(|id| id == 0 || id > COMMAND_ID_MAX) {
        return Err(anonymous);
    }
    let bad = Fault { id: head.id, code: Code::BadMessage };
    if head.v != 1 || (head.kind != "offer" && frame.len() > FRAME_BYTES_MAX) {
        return Err(bad);
    }
    let command = command(&head.kind, frame).map_err(|code| Fault { id: head.id, code })?;
    let needs_id = matches!(command, Command::Offer { .. } | Command::Chat { .. });
    if !within_limits(&command) || (needs_id && head.id.is_none()) {
        return Err(bad);
    }
    Ok(Incoming { id: head.id, command })
}

fn command(kind: &str, frame: &str) -> Result<Command, Code> {
    Ok(match kind {
        "hello" => Command::Hello(Box::new(body(frame)?)),
        "offer" => Command::Offer { sdp: body::<OfferBody>(frame)?.sdp },
        "media" => Command::Media(body(frame)?),
        "want" => {
            let want: WantBody = body(frame)?;
            Command::Want { mid: want.mid, width: want.width }
        }
        "low" => Command::Low { on: body::<OnBody>(frame)?.on },
        "hand" => Command::Hand { up: body::<UpBody>(frame)?.up },
        "chat" => {
            let chat: ChatBody = body(frame)?;
            Command::Chat { body: chat.body, key: chat.key }
        }
        "mute" => Command::Mute { person: body::<PersonBody>(frame)?.person },
        "mute_all" => Command::MuteAll,
        "lower_hand" => Command::LowerHand { person: body::<MaybePersonBody>(frame)?.person },
        "remove" => Command::Remove { person: body::<PersonBody>(frame)?.person },
        "close" => Command::Close,
        "leave" => Command::Leave,
        "ping" => Command::Ping { at: body::<PingBody>(frame)?.at },
        _ => return Err(Code::UnknownType),
    })
}

fn body<'a, T: Deserialize<'a>>(frame: &'a str) -> Result<T, Code> {
    serde_json::from_str(frame).map_err(|_| Code::BadMessage)
}

fn within_limits(command: &Command) -> bool {
    match command {
        Command::Hello(hello) => {
            hello.token.reveal().chars().count() <= TOKEN_CHARS_MAX
                && hello.client.as_ref().is_none_or(|client| client.chars().count() <= CLIENT_CHARS_MAX)
        }
        Command::Want { mid, width } => is_word(mid, 1, MID_CHARS_MAX) && *width <= WIDTH_PX_MAX,
        Command::Chat { key, .. } => is_word(key, KEY_CHARS_MIN, KEY_CHARS_MAX),
        _ => true,
    }
}

fn is_word(text: &str, chars_min: usize, chars_max: usize) -> bool {
    (chars_min..=chars_max).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
