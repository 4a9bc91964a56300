//! People with a pass, and those who were let in without one.

use super::held::{Claimant, HeldRequest};
use super::lanes::Class;
use super::newcomers::shut;
use super::passes::{ENTRY, PASS};
use super::{Gate, Visit, waits};
use crate::budget::Permission;
use crate::decision::{Away, Decision, Lane, LessonSoon};
use crate::limits::{HOLD_CALL_MAX, HOLD_MAX};
use crate::pass::Standing;
use crate::request::{Holder, Kind};
use crate::waiting::Entry;
use preau_base::Instant;
use std::time::Duration;

impl Gate {
    /// Pass holders are always decided by their lane, whatever their network does. They spend budgets of their own.
    pub(super) fn decide_holder(
        &mut self,
        visit: &Visit<'_>,
        holder: Holder,
        lesson: Option<LessonSoon>,
    ) -> (Lane, Decision) {
        let now = visit.now;
        let lane = if lesson.is_some() { Lane::Lesson } else { Lane::Known };
        let is_inside = self.inside.is_inside(holder.key, now);
        // The console has places of its own, which no budget closes to those who operate.
        let reserved = visit.kind == Kind::Console && self.work.console_has_room();
        if !reserved && let Permission::WaitUntil(until) = self.spend_pass(&holder, visit) {
            return (lane, Decision::TurnAway { lane, why: Away::Budget, again: waits::until(until, now) });
        }
        // Whoever asks for a lesson's socket has been given a token for it and would be turned away on the last step. It is
        // no work for the application until the token is shown.
        let joins = visit.is_socket() && (lesson.is_some() || is_inside);
        if !visit.is_counted() || joins {
            if is_inside {
                self.inside.seen(holder.key, lesson.is_some(), now);
            }
            return (lane, Decision::Admit(self.admission(lane, visit.kind, false, None, now)));
        }
        if !is_inside && self.came_to_shut_doors(&holder, now) {
            return (lane, self.before_shut_doors(visit, &holder, lesson));
        }
        let class = match (lesson, is_inside) {
            (Some(_), _) => Class::Lesson,
            (None, true) => Class::Inside,
            (None, false) if visit.kind == Kind::Console => Class::Lesson,
            (None, false) => Class::Fresh,
        };
        if reserved || self.has_room(class, Duration::ZERO) {
            self.is_new = !is_inside && !self.claims.knows(holder.key);
            self.is_in(holder.key, lesson.is_some(), now);
            return (lane, Decision::Admit(self.admission(lane, visit.kind, true, None, now)));
        }
        self.is_new = !is_inside && !self.claims.knows(holder.key);
        let held = HeldRequest {
            class,
            lane,
            kind: visit.kind,
            may_wait: visit.may_wait(),
            claimant: Claimant::Holder(holder),
            source: self.source,
            promised: visit.request.ticket.and_then(|ticket| ticket.promised),
            lesson,
            step: self.step_of(holder.standing),
            asked: self.claims.asks(holder.key, now),
            // Nobody gives up the way into a lesson after a second.
            until: now.plus(if lesson.is_some() && visit.is_live_call() { HOLD_MAX } else { hold_for(visit) }),
        };
        (lane, self.hold(held, now))
    }

    /// Signing in is open while the doors are shut, or nobody could get in who is to work behind them. Staff go in; whoever
    /// else has signed in since waits until they open, as those without a pass do.
    fn came_to_shut_doors(&self, holder: &Holder, now: Instant) -> bool {
        let since = self.settings.doors_shut.filter(|_| shut(&self.settings.doors, now).is_some());
        since.is_some_and(|since| holder.signed_in >= since) && !holder.standing.works_here()
    }

    fn before_shut_doors(&mut self, visit: &Visit<'_>, holder: &Holder, lesson: Option<LessonSoon>) -> Decision {
        if !visit.may_wait() {
            let lane = if lesson.is_some() { Lane::Lesson } else { Lane::Known };
            return Decision::TurnAway { lane, why: Away::Busy, again: waits::CLOSED };
        }
        Decision::Wait(waits::before_shut_doors(self, holder, lesson, visit.now))
    }

