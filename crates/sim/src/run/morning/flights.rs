//! Requests at work, and what comes of them.

use super::{Morning, Whose, ms};
use crate::limits as l;
use crate::story::{Ask, Heard, Reached};
use preau_gate::{Admission, Answered, HeldId, Kind, Sign};
use std::cmp::Reverse;
use std::time::Duration;

/// Numbers of the draws for mistyped passwords begin here, one for each step of a story.
const MISTYPING: u64 = 10_000;
/// How long people look at nothing before they reload.
const PATIENT_FOR: Duration = Duration::from_secs(10);

/// A request at work.
pub(super) struct Flight {
    pub ends_ms: u64,
    pub order: u64,
    pub whose: Whose,
    pub admission: Admission,
    /// None when its client has gone before the answer.
    pub answered: Option<Answered>,
}

impl PartialEq for Flight {
    fn eq(&self, other: &Self) -> bool {
        (self.ends_ms, self.order) == (other.ends_ms, other.order)
    }
}
impl Eq for Flight {}
impl PartialOrd for Flight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Flight {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.ends_ms, self.order).cmp(&(other.ends_ms, other.order))
    }
}

impl Morning<'_> {
    pub(super) fn fly(&mut self, whose: Whose, kind: Kind, admission: Admission) {
        if let (Some(entry), Whose::Person(who)) = (&admission.entry, whose) {
            self.let_in(who);
            if let Some(slot) = self.slots.get_mut(who as usize) {
                slot.take_entry(entry, &mut self.rooms, self.plan.starts);
            }
        }
        // What was promised is kept, but to whoever only signs in meanwhile.
        if let Whose::Person(who) = whose
            && (kind != Kind::SignIn || admission.entry.is_some())
        {
            self.promised.remove(&who);
        }
        let password = match whose {
            Whose::Person(who) => self.slots.get(who as usize).is_some_and(|slot| slot.story().asks() == Ask::SignIn),
            Whose::Attacker { then, .. } => then == Some(Sign::WrongPassword),
            Whose::Nobody => false,
        };
        let (latency, failed) = self.working.begin(kind, password, self.now_ms);
        let mut flight = Flight {
            ends_ms: self.now_ms + ms(latency).max(1),
            order: self.flown,
            whose,
            admission,
            answered: Some(Answered { latency, failed, bytes: 12_000 }),
        };
        if let (Whose::Person(who), true) = (whose, latency > PATIENT_FOR) {
            // The answer comes to nobody: the person has reloaded, and the application works on all the same.
            flight = Flight { ends_ms: self.now_ms + ms(PATIENT_FOR), whose: Whose::Nobody, answered: None, ..flight };
            self.played.failures_seen += 1;
            self.hear_later(who, Heard::Nothing, PATIENT_FOR);
        }
        if let Whose::Attacker { attack, .. } = whose
            && let Some(played) = self.played.attacks.get_mut(attack)
        {
            played.admitted += 1;
        }
        self.flown += 1;
        self.flights.push(Reverse(flight));
        self.played.at_work_most = self.played.at_work_most.max(self.flights.len() as u64);
    }

    /// Requests that are answered by now.
    pub(super) fn land(&mut self) {
        while self.flights.peek().is_some_and(|Reverse(flight)| flight.ends_ms <= self.now_ms) {
            let Some(Reverse(flight)) = self.flights.pop() else { return };
            let released = match flight.answered {
                Some(answered) => self.gate.finished(flight.admission, answered, self.now()),
                None => self.gate.abandoned(flight.admission, self.now()),
            };
            self.release(released);
            match flight.whose {
                Whose::Person(who) => self.answered(who, flight.answered.is_some_and(|answered| answered.failed)),
                Whose::Attacker { then: Some(sign), address, .. } => self.gate.observe(sign, address, self.now()),
                _ => {}
            }
        }
    }

    pub(super) fn release(&mut self, released: Vec<(HeldId, Admission)>) {
        for (id, admission) in released {
            if let Some((whose, kind)) = self.held.remove(&id) {
                self.fly(whose, kind, admission);
            }
        }
    }

    pub(super) fn give_up_held(&mut self) {
        self.played.held_most = self.played.held_most.max(self.held.len() as u64);
        while self.held_until.peek().is_some_and(|Reverse((until_ms, _))| *until_ms <= self.now_ms) {
            let Some(Reverse((_, id))) = self.held_until.pop() else { return };
            if let Some((whose, kind)) = self.held.remove(&id) {
                let decision = self.gate.give_up(id, self.now());
                self.follow(whose, kind, decision);
            }
        }
    }

    pub(super) fn answered(&mut self, who: u32, failed: bool) {
        let person = self.plan.world.person(who);
        let Some(slot) = self.slots.get_mut(who as usize) else { return };
        let story = slot.story();
        let signed_in = person.has_pass || story.reached() >= Reached::SignedIn;
        let mistyped = story.asks() == Ask::SignIn
            && !failed
            && person.draw.unit(MISTYPING + u64::from(story.to_bytes()[1])) < self.plan.mistyped;
        if mistyped {
            let address = person.network.address((who % l::PEOPLE_PER_HOME) as u16);
            self.gate.observe(Sign::WrongPassword, address, self.plan.starts.plus(Duration::from_millis(self.now_ms)));
        }
        let heard = match story.asks() {
            _ if failed => Heard::Nothing,
            Ask::SignIn if mistyped => Heard::SignInNeeded,
            Ask::Home if !signed_in => Heard::SignInNeeded,
            _ => Heard::Page,
        };
        if story.asks() == Ask::SignIn && heard == Heard::Page {
            slot.drop_papers();
            self.promised.remove(&who);
        }
        self.played.failures_seen += u64::from(failed);
        if self.plan.line_only && !failed {
            let since = Duration::from_millis(self.now_ms).saturating_sub(person.arrives);
            self.came_in(&person, since);
            return self.leave(who);
        }
        self.hear(who, heard);
    }
}
