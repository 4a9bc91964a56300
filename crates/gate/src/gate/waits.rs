//! What is said to those who wait.

use super::Gate;
use super::held::{Claimant, HeldRequest};
use super::newcomers::{opens, shut};
use crate::decision::{Away, Decision, Lane, LessonSoon, Reason, Wait};
use crate::limits::ESTIMATE_MAX;
use crate::request::Holder;
use crate::snapshot::{Cause, VerdictKind};
use crate::waiting::{Estimate, Place, Ticket, pace, pace_until_opening};
use preau_base::{Instant, Rng};
use std::time::Duration;

/// When scripts ask again for what there was no room for.
pub(super) const BUSY: Duration = Duration::from_secs(2);
/// When to ask again after looking like an attack.
pub(super) const AWAY: Duration = Duration::from_secs(30);
/// When those ask again who wait before doors that nobody has said a time for.
pub(super) const CLOSED: Duration = Duration::from_secs(120);
/// Pass holders ask again between these.
const KNOWN_MIN: Duration = Duration::from_secs(2);
const KNOWN_MAX: Duration = Duration::from_secs(30);

/// A line that is held back and out of which nobody was called for this long stands still.
const STANDS_AFTER: Duration = Duration::from_secs(30);

/// Whole seconds until then, at least one.
pub(super) fn until(until: Instant, now: Instant) -> Duration {
    Duration::from_secs(until.since(now).as_secs() + 1)
}

/// Why people without a pass wait.
pub(super) fn reason(gate: &Gate, now: Instant) -> Reason {
    if let Some(reason) = shut(&gate.settings.doors, now) {
        return reason;
    }
    let per_minute_max = gate.settings.newcomers_per_minute_max;
    match gate.judge.verdict().kind {
        VerdictKind::Attack(_) => Reason::Attack,
        _ if gate.is_full(now) || gate.newcomers.pace.is_bounded(per_minute_max) => Reason::Full,
        kind => reason_of_load(gate, kind),
    }
}

/// Nobody in line is called, and nothing says when that changes: no time can be told then. A quota that is full still lets
/// somebody in whenever somebody leaves, and a line that moves so has a pace.
pub(super) fn stands_still(gate: &Gate, now: Instant) -> bool {
    let shut = shut(&gate.settings.doors, now).is_some();
    shut || gate.holds_back(now) && !gate.newcomers.room.has_called_within(STANDS_AFTER, now)
}

fn reason_of_load(gate: &Gate, verdict: VerdictKind) -> Reason {
    let cause = gate.ladder.state().cause;
    if verdict == VerdictKind::OurSlowness || matches!(cause, Cause::Latency | Cause::Errors | Cause::Machine) {
        Reason::Slow
    } else {
        Reason::Crowd
    }
}

/// Why somebody waits who is in: not because of doors or quotas, which are not for them.
fn reason_inside(gate: &Gate) -> Reason {
    match gate.judge.verdict().kind {
        VerdictKind::Attack(_) => Reason::Attack,
        kind => reason_of_load(gate, kind),
    }
}

/// For a newcomer, with a ticket if they may have one. It counts once it came back: soon.
pub(super) fn newcomer(gate: &mut Gate, ticket: Option<Ticket>, now: Instant) -> Wait {
    Wait {
        lane: Lane::Newcomer,
        reason: reason(gate, now),
        ticket,
        place: None,
        estimate: None,
        opens: opens(&gate.settings.doors, now),
        again: pace(0, None, &mut gate.jitter),
        lesson: None,
        holder: None,
    }
}

/// For somebody in line. Their ticket is handed over anew when it promises something else than before.
pub(super) fn in_line(gate: &mut Gate, ticket: Ticket, place: Option<Place>, now: Instant) -> Wait {
    let moves = !stands_still(gate, now);
    let estimate = place.filter(|_| moves).and_then(|place| gate.newcomers.room.estimate(&ticket, place, now));
    let promising = ticket.promising(estimate, now);
    Wait {
        lane: Lane::Returning,
        reason: reason(gate, now),
        ticket: (promising != ticket).then_some(promising),
        place,
        estimate,
        opens: opens(&gate.settings.doors, now),
        again: again_in_line(gate, place, estimate, now),
        lesson: None,
        holder: None,
    }
}

