//! The gate on the road of a request: asks [`preau_gate::Gate`], and does what it says.
//!
//! [`Gatekeeper`] is the only place that locks the gate. [`Gatekeeper::start`] runs its clock and its control socket on
//! a thread of their own, so that an operator gets an answer while everything else is busy with an attack.

mod ahead;
mod answers;
mod application;
mod control;
mod counts;
mod facts;
mod heard;
mod held;
mod own;
mod place;
mod question;
mod road;
mod upload;
mod witness;

pub use application::{Application, Asked, find_cookie};
pub use control::{ControlError, GateControl, GateThread};
pub(crate) use counts::describe;
pub use facts::GateCookie;
pub(crate) use question::Question;
pub(crate) use road::{AtOnce, FromReady, Road, Verdict};

use crate::limits::GATE_SUSPECT_PER_SECOND_MIN;
use crate::record::{Event, Recorder};
use crate::waiting::{ReadyRefusals, WaitingPages};
use crate::{Bearer, Hooks};
use ahead::Ahead;
use counts::Counts;
use heard::Heard;
use held::Held;
use jiff::tz::TimeZone;
use own::OwnAnswers;
use preau_base::{Cidr, ClientFacts, Instant, LessonId, Level, Rng, SharedClock};
use preau_gate::consent::ConsentKey;
use preau_gate::judge::{History, HistoryError};
use preau_gate::limits::PASS_RECENT;
use preau_gate::snapshot::{NetworkState, VerdictKind};
use preau_gate::waiting::SavedError;
use preau_gate::{
    Admission, Command, CommandRefusal, Decision, Figures, Gate, HeldId, KeyRing, Request, Settings, Shown, Sign,
    Snapshot, Timetable,
};
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use witness::Witness;

/// Told of the settings after each change, before whoever made it gets an answer: keeps them over a restart.
pub type OnSettings = Arc<dyn Fn(&Settings) + Send + Sync>;

/// Told of the gate's state once a second, on the gate's own thread: it must not block for long.
pub type OnState = Arc<dyn Fn(&Gatekeeper, &Snapshot) + Send + Sync>;

/// What [`Gatekeeper::new`] takes.
pub struct GatekeeperConfig {
    pub settings: Settings,
    /// Seals tickets and entries.
    pub keys: Arc<RwLock<KeyRing>>,
    pub clock: SharedClock,
    pub application: Arc<dyn Application>,
    pub on_settings: OnSettings,
    pub on_state: OnState,
    /// Takes what is decided and done; [`Recorder::off`] keeps nothing.
    pub record: Recorder,
    /// What people call the service, on the gate's own pages.
    pub site: String,
    /// In which times are said on these pages.
    pub zone: TimeZone,
    /// The operator agrees to be rehearsed on by whoever has the other half of this key.
    pub consent: Option<ConsentKey>,
}

/// Between two steps of an opening, for those who wait for the lock.
const OPENING_PAUSE: std::time::Duration = std::time::Duration::from_millis(2);

/// The gate of this process with everything that it needs of the world: clock, keys, held requests, pages.
pub struct Gatekeeper {
    inside: Mutex<Inside>,
    keys: Arc<RwLock<KeyRing>>,
    clock: SharedClock,
    application: Arc<dyn Application>,
    on_settings: OnSettings,
    on_state: OnState,
    record: Recorder,
    pages: WaitingPages,
    ready: ReadyRefusals,
    /// What the pages say of the line, at most as old as a few ticks.
    figures: RwLock<Arc<Figures>>,
    own: OwnAnswers,
    heard: Heard,
    ahead: Ahead,
    counts: Counts,
    level: AtomicU8,
    witness: Mutex<Witness>,
    /// The networks of the last days as of some minutes ago: the door asks for each connection, and waits for nobody.
    known: RwLock<History>,
    /// One change at a time, so that what is kept last is what holds.
    applying: Mutex<()>,
}

/// Gate and held requests under one lock: between a decision to hold and the place where its release is awaited there
/// must be no gap.
struct Inside {
    gate: Gate,
    held: Held,
}

/// What came of asking the gate.
enum Asking {
    Decided(Decision),
    Held { id: HeldId, until: Instant, release: tokio::sync::oneshot::Receiver<Admission> },
}

