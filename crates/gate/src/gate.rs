mod admission;
mod claims;
mod commands;
mod counts;
mod figures;
mod held;
mod inside;
mod lanes;
mod network;
mod newcomers;
mod outside;
mod passes;
mod prefixes;
mod promises;
mod spent;
mod table;
#[cfg(test)]
mod tests;
mod timetable;
mod waits;
mod work;

#[cfg(test)]
pub(crate) use network::mix;
pub use timetable::Timetable;

use crate::decision::{Away, Decision, LessonSoon, Outcome};
use crate::decision::{Lane, Reason};
use crate::judge::Judge;
use crate::ladder::Ladder;
use crate::limiter::{Limiter, Source};
use crate::limits::{
    CLOCK_SKEW_MAX, ENTRY_RENEWED_AFTER, INSIDE_IDLE_MAX, PASS_NETWORKS_MAX, PASS_RECENT, PEOPLE_TICKETS_MIN,
};
use crate::pass::Standing;
use crate::request::{Holder, HolderKey, Kind, Request, Shown, Sign};
use crate::settings::Settings;
use crate::waiting::{Entry, Room, RoomCopy, SavedError, Ticket};
use claims::Claims;
use counts::Counts;
use held::Queue;
use inside::Inside;
use lanes::AtWork;
use network::{Levels, Network};
use newcomers::{Newcomers, key_of};
use passes::{PASS, Passes, Spread};
use preau_base::{Instant, Level, Rng, SeededRng};
use prefixes::Prefixes;
use std::net::IpAddr;
use work::Speed;

/// The gate of one process: decides on every request, knows nothing of sockets. One lock around it is enough: a
/// decision takes about a microsecond.
///
/// # Who goes
///
/// An adaptive limit says how many requests may be at work in the application. An eighth of it is kept for signing in
/// by people without a pass; the rest is for all, the last places of it for those who come first:
/// people with a lesson on or about to start, people with a pass who are in, people with a pass who come, people let in
/// without one. What finds no room is held for up to [`crate::limits::HOLD_MAX`], in the order of need, and then told
/// to wait, or, where nobody looks at the answer, to come again.
///
/// People without a pass come in at a pace that the gate finds by trying. While nobody waits and the pace allows it,
/// they come in at once; else they stand in line ([`crate::waiting::Room`]). Crowd, quotas, doors and the lowest level
/// of the ladder hold back only them. Signing in stays open to them at every level and quota, through its own share:
/// somebody whose lesson is on may be among them, which is known only after they have signed in.
///
/// # What is kept
///
/// Every table has a limit (see [`crate::limits`]) and gives up what matters least. Nothing is kept about those in line
/// but the room's bits, and a bit of each promise of a place. All of it together takes at most about 300 MB.
#[derive(Debug)]
pub struct Gate {
    settings: Settings,
    timetable: Timetable,
    prefixes: Prefixes,
    passes: Passes,
    inside: Inside,
    claims: Claims,
    queue: Queue,
    work: AtWork,
    speed: Speed,
    limiter: Limiter,
    /// Follows what signing in can do: password work has another latency than pages.
    sign_in_limiter: Limiter,
    newcomers: Newcomers,
    ladder: Ladder,
    judge: Judge,
    counts: Counts,
    /// How full the machine is, 0 to 1, as its owner measures.
    machine: f64,
    /// The person who asks was not seen before, as far as can be told; of the decision that is being made.
    is_new: bool,
    /// Whose answers those are that come of the decision that is being made.
    source: Source,
    /// Spreads polls; nothing that must be secret comes from it.
    jitter: SeededRng,
}

/// A request, with what is found out about who sends it.
#[derive(Clone, Copy, Debug)]
struct Visit<'r> {
    /// As it was sent, but that a pass or an entry counts as none where too many use it.
    request: Request<'r>,
    kind: Kind,
    levels: Levels,
    now: Instant,
}

#[derive(Clone, Copy, Debug)]
enum Who {
    Holder(Holder, Option<LessonSoon>),
    /// The holder of a pass that too many use.
    Sharer,
    Entered(Entry),
    Returning(Ticket),
    Nobody,
}

