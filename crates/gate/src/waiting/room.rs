use super::bits::{State, States};
use super::draw::{Draw, commitment, hex};
use super::estimate::{Estimate, Rate};
use super::figures::Figures;
use super::opening::Opening;
use super::recent::{RecentUses, entry};
use super::ticket::{Entry, Ticket};
use super::turns::Turns;
use crate::limits::TICKETS_MAX;
use preau_base::Instant;
use std::fmt;
use std::time::Duration;

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place in the order of the whole room, from 0.
    pub order: u64,
    /// People ahead who have come back for their place.
    pub ahead: u64,
}

/// What a ticket is worth when it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Turn {
    /// The doors are shut; its place is drawn when they open.
    BeforeOpening,
    Wait(Place),
    /// Its turn has come and it was not used: [`Room::use_turn`] lets its holder in.
    Now,
    /// It was used from the same prefix within [`crate::limits::AGAIN_WITHIN`]: the answer got lost. The same entry.
    Again(Entry),
    /// Of another room, used already, or its turn passed longer than [`crate::limits::TURN_KEPT`] ago.
    Void,
}

/// One filling of the waiting room.
///
/// Before the doors open, tickets are known by serial; at the opening they are put in the order of a [`Draw`]; whoever
/// comes after stands behind them, first come first served. A place in the order is an *order*, from 0.
pub struct Room {
    pub(super) id: u64,
    pub(super) seed: [u8; 32],
    seed_hash: String,
    pub(super) opens: Option<Instant>,
    /// None until the doors open.
    pub(super) draw: Option<Draw>,
    opening: Option<Opening>,
    pub(super) issued: u64,
    /// Tickets that have not come back.
    absent: u64,
    pub(super) entered: u64,
    /// The first serial after each restart, and when that was: one that was given before is another's now.
    pub(super) resumed: Vec<(u64, Instant)>,
    /// By serial until the draw, by order after.
    pub(super) states: States,
    pub(super) turns: Turns,
    recent: RecentUses,
    rate: Rate,
}

impl fmt::Debug for Room {
    /// Without the seed, which nobody may know before the doors open.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room")
            .field("id", &self.id)
            .field("open", &self.is_open())
            .field("issued", &self.issued)
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

impl Room {
    /// A room whose doors open at `opens`, or are open where that is None. `id` differs from that of every other
    /// room whose tickets may still be about.
    pub fn new(id: u64, seed: [u8; 32], opens: Option<Instant>, now: Instant) -> Self {
        let mut room = Self {
            id,
            seed,
            seed_hash: commitment(&seed),
            opens,
            draw: None,
            opening: None,
            issued: 0,
            absent: 0,
            entered: 0,
            resumed: Vec::new(),
            states: States::default(),
            turns: Turns::default(),
            recent: RecentUses::default(),
            rate: Rate::new(),
        };
        if opens.is_none() {
            room.open(now);
        }
        room
    }

    pub fn id(&self) -> u64 {
        self.id
    }

    /// A new place at the end of the line. None when [`TICKETS_MAX`] have been given.
    pub fn issue(&mut self, now: Instant) -> Option<Ticket> {
        let serial = self.issued;
        if serial >= TICKETS_MAX {
            return None;
        }
        self.issued += 1;
        self.absent += 1;
        Some(Ticket { room: self.id, serial, issued: now, promised: None })
    }

    /// A ticket was shown: from now on it counts. Showing it any number of times, in any number of tabs, is one place.
    pub fn comes_back(&mut self, ticket: &Ticket, prefix: u64, now: Instant) -> Turn {
        if !self.gave(ticket) {
            return Turn::Void;
        }
        let Some(draw) = &self.draw else {
            if self.states.get(ticket.serial) == State::Away {
                self.absent = self.absent.saturating_sub(1);
            }
            self.states.set(ticket.serial, State::Waiting);
            if let Some(opening) = &mut self.opening {
                opening.wait(ticket.serial);
            }
            return Turn::BeforeOpening;
        };
        let order = draw.order(ticket.serial);
        match self.states.get(order) {
            State::Away if order < self.turns.gone() => self.used_again(ticket, order, prefix, now),
            State::Away => {
                self.absent = self.absent.saturating_sub(1);
                self.states.set(order, State::Waiting);
                Turn::Wait(self.place(order))
            }
            State::Waiting => Turn::Wait(self.place(order)),
            State::Called if self.turns.keeps(order) => Turn::Now,
            State::Called => Turn::Void,
            State::Used => self.used_again(ticket, order, prefix, now),
        }
    }