impl Gatekeeper {
    /// Counts from here on: a metrics recorder must have been installed before.
    pub fn new(config: GatekeeperConfig, rng: &mut dyn Rng) -> Arc<Self> {
        let now = config.clock.now();
        let gate = Gate::new(config.settings, now, rng);
        let level = AtomicU8::new(gate.level().number());
        let figures = gate.figures(now);
        let gatekeeper = Arc::new(Self {
            inside: Mutex::new(Inside { gate, held: Held::default() }),
            keys: config.keys,
            clock: config.clock,
            pages: WaitingPages::new(
                &config.site,
                config.application.sign_in_path(),
                config.application.kept_page(),
                config.zone,
            ),
            ready: ReadyRefusals::default(),
            application: config.application,
            on_settings: config.on_settings,
            on_state: config.on_state,
            record: config.record,
            own: OwnAnswers::new(&figures, config.consent),
            heard: Heard::default(),
            ahead: Ahead::default(),
            figures: RwLock::new(Arc::new(figures)),
            counts: Counts::new(),
            level,
            witness: Mutex::default(),
            known: RwLock::default(),
            applying: Mutex::default(),
        });
        gatekeeper.record.event(Event::Started { version: env!("CARGO_PKG_VERSION") });
        gatekeeper.publish();
        gatekeeper
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the gate under its lock. A panic within costs this piece of work only: the gate goes on for everybody
    /// else, and nobody's connection breaks.
    fn with<T>(&self, work: impl FnOnce(&mut Inside) -> T) -> Option<T> {
        let mut inside = self.inside();
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut inside)));
        done.inspect_err(|_| metrics::counter!("preau_front_panics_total").increment(1)).ok()
    }

    #[cfg(test)]
    pub(crate) fn panics(&self) -> Option<()> {
        self.with(|_| panic!("on purpose"))
    }

    fn keys(&self) -> RwLockReadGuard<'_, KeyRing> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The level in force; an atomic read.
    pub fn level(&self) -> Level {
        Level::from_number(self.level.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// People expected in this lesson who were told to wait in the last minute.
    pub fn waiting_for(&self, lesson: LessonId) -> u32 {
        self.inside().gate.waiting_for(lesson.uuid().as_u128())
    }

    pub fn snapshot(&self) -> Snapshot {
        let now = self.clock.now();
        self.inside().gate.snapshot(now)
    }

    /// Carries out what `who` has set, keeps it, and writes both into the record.
    ///
    /// # Errors
    /// As [`Gate::apply`]; nothing has changed then.
    pub fn apply(&self, command: Command, who: &str) -> Result<(), CommandRefusal> {
        let _one_at_a_time = self.applying.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let applied = {
            let mut inside = self.inside();
            let applied = inside.gate.apply(command.clone(), now);
            self.level.store(inside.gate.level().number(), Ordering::Relaxed);
            applied.map(|()| inside.gate.settings().clone())
        };
        let refused = applied.as_ref().err().map(ToString::to_string);
        tracing::info!(?command, who, refused, "a change of the gate's settings");
        if let (Command::DropSignature { id }, None) = (&command, &refused) {
            self.witness().dropped(*id);
        }
        self.record.event(Event::Command { who: who.to_owned(), command, refused });
        (self.on_settings)(&applied?);
        self.publish();
        Ok(())
    }

    pub fn set_timetable(&self, timetable: Timetable) {
        let now = self.clock.now();
        self.with(|inside| inside.gate.set_timetable(timetable, now));
    }

    /// Something that happened on a connection outside any request.
    pub fn observe(&self, sign: Sign, address: IpAddr) {
        let now = self.clock.now();
        self.with(|inside| inside.gate.observe(sign, address, now));
    }

    /// What the edge needs of the gate below the requests.
    pub fn hooks(self: &Arc<Self>) -> Hooks {
        let (observer, keeper, historian) = (self.clone(), self.clone(), self.clone());
        Hooks {
            signs: Arc::new(move |sign, address| observer.observe(sign, address)),
            bearer: Arc::new(move |headers| keeper.bearer(headers)),
            known: Arc::new(move |address| historian.knows(address)),
            other: None,
        }
    }

    /// The edge asks before it knows whether the browser spoke TLS to a proxy, so both names of the cookie count. A pass
    /// that is used from everywhere is nobody's.
    fn bearer(&self, headers: &http::HeaderMap) -> Option<Bearer> {
        let nobody = SocketAddr::from(([0, 0, 0, 0], 0));
        let now = self.clock.now();
        [true, false].into_iter().find_map(|secure| {
            let client =
                ClientFacts { peer: nobody, address: nobody.ip(), secure, prefix: Cidr::of_client(nobody.ip()) };
            match self.application.shown(headers, &client, now) {
                Shown::Valid(holder) => (!self.inside().gate.is_shared(&holder))
                    .then(|| Bearer { holder: holder.key, is_recent: now.since(holder.earned) <= PASS_RECENT }),
                _ => None,
            }
        })
    }

    /// Asks the gate; `None` when it could not answer.
    fn ask(&self, request: &Request<'_>, now: Instant) -> Option<Asking> {
        self.with(|inside| match inside.gate.decide(request, now) {
            Decision::Hold { id, until } => match inside.held.wait_for(id) {
                Some(release) => Asking::Held { id, until, release },
                None => Asking::Decided(inside.gate.give_up(id, now)),
            },
            decision => Asking::Decided(decision),
        })
    }

    /// A held request is given up; `None` when it was released in the same moment and its admission is under way.
    fn give_up(&self, id: HeldId) -> Option<Decision> {
        let now = self.clock.now();
        self.with(|inside| inside.held.forget(id).then(|| inside.gate.give_up(id, now))).flatten()
    }

    /// Called every [`preau_gate::limits::TICK`].
    fn tick(&self) {
        let now = self.clock.now();
        let heard = self.heard.take();
        self.with(|inside| {
            heard.into_iter().for_each(|address| inside.gate.judge_mut().fetched(address, now));
            let released = inside.gate.tick(now);
            inside.release(released, now);
            self.level.store(inside.gate.level().number(), Ordering::Relaxed);
        });
        // Opening the doors for millions goes on in steps of milliseconds, with everybody's requests between them.
        while self.with(|inside| inside.gate.open_further(now)).unwrap_or(false) {
            std::thread::sleep(OPENING_PAUSE);
        }
    }

    /// How full the machine is, 0 to 1; moves the ladder.
    pub fn set_machine(&self, full: f64) {
        self.inside().gate.set_machine(full);
    }

    /// Networks of an attack that may be denied below: much of what comes from them is turned away, their own requests
    /// are judged an attack, and nobody with a recently earned pass was seen there, nor people who kept what they were given.
    pub fn suspects(&self, snapshot: &Snapshot) -> Vec<Cidr> {
        let inside = self.inside();
        let is_suspect = |state: &&NetworkState| {
            let address = state.network.network();
            state.turned_away_per_second >= GATE_SUSPECT_PER_SECOND_MIN
                && state.passes == 0
                && !state.known
                && matches!(inside.gate.judge().network_verdict(address, snapshot.at), VerdictKind::Attack(_))
                && inside.gate.passes_of(address, snapshot.at) == 0
                && !inside.gate.shows_people(address, snapshot.at)
        };
        snapshot.networks.iter().filter(is_suspect).map(|state| state.network).collect()
    }

    /// The line, to be kept over a restart by nobody but us: it has a secret in it. None where nobody waits.
    pub fn line_bytes(&self) -> Option<Vec<u8>> {
        let now = self.clock.now();
        // Copied under the lock, summed up beside it.
        let copy = self.inside().gate.line(now)?;
        Some(copy.into_bytes())
    }

    /// Goes on with the line that [`Gatekeeper::line_bytes`] gave. To be called before anybody is let ask.
    ///
    /// # Errors
    /// When it is damaged or too old; nothing has changed then.
    pub fn restore_line(&self, bytes: &[u8]) -> Result<(), SavedError> {
        let now = self.clock.now();
        self.inside().gate.restore_line(bytes, now)?;
        // What was published before is of the room that this one takes the place of.
        self.publish();
        Ok(())
    }

    /// The networks of the last 30 days, to be kept over a restart.
    pub fn history_bytes(&self) -> Vec<u8> {
        self.keep_history().to_bytes()
    }

    /// The history as it is now, which the door goes by from here on.
    fn keep_history(&self) -> History {
        let copy = self.inside().gate.judge().history();
        self.known.write().unwrap_or_else(PoisonError::into_inner).clone_from(&copy);
        copy
    }

    /// Whether people came from there in the last days.
    fn knows(&self, address: IpAddr) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.knows(Cidr::of_client(address.to_canonical()), self.clock.now())
    }

    /// Takes up what [`Gatekeeper::history_bytes`] gave.
    ///
    /// # Errors
    /// When it is damaged; nothing has changed then.
    pub fn restore_history(&self, bytes: &[u8]) -> Result<(), HistoryError> {
        let now = self.clock.now();
        self.inside().gate.judge_mut().restore_history(bytes, now)?;
        self.keep_history();
        Ok(())
    }

    /// Brings counters, the poll resource and the record up to date.
    fn publish(&self) {
        let now = self.clock.now();
        let seen = self.with(|inside| (inside.gate.snapshot(now), inside.gate.figures(now)));
        let Some((snapshot, figures)) = seen else { return };
        self.counts.show(&snapshot);
        self.witness().see(&snapshot, figures.room, &self.record);
        self.own.publish(&figures);
        *self.figures.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(figures);
        (self.on_state)(self, &snapshot);
    }

    fn figures(&self) -> Arc<Figures> {
        self.figures.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn witness(&self) -> MutexGuard<'_, Witness> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where decisions and changes are written.
    pub const fn record(&self) -> &Recorder {
        &self.record
    }
}

impl Inside {
    /// Lets held requests go. Whoever has left meanwhile gives their place back, which may free the next.
    fn release(&mut self, released: Vec<(HeldId, Admission)>, now: Instant) {
        let mut going = released;
        while let Some((id, admission)) = going.pop() {
            if let Err(admission) = self.held.release(id, admission) {
                going.extend(self.gate.abandoned(admission, now));
            }
        }
    }
}
