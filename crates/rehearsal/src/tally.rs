//! What people met, counted as it happens.

use preau_sim::{Ask, Histogram};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Width of a point of the curves.
const STEP: Duration = Duration::from_millis(1_000);
const STEPS_MAX: usize = 8_000;
const PHASES_MAX: usize = 64;

/// Whose waits are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Group {
    /// With a pass and a lesson at this bell.
    Lesson,
    /// With a pass.
    Known,
    Newcomer,
}

impl Group {
    pub(crate) const fn of(has_pass: bool, has_lesson: bool) -> Self {
        match (has_pass, has_lesson) {
            (true, true) => Self::Lesson,
            (true, false) => Self::Known,
            (false, _) => Self::Newcomer,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Known => "known",
            Self::Newcomer => "newcomer",
        }
    }
}

/// What happened to a person, to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Arrived,
    In,
    InLesson,
    GaveUp,
    WaitingPage,
    RefusalPage,
    BlankPage,
    BarePage,
    ConnectionError,
    /// A valid pass was not let through: turned away, or asked to sign in again.
    PassRefused,
    /// A valid pass was shown the waiting page.
    PassWaited,
    /// The class could not be joined although its door was open.
    NoClass,
    /// A style, script or picture did not come.
    NoFile,
    /// The generator itself had no room for this person.
    NotPlayed,
    /// A page that somebody behind the school's address was answered with while bots were at work there.
    SchoolPage,
    /// Such a person was refused: a refusal page, a pass not taken, a blank page, no connection.
    SchoolRefused,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    pub counts: BTreeMap<&'static str, u64>,
    /// From the planned instant to the whole answer, by group, what comes of pages.
    pub latency: BTreeMap<(Group, &'static str), Histogram>,
    /// From the planned arrival to the home page.
    pub waits: BTreeMap<Group, Histogram>,
    /// How late the generator itself began.
    pub lateness: Histogram,
    /// How late its clock rang.
    pub lag: Histogram,
    /// By second of the morning.
    pub arrived: Vec<u64>,
    pub people_in: Vec<u64>,
    /// Latency of pages of people with a pass, while nobody attacked and by wave.
    pub phases: Vec<Histogram>,
    /// Latency of pages by second, all groups with a pass.
    pub page_ms: Vec<(u64, u64)>,
    /// Examples of what went wrong, a few of each kind.
    pub examples: BTreeMap<&'static str, Vec<String>>,
}

pub(crate) struct Tally {
    begun: Instant,
    /// The wave that is under way, the latest of those that are; 0 for none.
    phase: AtomicUsize,
    /// Waves of bots in the school that are under way.
    bots: AtomicUsize,
    sums: Mutex<Sums>,
}

const EXAMPLES_MAX: usize = 6;

impl Tally {
    pub(crate) fn new(begun: Instant) -> Self {
        Self { begun, phase: AtomicUsize::new(0), bots: AtomicUsize::new(0), sums: Mutex::new(Sums::default()) }
    }