impl Visit<'_> {
    /// The gate's own files and those that are the same for everyone take no place at work.
    const fn is_counted(&self) -> bool {
        !matches!(self.kind, Kind::Asset | Kind::Queue)
    }

    /// Whether a waiting page is of use to who asks: somebody looks at it, or has sent a form.
    const fn may_wait(&self) -> bool {
        let sends = matches!(self.kind, Kind::Action | Kind::SignIn);
        self.is_counted() && (self.request.navigates || sends)
    }

    /// A script that wants into a lesson, or its WebSocket.
    const fn is_live_call(&self) -> bool {
        matches!(self.kind, Kind::Live) && !self.request.navigates
    }

    /// The WebSocket of a lesson, rather than the token for it, which is sent for.
    fn is_socket(&self) -> bool {
        self.is_live_call() && matches!(self.request.shape.method, "GET" | "CONNECT")
    }
}

impl Gate {
    /// The seeds of draws come from `rng`.
    pub fn new(mut settings: Settings, now: Instant, rng: &mut dyn Rng) -> Self {
        settings.doors_shut = newcomers::shut(&settings.doors, now).map(|_| settings.doors_shut.unwrap_or(now));
        let mut limiter = Limiter::new(now);
        limiter.set_max(settings.concurrency_max);
        let mut ladder = Ladder::new(now);
        if settings.level.is_some() {
            ladder.hold(settings.level, now);
        }
        Self {
            newcomers: Newcomers::new(&settings, limiter.limit(), now, rng),
            timetable: Timetable::default(),
            prefixes: Prefixes::new(),
            passes: Passes::new(),
            inside: Inside::new(),
            claims: Claims::new(),
            queue: Queue::default(),
            work: AtWork::default(),
            speed: Speed::new(now),
            limiter,
            sign_in_limiter: Limiter::new(now),
            ladder,
            judge: Judge::new(rng.next_u64(), now),
            counts: Counts::new(now),
            machine: 0.0,
            is_new: false,
            source: Source::default(),
            jitter: SeededRng::new(rng.next_u64()),
            settings,
        }
    }

    pub fn decide(&mut self, request: &Request<'_>, now: Instant) -> Decision {
        let (visit, who) = self.visit(request, now);
        self.is_new = false;
        self.source = source_of(&visit, who);
        let (lane, decision) = match self.blocked(&visit, who) {
            Some(decision) => decision,
            None => match who {
                Who::Holder(holder, lesson) => self.decide_holder(&visit, holder, lesson),
                Who::Sharer => (Lane::Known, self.decide_sharer(&visit)),
                Who::Entered(entry) => self.decide_entered(&visit, entry, None),
                Who::Returning(ticket) => self.decide_returning(&visit, ticket),
                Who::Nobody => (Lane::Newcomer, self.decide_newcomer(&visit)),
            },
        };
        let outcome = match decision {
            Decision::Admit(_) => Outcome::Admitted,
            Decision::Hold { .. } => Outcome::Held,
            Decision::Wait(_) => Outcome::Waits,
            Decision::TurnAway { .. } => Outcome::TurnedAway,
            Decision::SignInAgain => Outcome::SignInAgain,
        };
        self.counts.count(lane, outcome, visit.kind, now);
        self.judge.request(&visit.request, lane, outcome, self.is_new, now);
        decision
    }

