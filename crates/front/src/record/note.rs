use super::shape;
use preau_base::{Instant, Pii};
use preau_gate::{Kind, Lane, Outcome, Shape, Version};
use serde::{Serialize, Serializer};
use std::net::IpAddr;

/// One decision, borrowed from whoever decided: nothing is copied unless it is written.
#[derive(Clone, Copy)]
pub struct Note<'a> {
    pub at: Instant,
    pub lane: Lane,
    pub outcome: Outcome,
    pub kind: Kind,
    /// [`preau_gate::Reason::name`] or [`preau_gate::Away::name`]; empty where there is none.
    pub why: &'static str,
    pub address: IpAddr,
    /// The person of a valid pass.
    pub holder: Option<u128>,
    /// The lesson that they are expected in, or asked for.
    pub lesson: Option<u128>,
    /// Only methods, shapes of paths and short agents are written; never a query.
    pub shape: Shape<'a>,
}

impl Note<'_> {
    /// A known person tried to reach a lesson and did not: attendance has to be able to tell that they tried.
    pub(super) fn is_failed_try(&self) -> bool {
        let failed = matches!(self.outcome, Outcome::Waits | Outcome::TurnedAway | Outcome::SignInAgain);
        let to_a_lesson = self.lesson.is_some() || self.kind == Kind::Live;
        failed && self.holder.is_some() && to_a_lesson
    }

    pub(super) fn keep(&self, stands_for: u64) -> Kept {
        Kept {
            at: self.at,
            address: Pii::new(self.address),
            fields: KeptFields {
                lane: self.lane,
                outcome: self.outcome,
                kind: self.kind,
                why: self.why,
                holder: self.holder.map(Uuid),
                lesson: self.lesson.map(Uuid),
                method: shape::method(self.shape.method),
                path: shape::path(self.shape.path),
                version: self.shape.version,
                agent: shape::agent(self.shape.agent),
                stands_for,
            },
        }
    }
}

/// A decision that is going to be written.
#[derive(Debug)]
pub struct Kept {
    pub at: Instant,
    pub address: Pii<IpAddr>,
    pub fields: KeptFields,
}

#[derive(Debug, Serialize)]
pub struct KeptFields {
    lane: Lane,
    outcome: Outcome,
    kind: Kind,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lesson: Option<Uuid>,
    method: String,
    path: String,
    version: Version,
    agent: String,
    /// Decisions of the same lane, outcome and kind since the last record of such, this one included.
    stands_for: u64,
}

/// An id as the database has it.
#[derive(Debug)]
struct Uuid(u128);

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = format!("{:032x}", self.0);
        let groups =
            [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| digits.get(group).unwrap_or_default().to_owned());
        serializer.serialize_str(&groups.join("-"))
    }
}
