use super::{ATTENDED_PART, EARLY_BEFORE, LATE_AFTER, Status};
use preau_base::Instant;
use std::time::Duration;

/// One stay in the live class; without an end the pupil is still in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    pub joined_at: Instant,
    pub left_at: Option<Instant>,
}

/// When the live class of a lesson was open, of the time that was planned: from the first of those who lead it until it was
/// closed, or until the last of them went. All of it while nobody who leads has been there.
///
/// A pupil can have been there for no more than that, and is neither late nor early by a clock that nobody taught by.
pub fn open_time(
    (starts_at, ends_at): (Instant, Instant),
    led: &[Stay],
    closed_at: Option<Instant>,
) -> (Instant, Instant) {
    let within = |stay: &&Stay| stay.joined_at < ends_at && stay.left_at.is_none_or(|left| left > starts_at);
    let led: Vec<&Stay> = led.iter().filter(within).collect();
    let opened = led.iter().map(|stay| stay.joined_at).min().unwrap_or(starts_at).max(starts_at);
    let gone = led.iter().map(|stay| stay.left_at.unwrap_or(ends_at)).max().unwrap_or(ends_at);
    let closed = closed_at.unwrap_or(ends_at).min(gone).min(ends_at);
    (opened, closed.max(opened))
}

/// What is known of a pupil and a lesson before anybody has called the roll.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    pub stays: &'a [Stay],
    /// The gate or the class has a record of tries that failed around the lesson.
    pub tried: bool,
    /// The family has said that the pupil cannot connect.
    pub no_connection: bool,
    /// The family has said that the pupil will not be there.
    pub away: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub status: Status,
    /// Late by so much, or gone so early; 0 for other statuses.
    pub minutes: u32,
}

impl Proposal {
    const fn plain(status: Status) -> Self {
        Self { status, minutes: 0 }
    }
}

/// What to put into the roll of a lesson that was open from `opened` to `closed` ([`open_time`]), as far as `now` can tell.
/// In a lesson without a live class everybody is there unless the family has said otherwise.
pub fn propose((opened, closed): (Instant, Instant), is_live: bool, evidence: &Evidence<'_>, now: Instant) -> Proposal {
    let until = now.min(closed).max(opened);
    let Some(stayed) = Stayed::of(evidence.stays, opened, until, now) else {
        return Proposal::plain(match (is_live, evidence.away) {
            _ if evidence.no_connection => Status::NoConnection,
            (_, true) => Status::Absent,
            (true, _) if evidence.tried => Status::NoConnection,
            (true, _) => Status::Absent,
            (false, _) => Status::Present,
        });
    };
    let late = stayed.first.since(opened);
    let early = closed.since(stayed.last);
    let minutes = |long: Duration| u32::try_from(long.as_secs() / 60).unwrap_or(u32::MAX);
    let is_enough = stayed.total * ATTENDED_PART >= until.since(opened);
    if !is_enough && !stayed.is_in {
        // Coming and going is a line that breaks.
        let broke = evidence.tried || evidence.no_connection || stayed.pieces > 1;
        return Proposal::plain(if broke { Status::NoConnection } else { Status::Absent });
    }
    if late > LATE_AFTER {
        Proposal { status: Status::Late, minutes: minutes(late) }
    } else if !stayed.is_in && early > EARLY_BEFORE {
        Proposal { status: Status::LeftEarly, minutes: minutes(early) }
    } else {
        Proposal::plain(Status::Distant)
    }
}

/// All stays of a pupil within the lesson.
struct Stayed {
    first: Instant,
    last: Instant,
    /// Seconds that two open windows share count once.
    total: Duration,
    pieces: usize,
    is_in: bool,
}

impl Stayed {
    /// `None` for a pupil who was never in between `from` and `until`.
    fn of(stays: &[Stay], from: Instant, until: Instant, now: Instant) -> Option<Self> {
        let is_in = stays.iter().any(|stay| stay.left_at.is_none() && stay.joined_at <= now);
        let end_of = |stay: &Stay| stay.left_at.unwrap_or(until).min(until);
        let mut spans: Vec<_> = stays.iter().map(|stay| (stay.joined_at.max(from), end_of(stay))).collect();
        spans.retain(|(joined, left)| joined <= left);
        spans.sort_unstable();
        let first = spans.first()?.0;
        let mut stayed = Self { first, last: first, total: Duration::ZERO, pieces: 0, is_in };
        for (joined, left) in spans {
            if joined > stayed.last || stayed.pieces == 0 {
                stayed.pieces += 1;
            }
            stayed.total += left.since(joined.max(stayed.last).min(left));
            stayed.last = stayed.last.max(left);
        }
        Some(stayed)
    }
}
