//! People without a pass who are not in yet: newcomers, and those whose ticket comes back.

use super::admission::hold_for;
use super::held::{Claimant, HeldRequest};
use super::lanes::Class;
use super::newcomers::{key_of, shut};
use super::promises::Promises;
use super::{Gate, Visit, waits};
use crate::budget::Permission;
use crate::decision::{Away, Decision, Lane, Wait};
use crate::request::{Kind, Shown};
use crate::waiting::{Place, Ticket, Turn};
use std::time::Duration;

/// What a forged pass costs the network that it came from, beside the request.
const FORGED: u32 = 50;

/// What a waiting page costs a network.
const WAITING_PAGE: u32 = 5;

/// What keeps a request from being looked at further, if anything.
enum Bound {
    None,
    /// Beyond a budget, or like an attack, from a network of people: a waiting page at most.
    Gently(Away),
    Away(Away, Duration),
}

impl Gate {
    pub(super) fn decide_newcomer(&mut self, visit: &Visit<'_>) -> Decision {
        let lane = Lane::Newcomer;
        match self.bound(visit, lane) {
            Bound::Away(why, again) => return Decision::TurnAway { lane, why, again },
            Bound::Gently(why) => return self.line_up(visit, why, false),
            Bound::None => {}
        }
        if !visit.is_counted() {
            return Decision::Admit(self.admission(lane, visit.kind, false, None, visit.now));
        }
        if let Some(decision) = self.enter_directly(visit) {
            return decision;
        }
        if visit.kind == Kind::SignIn
            && let Some(decision) = self.reach_sign_in(visit, None)
        {
            return decision;
        }
        self.line_up(visit, Away::Busy, true)
    }

    pub(super) fn decide_returning(&mut self, visit: &Visit<'_>, ticket: Ticket) -> (Lane, Decision) {
        let (lane, now) = (Lane::Returning, visit.now);
        if !visit.is_counted() {
            return (Lane::Newcomer, self.decide_newcomer(visit));
        }
        // Said before the budgets are asked: where others have spent them, somebody is there all the same.
        if self.newcomers.knows(&ticket, now) {
            self.prefixes.saw_person(visit.levels.narrow(), Some(ticket.serial), now);
        }
        match self.bound(visit, lane) {
            Bound::Away(why, again) => return (lane, Decision::TurnAway { lane, why, again }),
            Bound::Gently(why) if Promises::is_promise(&ticket) => {
                return (lane, self.wait_for_a_place(visit, ticket, why));
            }
            Bound::Gently(_) | Bound::None => {}
        }
        let prefix = visit.levels.narrow().number();
        let issued = self.newcomers.room.issued();
        let Some(ticket) = self.newcomers.redeem(ticket, prefix, now) else {
            return (Lane::Newcomer, self.decide_newcomer(visit));
        };
        self.is_new = self.newcomers.room.issued() > issued;
        match self.newcomers.room.comes_back(&ticket, prefix, now) {
            Turn::Again(entry) => self.decide_entered(visit, entry, Some(entry)),
            Turn::Now => (lane, self.take_turn(visit, ticket, prefix)),
            Turn::Void => (Lane::Newcomer, self.decide_newcomer(visit)),
            turn @ (Turn::BeforeOpening | Turn::Wait(_)) => {
                if visit.kind == Kind::SignIn
                    && let Some(decision) = self.reach_sign_in(visit, Some(ticket))
                {
                    return (lane, decision);
                }
                let place = if let Turn::Wait(place) = turn { Some(place) } else { None };
                (lane, self.wait_in_line(visit, ticket, place))
            }
        }
    }

