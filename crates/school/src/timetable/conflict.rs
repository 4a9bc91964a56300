use super::recurrence::Recurrence;
use crate::limits::CONFLICTS_MAX;
use crate::login::fold;
use jiff::civil::Weekday;
use preau_base::{GroupId, PersonId};

/// Whom and what a lesson takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    pub teachers: Vec<PersonId>,
    pub groups: Vec<GroupId>,
    pub room: String,
}

/// What two lessons at one time cannot both have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    Teacher(PersonId),
    Group(GroupId),
    Room(String),
}

/// What `a` and `b` both take. Rooms are the same however they are spelt (`B 12`, `b12`); no room is no conflict.
pub fn shared(a: &Claim, b: &Claim) -> Vec<Shared> {
    let mut found: Vec<Shared> =
        a.teachers.iter().filter(|it| b.teachers.contains(it)).map(|it| Shared::Teacher(*it)).collect();
    found.extend(a.groups.iter().filter(|it| b.groups.contains(it)).map(|it| Shared::Group(*it)));
    let room = room_key(&a.room);
    if !room.is_empty() && room == room_key(&b.room) {
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

/// The conflicts within a list of series: at the same time, in the same weeks, with the same teacher, group or room. At
/// most [`CONFLICTS_MAX`].
pub fn conflicts(series: &[(Recurrence, Claim)]) -> Vec<Conflict> {
    let mut found = Vec::new();
    for weekday in Weekday::Monday.cycle_forward().take(7) {
        let mut day: Vec<usize> = (0..series.len()).filter(|at| series[*at].0.weekday == weekday).collect();
        day.sort_by_key(|at| (series[*at].0.start, *at));
        for (place, a) in day.iter().enumerate() {
            let end = series[*a].0.end;
            for b in day[place + 1..].iter().take_while(|b| series[**b].0.start < end) {
                if !meet(&series[*a].0, &series[*b].0) {
                    continue;
                }
                let shared = shared(&series[*a].1, &series[*b].1);
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
