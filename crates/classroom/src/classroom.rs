use crate::acts::Act;
use crate::book::{Book, PageRef, Point, Shape};
use crate::chat::{Chat, StoredLine};
use crate::effect::{ConnId, Effect, Ticket};
use crate::limits::{AWAY_MAX, OVERTIME};
use crate::people::{Knocker, People, Roster};
use crate::rights::permit;
use crate::wire::{
    Bye, Code, Command, LeftWhy, Line, PictureCodec, Program, Resume, Role, ServerMessage, SlotCount, State,
};
use preau_base::{FileId, Instant, LessonId, PersonId, Pii, Rng, StreamKeyId, VisitId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a lesson is, for `welcome`.
#[derive(Clone, Debug)]
pub struct LessonInfo {
    pub lesson: LessonId,
    pub title: String,
    pub starts: Instant,
    pub ends: Instant,
    /// The receiving slots that the media offers.
    pub slots: SlotCount,
    /// The media gives each device the voices and one picture.
    pub lean: bool,
    /// What pictures may be sent as when everybody can decode it.
    pub codec: PictureCodec,
    /// Whether the school's rule lets a teacher record it.
    pub may_record: bool,
    /// The host whose speech engine writes captions, where the school's rule lets a teacher have them.
    pub captions_by: Option<String>,
}

/// What the store knows of a lesson that was on before a restart.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    pub removed: BTreeSet<PersonId>,
    pub closed: bool,
    /// Oldest first.
    pub chat: Vec<Line>,
    /// All facts folded.
    pub book: Book,
    /// How many facts there were.
    pub facts: u64,
    /// Who was in before.
    pub been_in: BTreeSet<PersonId>,
    /// When the lesson starts anew; hands of those who don't come back soon after are lowered.
    pub at: Instant,
}

/// Somebody with a valid join token for this lesson.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub conn: ConnId,
    pub person: PersonId,
    pub name: Pii<String>,
    pub resume: Option<Resume>,
    /// For somebody of the school who is not on the roster.
    pub knocker: Option<Knocker>,
}

/// A program with a key that holds, of one of this lesson's teachers.
#[derive(Clone, Copy, Debug)]
pub struct Attachment {
    pub conn: ConnId,
    pub person: PersonId,
    pub program: Program,
    pub key: StreamKeyId,
}

/// What can happen to a lesson.
#[derive(Clone, Debug)]
pub enum Input {
    Arrive(Arrival),
    /// Somebody's program begins to publish or to play. `bye` `left`: it has no page to stand beside.
    Attach(Attachment),
    /// The WebSocket is gone, without `leave`.
    Lost {
        conn: ConnId,
    },
    /// The caller ends this visit (its person signed out, say).
    End {
        conn: ConnId,
        code: Bye,
    },
    /// The caller ends all visits of a person, also those whose connection is lost: sound and pictures of these go on.
    EndPerson {
        person: PersonId,
        code: Bye,
    },
    /// The caller ends all connections (it stops, say); the lesson is not closed by that.
    EndAll {
        code: Bye,
    },
    Command {
        conn: ConnId,
        id: Option<u32>,
        command: Command,
    },
    /// The store's answer to every [`crate::Record`] with a ticket but a chat line.
    Stored {
        ticket: Ticket,
        done: bool,
    },
    /// The store's answer to [`crate::Record::Chat`], in the order of the records; `None`: not stored.
    ChatStored {
        ticket: Ticket,
        line: Option<StoredLine>,
    },
    /// The store's answer to a [`crate::Record`] about something that is not there, or not the person's.
    Unknown {
        ticket: Ticket,
    },
    /// The roster as it is now.
    Roster(Roster),
    /// What its teacher has prepared since; holds only as long as nobody has been in and nothing has been noted.
    Prepared(Box<Book>),
    /// A document of this lesson was made into pages, for the place in which `by` is.
    Document {
        by: PersonId,
        file: FileId,
        name: String,
        pages: u16,
    },
    /// A picture of this lesson is put on a page.
    Picture {
        by: PersonId,
        page: PageRef,
        file: FileId,
        from: Point,
        to: Point,
    },
    /// What the school allows now.
    May {
        record: bool,
        captions_by: Option<String>,
    },
    /// The speech engine has understood this of what somebody says.
    Heard {
        person: PersonId,
        text: Pii<String>,
        is_final: bool,
    },
    /// The speech engine does not answer.
    Unheard,
    /// What is recorded cannot be written any more.
    Unrecorded,
    /// Time has passed; due at [`Classroom::wake_at`].
    Tick,
}

