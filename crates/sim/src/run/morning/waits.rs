//! People who are told to wait, and when they ask again.

use super::{Morning, ms};
use crate::limits as l;
use crate::story::{Heard, Next, Reached};
use preau_gate::{Lane, Wait};
use std::time::Duration;

/// Pass holders who were told to wait, of whom so many are looked into: asking the gate for everything is dear.
const LOOKED_INTO_MAX: u64 = 200;
/// Number of the draw for the time between being shown one's turn and loading the page.
const WAKING: u64 = 60;

impl Morning<'_> {
    /// Those wake whom the poll resource shows that their turn has come.
    pub(super) fn wake(&mut self) {
        let figures = self.gate.figures(self.now());
        for who in self.asleep.wake(&figures) {
            let person = self.plan.world.person(who);
            let again = person.takes_ms(WAKING, l::WOKEN_WITHIN_MS);
            self.hear(who, Heard::Wait { again });
        }
    }

    /// Whether somebody who was told to wait asks nothing of the gate until their turn. Whoever closes the tab has the page
    /// loaded anew when they open it again.
    fn sleeps(&mut self, who: u32, wait: &Wait) -> bool {
        let person = self.plan.world.person(who);
        let Some(slot) = self.slots.get_mut(who as usize) else { return false };
        let Some(ticket) = slot.ticket(&self.rooms, self.plan.starts).filter(|_| slot.came_back()) else {
            return false;
        };
        // Whose turn has come and found no room asks again soon, as do those without script.
        let in_line = wait.lane == Lane::Returning && (wait.place.is_some() || wait.opens.is_some());
        if !in_line || !person.device.script || who.is_multiple_of(l::WATCHED_ONE_IN) {
            return false;
        }
        let mut story = slot.story();
        if let Some(away) = story.closes_tab(&person) {
            slot.keep(story);
            self.hear_later(who, Heard::Wait { again: wait.again }, away);
            return true;
        }
        let since = Duration::from_millis(self.now_ms).saturating_sub(person.arrives);
        let place = wait.place.map_or(ticket.serial, |place| place.order);
        let told = story.next(&person, Heard::Wait { again: wait.again }, since);
        let asleep = matches!(told, Next::Ask { .. }) && self.asleep.put(ticket.room, place, wait.place.is_some(), who);
        if asleep && let Some(slot) = self.slots.get_mut(who as usize) {
            slot.keep(story);
        }
        asleep
    }

    pub(super) fn told_to_wait(&mut self, who: u32, wait: &Wait) {
        let person = self.plan.world.person(who);
        let now_ms = self.now_ms;
        let Some(slot) = self.slots.get_mut(who as usize) else { return };
        let signed_in = person.has_pass || slot.story().reached() >= Reached::SignedIn;
        let held = slot.ticket(&self.rooms, self.plan.starts);
        if held.is_none() && !signed_in {
            let address = person.network.address((who % l::PEOPLE_PER_HOME) as u16);
            let now = self.plan.starts.plus(Duration::from_millis(now_ms));
            (0..l::WAITING_PAGE_FILES).for_each(|_| self.gate.judge_mut().fetched(address, now));
        }
        if let (Some(held), Some(place)) = (held, &wait.place) {
            let overtaken = slot.came_back() && self.line.was_overtaken(held.room, place.order, slot.back_s());
            self.played.order_violations += u64::from(overtaken);
        }
        // Also before the doors open, where nobody has a place yet.
        if held.is_some() && wait.ticket.is_none_or(|ticket| held.is_some_and(|held| held.serial == ticket.serial)) {
            slot.comes_back(self.plan.starts.plus(Duration::from_millis(now_ms)), self.plan.starts);
        }
        if let Some(ticket) = &wait.ticket {
            slot.take_ticket(ticket, &mut self.rooms, self.plan.starts);
        }
        if let (Some(estimate), 0) = (&wait.estimate, who % l::WATCHED_ONE_IN) {
            let promised = self.promised.insert(who, now_ms + ms(estimate.at_most));
            self.played.promises_watched += 1;
            let longer = promised.is_some_and(|promised_ms| now_ms + ms(estimate.about) > promised_ms + 1_000);
            let broken = u64::from(longer && !estimate.longer_than_said);
            if signed_in {
                self.played.pass_holders_times_exceeded += broken;
            } else {
                self.played.promises_broken += broken;
            }
        }
        if signed_in {
            self.played.pass_holders_waited += 1;
            if self.played.pass_holders_waited <= LOOKED_INTO_MAX {
                // The gate keeps an eighth for signing in and leaves the last places to lessons: half is idle otherwise only
                // where somebody was forgotten.
                let limit = self.gate.snapshot(self.now()).limit;
                self.played.pass_holders_waited_with_room += u64::from(limit.at_work * 2 < limit.limit);
            }
        }
        if !self.sleeps(who, wait) {
            self.hear(who, Heard::Wait { again: wait.again });
        }
    }
}