    /// What anonymous requests must pass before anything else: signatures, and the budgets of their network.
    fn bound(&mut self, visit: &Visit<'_>, lane: Lane) -> Bound {
        let now = visit.now;
        if visit.is_live_call() {
            return Bound::Away(Away::NoPass, Duration::ZERO);
        }
        if visit.request.shown == Shown::Forged {
            self.prefixes.charge(&visit.levels, FORGED, now);
        }
        let (why, again) = if self.judge.hit(&visit.request, now).is_some() {
            (Away::Signature, waits::AWAY)
        } else {
            let permission = match &visit.request.ticket {
                Some(ticket) if lane == Lane::Returning && self.newcomers.is_first_return(ticket, now) => {
                    self.prefixes.come_first(&visit.levels, now)
                }
                Some(_) if lane == Lane::Returning => self.prefixes.poll(&visit.levels, now),
                _ => self.prefixes.spend(&visit.levels, self.cost_of(visit), now),
            };
            match permission {
                Permission::Allow => return Bound::None,
                Permission::WaitUntil(until) => (Away::Budget, waits::until(until, now)),
            }
        };
        // On a first morning nobody has a pass. A signature describes programs: whoever matches one is turned away there.
        let in_line = lane == Lane::Returning && why == Away::Budget;
        let of_people = in_line && self.shows_people(visit.request.address, now);
        if !of_people && !self.prefixes.vouched(&visit.levels, now) {
            let newcomer = visit.may_wait() && why == Away::Budget && lane == Lane::Newcomer;
            let sees_page = newcomer && self.prefixes.may_see_a_page(&visit.levels, now);
            return if sees_page { Bound::Gently(why) } else { Bound::Away(why, again) };
        }
        // People of a network that shows passes are told to wait, and the files of a page that they were let see are
        // theirs; nothing else of it is worth more than a refusal.
        if visit.may_wait() {
            return Bound::Gently(why);
        }
        if !visit.is_counted() && why == Away::Budget && self.prefixes.poll(&visit.levels, now) == Permission::Allow {
            return Bound::None;
        }
        Bound::Away(why, again)
    }

    /// A waiting page costs less than a page, and more than a refusal.
    fn cost_of(&self, visit: &Visit<'_>) -> u32 {
        let comes_in = visit.kind == Kind::SignIn || !visit.is_counted() || self.is_quiet(visit);
        if comes_in { visit.kind.weight() } else { WAITING_PAGE }
    }

    /// Nobody waits, nothing holds newcomers back, and there is room. Quotas count people, and only a ticket that came
    /// back is known to be one's: under a quota everybody takes a ticket.
    fn is_quiet(&self, visit: &Visit<'_>) -> bool {
        let quota = self.settings.inside_max.is_some() || self.settings.newcomers_per_minute_max.is_some();
        !quota
            && !self.holds_back(visit.now)
            && self.newcomers.room.waiting() == 0
            && self.queue.len_of(Class::Entered) == 0
            && self.has_room(Class::Entered, Duration::ZERO)
    }

    /// Comes in at once, without a ticket, at the pace of the line.
    fn enter_directly(&mut self, visit: &Visit<'_>) -> Option<Decision> {
        if !self.is_quiet(visit) {
            return None;
        }
        let class = if visit.kind == Kind::SignIn { Class::SignIn } else { Class::Entered };
        if !self.has_room(class, Duration::ZERO) || self.newcomers.pace.free(1, None, visit.now) == 0 {
            return None;
        }
        // A script keeps no cookie for its page; whoever looks at a page does, and is counted when they show it.
        let mut entry = None;
        if visit.may_wait() {
            self.newcomers.pace.spend(1, visit.now);
            self.is_new = true;
            entry = Some(self.newcomers.enter(visit.now));
        }
        Some(Decision::Admit(self.admission(Lane::Newcomer, visit.kind, true, entry, visit.now)))
    }

