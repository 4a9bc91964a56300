//! What is told at the end: a line for the terminal, JSON, and a page with curves.

mod bars;
mod html;
mod svg;

use crate::attackers::{Taken, Wave};
use crate::plan::Plan;
use crate::server::Look;
use crate::tally::{Event, Group, Sums};
use crate::words;
pub use bars::{Bar, Outcome};
use preau_gate::snapshot::{AttackKind, VerdictKind};
use preau_sim::{Histogram, Waits, World};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// After an attack's end, how late a verdict may still name it.
const VERDICT_LATE: Duration = Duration::from_secs(5);

/// All that the report is made of.
pub(crate) struct Facts<'a> {
    pub plan: &'a Plan,
    pub world: World,
    pub begins: Instant,
    pub sums: Sums,
    /// Of the same morning without attackers, where it was played.
    pub calm: Option<Sums>,
    pub waves: Vec<PlayedWave>,
    pub looks: Vec<Look>,
    /// The end of the server's log.
    pub log: String,
    /// The server of somebody else that was visited.
    pub remote: Option<String>,
    /// Attackers that could not be played, and why.
    pub not_played: Vec<(&'static str, &'static str)>,
    /// People who were left at home.
    pub absent: u32,
}

pub(crate) struct PlayedWave {
    pub number: usize,
    /// Under which the times of people who came meanwhile are kept.
    pub phase: usize,
    pub wave: Wave,
    pub taken: Taken,
}

/// What came of a rehearsal.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub seed: u64,
    /// People before scaling, and those that were played.
    pub people_planned: u32,
    pub people_played: u32,
    pub window_s: f64,
    /// The gate alone was rehearsed, in front of a small application.
    pub upstream: bool,
    pub server: Option<String>,
    pub people: BTreeMap<&'static str, u64>,
    /// Arrived, and neither in nor gone at the end.
    pub still_outside: u64,
    /// From the planned arrival to the home page.
    pub waits: BTreeMap<&'static str, Waits>,
    /// From the planned instant to the whole answer.
    pub latency: Vec<Latency>,
    /// How late the rehearsal itself began what it had planned; large numbers mean that this machine was too small.
    pub lateness: Waits,
    /// How late its clock rang: whatever was measured may be too long by as much.
    pub lag: Waits,
    /// Home page and lesson's door of people with a pass, while nobody attacked.
    pub quiet: Waits,
    pub attacks: Vec<AttackReport>,
    pub machine: Machine,
    pub verdicts: Vec<VerdictSeen>,
    pub curves: Curves,
    /// What went wrong for people, the first of each kind.
    pub examples: BTreeMap<&'static str, Vec<String>>,
    pub server_log: String,
    /// What a morning has to keep to.
    pub bars: Vec<Bar>,
    /// What must not be, in words; empty when the morning went well.
    pub faults: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    pub group: &'static str,
    pub step: &'static str,
    pub times: Waits,
}

#[derive(Clone, Debug, Serialize)]
pub struct AttackReport {
    pub name: &'static str,
    /// Played at the same time as all others.
    pub together: bool,
    /// Holds connections, which the server has to close.
    pub holds: bool,
    pub begins_s: f64,
    pub lasts_s: f64,
    /// Connections or packets begun; requests sent; connections that could not be made.
    pub begun: u64,
    pub requests: u64,
    pub not_connected: u64,
    /// Ended by the server: after which time, from before the connection to the close that was seen.
    pub closed: Waits,
    /// Of that, what went by until the TLS handshake was done: the kernel's queue, and the server's turn.
    pub opened: Waits,
    /// Open when the attacker gave up.
    pub still_open: u64,
    pub cut: u64,
    pub answers: BTreeMap<u16, u64>,
    /// From its beginning to a verdict that names it; none while it was not named.
    pub named_after_s: Option<f64>,
    /// The verdict had named such an attack before this one began.
    pub already_named: bool,
    /// Home page and lesson's door of people with a pass meanwhile.
    pub pass_holders: Waits,
    /// The same without attackers: in the same seconds of the morning before, or else in the quiet tenth at the beginning.
    pub quiet: Waits,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Machine {
    pub memory_kib_first: u64,
    pub memory_kib_most: u64,
    pub descriptors_most: u64,
    pub descriptors_last: u64,
    /// Connections that the kernel had made and the server not taken yet.
    pub accept_queue_most: u64,
    pub server_cpu_s: f64,
    pub rehearsal_cpu_s: f64,
    /// Looks at which the gate did not answer on its control socket.
    pub gate_silent: u64,
}

/// A change of what the gate said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerdictSeen {
    pub at_s: f64,
    pub verdict: VerdictKind,
    pub attacks: Vec<AttackKind>,
    pub level: u8,
}

