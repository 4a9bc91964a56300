use preau_base::{Instant, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A question with answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// Numbered from 1 within the lesson.
    pub poll: u32,
    /// May be empty: it was asked aloud.
    pub question: String,
    pub options: Vec<String>,
    /// Several answers may be chosen.
    pub many: bool,
    /// Nobody is told who chose what, teachers neither.
    pub anonymous: bool,
    pub since: Instant,
    pub open: bool,
    /// Everybody sees the results.
    pub shown: bool,
    /// What each has chosen, as numbers of options, ascending.
    pub votes: BTreeMap<PersonId, Vec<u8>>,
}

impl Poll {
    /// How often each option was chosen.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.options.len()];
        for option in self.votes.values().flatten() {
            if let Some(count) = counts.get_mut(usize::from(*option)) {
                *count += 1;
            }
        }
        counts
    }
}

/// One change of the polls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum PollFact {
    Opened { poll: Poll },
    Voted { poll: u32, person: PersonId, options: Vec<u8> },
    Closed { poll: u32 },
    Shown { poll: u32 },
    Dropped { poll: u32 },
}

pub(super) fn note(polls: &mut Vec<Poll>, fact: &PollFact) {
    let at = |polls: &mut Vec<Poll>, id: u32| polls.iter().position(|poll| poll.poll == id);
    match fact {
        PollFact::Opened { poll } => polls.push(poll.clone()),
        PollFact::Voted { poll, person, options } => {
            if let Some(at) = at(polls, *poll) {
                polls[at].votes.insert(*person, options.clone());
            }
        }
        PollFact::Closed { poll } => {
            if let Some(at) = at(polls, *poll) {
                polls[at].open = false;
            }
        }
        PollFact::Shown { poll } => {
            if let Some(at) = at(polls, *poll) {
                polls[at].shown = true;
            }
        }
        PollFact::Dropped { poll } => polls.retain(|known| known.poll != *poll),
    }
}