/// How many persons are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    pub inside: usize,
    pub pupils_inside: usize,
    pub waiting: usize,
    /// At the door.
    pub lobby: usize,
    pub teacher_here: bool,
    /// What is said and shown is being recorded.
    pub recorded: bool,
    /// What is said goes to the speech engine.
    pub captioned: bool,
}

/// A live lesson.
#[derive(Clone, Debug)]
pub struct Classroom {
    pub(crate) info: LessonInfo,
    pub(crate) roster: Roster,
    pub(crate) removed: BTreeSet<PersonId>,
    pub(crate) been_in: BTreeSet<PersonId>,
    pub(crate) closed: bool,
    pub(crate) people: People,
    pub(crate) book: Book,
    pub(crate) facts: u64,
    pub(crate) chat: Chat,
    pub(crate) acts: BTreeMap<Ticket, Act>,
    pub(crate) tickets: u64,
    /// Since when nobody leads while others are in.
    pub(crate) alone_since: Option<Instant>,
    /// When hands of those who did not come back after a restart are lowered.
    pub(crate) sweep_at: Option<Instant>,
    pub(crate) out: Vec<Effect>,
}

/// One command with where to answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub conn: ConnId,
    pub id: Option<u32>,
    pub visit: VisitId,
    pub person: PersonId,
    pub role: Role,
}

/// How a command that was carried out is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Now,
    /// When it is stored, or the handler has answered itself.
    Later,
}

pub(crate) type Answer = Result<Done, Code>;

impl Classroom {
    pub fn new(info: LessonInfo, roster: Roster, restored: Restored) -> Self {
        let sweep_at = (!restored.book.hands.is_empty()).then(|| restored.at.plus(AWAY_MAX));
        Self {
            info,
            roster,
            removed: restored.removed,
            been_in: restored.been_in,
            closed: restored.closed,
            people: People::default(),
            chat: Chat::restored(restored.chat, restored.book.groups_made),
            book: restored.book,
            facts: restored.facts,
            acts: BTreeMap::new(),
            tickets: 0,
            alone_since: None,
            sweep_at,
            out: Vec::new(),
        }
    }

    /// Takes one thing that happened and says what to do about it, in order.
    pub fn apply(&mut self, input: Input, now: Instant, rng: &mut dyn Rng) -> Vec<Effect> {
        match input {
            Input::Arrive(arrival) => self.arrive(arrival, now, rng),
            Input::Attach(attachment) => self.attach(attachment, now, rng),
            Input::Lost { conn } => self.lost(conn, now),
            Input::End { conn, code } => self.end(conn, code, now),
            Input::EndPerson { person, code } => self.put_out(person, code, LeftWhy::Left, now),
            Input::EndAll { code } => self.put_all_out(code, now),
            Input::Command { conn, id, command } => self.command(conn, id, command, now, rng),
            Input::Stored { ticket, done } => self.stored(ticket, done, now),
            Input::ChatStored { ticket, line } => self.chat_stored(ticket, line),
            Input::Unknown { ticket } => self.unknown(ticket),
            Input::Roster(roster) => self.set_roster(roster, now),
            Input::Prepared(book) => {
                if self.is_untouched() {
                    self.book = *book;
                }
            }
            Input::Document { by, file, name, pages } => self.document(by, file, &name, pages, now),
            Input::Picture { by, page, file, from, to } => {
                self.picture(by, page, Shape::Picture { file, from, to }, now)
            }
            Input::May { record, captions_by } => self.set_may(record, captions_by, now),
            Input::Heard { person, text, is_final } => self.heard(person, &text, is_final),
            Input::Unheard => self.unheard(now),
            Input::Unrecorded => self.unrecorded(now),
            Input::Tick => self.tick(now),
        }
        std::mem::take(&mut self.out)
    }

    /// When the next [`Input::Tick`] is due.
    pub fn wake_at(&self) -> Option<Instant> {
        let lost = self.people.visits().filter_map(|(_, visit)| visit.lost_at).min().map(|at| at.plus(AWAY_MAX));
        let alone = self.alone_since.map(|at| at.plus(self.alone_max()));
        let breakouts = self.book.breakouts.ends.filter(|_| self.book.breakouts.open);
        let over = (self.people.devices() > 0).then(|| self.ends().plus(OVERTIME));
        [lost, alone, breakouts, over, self.sweep_at].into_iter().flatten().min()
    }

