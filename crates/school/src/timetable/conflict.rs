use super::recurrence::Recurrence;
use crate::limits::CONFLICTS_MAX;
use crate::login::fold;
use jiff::civil::Weekday;
use preau_base::{GroupId, PersonId};
use std::collections::HashSet;

/// Whom and what a lesson takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    pub teachers: Vec<PersonId>,
    pub groups: Vec<GroupId>,
    pub room: String,
}

/// Which groups have pupils in common: a class and its parts, two options that somebody takes both. Parallel halves of a
/// class have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlaps(HashSet<(GroupId, GroupId)>);

impl Overlaps {
    pub fn has(&self, a: GroupId, b: GroupId) -> bool {
        self.0.contains(&(a.min(b), a.max(b)))
    }
}

impl FromIterator<(GroupId, GroupId)> for Overlaps {
    fn from_iter<T: IntoIterator<Item = (GroupId, GroupId)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect())
    }
}

/// What two lessons at one time cannot both have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    Teacher(PersonId),
    Group(GroupId),
    /// Pupils of two groups; the first such groups.
    Pupils(GroupId, GroupId),
    Room(String),
}

/// What `a` and `b` both take. Rooms are the same however they are spelt (`B 12`, `b12`); no room is no conflict.
pub fn shared(a: &Claim, b: &Claim, overlaps: &Overlaps) -> Vec<Shared> {
    shared_of((a, &room_key(&a.room)), (b, &room_key(&b.room)), overlaps)
}

/// The same, each with the key of its room.
fn shared_of((a, a_room): (&Claim, &str), (b, b_room): (&Claim, &str), overlaps: &Overlaps) -> Vec<Shared> {
    let mut found: Vec<Shared> =
        a.teachers.iter().filter(|it| b.teachers.contains(it)).map(|it| Shared::Teacher(*it)).collect();
    found.extend(a.groups.iter().filter(|it| b.groups.contains(it)).map(|it| Shared::Group(*it)));
    let pairs = a.groups.iter().flat_map(|a| b.groups.iter().map(move |b| (*a, *b)));
    found.extend(pairs.filter(|(a, b)| overlaps.has(*a, *b)).map(|(a, b)| Shared::Pupils(a, b)).take(1));
    if !a_room.is_empty() && a_room == b_room {
        found.push(Shared::Room(a.room.clone()));
    }
    found
}

fn room_key(room: &str) -> String {
    fold(room).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Two series, by their places in the list, that cannot both be as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub a: usize,
    pub b: usize,
    pub shared: Vec<Shared>,
}

/// The conflicts within a list of series: at the same time, in the same weeks, with the same teacher, group, pupils or room.
/// At most [`CONFLICTS_MAX`].
pub fn conflicts(series: &[(Recurrence, Claim)], overlaps: &Overlaps) -> Vec<Conflict> {
    let mut found = Vec::new();
    // A school has some ten thousand pairs at the same time: what a room is called is worked out once a series.
    let rooms: Vec<String> = series.iter().map(|(_, claim)| room_key(&claim.room)).collect();
    let claim = |at: usize| (&series[at].1, rooms[at].as_str());
    for weekday in Weekday::Monday.cycle_forward().take(7) {
        let mut day: Vec<usize> = (0..series.len()).filter(|at| series[*at].0.weekday == weekday).collect();
        day.sort_by_key(|at| (series[*at].0.start, *at));
        for (place, a) in day.iter().enumerate() {
            let end = series[*a].0.end;
            for b in day[place + 1..].iter().take_while(|b| series[**b].0.start < end) {
                if !meet(&series[*a].0, &series[*b].0) {
                    continue;
                }
                let shared = shared_of(claim(*a), claim(*b), overlaps);
                if !shared.is_empty() {
                    found.push(Conflict { a: *a, b: *b, shared });
                }
                if found.len() >= CONFLICTS_MAX {
                    return found;
                }
            }
        }
    }
    found
}

/// Whether there is a week in which both take place, when they overlap by the clock.
fn meet(a: &Recurrence, b: &Recurrence) -> bool {
    let weeks = match (a.weeks, b.weeks) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    weeks && a.from <= b.to && b.from <= a.to
}
