use super::{ATTENDED_PART, ExcuseState, HalfDay, Reason, Status};
use std::collections::BTreeMap;

/// What one confirmed roll says of a pupil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub half: HalfDay,
    pub status: Status,
}

/// What is said of some half-days of a pupil, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excuse {
    pub first: HalfDay,
    pub last: HalfDay,
    pub reason: Reason,
    pub state: ExcuseState,
}

impl Excuse {
    fn covers(&self, half: HalfDay) -> bool {
        self.first <= half && half <= self.last
    }
}

/// What became of a half-day that had lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Attended,
    /// Missed without a reason that holds.
    Unjustified,
    /// Missed; the family has given a reason that nobody has looked at yet.
    Pending,
    Justified,
    /// Missed because the pupil could not connect.
    NoConnection,
}

/// Half-days of a pupil by what became of them, and the rolls that say late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub attended: usize,
    pub unjustified: usize,
    pub pending: usize,
    pub justified: usize,
    pub no_connection: usize,
    pub lates: usize,
}

impl Counts {
    pub fn of(marks: &[Mark], excuses: &[Excuse]) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes(marks, excuses).into_values() {
            *match outcome {
                Outcome::Attended => &mut counts.attended,
                Outcome::Unjustified => &mut counts.unjustified,
                Outcome::Pending => &mut counts.pending,
                Outcome::Justified => &mut counts.justified,
                Outcome::NoConnection => &mut counts.no_connection,
            } += 1;
        }
        counts.lates = marks.iter().filter(|mark| mark.status == Status::Late).count();
        counts
    }

    /// Half-days that were missed, for whatever reason.
    pub const fn missed(&self) -> usize {
        self.unjustified + self.pending + self.justified + self.no_connection
    }
}

/// What is said of a half-day: what was accepted before what is only declared, that before what was refused.
pub fn excuse_of(excuses: &[Excuse], half: HalfDay) -> Option<Excuse> {
    let rank = |excuse: &Excuse| match excuse.state {
        ExcuseState::Refused => 0,
        ExcuseState::Declared => 1,
        ExcuseState::Accepted => 2,
    };
    excuses.iter().filter(|excuse| excuse.covers(half)).max_by_key(|excuse| rank(excuse)).copied()
}

/// Every half-day that the marks are of, with what became of it. A half-day is missed when the pupil was not there for at
/// least half of the lessons whose roll is confirmed.
pub fn outcomes(marks: &[Mark], excuses: &[Excuse]) -> BTreeMap<HalfDay, Outcome> {
    let mut lessons: BTreeMap<HalfDay, (usize, usize, usize)> = BTreeMap::new();
    for mark in marks {
        let (all, absent, unconnected) = lessons.entry(mark.half).or_default();
        *all += 1;
        *absent += usize::from(mark.status == Status::Absent);
        *unconnected += usize::from(mark.status == Status::NoConnection);
    }
    let outcome = |half, (all, absent, unconnected)| outcome_of(all, absent, unconnected, excuse_of(excuses, half));
    lessons.into_iter().map(|(half, counted)| (half, outcome(half, counted))).collect()
}

fn outcome_of(all: usize, absent: usize, unconnected: usize, excuse: Option<Excuse>) -> Outcome {
    let is_missed = |missed: usize| missed * ATTENDED_PART as usize >= all;
    if !is_missed(absent + unconnected) {
        return Outcome::Attended;
    }
    let held = excuse.filter(|excuse| excuse.state != ExcuseState::Refused);
    match held.map(|excuse| (excuse.reason, excuse.state)) {
        // The family's word is enough until somebody finds otherwise.
        Some((Reason::NoConnection, _)) => Outcome::NoConnection,
        Some((_, ExcuseState::Accepted)) => Outcome::Justified,
        // Those without a connection make no absence without a reason, so they are left out of the question.
        _ if !is_missed(absent) => Outcome::NoConnection,
        Some(_) => Outcome::Pending,
        None => Outcome::Unjustified,
    }
}
