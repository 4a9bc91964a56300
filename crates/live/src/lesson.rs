//! One lesson: a task that owns its classroom, carries out what the classroom decides, and waits for nobody.

mod captioned;
mod examined;
mod joins;
mod line;
mod load;
mod reads;
mod recorded;
mod recorder;
mod stage;
mod task;

use crate::limits::{IDLE_MAX, ROSTER_EVERY};
use crate::live::Live;
use crate::session::Out;
use captioned::MayReads;
use examined::Looking;
pub use examined::{Examine, Examined, NotExamined};
use load::May;
use preau_base::{FileId, Instant, LessonId, PersonId, SessionId, SystemRng, VisitId};
use preau_classroom::book::Book;
use preau_classroom::wire::{Bye, Code, Command, Role, ServerMessage, write};
use preau_classroom::{Arrival, Attachment, Classroom, ConnId, Effect, Input, MediaOrder, Presence, Record, Roster};
use preau_gate::{JoinRole, JoinToken, Revocation};
use preau_media::{MediaError, PeerId, Place};
use recorder::Answer;
use stage::Stage;
use std::collections::HashMap;
use std::time::Duration;
pub(crate) use task::{Handle, start};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};

/// Somebody with a valid token, and where to talk to her or him.
pub(crate) struct Newcomer {
    pub arrival: Arrival,
    pub token: JoinToken,
    pub out: mpsc::Sender<Out>,
    /// Ends the connection past its queue.
    pub end: oneshot::Sender<Bye>,
    /// The roster was read after the arrival.
    pub is_checked: bool,
}

/// What a lesson's task is told.
pub(crate) enum ToLesson {
    Arrive(Box<Newcomer>),
    /// A program with a key that holds.
    Attach {
        attachment: Attachment,
        out: mpsc::Sender<Out>,
        end: oneshot::Sender<Bye>,
    },
    Command {
        conn: ConnId,
        id: Option<u32>,
        command: Command,
    },
    Lost {
        conn: ConnId,
    },
    Roster(Roster),
    /// Something that was prepared has changed in the store.
    Prepared,
    /// What is prepared now.
    Book(Box<Book>),
    /// The media's answer to an offer.
    Joined {
        conn: ConnId,
        re: u32,
        visit: VisitId,
        answer: Result<String, MediaError>,
    },
    /// Where a device stands that waits until the media has time for it, and that it is its turn.
    Queued {
        visit: VisitId,
        place: Place,
    },
    Turn {
        visit: VisitId,
    },
    /// An operator looks at the headers of one connection, and no longer.
    Examine {
        ask: Examine,
        answer: oneshot::Sender<Result<Examined, NotExamined>>,
    },
    ExamineEnds,
    Revoked(Revocation),
    /// What the school allows has changed.
    AskMay,
    /// What the school allows now, where that could be read, and a command that waited for it.
    May {
        nth: u64,
        may: Option<May>,
        then: Option<(ConnId, Option<u32>, Command)>,
    },
    /// The speech engine has understood something, or does not answer.
    Heard {
        peer: PeerId,
        text: String,
        is_final: bool,
    },
    Unheard {
        for_good: bool,
    },
    /// How somebody stands there now: leads, may draw.
    AtBoard {
        person: PersonId,
        answer: oneshot::Sender<Option<(bool, bool)>>,
    },
    /// Whether the board shows a file to somebody.
    Shows {
        person: PersonId,
        file: FileId,
        answer: oneshot::Sender<bool>,
    },
    /// A document or a picture for the board; the answer is whether it is there.
    Board {
        input: Input,
        answer: oneshot::Sender<bool>,
    },
    Drain,
    #[cfg(test)]
    Panic,
}

struct Conn {
    /// Whose sign-out ends it; a program's person has a page, and it ends with that.
    session: Option<SessionId>,
    out: mpsc::Sender<Out>,
    end: oneshot::Sender<Bye>,
}

struct Lesson {
    live: Live,
    id: LessonId,
    inbox: mpsc::WeakSender<ToLesson>,
    room: Classroom,
    roster: Roster,
    conns: HashMap<ConnId, Conn>,
    stage: Stage,
    recorder: mpsc::Sender<Record>,
    presence_out: watch::Sender<Presence>,
    /// How many wait at the gate, as teachers were last told, which of them were, and when the gate was asked.
    told_waiting: u32,
    told_to: Vec<ConnId>,
    gate_asked_at: Instant,
    /// How often in a row the speech engine has failed.
    unheard: u32,
    may_reads: MayReads,
    looking: Option<Looking>,
    /// Connections that were cut off and of which the classroom does not know yet.
    cut: Vec<ConnId>,
    idle_since: Instant,
    roster_at: Instant,
    ended: bool,
}

/// How often the gate is asked at the most who waits there.
const GATE_ASKED_EVERY: Duration = Duration::from_secs(2);
/// The longest that the task sleeps, whatever the clock says.
const SLEEP_MAX: Duration = Duration::from_secs(5);