    /// Uses a ticket whose turn has come. None when it has not, or was used: a copied ticket admits one person.
    pub fn use_turn(&mut self, ticket: &Ticket, prefix: u64, now: Instant) -> Option<Entry> {
        match self.comes_back(ticket, prefix, now) {
            Turn::Again(entry) => Some(entry),
            Turn::Now => {
                let order = self.draw.as_ref()?.order(ticket.serial);
                self.states.set(order, State::Used);
                self.turns.used(now);
                self.recent.remember(order, prefix, now);
                self.entered += 1;
                Some(entry(self.id, ticket.serial, now))
            }
            Turn::BeforeOpening | Turn::Wait(_) | Turn::Void => None,
        }
    }

    /// The turn of this many more people who came back, in their order, has come; gives how many there were.
    ///
    /// To be called at every [`crate::limits::TICK`], also with 0: the rate is measured by it.
    pub fn call(&mut self, people: u32, now: Instant) -> u32 {
        let mut called = 0;
        if self.is_open() {
            while called < people
                && let Some(order) = self.states.select(0)
            {
                self.states.set(order, State::Called);
                self.turns.call(order, now);
                called += 1;
            }
            self.rate.count(u64::from(called), self.waiting() > 0, now);
        }
        self.turns.expire(now);
        let turns = &self.turns;
        self.states.free_below(turns.gone(), |first, last| turns.called_late_within(first, last));
        called
    }

    /// Opens the doors: whoever has a ticket is put in the order of the draw, [`crate::limits::OPENING_STEP_TICKETS`] of
    /// them at each call; gives whether they are open. Takes 50 ns a ticket that came back, so about 3 ms a call, and
    /// 190 calls for 12.4 million. Nothing happens when they are open.
    pub fn open(&mut self, _now: Instant) -> bool {
        if self.is_open() {
            return true;
        }
        let opening = self.opening.get_or_insert_with(|| Opening::new(&self.seed, self.issued));
        let all = opening.step(&self.states);
        if all && let Some(opening) = self.opening.take() {
            let (draw, states) = opening.finish();
            (self.draw, self.states) = (Some(draw), states);
        }
        self.is_open()
    }

    /// The doors are being opened, and [`Room::open`] is to be called again soon.
    pub fn is_opening(&self) -> bool {
        self.opening.is_some()
    }

    pub fn is_open(&self) -> bool {
        self.draw.is_some()
    }

    /// When the doors open, where they are shut.
    pub fn opens(&self) -> Option<Instant> {
        self.opens.filter(|_| !self.is_open())
    }

    /// The operator has changed when the doors open. Has no effect once they are; an opening under way is begun anew at
    /// the next call of [`Room::open`], with those who have come until then.
    pub fn set_opens(&mut self, opens: Option<Instant>) {
        self.opening = None;
        self.opens = opens;
    }

    /// Tickets given.
    pub fn issued(&self) -> u64 {
        self.issued
    }

    /// Whether nobody has come back with this ticket, which is still good.
    pub fn is_absent(&self, ticket: &Ticket) -> bool {
        let order = self.draw.as_ref().map_or(ticket.serial, |draw| draw.order(ticket.serial));
        self.gave(ticket) && order >= self.turns.gone() && self.states.get(order) == State::Away
    }

    /// Tickets that have not come back, as far as they were given since the last start.
    pub fn absent(&self) -> u64 {
        self.absent
    }

    /// Whoever has not come back is not counted with any more.
    pub fn forget_absent(&mut self) {
        self.absent = 0;
    }

    /// Tickets that came back and whose turn has not come.
    pub fn waiting(&self) -> u64 {
        self.states.waiting()
    }

