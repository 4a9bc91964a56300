//! What devices send and want to see.

use crate::book::{CamerasSeen, Duty, Fact, Use};
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::effect::{Effect, MediaOrder, Sends};
use crate::people::{Person, Visit};
use crate::rights::may_use;
use crate::wire::{Code, MediaState, ServerMessage, State, Stoppable};
use preau_base::{Instant, PersonId, Pii, VisitId};

impl Classroom {
    pub(crate) fn order(&mut self, order: MediaOrder) {
        self.out.push(Effect::Media(order));
    }

    pub(crate) fn offer(&mut self, from: Caller, sdp: Pii<String>) -> Answer {
        let re = from.id.ok_or(Code::BadMessage)?;
        let visit = self.people.visit(from.visit);
        let sends = visit.map(|visit| visit.sends).unwrap_or_default();
        let program = visit.is_some_and(|visit| visit.program.is_some());
        let camera_seen = self.camera_seen(from.person);
        self.order(MediaOrder::Join { conn: from.conn, re, visit: from.visit, program, sends, camera_seen, sdp });
        Ok(Done::Later)
    }

    pub(crate) fn want(&mut self, from: Caller, mid: String, width_px: u32) -> Answer {
        self.order(MediaOrder::Want { visit: from.visit, mid, width_px });
        Ok(Done::Now)
    }

    pub(crate) fn low(&mut self, from: Caller, on: bool, weak: bool) -> Answer {
        self.order(MediaOrder::Low { visit: from.visit, on, weak });
        Ok(Done::Now)
    }

    pub(crate) fn pin(&mut self, from: Caller, source: Option<VisitId>) -> Answer {
        if let Some(source) = source {
            let person = self.person_of(source).ok_or(Code::UnknownPerson)?;
            self.people.inside(person).ok_or(Code::UnknownPerson)?;
        }
        self.order(MediaOrder::Pin { visit: from.visit, source });
        Ok(Done::Now)
    }

    /// Whether somebody who is in may use something now.
    pub(crate) fn may(&self, person: PersonId, what: Use) -> bool {
        self.people.person(person).is_some_and(|who| may_use(&self.book, person, who.role, what))
    }

    /// Who is sent the camera of a person.
    fn camera_seen(&self, person: PersonId) -> CamerasSeen {
        let is_ruled = self.people.person(person).is_some_and(|who| who.role.is_ruled());
        let interprets = self.book.duties.get(&person) == Some(&Duty::Interpreter);
        if is_ruled && !interprets { self.book.rules.cameras_seen } else { CamerasSeen::All }
    }

    /// What a device sends from now on: as it says, but for what the rules forbid, a mute that it has not seen, and a
    /// screen that is taken.
    pub(crate) fn media(&mut self, from: Caller, media: MediaState) -> Answer {
        let Some(visit) = self.people.visit_mut(from.visit) else { return Ok(Done::Later) };
        let was_new = std::mem::replace(&mut visit.is_new, false);
        let inside = self.people.inside(from.person).is_some();
        if !inside {
            // It holds after entering, if the rules of then allow it.
            self.set_sends(from.visit, Sends { mic: media.mic, camera: media.camera, screen: false });
            return Ok(Done::Now);
        }
        let silent_entry = was_new && from.role.is_ruled() && self.book.rules.muted_at_entry;
        let crossed = media.mic && (silent_entry || media.mutes < self.book.mutes_of(from.person));
        let may = |what| self.may(from.person, what);
        let may = Sends { mic: may(Use::Mic), camera: may(Use::Camera), screen: may(Use::Screen) };
        let locked = (media.mic && !may.mic) || (media.camera && !may.camera) || (media.screen && !may.screen);
        let cameras_full = media.camera && may.camera && self.cameras_full(from.visit, from.person);
        let other = self.people.screen().filter(|holder| media.screen && may.screen && *holder != from.visit);
        let taken = other.is_some() && !from.role.leads();
        if let (Some(holder), false) = (other, taken) {
            self.stop(holder, Stoppable::Screen, from.person);
        }
        let sends = Sends {
            mic: media.mic && may.mic && !crossed,
            camera: media.camera && may.camera && !cameras_full,
            screen: media.screen && may.screen && !taken,
        };
        self.set_sends(from.visit, sends);
        match () {
            () if locked => Err(Code::Locked),
            () if crossed => Err(Code::Muted),
            () if taken => Err(Code::ScreenTaken),
            () if cameras_full => Err(Code::CamerasFull),
            () => Ok(Done::Now),
        }
    }