impl Lesson {
    fn take(&mut self, message: ToLesson) {
        match message {
            ToLesson::Arrive(newcomer) => self.arrive(newcomer),
            ToLesson::Attach { attachment, out, end } => {
                self.conns.insert(attachment.conn, Conn { session: None, out, end });
                self.apply(Input::Attach(attachment));
            }
            ToLesson::Command { conn, id, command } => {
                metrics::counter!("preau_live_commands_total").increment(1);
                self.command(conn, id, command);
            }
            ToLesson::Lost { conn } => {
                self.conns.remove(&conn);
                self.apply(Input::Lost { conn });
            }
            ToLesson::Roster(roster) => {
                self.roster = roster.clone();
                self.apply(Input::Roster(roster));
            }
            ToLesson::Prepared => {
                self.read_roster(None);
                self.read_prepared();
            }
            ToLesson::Book(book) => self.prepared(book),
            ToLesson::Joined { conn, re, visit, answer } => self.joined(conn, re, visit, answer),
            ToLesson::Queued { visit, place } => {
                let news = self.stage.queued(visit, place);
                self.answer(news);
            }
            ToLesson::Turn { visit } => {
                let refused = self.stage.turn(visit);
                self.answer(refused);
            }
            ToLesson::Examine { ask, answer } => self.examine(ask, answer),
            ToLesson::ExamineEnds => self.examine_ends(),
            ToLesson::AskMay => self.read_may(None),
            ToLesson::May { nth, may, then } => self.may(nth, may, then),
            ToLesson::Heard { peer, text, is_final } => self.heard(peer, text, is_final),
            ToLesson::Unheard { for_good } => self.unheard(for_good),
            ToLesson::Revoked(revocation) => self.revoked(&revocation),
            ToLesson::AtBoard { person, answer } => _ = answer.send(self.room.at_board(person)),
            ToLesson::Shows { person, file, answer } => _ = answer.send(self.room.shows(person, file)),
            ToLesson::Board { input, answer } => _ = answer.send(self.apply(input)),
            ToLesson::Drain => {
                self.apply(Input::EndAll { code: Bye::Restart });
                self.ended = true;
            }
            #[cfg(test)]
            ToLesson::Panic => panic!("a test wants this lesson to fail"),
        }
    }

    /// A token that says otherwise than the roster was made from newer rows: they are read again first.
    fn arrive(&mut self, mut newcomer: Box<Newcomer>) {
        if self.live.is_revoked(&newcomer.token) {
            let _ = newcomer.out.try_send(Out::Bye(Bye::SignedOut));
            return;
        }
        let role = match newcomer.token.role {
            JoinRole::Teacher => Some(Role::Teacher),
            JoinRole::Assistant => Some(Role::Assistant),
            JoinRole::Pupil => Some(Role::Pupil),
            JoinRole::Observer => Some(Role::Observer),
            JoinRole::Guest => Some(Role::Guest),
            JoinRole::Knocker => None,
        };
        if !newcomer.is_checked && self.roster.role(newcomer.arrival.person) != role {
            newcomer.is_checked = true;
            return self.read_roster(Some(newcomer));
        }
        let Newcomer { arrival, token, out, end, .. } = *newcomer;
        self.conns.insert(arrival.conn, Conn { session: Some(token.session), out, end });
        self.apply(Input::Arrive(arrival));
    }

    fn revoked(&mut self, revocation: &Revocation) {
        let code = Bye::SignedOut;
        match *revocation {
            Revocation::Person { person, .. } => {
                self.apply(Input::EndPerson { person, code });
            }
            Revocation::Session { session, .. } => {
                let of_session = self.conns.iter().filter(|(_, conn)| conn.session == Some(session));
                let ended: Vec<ConnId> = of_session.map(|(id, _)| *id).collect();
                for conn in ended {
                    self.apply(Input::End { conn, code });
                }
            }
        }
    }

    fn recorded(&mut self, answer: Answer) {
        self.apply(match answer {
            Answer::Stored { ticket, done } => Input::Stored { ticket, done },
            Answer::Unknown { ticket } => Input::Unknown { ticket },
            Answer::Chat { ticket, line } => Input::ChatStored { ticket, line },
        });
    }

    fn joined(&mut self, conn: ConnId, re: u32, visit: VisitId, answer: Result<String, MediaError>) {
        let message = self.stage.joined(visit, re, answer, &self.room);
        self.send(&[conn], &message);
    }

    fn wake(&mut self) {
        let now = self.live.now();
        if self.room.wake_at().is_some_and(|at| at <= now) {
            self.apply(Input::Tick);
        }
        if self.roster_at.plus(ROSTER_EVERY) <= now {
            self.read_roster(None);
            self.read_may(None);
        }
        if self.room.is_idle() && (self.room.is_closed() || self.idle_since.plus(IDLE_MAX) <= now) {
            self.ended = true;
        }
    }