/// By second.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Curves {
    pub planned: Vec<f64>,
    pub arrived: Vec<u64>,
    pub people_in: Vec<u64>,
    /// The slowest page of somebody with a pass, in milliseconds.
    pub slowest_page_ms: Vec<u64>,
    /// Each a pair of second and number.
    pub waiting: Vec<(f64, f64)>,
    pub memory_mib: Vec<(f64, f64)>,
    pub descriptors: Vec<(f64, f64)>,
}

impl Report {
    pub(crate) fn of(facts: Facts<'_>) -> Self {
        let Facts { plan, world, begins, sums, calm, waves, looks, log, remote, not_played, absent } = facts;
        let count = |event| sums.of(event);
        let settled = count(Event::In) + count(Event::GaveUp);
        let quiet = phase(&sums, 0);
        let mut report = Self {
            seed: plan.seed,
            people_planned: plan.people,
            people_played: world.people.saturating_sub(absent),
            window_s: plan.window.as_secs_f64(),
            upstream: plan.upstream,
            server: remote,
            people: sums.counts.clone(),
            still_outside: count(Event::Arrived).saturating_sub(settled),
            waits: sums.waits.iter().map(|(group, waits)| (group.name(), Waits::from(waits))).collect(),
            latency: sums.latency.iter().map(|((group, step), times)| latency(*group, step, times)).collect(),
            lateness: Waits::from(&sums.lateness),
            lag: Waits::from(&sums.lag),
            quiet,
            attacks: waves.iter().map(|wave| attack(wave, &sums, calm.as_ref(), &looks, begins)).collect(),
            machine: machine(&looks),
            verdicts: verdicts(&looks, begins),
            curves: curves(&world, &sums, &looks, begins),
            examples: sums.examples.clone(),
            server_log: log,
            bars: Vec::new(),
            faults: Vec::new(),
        };
        // In the order of the story.
        let place = |all: &[&str], name: &str| all.iter().position(|one| *one == name);
        let groups = [Group::Lesson, Group::Known, Group::Newcomer].map(Group::name);
        report.latency.sort_by_key(|times| (place(&groups, times.group), place(&words::STEPS, times.step)));
        report.bars = bars::of(&report, &not_played);
        report.faults = report.find_faults();
        report
    }

    /// How many times something happened to people, by its name in [`Report::people`].
    pub fn count(&self, name: &str) -> u64 {
        self.people.get(name).copied().unwrap_or(0)
    }

    fn find_faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self
            .bars
            .iter()
            .filter(|bar| bar.outcome == Outcome::Missed)
            .map(|bar| format!("{}: {} (bar: {})", bar.what, bar.measured, bar.bar))
            .collect();
        let others = self.attacks.iter().filter(|attack| !attack.holds && attack.still_open > 0);
        faults.extend(others.map(|attack| format!("{}: {} connections never closed", attack.name, attack.still_open)));
        faults
    }

    /// One line for the terminal.
    pub fn line(&self) -> String {
        let mut line = format!("{} people: {} in, ", grouped(self.people_played.into()), grouped(self.count("in")));
        if !self.upstream {
            let _ = write!(line, "{} in class, ", grouped(self.count("in_lesson")));
        }
        let _ = write!(line, "{} gave up, {} still outside", self.count("gave_up"), self.still_outside);
        for (group, who) in
            [(Group::Lesson, "with a lesson"), (Group::Known, "with a pass"), (Group::Newcomer, "without")]
        {
            if let Some(waits) = self.waits.get(group.name()) {
                let _ = write!(line, "; {who} in after {} (p99 {})", ms(waits.p50_ms), ms(waits.p99_ms));
            }
        }
        let requests: u64 = self.attacks.iter().map(|attack| attack.requests.max(attack.begun)).sum();
        let _ = write!(
            line,
            "; {} attackers’ requests; server {} MiB, {} descriptors, {:.1} s CPU (rehearsal {:.1} s)",
            grouped(requests),
            self.machine.memory_kib_most / 1_024,
            grouped(self.machine.descriptors_most),
            self.machine.server_cpu_s,
            self.machine.rehearsal_cpu_s
        );
        let missed = self.faults.len();
        let _ = match missed {
            0 => write!(line, "; nothing happened that must not"),
            1 => write!(line, "; ONE FAULT"),
            _ => write!(line, "; {missed} FAULTS"),
        };
        line
    }

    /// The bars for the terminal, a line each.
    pub fn bar_lines(&self) -> String {
        let mut lines = String::new();
        for bar in &self.bars {
            let _ = writeln!(lines, "  {:<12}  {}: {} (bar: {})", bar.outcome.word(), bar.what, bar.measured, bar.bar);
        }
        lines
    }

    /// A page that needs nothing but itself.
    pub fn html(&self) -> String {
        html::page(self)
    }
}

/// `500,000`
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// As people say durations.
pub(crate) fn ms(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..120_000 => format!("{:.1} s", ms as f64 / 1_000.0),
        _ => format!("{:.1} min", ms as f64 / 60_000.0),
    }
}

fn latency(group: Group, step: &'static str, times: &Histogram) -> Latency {
    Latency { group: group.name(), step, times: Waits::from(times) }
}

