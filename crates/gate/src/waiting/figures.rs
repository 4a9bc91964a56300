use crate::decision::Reason;
use preau_base::{Instant, Level};
use serde::{Deserialize, Serialize};

/// What is the same for everybody in line: the poll resource. Without the note its JSON is below 700 bytes.
///
/// The room fills in what it knows; `reason`, `level` and `note` are the caller's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// As text in JSON: scripts hold no whole numbers above 2^53.
    #[serde(with = "as_text")]
    pub room: u64,
    /// When these figures were taken.
    pub at: Instant,
    pub open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Instant>,
    /// Tickets given.
    pub issued: u64,
    /// Tickets that came back and whose turn has not come.
    pub waiting: u64,
    /// All places of the order below this have had their turn.
    pub turn: u64,
    /// People let in: from this room, or from all as the gate counts them.
    pub entered: u64,
    /// Turns a minute that times are computed with. None while it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<f64>,
    /// The line has become slower than `per_minute` by more than a third.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub slowing: bool,
    /// Places of the order, each with the number of people who wait before it, at most 16: enough to tell anybody how
    /// many are before them, by drawing straight lines between.
    pub ahead: Vec<(u64, u64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// 0 (everything) to 5, see [`Level::number`].
    pub level: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Tickets that were drawn by lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn: Option<u64>,
    /// SHA-256 of the seed of the draw, in hexadecimal.
    pub seed_hash: String,
    /// The seed in hexadecimal, once the doors are open and where there was a draw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
}

impl Figures {
    /// The figures with what the room does not know.
    #[must_use]
    pub fn with(self, reason: Option<Reason>, level: Level, note: Option<String>) -> Self {
        Self { reason, level: level.number(), note, ..self }
    }
}

mod as_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}
