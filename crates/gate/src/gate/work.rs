//! Requests that begin and end at work, and what their ends let go.

use super::held::{Claimant, HeldRequest};
use super::lanes::{Class, Shares};
use super::newcomers::{Load, shut};
use super::{Gate, waits};
use crate::decision::{Admission, Answered, Away, Decision, HeldId, Lane, Outcome};
use crate::ladder::Pressure;
use crate::limits::ENTRY_RENEWED_AFTER;
use crate::request::Kind;
use crate::waiting::Entry;
use preau_base::{Instant, Level};
use std::time::Duration;

/// How many requests end a second.
#[derive(Debug)]
pub(super) struct Speed {
    ended: u32,
    ended_with_pass: u32,
    since: Instant,
    per_second: f64,
    with_pass_per_second: f64,
}

impl Speed {
    pub const fn new(now: Instant) -> Self {
        Self { ended: 0, ended_with_pass: 0, since: now, per_second: 0.0, with_pass_per_second: 0.0 }
    }

    fn count(&mut self, lane: Lane) {
        self.ended = self.ended.saturating_add(1);
        if matches!(lane, Lane::Lesson | Lane::Known) {
            self.ended_with_pass = self.ended_with_pass.saturating_add(1);
        }
    }

    fn tick(&mut self, now: Instant) {
        let passed = now.since(self.since).as_secs_f64();
        if passed >= 1.0 || now < self.since {
            let weight = 0.3;
            let rate = |count: u32| f64::from(count) / passed.max(1.0);
            self.per_second += (rate(self.ended) - self.per_second) * weight;
            self.with_pass_per_second += (rate(self.ended_with_pass) - self.with_pass_per_second) * weight;
            (self.ended, self.ended_with_pass, self.since) = (0, 0, now);
        }
    }

    pub const fn per_second(&self) -> f64 {
        self.per_second
    }

    pub const fn with_pass_per_second(&self) -> f64 {
        self.with_pass_per_second
    }
}

impl Gate {
    pub(super) fn shares(&self) -> Shares {
        Shares::of(self.limiter.limit(), self.sign_in_limiter.limit())
    }

    pub(super) fn has_room(&self, class: Class, waited: Duration) -> bool {
        self.work.has_room(class, waited, &self.shares())
    }

    /// An admitted request was answered, or ended without an answer. Gives the held requests that may go now.
    ///
    /// For a WebSocket this is the moment of its upgrade: what is open for an hour is not at work for an hour.
    pub fn finished(&mut self, admission: Admission, answered: Answered, now: Instant) -> Vec<(HeldId, Admission)> {
        if admission.counted {
            let Answered { latency, failed, .. } = answered;
            match admission.kind {
                Kind::Console => {}
                Kind::SignIn => {
                    self.sign_in_limiter.sample(latency, self.work.sign_in(), failed, admission.source, now);
                }
                _ => self.limiter.sample(latency, self.work.pages(), failed, admission.source, now),
            }
            self.speed.count(admission.lane);
            self.work.end(&admission);
        }
        self.judge.answered(&admission, &answered, now);
        self.release(now)
    }

    /// The client of an admitted request went away before the answer: its place is free, and its time says nothing about
    /// the application. Gives the held requests that may go now.
    pub fn abandoned(&mut self, admission: Admission, now: Instant) -> Vec<(HeldId, Admission)> {
        self.work.end(&admission);
        self.release(now)
    }

    /// A request whose place was given back with [`Gate::abandoned`], as its client kept the application waiting, goes on.
    /// It does so whatever else is at work, which it counts with again.
    pub fn back_at_work(&mut self, admission: &Admission) {
        self.work.begin(admission);
    }

    /// A held request was not released in time, or its client is gone. Its place in the queue is given up. What is not
    /// held, or no longer, is told to come again.
    pub fn give_up(&mut self, id: HeldId, now: Instant) -> Decision {
        let Some(held) = self.queue.remove(id) else {
            return Decision::TurnAway { lane: Lane::Newcomer, why: Away::Busy, again: waits::BUSY };
        };
        let decision = waits::given_up(self, &held, now);
        let outcome = if matches!(decision, Decision::Wait(_)) { Outcome::Waits } else { Outcome::TurnedAway };
        self.counts.count(held.lane, outcome, held.kind, now);
        decision
    }

    /// To be called every [`crate::limits::TICK`]: limits, line, ladder and verdict move. Gives the held requests that
    /// may go now.
    pub fn tick(&mut self, now: Instant) -> Vec<(HeldId, Admission)> {
        self.limiter.tick(now);
        self.sign_in_limiter.tick(now);
        if self.work.pages() == 0 {
            self.limiter.idle();
        }
        if self.work.sign_in() == 0 {
            self.sign_in_limiter.idle();
        }
        self.speed.tick(now);
        self.judge.tick(now);
        self.ladder.press(
            Pressure {
                held: self.pressing(),
                limit: self.limiter.limit(),
                latency_ratio: self.pressing_latency(),
                failed_share: self.limiter.failed_share(),
                machine: self.machine,
            },
            now,
        );
        self.call(now);
        let timetable = &self.timetable;
        self.inside.tick(now, |key| timetable.lesson(key, now).is_some());
        self.passes.tick(now);
        self.prefixes.tick(now);
        self.claims.tick(now);
        self.settings.blocked.retain(|(_, until)| now < *until);
        let _ = self.queue.drop_late(now);
        self.release(now)
    }

