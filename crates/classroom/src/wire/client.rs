use super::{Code, Command};
use crate::limits::{
    CLIENT_CHARS_MAX, COMMAND_ID_MAX, FRAME_BYTES_MAX, GROUPS_MAX, KEY_CHARS_MAX, KEY_CHARS_MIN, MID_CHARS_MAX,
    OFFER_FRAME_BYTES_MAX, TOKEN_CHARS_MAX, WIDTH_PX_MAX,
};
use serde::Deserialize;
use std::borrow::Cow;

/// One frame of a client, within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The number to answer with.
    pub id: Option<u32>,
    pub command: Command,
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
    if !Command::TYPES.contains(&head.kind.as_ref()) {
        return Err(Fault { id: head.id, code: Code::UnknownType });
    }
    let command: Command = serde_json::from_str(frame).map_err(|_| bad)?;
    let needs_id = matches!(command, Command::Offer { .. } | Command::Chat { .. });
    if !within_limits(&command) || (needs_id && head.id.is_none()) {
        return Err(bad);
    }
    Ok(Incoming { id: head.id, command })
}

/// The limits of shape; those that depend on the lesson are the classroom's.
fn within_limits(command: &Command) -> bool {
    match command {
        Command::Hello(hello) => {
            hello.token.reveal().chars().count() <= TOKEN_CHARS_MAX
                && hello.client.as_ref().is_none_or(|client| client.chars().count() <= CLIENT_CHARS_MAX)
        }
        Command::Want { mid, width } => is_word(mid, 1, MID_CHARS_MAX) && *width <= WIDTH_PX_MAX,
        Command::Chat { key, .. } => is_word(key, KEY_CHARS_MIN, KEY_CHARS_MAX),
        Command::BreakoutsMake { groups, .. } => groups.len() <= GROUPS_MAX,
        _ => true,
    }
}

fn is_word(text: &str, chars_min: usize, chars_max: usize) -> bool {
    (chars_min..=chars_max).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