    /// People let in.
    pub fn entered(&self) -> u64 {
        self.entered
    }

    /// Nobody waits, and nobody has a turn to use.
    pub fn is_idle(&self) -> bool {
        self.waiting() == 0 && self.turns.is_empty()
    }

    /// People called in the last [`crate::limits::EXPECTED_FOR`] who have not come in yet: who calls counts with them.
    /// Whoever closed the tab drops out of it, so that no-shows do not hold up the line.
    pub fn expected(&self, now: Instant) -> u64 {
        self.turns.expected(now)
    }

    /// Whether somebody was called in the last `time`.
    pub fn has_called_within(&self, time: Duration, now: Instant) -> bool {
        self.turns.has_called_within(time, now)
    }

    /// All places of the order below this have had their turn.
    pub fn turn(&self) -> u64 {
        self.turns.upto()
    }

    /// When the holder of `ticket` comes in. None while it cannot be said.
    ///
    /// What was said is handed over with [`Ticket::promising`], so that it is kept or named.
    pub fn estimate(&self, ticket: &Ticket, place: Place, now: Instant) -> Option<Estimate> {
        self.rate.estimate(place.ahead, ticket.promised, now)
    }

    /// Turns a minute, as times are computed with it. None while nothing was measured.
    pub fn per_minute(&self) -> Option<f64> {
        self.rate.published().map(|rate| rate * 60.0)
    }

    /// What everybody in line may know.
    pub fn figures(&self, now: Instant) -> Figures {
        let drawn = self.draw.as_ref().map(Draw::len).filter(|drawn| *drawn > 0);
        Figures {
            room: self.id,
            at: now,
            open: self.is_open(),
            opens: self.opens(),
            issued: self.issued,
            waiting: self.waiting(),
            turn: self.turn(),
            entered: self.entered,
            per_minute: self.per_minute().map(|rate| (rate * 10.0).round() / 10.0),
            slowing: self.rate.is_slowing(),
            ahead: if self.is_open() { self.ahead_points() } else { Vec::new() },
            reason: None,
            level: 0,
            note: None,
            drawn,
            seed_hash: self.seed_hash.clone(),
            seed: drawn.and_then(|_| self.seed()).map(|seed| hex(&seed)),
        }
    }

    /// What the bits, their index, the turns and the last uses take.
    pub fn memory_bytes(&self) -> u64 {
        let fixed = size_of::<Self>() as u64 + self.seed_hash.capacity() as u64;
        fixed + self.states.memory_bytes() + self.turns.memory_bytes() + self.recent.memory_bytes()
    }

    /// SHA-256 of the seed, in hexadecimal: published from the start.
    pub fn seed_hash(&self) -> &str {
        &self.seed_hash
    }

    /// The seed, once the doors are open.
    pub fn seed(&self) -> Option<[u8; 32]> {
        self.is_open().then_some(self.seed)
    }

    fn gave(&self, ticket: &Ticket) -> bool {
        let lost = |(serial, at): &(u64, Instant)| ticket.serial >= *serial && ticket.issued < *at;
        ticket.room == self.id && ticket.serial < self.issued && !self.resumed.iter().any(lost)
    }

    fn place(&self, order: u64) -> Place {
        Place { order, ahead: self.states.rank(order) }
    }

    fn used_again(&self, ticket: &Ticket, order: u64, prefix: u64, now: Instant) -> Turn {
        match self.recent.find(order, prefix, now) {
            Some(used) => Turn::Again(entry(self.id, ticket.serial, used)),
            None => Turn::Void,
        }
    }

    /// The places with 0, 1, 4, 16, 64, … waiting before them, and the end of the line: where the counts are small, the
    /// points are near.
    fn ahead_points(&self) -> Vec<(u64, u64)> {
        let waiting = self.waiting();
        let ranks = std::iter::once(0).chain((0..13).map(|power| 4_u64.pow(power))).take_while(|rank| *rank < waiting);
        let points = ranks.filter_map(|rank| Some((self.states.select(rank)?, rank)));
        points.chain([(self.issued, waiting)]).collect()
    }
}