    fn spend_pass(&mut self, holder: &Holder, visit: &Visit<'_>) -> Permission {
        let cost = visit.kind.weight();
        match self.passes.spend(holder.session, PASS, cost, visit.now) {
            Permission::Allow => self.inside.spend(holder.key, cost, visit.now),
            wait => wait,
        }
    }

    /// The place of a standing in the operator's priorities; those that are not named come after all that are.
    fn step_of(&self, standing: Standing) -> u8 {
        let priority = &self.settings.priority;
        let place = priority.iter().position(|first| *first == standing).unwrap_or(priority.len());
        u8::try_from(place).unwrap_or(u8::MAX)
    }

    /// Asks the holder of a pass that is used everywhere to sign in again. Their network pays as for anybody unknown,
    /// so that replaying the pass is worth nothing.
    pub(super) fn decide_sharer(&mut self, visit: &Visit<'_>) -> Decision {
        if let Permission::WaitUntil(until) = self.prefixes.spend(&visit.levels, 1, visit.now)
            && !self.prefixes.vouched(&visit.levels, visit.now)
        {
            let again = waits::until(until, visit.now);
            return Decision::TurnAway { lane: Lane::Known, why: Away::Budget, again };
        }
        Decision::SignInAgain
    }

    /// Somebody who was let in and has not signed in yet. `again` is an entry whose first handing over got lost.
    pub(super) fn decide_entered(&mut self, visit: &Visit<'_>, entry: Entry, again: Option<Entry>) -> (Lane, Decision) {
        let (lane, now) = (Lane::Entered, visit.now);
        let key = Self::key_of_entry(&entry);
        let away = |why, again| (lane, Decision::TurnAway { lane, why, again });
        if visit.is_live_call() {
            return away(Away::NoPass, Duration::ZERO);
        }
        // A signature is for those who come. A person who is in stays in; a flood that came in spends more than half of
        // its budget, which no person does.
        if !self.passes.is_moderate(key.0, ENTRY, now) && self.judge.hit(&visit.request, now).is_some() {
            return away(Away::Signature, waits::AWAY);
        }
        if let Permission::WaitUntil(until) = self.passes.spend(key.0, ENTRY, visit.kind.weight(), now) {
            return away(Away::Budget, waits::until(until, now));
        }
        if !visit.is_counted() {
            if self.inside.is_inside(key, now) {
                self.inside.seen(key, false, now);
            }
            return (lane, Decision::Admit(self.admission(lane, visit.kind, false, again, now)));
        }
        let class = if visit.kind == Kind::SignIn { Class::SignIn } else { Class::Entered };
        if self.has_room(class, Duration::ZERO) {
            let renewed = self.entered_again(entry, now);
            return (lane, Decision::Admit(self.admission(lane, visit.kind, true, again.or(renewed), now)));
        }
        let held = HeldRequest {
            class,
            lane,
            kind: visit.kind,
            may_wait: visit.may_wait(),
            claimant: Claimant::Entered(entry),
            source: self.source,
            promised: None,
            lesson: None,
            step: 0,
            asked: self.claims.asks(key, now),
            until: now.plus(hold_for(visit)),
        };
        (lane, self.hold(held, now))
    }

    /// Holds a request for which there is no room, or says what else is to be done.
    pub(super) fn hold(&mut self, held: HeldRequest, now: Instant) -> Decision {
        let near = match held.claimant {
            Claimant::Holder(_) => {
                let soon = self.speed.with_pass_per_second() * HOLD_MAX.as_secs_f64() * 2.0;
                self.claims.ahead(held.score_ms()) as f64 <= soon
            }
            _ => true,
        };
        if self.queue.has_room(held.class, self.speed.per_second(), near) {
            return Decision::Hold { id: self.queue.push(held), until: held.until };
        }
        waits::given_up(self, &held, now)
    }
}

/// Scripts give up sooner than people, and ask again by themselves.
pub(super) const fn hold_for(visit: &Visit<'_>) -> Duration {
    if visit.may_wait() { HOLD_MAX } else { HOLD_CALL_MAX }
}