    /// Whether as many other cameras of pupils and guests are on as may be.
    fn cameras_full(&self, visit: VisitId, person: PersonId) -> bool {
        let counts = |person: PersonId| {
            let is_ruled = self.people.inside(person).is_some_and(|who| who.role.is_ruled());
            is_ruled && self.book.duties.get(&person) != Some(&Duty::Interpreter)
        };
        let is_on = |(id, other): &(VisitId, &Visit)| *id != visit && other.sends.camera && counts(other.person);
        counts(person) && self.people.visits().filter(is_on).count() >= usize::from(self.book.rules.cameras_max)
    }

    /// What a device that waited has said it sends, as the rules allow it to somebody who comes in.
    pub(crate) fn clamp_at_entry(&mut self, id: VisitId, person: PersonId) {
        let silent =
            self.book.rules.muted_at_entry && self.people.person(person).is_some_and(|who| who.role.is_ruled());
        let mic = !silent && self.may(person, Use::Mic);
        let camera = self.may(person, Use::Camera) && !self.cameras_full(id, person);
        if let Some(visit) = self.people.visit_mut(id) {
            visit.sends = Sends { mic: visit.sends.mic && mic, camera: visit.sends.camera && camera, screen: false };
        }
    }

    /// The server no longer forwards this of a device, and the device learns it.
    pub(crate) fn stop(&mut self, holder: VisitId, kind: Stoppable, by: PersonId) {
        let Some(visit) = self.people.visit(holder) else { return };
        let sends = match kind {
            Stoppable::Screen => Sends { screen: false, ..visit.sends },
            Stoppable::Camera => Sends { camera: false, ..visit.sends },
        };
        let to = visit.conn.into_iter().collect();
        self.send(to, ServerMessage::Stopped { kind, by });
        self.set_sends(holder, sends);
    }

    /// Notes what a device sends; when that is new and the person is in, the media and the others learn it.
    pub(crate) fn set_sends(&mut self, id: VisitId, sends: Sends) {
        let Some(visit) = self.people.visit_mut(id) else { return };
        let person = visit.person;
        if std::mem::replace(&mut visit.sends, sends) != sends && self.people.inside(person).is_some() {
            let camera_seen = self.camera_seen(person);
            self.order(MediaOrder::Forward { visit: id, sends, camera_seen });
            self.tell_changed(person);
        }
    }

    /// The microphones are off here, whatever the devices send; they learn it with a number that a later `media` must have.
    /// With a caller, its command is acknowledged when the mute is stored.
    pub(crate) fn silence(&mut self, person: PersonId, by: PersonId, caller: Option<Caller>, now: Instant) {
        let fact = Fact::Muted { person };
        match caller {
            Some(from) => _ = self.note(from, fact, now),
            None => self.note_only(fact, now),
        }
        let mutes = self.book.mutes_of(person);
        let Some(devices) = self.people.person(person).map(|who| who.devices.clone()) else { return };
        let to = self.people.conns_of(person);
        self.send(to, ServerMessage::Muted { by, mutes });
        for id in devices {
            if let Some(visit) = self.people.visit(id) {
                let sends = Sends { mic: false, ..visit.sends };
                self.set_sends(id, sends);
            }
        }
    }

    /// After a change of rules, exceptions or duties: stops what a person sends and no longer may.
    pub(crate) fn hold_to_rules(&mut self, person: PersonId, by: PersonId, now: Instant) {
        let Some(who) = self.people.inside(person) else { return };
        let devices = who.devices.clone();
        let speaks = devices.iter().any(|id| self.people.visit(*id).is_some_and(|visit| visit.sends.mic));
        if speaks && !self.may(person, Use::Mic) {
            self.silence(person, by, None, now);
        }
        for id in devices {
            let Some(sends) = self.people.visit(id).map(|visit| visit.sends) else { continue };
            if sends.camera && !self.may(person, Use::Camera) {
                self.stop(id, Stoppable::Camera, by);
            }
            if sends.screen && !self.may(person, Use::Screen) {
                self.stop(id, Stoppable::Screen, by);
            }
        }
    }

    pub(crate) fn hold_all_to_rules(&mut self, by: PersonId, now: Instant) {
        let ruled = |(id, who): (PersonId, &Person)| (who.state == State::In && !who.role.leads()).then_some(id);
        let ruled: Vec<PersonId> = self.people.persons().filter_map(ruled).collect();
        for person in ruled {
            self.hold_to_rules(person, by, now);
        }
    }

    /// Tells the media anew who is sent the cameras.
    pub(crate) fn forward_again(&mut self) {
        let inside =
            |(id, visit): (VisitId, &Visit)| self.people.inside(visit.person).map(|_| (id, visit.person, visit.sends));
        let inside: Vec<_> = self.people.visits().filter_map(inside).collect();
        for (visit, person, sends) in inside {
            let camera_seen = self.camera_seen(person);
            self.order(MediaOrder::Forward { visit, sends, camera_seen });
        }
    }
}