fn phase(sums: &Sums, phase: usize) -> Waits {
    Waits::from(&sums.phases.get(phase).cloned().unwrap_or_default())
}

fn attack(played: &PlayedWave, sums: &Sums, calm: Option<&Sums>, looks: &[Look], begins: Instant) -> AttackReport {
    let (wave, taken) = (&played.wave, &played.taken);
    let (from, to) = (begins + wave.begins, begins + wave.begins + wave.lasts);
    let names = wave.attacker.verdicts();
    let is_named = |look: &Look| {
        look.gate.as_ref().is_some_and(|gate| gate.verdict.attacks.iter().any(|kind| names.contains(kind)))
    };
    // What was named for an attack before this one proves nothing.
    let already = looks.iter().rev().find(|look| look.at < from).is_some_and(is_named);
    let during = looks.iter().filter(|look| look.at >= from && look.at <= to + VERDICT_LATE);
    let named = during.into_iter().find(|look| is_named(look)).filter(|_| !already);
    AttackReport {
        name: wave.attacker.name(),
        together: wave.together,
        holds: wave.attacker.holds_connections(),
        begins_s: wave.begins.as_secs_f64(),
        lasts_s: wave.lasts.as_secs_f64(),
        begun: taken.begun,
        requests: taken.requests,
        not_connected: taken.not_connected,
        closed: Waits::from(&taken.closed),
        opened: Waits::from(&taken.opened),
        still_open: taken.still_open,
        cut: taken.cut,
        answers: taken.statuses.clone(),
        named_after_s: named.map(|look| look.at.saturating_duration_since(from).as_secs_f64()),
        already_named: already,
        pass_holders: phase(sums, played.phase),
        quiet: calm.map_or_else(|| phase(sums, 0), |calm| phase(calm, played.phase)),
    }
}

fn machine(looks: &[Look]) -> Machine {
    let (first, last) = (looks.first(), looks.last());
    let most = |of: fn(&Look) -> u64| looks.iter().map(of).max().unwrap_or(0);
    let spent = |of: fn(&Look) -> f64| last.map_or(0.0, of) - first.map_or(0.0, of);
    Machine {
        memory_kib_first: first.map_or(0, |look| look.memory_kib),
        memory_kib_most: most(|look| look.memory_kib),
        descriptors_most: most(|look| look.descriptors),
        descriptors_last: last.map_or(0, |look| look.descriptors),
        accept_queue_most: most(|look| look.accept_queue),
        server_cpu_s: spent(|look| look.server_cpu_s),
        rehearsal_cpu_s: spent(|look| look.own_cpu_s),
        gate_silent: looks.iter().filter(|look| look.gate.is_none()).count() as u64,
    }
}

fn at_s(look: &Look, begins: Instant) -> f64 {
    look.at.saturating_duration_since(begins).as_secs_f64()
}

fn verdicts(looks: &[Look], begins: Instant) -> Vec<VerdictSeen> {
    let mut seen: Vec<VerdictSeen> = Vec::new();
    for look in looks {
        let Some(gate) = &look.gate else { continue };
        // Which of them is the strongest changes all the time.
        let attacks = AttackKind::ALL.into_iter().filter(|kind| gate.verdict.attacks.contains(kind)).collect();
        let now = VerdictSeen {
            at_s: at_s(look, begins),
            verdict: gate.verdict.kind,
            attacks,
            level: gate.ladder.level.number(),
        };
        // With several attacks the list says more than the one that leads it.
        let kind = |seen: &VerdictSeen| matches!(seen.verdict, VerdictKind::Attack(_)) || seen.verdict == now.verdict;
        let both = |seen: &VerdictSeen| {
            matches!(seen.verdict, VerdictKind::Attack(_)) == matches!(now.verdict, VerdictKind::Attack(_))
        };
        let same =
            |last: &VerdictSeen| kind(last) && both(last) && (&last.attacks, last.level) == (&now.attacks, now.level);
        if !seen.last().is_some_and(same) {
            seen.push(now);
        }
    }
    seen
}

fn curves(world: &World, sums: &Sums, looks: &[Look], begins: Instant) -> Curves {
    let seconds = world.window.as_secs();
    let by = |second: u64| world.arrived_share(Duration::from_secs(second)) * f64::from(world.people);
    let points = |of: fn(&Look) -> f64| looks.iter().map(|look| (at_s(look, begins), of(look))).collect();
    Curves {
        planned: (0..seconds).map(|second| by(second + 1) - by(second)).collect(),
        arrived: sums.arrived.clone(),
        people_in: sums.people_in.clone(),
        slowest_page_ms: sums.page_ms.iter().map(|(_, most)| *most).collect(),
        waiting: points(|look| look.gate.as_ref().map_or(0.0, |gate| gate.people.waiting as f64)),
        memory_mib: points(|look| look.memory_kib as f64 / 1_024.0),
        descriptors: points(|look| look.descriptors as f64),
    }
}
