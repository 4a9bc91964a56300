//! What people ask for, and what they do with what they hear.

use super::{Morning, Whose, ms};
use crate::limits as l;
use crate::story::{Ask, End, Heard, Next, Reached, Story};
use crate::world::Person;
use preau_gate::{Decision, Holder, Kind, Request, Shape, Shown};
use std::time::Duration;

impl Morning<'_> {
    /// One person asks for what they want next.
    pub(super) fn act(&mut self, who: u32) {
        let person = self.plan.world.person(who);
        let Some(slot) = self.slots.get(who as usize).copied() else { return };
        if slot.is_gone() {
            return;
        }
        let story = slot.story();
        if story == Story::begin() {
            self.played.arrived += 1;
        }
        let shown = self.pass_of(&person, story).map_or(Shown::Nothing, Shown::Valid);
        let (kind, shape) = asked(&person, story, shown);
        let request = Request {
            address: person.network.address((who % l::PEOPLE_PER_HOME) as u16),
            shown,
            ticket: slot.ticket(&self.rooms, self.plan.starts),
            entry: slot.entry(&self.rooms, self.plan.starts),
            kind,
            navigates: !matches!(kind, Kind::Call),
            shape,
        };
        let decision = self.decide(&request);
        if matches!(decision, Decision::Admit(_)) && matches!(kind, Kind::Page) && story.reached() < Reached::Home {
            self.fetch_files(&request);
        }
        self.follow(Whose::Person(who), kind, decision);
    }

    pub(super) fn fetch_files(&mut self, page: &Request<'_>) {
        // Of the largest crowds, files are told to the judge as those are that the gate does not decide on.
        if self.plan.line_only {
            let now = self.now();
            (0..l::ASSETS_PER_PAGE).for_each(|_| self.gate.judge_mut().fetched(page.address, now));
            return;
        }
        for _ in 0..l::ASSETS_PER_PAGE {
            let request = Request { kind: Kind::Asset, navigates: false, ..*page };
            let decision = self.decide(&request);
            self.follow(Whose::Nobody, Kind::Asset, decision);
        }
    }

    pub(super) fn decide(&mut self, request: &Request<'_>) -> Decision {
        self.played.decisions += 1;
        self.gate.decide(request, self.now())
    }

    /// The pass that this person shows now.
    pub(super) fn pass_of(&self, person: &Person, story: Story) -> Option<Holder> {
        let signed_in = story.reached() >= Reached::SignedIn;
        let earned = if signed_in && !person.has_pass {
            self.plan.starts.plus(person.arrives)
        } else {
            self.plan.starts.minus(Duration::from_secs(person.draw.between(50, (3_600, 20 * 86_400))))
        };
        (person.has_pass || signed_in).then_some(Holder {
            key: person.key(),
            session: u128::from(person.number) + 1,
            earned,
            signed_in: earned,
            standing: person.standing,
        })
    }

    pub(super) fn hear(&mut self, who: u32, heard: Heard) {
        self.hear_later(who, heard, Duration::ZERO);
    }

    pub(super) fn hear_later(&mut self, who: u32, heard: Heard, later: Duration) {
        let person = self.plan.world.person(who);
        let Some(slot) = self.slots.get_mut(who as usize) else { return };
        let mut story = slot.story();
        let before = story.reached();
        let since = Duration::from_millis(self.now_ms).saturating_sub(person.arrives);
        let next = story.next(&person, heard, since);
        slot.keep(story);
        let is_in = before < Reached::Home && story.reached() >= Reached::Home;
        if is_in {
            self.came_in(&person, since);
        }
        let in_lesson = before < Reached::Lesson && story.reached() == Reached::Lesson;
        self.played.in_lesson += u64::from(in_lesson);
        match next {
            Next::Ask { after, .. } if self.plan.stays || !in_lesson => {
                // Never within the same step: a person takes a moment.
                let at_ms = self.now_ms + ms(later + after).max(l::BUCKET_MS);
                self.calendar.put(&mut self.slots, who, at_ms);
            }
            Next::Ask { .. } => self.leave(who),
            Next::Gone(end) => {
                if end == End::GaveUp && story.reached() < Reached::Home {
                    self.played.gave_up += 1;
                    self.outside -= 1;
                }
                self.leave(who);
            }
        }
    }

    pub(super) fn leave(&mut self, who: u32) {
        if let Some(slot) = self.slots.get_mut(who as usize) {
            slot.go();
        }
    }

    pub(super) fn came_in(&mut self, person: &Person, since: Duration) {
        let at = usize::from(!person.has_pass) * 2 + usize::from(person.has_pass && !person.has_lesson);
        if let Some(waits) = self.waits.get_mut(at) {
            waits.record(since);
        }
        self.outside -= 1;
        self.played.people_in += 1;
        self.played.last_in_s = self.now_ms as f64 / 1_000.0;
        let minute = usize::try_from(self.now_ms / 60_000).unwrap_or(0);
        if self.played.in_per_minute.len() <= minute {
            self.played.in_per_minute.resize(minute + 1, 0);
        }
        self.played.in_per_minute[minute] += 1;
    }
}

/// What a step of the story is to the gate.
fn asked(person: &Person, story: Story, shown: Shown) -> (Kind, Shape<'static>) {
    let (kind, method, path) = match story.asks() {
        Ask::Home => (Kind::Page, "GET", "/"),
        Ask::SignInPage => (Kind::SignIn, "GET", "/sign-in"),
        Ask::SignIn => (Kind::SignIn, "POST", "/sign-in"),
        Ask::Door => (Kind::Live, "GET", "/lessons/1"),
        Ask::Join => (Kind::Live, "POST", "/lessons/1/token"),
        Ask::Beat => (Kind::Call, "GET", "/live/1"),
    };
    let shape = Shape {
        method,
        version: person.device.version,
        agent: person.device.agent,
        header_order: person.device.header_order,
        has_cookie: shown != Shown::Nothing || story != Story::begin(),
        ..Shape::of_path(path)
    };
    (kind, shape)
}