    fn next_deadline(&self) -> Instant {
        let now = self.live.now();
        let idle = self.room.is_idle().then(|| self.idle_since.plus(IDLE_MAX));
        let others = [self.room.wake_at(), self.stage.wake_at(), idle];
        let soonest = others.into_iter().flatten().min().unwrap_or(now.plus(SLEEP_MAX));
        soonest.clamp(now.plus(Duration::from_millis(5)), now.plus(SLEEP_MAX))
    }

    /// After each thing that happened: those who were cut off are lost, slots and speakers are told, presence is shown.
    fn settle(&mut self) {
        while let Some(conn) = self.cut.pop() {
            self.apply(Input::Lost { conn });
        }
        self.stop_failed_recording();
        let now = self.live.now();
        for (to, message) in self.stage.news(&self.room, now) {
            self.send(&to, &message);
        }
        self.tell_teachers_who_waits(now);
        if !self.room.is_idle() {
            self.idle_since = now;
        }
        let presence = self.room.presence();
        self.presence_out.send_if_modified(|shown| std::mem::replace(shown, presence) != presence);
    }

    /// A teacher who has come since is told as well; nobody is told that nobody waits unless somebody did.
    fn tell_teachers_who_waits(&mut self, now: Instant) {
        if now.since(self.gate_asked_at) < GATE_ASKED_EVERY {
            return;
        }
        self.gate_asked_at = now;
        let waiting = (self.live.parts().waiting_at_gate)(self.id);
        let teachers = self.room.conns_of_leaders();
        let to = if waiting == self.told_waiting {
            teachers.iter().filter(|conn| waiting > 0 && !self.told_to.contains(conn)).copied().collect()
        } else {
            teachers.clone()
        };
        (self.told_waiting, self.told_to) = (waiting, teachers);
        if !to.is_empty() {
            self.send(&to, &ServerMessage::Gate { waiting });
        }
    }

    /// Carries out what comes of it, and says whether anything does.
    fn apply(&mut self, input: Input) -> bool {
        let effects = self.room.apply(input, self.live.now(), &mut SystemRng);
        let is_done = !effects.is_empty();
        for effect in effects {
            match effect {
                Effect::Send { to, message } => {
                    self.send(&to, &message);
                    self.record_caption(&message);
                    if let ServerMessage::Welcome(welcome) = &message {
                        self.stage.welcomed(welcome.you.visit);
                        self.tell_examined(welcome.you.visit);
                    }
                }
                Effect::Bye { to, code } => self.bye(&to, code),
                Effect::Store(record) => {
                    self.record_board(&record);
                    self.record(record);
                }
                Effect::Media(MediaOrder::Record { since }) => self.record_from(since),
                Effect::Media(MediaOrder::Captions { on }) => _ = self.stage.caption(on),
                Effect::Media(order) => {
                    let answer = self.stage.order(order);
                    self.answer(answer);
                }
            }
        }
        is_done
    }

    fn answer(&mut self, answer: Option<(ConnId, ServerMessage)>) {
        if let Some((conn, message)) = answer {
            self.send(&[conn], &message);
        }
    }

    fn send(&mut self, to: &[ConnId], message: &ServerMessage) {
        let text: axum::extract::ws::Utf8Bytes = write(message).into();
        for id in to {
            let Some(conn) = self.conns.get(id) else { continue };
            match conn.out.try_send(Out::Frame(text.clone())) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    if let Some(conn) = self.conns.remove(id) {
                        let _ = conn.end.send(Bye::Slow);
                    }
                    self.cut.push(*id);
                }
                Err(TrySendError::Closed(_)) => {
                    self.conns.remove(id);
                    self.cut.push(*id);
                }
            }
        }
    }

    fn bye(&mut self, to: &[ConnId], code: Bye) {
        for id in to {
            let Some(conn) = self.conns.remove(id) else { continue };
            if let Err(TrySendError::Full(_)) = conn.out.try_send(Out::Bye(code)) {
                let _ = conn.end.send(code);
            }
        }
    }

    fn record(&mut self, record: Record) {
        let Err(refused) = self.recorder.try_send(record) else { return };
        metrics::counter!("preau_live_records_refused_total").increment(1);
        let input = match refused.into_inner() {
            Record::Chat { ticket, .. } => Input::ChatStored { ticket, line: None },
            Record::Removed { ticket, .. }
            | Record::Closed { ticket, .. }
            | Record::ChatDeleted { ticket, .. }
            | Record::Fact { ticket: Some(ticket), .. } => Input::Stored { ticket, done: false },
            Record::Fact { ticket: None, .. } => {
                tracing::error!(lesson = %self.id, "a fact of a lesson is lost: too many records wait for the store");
                return;
            }
            Record::Joined { visit, .. } | Record::Left { visit, .. } | Record::Back { visit, .. } => {
                tracing::error!(lesson = %self.id, %visit, "attendance is lost: too many records wait for the store");
                return;
            }
        };
        self.apply(input);
    }
}

/// What an offer that cannot be served is answered.
pub(crate) const fn offer_error(re: u32, code: Code) -> ServerMessage {
    ServerMessage::Error { re: Some(re), code, retry_ms: None }
}