    /// The queue as the ladder counts it, for which as many as may be at work are too many: that is when people with a
    /// pass are held for a second. Shorter, the queue only puts them in order. Those without are not counted: how many of
    /// them come is for the gate itself to say.
    fn pressing(&self) -> u32 {
        let with_pass = [Class::Lesson, Class::Inside, Class::Fresh];
        let held: u32 = with_pass.into_iter().map(|class| self.queue.len_of(class)).sum();
        let seconds = f64::from(held) / self.speed.per_second().max(1.0);
        (seconds * f64::from(self.limiter.limit())) as u32
    }

    /// The latency as the ladder counts it: only while half of the places are taken, or somebody is held. An application
    /// that is slow comes to that by itself. Where it does not, what is slow against the floor is the mix: whoever asks
    /// for two hundred cheap answers at once lowers the floor, and must not brown a school out by it.
    fn pressing_latency(&self) -> f64 {
        let taken = self.work.pages().saturating_mul(2) >= self.limiter.limit() || self.queue.len() > 0;
        if taken { self.limiter.latency_ratio() } else { 1.0 }
    }

    fn load(&self) -> Load {
        let shares = self.shares();
        let held = [Class::Lesson, Class::Inside, Class::Fresh, Class::Entered];
        Load {
            limit: shares.general,
            full: self.work.use_by_newcomers(&shares),
            someone_held: held.into_iter().any(|class| self.queue.len_of(class) > 0),
        }
    }

    /// Calls those in line whose turn it is.
    fn call(&mut self, now: Instant) {
        let load = self.load();
        self.newcomers.tick(&self.settings.doors, now);
        self.newcomers.pace.tick(load, now);
        let people = if self.holds_back(now) { 0 } else { self.may_be_called(now) };
        let called = self.newcomers.room.call(people, now);
        self.newcomers.pace.spend(called, now);
    }

    /// Doors, the lowest level and a quota hold back whoever has no pass.
    pub(super) fn holds_back(&self, now: Instant) -> bool {
        shut(&self.settings.doors, now).is_some() || self.level() == Level::Waiting || self.is_full(now)
    }

    /// Whether an operator's number of people inside is reached.
    pub(super) fn is_full(&self, now: Instant) -> bool {
        let coming = self.newcomers.room.expected(now);
        self.settings.inside_max.is_some_and(|max| self.inside.people().saturating_add(coming) >= max)
    }

    fn may_be_called(&mut self, now: Instant) -> u32 {
        let expected = self.newcomers.room.expected(now);
        let places = self
            .settings
            .inside_max
            .map_or(u64::MAX, |max| max.saturating_sub(self.inside.people().saturating_add(expected)));
        let want = self.newcomers.room.waiting();
        let spare = self.newcomers.pace.expected_max().saturating_sub(expected);
        let pace_max = self.settings.newcomers_per_minute_max;
        let free = self.newcomers.pace.free(want, pace_max, now);
        u32::try_from(u64::from(free).min(spare).min(places)).unwrap_or(u32::MAX)
    }

    /// Lets go what there is room for, in order.
    pub(super) fn release(&mut self, now: Instant) -> Vec<(HeldId, Admission)> {
        let mut released = Vec::new();
        loop {
            let (work, shares) = (&self.work, self.shares());
            let next = self.queue.pop(|class, held| work.has_room(class, now.since(held.asked), &shares));
            let Some((id, held)) = next else { return released };
            // A ticket that was used meanwhile, from elsewhere, admits nobody: its request is given up by whoever
            // holds it, when its time is over.
            if let Some(admission) = self.admit_held(&held, now) {
                self.counts.count(held.lane, Outcome::Admitted, held.kind, now);
                released.push((id, admission));
            }
        }
    }

    fn admit_held(&mut self, held: &HeldRequest, now: Instant) -> Option<Admission> {
        self.source = held.source;
        let entry = match held.claimant {
            Claimant::Holder(holder) => {
                self.is_in(holder.key, held.lesson.is_some(), now);
                None
            }
            Claimant::Entered(entry) => self.entered_again(entry, now),
            Claimant::Turn(ticket, prefix) => {
                let entry = self.newcomers.room.use_turn(&ticket, prefix, now)?;
                self.entered_again(entry, now);
                Some(entry)
            }
            Claimant::InLine(_) | Claimant::Nobody => None,
        };
        Some(self.admission(held.lane, held.kind, true, entry, now))
    }

    /// Counts a person as inside.
    pub(super) fn is_in(&mut self, key: crate::request::HolderKey, with_lesson: bool, now: Instant) {
        self.claims.done(key);
        if self.inside.seen(key, with_lesson, now) {
            self.judge.entered(now);
        }
    }

    /// Somebody without a pass is in; gives their entry anew when it is time.
    pub(super) fn entered_again(&mut self, entry: Entry, now: Instant) -> Option<Entry> {
        self.is_in(Self::key_of_entry(&entry), false, now);
        (now.since(entry.issued) >= ENTRY_RENEWED_AFTER).then_some(Entry { issued: now, ..entry })
    }

    pub(super) fn admission(
        &mut self,
        lane: Lane,
        kind: Kind,
        counted: bool,
        entry: Option<Entry>,
        now: Instant,
    ) -> Admission {
        let admission = Admission { lane, kind, begun: now, counted, entry, source: self.source };
        self.work.begin(&admission);
        admission
    }
}