fn again_in_line(gate: &mut Gate, place: Option<Place>, estimate: Option<Estimate>, now: Instant) -> Duration {
    let doors = &gate.settings.doors;
    if shut(doors, now).is_none() {
        return pace(place.map_or(0, |place| place.ahead), estimate, &mut gate.jitter);
    }
    let until = opens(doors, now).map_or(CLOSED, |at| at.since(now));
    pace_until_opening(until, gate.newcomers.room.waiting(), &mut gate.jitter)
}

/// For somebody who has signed in since the doors were shut, and does not work behind them.
pub(super) fn before_shut_doors(gate: &mut Gate, holder: &Holder, lesson: Option<LessonSoon>, now: Instant) -> Wait {
    let opens = opens(&gate.settings.doors, now);
    let waiting = gate.newcomers.room.waiting();
    Wait {
        lane: if lesson.is_some() { Lane::Lesson } else { Lane::Known },
        reason: reason(gate, now),
        ticket: None,
        place: None,
        estimate: None,
        opens,
        again: pace_until_opening(opens.map_or(CLOSED, |at| at.since(now)), waiting, &mut gate.jitter),
        lesson,
        holder: Some(holder.key),
    }
}

/// For a held request that nobody let go, or that found no place among those held.
pub(super) fn given_up(gate: &mut Gate, held: &HeldRequest, now: Instant) -> Decision {
    if !held.may_wait {
        note_known(gate, held, now);
        return Decision::TurnAway { lane: held.lane, why: Away::Busy, again: BUSY };
    }
    Decision::Wait(match held.claimant {
        Claimant::Holder(_) => known(gate, held, now),
        Claimant::Entered(_) | Claimant::Turn(..) => entered(gate, held),
        Claimant::InLine(ticket) => {
            let place = place_of(gate, ticket, now);
            in_line(gate, ticket, place, now)
        }
        // A promise, which costs nothing: places are given at a pace, and whoever never looks again needs none.
        Claimant::Nobody => {
            let promise = gate.newcomers.promises.give(now);
            newcomer(gate, Some(promise), now)
        }
    })
}

/// Where a ticket stands; showing it again changes nothing.
fn place_of(gate: &mut Gate, ticket: Ticket, now: Instant) -> Option<Place> {
    match gate.newcomers.room.comes_back(&ticket, 0, now) {
        crate::waiting::Turn::Wait(place) => Some(place),
        _ => None,
    }
}

/// Pass holders whose script found no room are waiting too; gives those before them.
fn note_known(gate: &mut Gate, held: &HeldRequest, now: Instant) -> u64 {
    let Some(key) = held.holder() else { return 0 };
    let score_ms = held.score_ms();
    gate.claims.told(key, held.lesson.map(|lesson| lesson.lesson), score_ms, now);
    gate.claims.ahead(score_ms)
}

fn known(gate: &mut Gate, held: &HeldRequest, now: Instant) -> Wait {
    let ahead = note_known(gate, held, now);
    let per_second = gate.speed.with_pass_per_second();
    let about = Duration::try_from_secs_f64((ahead as f64 + 1.0) / per_second).unwrap_or(Duration::MAX);
    let at_most = about.saturating_mul(2).saturating_add(KNOWN_MAX);
    let estimate = (about <= ESTIMATE_MAX).then(|| {
        // Nobody with a pass has a ticket that keeps what they were told, but one of a line that they stood in before.
        let before = held.holder().and_then(|key| gate.claims.promise(key, now.plus(at_most), now)).or(held.promised);
        Estimate { about, at_most, longer_than_said: before.is_some_and(|promised| now.plus(about) > promised) }
    });
    let wanted = (about / 4).clamp(KNOWN_MIN, KNOWN_MAX * 4 / 5);
    let jitter_ms = gate.jitter.below(wanted.as_millis() as u64 / 4);
    Wait {
        lane: held.lane,
        reason: reason_inside(gate),
        ticket: None,
        place: Some(Place { order: ahead, ahead }),
        estimate,
        opens: None,
        again: wanted + Duration::from_millis(jitter_ms),
        lesson: held.lesson,
        holder: held.holder(),
    }
}

/// For somebody who was let in, or whose turn has come: their place is theirs, there is no room at the moment.
fn entered(gate: &mut Gate, held: &HeldRequest) -> Wait {
    let again = pace(0, None, &mut gate.jitter);
    Wait {
        lane: held.lane,
        reason: reason_inside(gate),
        ticket: None,
        place: None,
        estimate: None,
        opens: None,
        again,
        lesson: None,
        holder: None,
    }
}