    /// Reaches the pages of signing in through the share that is reserved for them: no crowd, quota, level or shut door
    /// closes it, and no idler stands in it. While others stand in line, half of it is left to those whose turn it is.
    fn reach_sign_in(&mut self, visit: &Visit<'_>, ticket: Option<Ticket>) -> Option<Decision> {
        let now = visit.now;
        let lane = if ticket.is_some() { Lane::Returning } else { Lane::Newcomer };
        let line_is_empty = self.newcomers.room.waiting() == 0;
        let has_room = match line_is_empty {
            true => self.has_room(Class::SignIn, Duration::ZERO) && self.queue.len_of(Class::SignIn) == 0,
            false => self.work.sign_in_is_half_free(&self.shares()),
        };
        if has_room {
            return Some(Decision::Admit(self.admission(lane, visit.kind, true, None, now)));
        }
        // A form that was filled in is held, so that a password need not be typed twice; a page is not.
        let sends = !matches!(visit.request.shape.method, "GET" | "HEAD" | "OPTIONS");
        if !sends || !self.queue.has_room(Class::SignIn, self.speed.per_second(), true) {
            return None;
        }
        let held = HeldRequest {
            class: Class::SignIn,
            lane,
            kind: visit.kind,
            may_wait: visit.may_wait(),
            claimant: ticket.map_or(Claimant::Nobody, Claimant::InLine),
            source: self.source,
            promised: None,
            lesson: None,
            step: 1,
            asked: now,
            until: now.plus(hold_for(visit)),
        };
        Some(Decision::Hold { id: self.queue.push(held), until: held.until })
    }

    /// Their turn has come: they come in, or are held until there is room. The ticket is used when they go.
    fn take_turn(&mut self, visit: &Visit<'_>, ticket: Ticket, prefix: u64) -> Decision {
        let (lane, now) = (Lane::Returning, visit.now);
        if shut(&self.settings.doors, now).is_some() {
            return self.wait_in_line(visit, ticket, None);
        }
        let class = if visit.kind == Kind::SignIn { Class::SignIn } else { Class::Entered };
        if self.has_room(class, Duration::ZERO) {
            let Some(entry) = self.newcomers.room.use_turn(&ticket, prefix, now) else {
                return self.line_up(visit, Away::Busy, true);
            };
            self.entered_again(entry, now);
            return Decision::Admit(self.admission(lane, visit.kind, true, Some(entry), now));
        }
        let held = HeldRequest {
            class,
            lane,
            kind: visit.kind,
            may_wait: visit.may_wait(),
            claimant: Claimant::Turn(ticket, prefix),
            source: self.source,
            promised: None,
            lesson: None,
            step: 0,
            asked: self.claims.asks(key_of(ticket.room, ticket.serial), now),
            until: now.plus(hold_for(visit)),
        };
        self.hold(held, now)
    }

    /// Takes a place at the end of the line: `at_once`, or else when the ticket comes back. `why` is said where nobody
    /// can wait.
    fn line_up(&mut self, visit: &Visit<'_>, why: Away, at_once: bool) -> Decision {
        if !visit.may_wait() {
            return Decision::TurnAway { lane: Lane::Newcomer, why, again: waits::BUSY };
        }
        let at_once = at_once && self.newcomers.gives_at_once() && self.prefixes.give_ticket(&visit.levels, visit.now);
        let ticket = if at_once { self.newcomers.room.issue(visit.now) } else { None };
        self.is_new = ticket.is_some();
        let ticket = ticket.unwrap_or_else(|| self.newcomers.promises.give(visit.now));
        Decision::Wait(waits::newcomer(self, Some(ticket), visit.now))
    }

    /// So many come for a place from this network that somebody with a promise keeps it until they come again.
    fn wait_for_a_place(&mut self, visit: &Visit<'_>, promise: Ticket, why: Away) -> Decision {
        let lane = Lane::Returning;
        if visit.kind == Kind::SignIn
            && let Some(decision) = self.reach_sign_in(visit, Some(promise))
        {
            return decision;
        }
        if !visit.may_wait() {
            return Decision::TurnAway { lane, why, again: waits::BUSY };
        }
        Decision::Wait(Wait { lane, ..waits::newcomer(self, None, visit.now) })
    }

    fn wait_in_line(&mut self, visit: &Visit<'_>, ticket: Ticket, place: Option<Place>) -> Decision {
        if !visit.may_wait() {
            return Decision::TurnAway { lane: Lane::Returning, why: Away::Busy, again: waits::BUSY };
        }
        let mut wait = waits::in_line(self, ticket, place, visit.now);
        if visit.request.ticket != Some(ticket) {
            wait.ticket = wait.ticket.or(Some(ticket));
        }
        Decision::Wait(wait)
    }
}