    fn lock(&self) -> MutexGuard<'_, Sums> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self, event: Event) {
        let at = self.step();
        let mut sums = self.lock();
        *sums.counts.entry(event.name()).or_default() += 1;
        match event {
            Event::Arrived => bump(&mut sums.arrived, at),
            Event::In => bump(&mut sums.people_in, at),
            _ => {}
        }
    }

    /// Keeps the first few of each kind.
    pub(crate) fn example(&self, event: Event, text: impl FnOnce() -> String) {
        let at_s = self.begun.elapsed().as_secs_f64();
        let mut sums = self.lock();
        let kept = sums.examples.entry(event.name()).or_default();
        if kept.len() < EXAMPLES_MAX {
            kept.push(format!("{at_s:.1} s: {}", text()));
        }
    }

    pub(crate) fn asked(&self, group: Group, ask: Ask, took: Duration) {
        let (at, phase) = (self.step(), self.phase.load(Ordering::Relaxed));
        let mut sums = self.lock();
        if group != Group::Newcomer && matches!(ask, Ask::Home | Ask::Door) && phase < PHASES_MAX {
            if sums.phases.len() <= phase {
                sums.phases.resize_with(phase + 1, Histogram::default);
            }
            sums.phases[phase].record(took);
        }
        sums.latency.entry((group, name_of(ask))).or_default().record(took);
        if group != Group::Newcomer && at < STEPS_MAX {
            if sums.page_ms.len() <= at {
                sums.page_ms.resize(at + 1, (0, 0));
            }
            let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let (count, most) = &mut sums.page_ms[at];
            *count += 1;
            *most = (*most).max(ms);
        }
    }

    pub(crate) fn enter_phase(&self, phase: usize) {
        self.phase.store(phase, Ordering::Relaxed);
    }

    pub(crate) fn leave_phase(&self, phase: usize) {
        // Another may have begun meanwhile. What comes after an attack is not the quiet before the first.
        let _ = self.phase.compare_exchange(phase, PHASES_MAX, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub(crate) fn bots_come(&self) {
        self.bots.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn bots_go(&self) {
        self.bots.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn bots_at_work(&self) -> bool {
        self.bots.load(Ordering::Relaxed) > 0
    }

    /// The rehearsal's own clock rang this much late: all times that it measures may be too long by as much.
    pub(crate) fn lagged(&self, by: Duration) {
        self.lock().lag.record(by);
    }

    pub(crate) fn waited(&self, group: Group, took: Duration) {
        self.lock().waits.entry(group).or_default().record(took);
    }

    pub(crate) fn began_late(&self, by: Duration) {
        self.lock().lateness.record(by);
    }

    pub(crate) fn sums(&self) -> Sums {
        self.lock().clone()
    }

    fn step(&self) -> usize {
        usize::try_from(self.begun.elapsed().as_millis() / STEP.as_millis()).unwrap_or(usize::MAX)
    }
}

impl Event {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::In => "in",
            Self::InLesson => "in_lesson",
            Self::GaveUp => "gave_up",
            Self::WaitingPage => "waiting_pages",
            Self::RefusalPage => "refusal_pages",
            Self::BlankPage => "blank_pages",
            Self::BarePage => "bare_pages",
            Self::ConnectionError => "connection_errors",
            Self::PassRefused => "pass_holders_refused",
            Self::PassWaited => "pass_holders_waited",
            Self::NoClass => "classes_not_joined",
            Self::NoFile => "files_missing",
            Self::NotPlayed => "not_played",
            Self::SchoolPage => "school_pages",
            Self::SchoolRefused => "school_refused",
        }
    }

    /// Whoever it happens to was not let through, nor told a place.
    pub(crate) const fn is_refusal(self) -> bool {
        matches!(self, Self::RefusalPage | Self::BlankPage | Self::BarePage | Self::ConnectionError | Self::PassRefused)
    }
}

impl Sums {
    pub(crate) fn of(&self, event: Event) -> u64 {
        self.counts.get(event.name()).copied().unwrap_or(0)
    }
}

const fn name_of(ask: Ask) -> &'static str {
    match ask {
        Ask::Home => "home",
        Ask::SignInPage => "sign_in_page",
        Ask::SignIn => "sign_in",
        Ask::Door => "door",
        Ask::Join => "join",
        Ask::Beat => "beat",
    }
}

fn bump(curve: &mut Vec<u64>, at: usize) {
    if at >= STEPS_MAX {
        return;
    }
    if curve.len() <= at {
        curve.resize(at + 1, 0);
    }
    curve[at] += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_an_attack_is_not_the_quiet_before_it() {
        let tally = Tally::new(Instant::now());
        let page = |ms| tally.asked(Group::Known, Ask::Home, Duration::from_millis(ms));
        page(1);
        tally.enter_phase(1);
        page(100);
        tally.leave_phase(1);
        page(1_000);
        tally.enter_phase(2);
        tally.leave_phase(1);
        page(200);
        let most: Vec<_> = tally.sums().phases.iter().map(|phase| (phase.count(), phase.max().as_millis())).collect();
        assert_eq!(most, [(1, 1), (1, 100), (1, 200)]);
    }

    #[test]
    fn every_event_has_its_own_name() {
        let all = [
            Event::Arrived,
            Event::In,
            Event::InLesson,
            Event::GaveUp,
            Event::WaitingPage,
            Event::RefusalPage,
            Event::BlankPage,
            Event::BarePage,
            Event::ConnectionError,
            Event::PassRefused,
            Event::PassWaited,
            Event::NoClass,
            Event::NoFile,
            Event::NotPlayed,
            Event::SchoolPage,
            Event::SchoolRefused,
        ];
        let names: std::collections::BTreeSet<_> = all.iter().map(|event| event.name()).collect();
        assert_eq!(names.len(), all.len());
        assert!(names.iter().all(|name| crate::words::event(name) != *name), "each has its words");
        assert_eq!(names, std::collections::BTreeSet::from(crate::words::EVENTS), "and its place");
    }
}