    fn visit<'r>(&mut self, request: &Request<'r>, now: Instant) -> (Visit<'r>, Who) {
        let mut visit = Visit { request: *request, kind: request.kind, levels: Levels::of(request.address), now };
        let who = self.who(&mut visit);
        let operates = matches!(who, Who::Holder(holder, _) if holder.standing == Standing::Staff);
        if visit.kind == Kind::Console && !operates {
            visit.kind = Kind::Page;
        }
        (visit, who)
    }

    fn who(&mut self, visit: &mut Visit<'_>) -> Who {
        let site = Network::site(visit.request.address);
        if let Shown::Valid(holder) = visit.request.shown {
            if self.passes.pass_used(holder.session, site, visit.now) == Spread::One {
                return self.holder(visit, holder);
            }
            self.judge.shared_pass(PASS_NETWORKS_MAX as u32 + 1, visit.now);
            visit.request.shown = Shown::Lapsed;
            // Signing in again, and the files of that page, must not ask for it.
            if !matches!(visit.kind, Kind::SignIn | Kind::Asset | Kind::Queue) {
                return Who::Sharer;
            }
        }
        if let Some(entry) = visit.request.entry.take()
            && self.is_good(&entry, visit.now)
            && self.passes.entry_used(key_of(entry.room, entry.serial).0, site, visit.now) == Spread::One
        {
            visit.request.entry = Some(entry);
            self.prefixes.saw_person(visit.levels.narrow(), Some(entry.serial), visit.now);
            return Who::Entered(entry);
        }
        visit.request.ticket.map_or(Who::Nobody, Who::Returning)
    }

    fn holder(&mut self, visit: &Visit<'_>, holder: Holder) -> Who {
        let is_recent = visit.now.since(holder.earned) <= PASS_RECENT;
        if self.passes.is_news(holder.session, visit.levels.narrow(), visit.now) {
            self.prefixes.saw_person(visit.levels.narrow(), None, visit.now);
            if is_recent {
                self.prefixes.saw_pass(&visit.levels, holder.key, visit.now);
            }
        }
        if let Some(entry) = visit.request.entry {
            self.inside.leave(key_of(entry.room, entry.serial));
        }
        Who::Holder(holder, self.timetable.lesson(holder.key, visit.now))
    }

    /// An entry says by itself that its holder was here lately, also after a restart; and we may remember it.
    fn is_good(&self, entry: &Entry, now: Instant) -> bool {
        let is_of_today = entry.issued <= now.plus(CLOCK_SKEW_MAX);
        let is_fresh = now.since(entry.issued) < INSIDE_IDLE_MAX + ENTRY_RENEWED_AFTER;
        is_of_today && (is_fresh || self.inside.is_inside(key_of(entry.room, entry.serial), now))
    }

    /// What an operator blocks by hand is blocked for everyone, pass or not: it is the one rule here that looks at
    /// nothing but the address. Only the console stays open, so that nobody locks out those who can undo it.
    fn blocked(&self, visit: &Visit<'_>, who: Who) -> Option<(Lane, Decision)> {
        let of_now = |(_, until): &&(_, Instant)| visit.now < *until;
        let hit = |(network, _): &(preau_base::Cidr, Instant)| network.contains(visit.request.address);
        let (_, until) = self.settings.blocked.iter().filter(of_now).find(|blocked| hit(blocked))?;
        if visit.kind == Kind::Console {
            return None;
        }
        let lane = match who {
            Who::Holder(..) | Who::Sharer => Lane::Known,
            Who::Entered(_) => Lane::Entered,
            Who::Returning(_) => Lane::Returning,
            Who::Nobody => Lane::Newcomer,
        };
        Some((lane, Decision::TurnAway { lane, why: Away::Blocked, again: until.since(visit.now) }))
    }

    /// Something that happened on a connection outside any request: the network's anonymous budget pays.
    pub fn observe(&mut self, sign: Sign, address: IpAddr, now: Instant) {
        self.judge.sign(sign, address, now);
        let cost = match sign {
            // Browsers do so when they are closed, or open a connection in advance.
            Sign::HandshakeOnly | Sign::Silent => 1,
            // Counted against passwords already; people mistype.
            Sign::WrongPassword => 0,
            Sign::ConnectionRefused | Sign::HandshakeFailed => 10,
            Sign::BadRequest | Sign::HeaderTooLarge | Sign::BodyTooLarge => 50,
            Sign::SlowHeader | Sign::SlowBody | Sign::SlowRead => 50,
            Sign::Smuggling | Sign::Http2Abuse => 500,
        };
        if cost > 0 {
            self.prefixes.charge(&Levels::of(address), cost, now);
        }
    }

    /// What was let in as a file was none, and the application has made a page of it: the pass pays for one, or else the
    /// anonymous budget of the network.
    pub fn charge_page(&mut self, shown: Shown, address: IpAddr, now: Instant) {
        let more = Kind::Page.weight() - Kind::Asset.weight();
        match shown {
            Shown::Valid(holder) if !self.is_shared(&holder) => self.passes.charge(holder.session, PASS, more, now),
            _ => self.prefixes.charge(&Levels::of(address), more, now),
        }
    }

    /// How full the machine's memory is, 0 to 1. Moves the ladder; latency and queue tell it of the CPU.
    pub fn set_machine(&mut self, full: f64) {
        self.machine = if full.is_finite() { full.clamp(0.0, 1.0) } else { 0.0 };
    }

    pub fn set_timetable(&mut self, timetable: Timetable, now: Instant) {
        self.judge.forecast(&timetable, now);
        self.timetable = timetable;
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn level(&self) -> Level {
        self.ladder.level()
    }

    /// People expected in this lesson who were told to wait here in the last minute.
    pub fn waiting_for(&self, lesson: u128) -> u32 {
        self.claims.waiting_for(lesson)
    }

    /// Distinct, recently earned passes that were seen from an address or its site: one with some is never to be
    /// refused as a whole, by whatever means. An estimate above ten.
    pub fn passes_of(&self, address: IpAddr, now: Instant) -> u32 {
        self.prefixes.passes_of(address, now)
    }

    /// Whether people are behind an address, whatever else is: within the last half hour somebody with a pass asked from it, or
    /// [`crate::limits::PEOPLE_TICKETS_MIN`] tickets and entries came back. Such an address is never to be denied below the
    /// requests: on a first morning a school has no pass yet, and may have bots.
    pub fn shows_people(&self, address: IpAddr, now: Instant) -> bool {
        self.prefixes.people_of(Levels::of(address).narrow(), now) >= PEOPLE_TICKETS_MIN
    }

    /// Whether a pass is used from so many networks that its holder is asked to sign in again: it is worth nothing at the
    /// edge either.
    pub fn is_shared(&self, holder: &Holder) -> bool {
        self.passes.is_shared(holder.session)
    }

    /// The judge, for its history: to be kept over restarts.
    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    pub fn judge_mut(&mut self) -> &mut Judge {
        &mut self.judge
    }

    /// The line, to be kept over a restart. It holds a seed that is secret until its draw. None where nobody waits or
    /// has been called in the last 15 minutes.
    pub fn line(&self, now: Instant) -> Option<RoomCopy> {
        let room = &self.newcomers.room;
        (!room.is_idle()).then(|| room.copy(now))
    }

    /// Goes on opening the doors, a step of some milliseconds; gives whether there is more to do. [`Gate::tick`] makes a step
    /// too: whoever holds the gate under a lock calls this between requests until it is done.
    pub fn open_further(&mut self, now: Instant) -> bool {
        let room = &mut self.newcomers.room;
        room.is_opening() && !room.open(now)
    }

    /// Goes on with the line that [`Gate::line`] kept; for a gate that has just started.
    ///
    /// # Errors
    /// When it is damaged or too old; the gate goes on with an empty line.
    pub fn restore_line(&mut self, bytes: &[u8], now: Instant) -> Result<(), SavedError> {
        self.newcomers.room = Room::from_bytes(bytes, now)?;
        Ok(())
    }

    /// Why people without a pass wait at the moment.
    fn reason(&self, now: Instant) -> Reason {
        waits::reason(self, now)
    }

    fn key_of_entry(entry: &Entry) -> HolderKey {
        key_of(entry.room, entry.serial)
    }
}

/// Somebody with a pass speaks for themselves; of everybody else the site is told too.
fn source_of(visit: &Visit<'_>, who: Who) -> Source {
    let hash = |key: HolderKey| network::mix(key.0 as u64 ^ network::mix((key.0 >> 64) as u64));
    let site = network::mix(Network::site(visit.request.address).number());
    match who {
        Who::Holder(holder, _) => Source::person(hash(holder.key)),
        Who::Entered(entry) => Source::at_site(hash(Gate::key_of_entry(&entry)), site),
        Who::Returning(ticket) => Source::at_site(hash(key_of(ticket.room, ticket.serial)), site),
        Who::Sharer | Who::Nobody => Source::at_site(!site, site),
    }
}