    /// Nobody has been in yet, and nothing has been noted.
    pub fn is_untouched(&self) -> bool {
        self.facts == 0 && self.been_in.is_empty()
    }

    /// When the lesson ends, prolonged or not.
    pub fn ends(&self) -> Instant {
        self.book.ends.unwrap_or(self.info.ends)
    }

    pub(crate) fn alone_max(&self) -> Duration {
        Duration::from_secs(u64::from(self.book.rules.alone_min) * 60)
    }

    pub fn presence(&self) -> Presence {
        let (recorded, captioned) = (self.book.recording.is_some(), self.book.captions);
        let teacher_here = self.people.teacher_here();
        let mut presence = Presence { teacher_here, recorded, captioned, ..Presence::default() };
        for (_, person) in self.people.persons() {
            match person.state {
                State::Waiting => presence.waiting += 1,
                State::Lobby => presence.lobby += 1,
                State::In => {
                    presence.inside += 1;
                    presence.pupils_inside += usize::from(person.role == Role::Pupil);
                }
            }
        }
        presence
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether nobody is there, not even one whose connection was lost, and nothing waits for the store.
    pub fn is_idle(&self) -> bool {
        self.people.devices() == 0 && self.acts.is_empty() && self.chat.is_settled()
    }

    /// What outlives a restart, as it stands.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Whose device a visit is.
    pub fn person_of(&self, visit: VisitId) -> Option<PersonId> {
        Some(self.people.visit(visit)?.person)
    }

    /// The connection of a visit.
    pub fn conn_of(&self, visit: VisitId) -> Option<ConnId> {
        self.people.visit(visit)?.conn
    }

    /// The connections of those who are in.
    pub fn conns_inside(&self) -> Vec<ConnId> {
        self.people.conns_in(State::In)
    }

    /// The connections of those who are in, by their place: 0 is the whole class, others are breakout groups.
    pub fn conns_by_place(&self) -> BTreeMap<u8, Vec<ConnId>> {
        let mut places: BTreeMap<u8, Vec<ConnId>> = BTreeMap::new();
        for conn in self.conns_inside() {
            let person = self.people.visit_of(conn).and_then(|visit| self.person_of(visit));
            if let Some(person) = person {
                places.entry(self.place_of(person)).or_default().push(conn);
            }
        }
        places
    }

    /// In which place a device is.
    pub fn place_of_visit(&self, visit: VisitId) -> Option<u8> {
        Some(self.place_of(self.person_of(visit)?))
    }

    /// The connections of leaders who are in.
    pub fn conns_of_leaders(&self) -> Vec<ConnId> {
        self.people.conns_where(|_, person| person.role.leads())
    }

    fn command(&mut self, conn: ConnId, id: Option<u32>, command: Command, now: Instant, rng: &mut dyn Rng) {
        let Some(visit) = self.people.visit_of(conn) else { return };
        let Some(person) = self.person_of(visit) else { return };
        let Some((role, state)) = self.people.person(person).map(|who| (who.role, who.state)) else { return };
        let from = Caller { conn, id, visit, person, role };
        let answer = permit(person, role, state, &command)
            .and_then(|()| self.is_in_measure(person, &command, now))
            .and_then(|()| self.carry_out(from, command, now, rng));
        match answer {
            Ok(Done::Now) => self.ack(from),
            Ok(Done::Later) => {}
            Err(code) => self.error(from, code),
        }
    }

    fn carry_out(&mut self, from: Caller, command: Command, now: Instant, rng: &mut dyn Rng) -> Answer {
        match command {
            Command::Hello(_) => Err(Code::BadMessage),
            Command::Leave => {
                self.end(from.conn, Bye::Left, now);
                Ok(Done::Later)
            }
            Command::Ping { at } => {
                self.send(vec![from.conn], ServerMessage::Pong { at, now });
                Ok(Done::Later)
            }
            Command::Offer { sdp } => self.offer(from, sdp),
            Command::Media(media) => self.media(from, media),
            Command::Want { mid, width } => self.want(from, mid, width),
            Command::Low { on, weak } => self.low(from, on, weak),
            Command::Pin { visit } => self.pin(from, visit),

            Command::Hand { up } => self.hand(from, up, now),
            Command::React { kind } => self.react(from, kind),
            Command::Pace { is } => self.set_pace(from, is),
            Command::Chat { body, key, to } => self.say(from, &body, key, to, now, rng),
            Command::ChatDelete { chat } => self.chat_delete(from, chat, now),
            Command::Vote { poll, options } => self.vote(from, poll, options, now),
            Command::NotesEdit { version, splice } => self.notes_edit(from, version, splice, now),
            Command::Caption { text, is_final } => self.caption(from, &text, is_final),

            Command::Look { page } => self.look(from, page),
            Command::Draw { page, shape } => self.draw(from, page, shape, now),
            Command::Change { object, shape } => self.change(from, object, shape, now),
            Command::Erase { objects } => self.erase(from, objects, now),
            Command::Undo => self.undo(from, false, now),
            Command::Redo => self.undo(from, true, now),
            Command::Ink { page, shape } => self.ink(from, page, shape),
            Command::Point { page, at } => self.point(from, page, at),
            Command::DeckAdd { name } => self.deck_add(from, &name, now),
            Command::DeckDrop { deck } => self.deck_drop(from, deck, now),
            Command::PageAdd { deck } => self.page_add(from, deck, now),
            Command::Show { page } => self.show(from, page, now),

            leading => self.lead(from, leading, now, rng),
        }
    }

    /// What only leaders do. That no command is forgotten here, the simulation shows: each has to be carried out there.
    fn lead(&mut self, from: Caller, command: Command, now: Instant, rng: &mut dyn Rng) -> Answer {
        match command {
            Command::Mute { person } => self.mute(from, person, now),
            Command::MuteAll => self.mute_all(from, now),
            Command::LowerHand { person } => self.lower_hand(from, person, now),
            Command::Rules { rules } => self.set_rules(from, rules, now),
            Command::Own { person, own } => self.set_own(from, person, own, now),
            Command::Floor { person, has } => self.give_floor(from, person, has, now),
            Command::PaceReset => self.pace_reset(),
            Command::Assistant { person, on } => self.assistant(from, person, on, now),
            Command::Duty { person, duty } => self.set_duty(from, person, duty, now),

            Command::Admit { person } => self.admit(from, person, now),
            Command::AdmitListed => self.admit_listed(from, now),
            Command::Refuse { person } => self.refuse(from, person, now),
            Command::SendBack { person } => self.send_back(from, person, now),
            Command::Remove { person } => self.remove(from, person, now),

            Command::Prolong { minutes } => self.prolong(from, minutes, now),
            Command::Record { on } => self.record(from, on, now),
            Command::AutoCaptions { on } => self.auto_captions(from, on, now),
            Command::TimerStart { seconds, label } => self.timer_start(from, seconds, &label, now),
            Command::TimerStop => self.timer_stop(from, now),
            Command::Pick => self.pick(from, now, rng),
            Command::Close => self.close(from, now),

            Command::BreakoutsMake { groups, choose } => self.breakouts_make(from, groups, choose, now),
            Command::BreakoutsDeal { count } => self.breakouts_deal(from, count, now, rng),
            Command::BreakoutsOpen { minutes } => self.breakouts_open(from, minutes, now),
            Command::BreakoutsClose => self.breakouts_close(Some(from), now),
            Command::BreakoutsMove { person, place } => self.breakouts_move(from, person, place, now),
            Command::BreakoutsName { place, name } => self.breakouts_name(from, place, &name, now),
            Command::BreakoutsVisit { place } => self.breakouts_move(from, from.person, place, now),
            Command::BreakoutsJoin { place } => self.breakouts_join(from, place, now),
            Command::BreakoutsHelp { up } => self.breakouts_help(from, up, now),
            Command::BreakoutsTell { body } => self.breakouts_tell(from, &body),

            Command::PollOpen { question, options, many, anonymous } => {
                self.poll_open(from, &question, &options, (many, anonymous), now)
            }
            Command::PollClose { poll } => self.poll_close(from, poll, now),
            Command::PollShow { poll } => self.poll_show(from, poll, now),
            Command::PollDrop { poll } => self.poll_drop(from, poll, now),
            _ => Err(Code::UnknownType),
        }
    }
}
