//! What a morning has to keep to, each with what was measured.

use super::{AttackReport, Report, grouped, ms};
use crate::limits::{
    CLOSED_MS_BAR, DESCRIPTORS_BAR, LAG_MS_BAR, MEMORY_KIB_BAR, P99_OF_QUIET_BAR, P99_PEOPLE_MIN, SCHOOL_PAGES_MIN,
};
use crate::tally::Event;
use serde::Serialize;

/// How a bar was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Met,
    /// It must not be: the rehearsal ends with exit code 1.
    Missed,
    /// Missed where server, people and attackers share one machine; told, and no fault.
    Over,
    /// Not played, or too few to say.
    NotMeasured,
}

impl Outcome {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "MISSED",
            Self::Over => "over",
            Self::NotMeasured => "not measured",
        }
    }
}

/// One bar.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    pub what: String,
    pub bar: String,
    pub measured: String,
    pub outcome: Outcome,
}

impl Bar {
    fn new(what: impl Into<String>, bar: impl Into<String>, measured: impl Into<String>, outcome: Outcome) -> Self {
        Self { what: what.into(), bar: bar.into(), measured: measured.into(), outcome }
    }
}

/// All bars, those that are about people first.
pub(super) fn of(report: &Report, not_played: &[(&'static str, &'static str)]) -> Vec<Bar> {
    let mut bars = people(report);
    bars.extend(
        not_played
            .iter()
            .map(|(name, why)| Bar::new(*name, "played", format!("not played: {why}"), Outcome::NotMeasured)),
    );
    if report.attacks.is_empty() {
        return bars;
    }
    bars.extend(school(report));
    bars.extend(held(report));
    bars.push(alone(report));
    bars.extend(together(report));
    bars.extend(machine(report));
    bars
}

fn people(report: &Report) -> Vec<Bar> {
    let none = [
        (Event::PassRefused, "people with a pass: refused"),
        (Event::BlankPage, "blank pages"),
        (Event::ConnectionError, "failed connections"),
        (Event::BarePage, "pages with a status and no words"),
        (Event::NoClass, "joins that failed behind an open door"),
        (Event::NotPlayed, "people whom the rehearsal could not play"),
    ];
    let bar = |(event, what): (Event, &str)| {
        let times = report.count(event.name());
        Bar::new(what, "0", times.to_string(), if times == 0 { Outcome::Met } else { Outcome::Missed })
    };
    none.into_iter().map(bar).collect()
}

fn school(report: &Report) -> Option<Bar> {
    report.attacks.iter().find(|attack| attack.name == "school-bots")?;
    let (pages, refused) = (report.count(Event::SchoolPage.name()), report.count(Event::SchoolRefused.name()));
    let outcome = match (refused, pages) {
        (1.., _) => Outcome::Missed,
        (0, 0..SCHOOL_PAGES_MIN) => Outcome::NotMeasured,
        _ => Outcome::Met,
    };
    let measured = format!("{refused}, of {pages} pages of its people meanwhile");
    Some(Bar::new("school behind one IPv4 with 10 bots in it: people refused", "0", measured, outcome))
}

/// Silent and slow connections.
fn held(report: &Report) -> Vec<Bar> {
    let holds = |together: bool| {
        let held = report.attacks.iter().filter(|attack| attack.holds && attack.together == together);
        let (open, slowest) = held.fold((0, None::<&AttackReport>), |(open, slowest), attack| {
            let longer = slowest.is_none_or(|slowest| attack.closed.max_ms > slowest.closed.max_ms);
            (open + attack.still_open, if longer { Some(attack) } else { slowest })
        });
        let slowest = slowest.filter(|attack| attack.begun > 0)?;
        let when = if together { "all at once" } else { "alone" };
        let never = if open > 0 { format!("; {open} never closed") } else { String::new() };
        let opening = held_max(report, together);
        let measured = format!(
            "{} ({}); of it up to {} before TLS was there{never}",
            ms(slowest.closed.max_ms),
            slowest.name,
            ms(opening)
        );
        let met = open == 0 && slowest.closed.max_ms <= CLOSED_MS_BAR;
        let bar = format!("within {}", ms(CLOSED_MS_BAR));
        let outcome = if met { Outcome::Met } else { Outcome::Missed };
        Some(Bar::new(
            format!("silent and slow connections, {when}: closed, from connect to close seen"),
            bar,
            measured,
            outcome,
        ))
    };
    [false, true].into_iter().filter_map(holds).collect()
}

/// The longest that one of them waited for the server's first word.
fn held_max(report: &Report, together: bool) -> u64 {
    let held = report.attacks.iter().filter(|attack| attack.holds && attack.together == together);
    held.map(|attack| attack.opened.max_ms).max().unwrap_or(0)
}

fn ratio(attack: &AttackReport) -> Option<f64> {
    let enough = attack.pass_holders.people >= P99_PEOPLE_MIN && attack.quiet.people >= P99_PEOPLE_MIN;
    enough.then(|| attack.pass_holders.p99_ms as f64 / attack.quiet.p99_ms.max(1) as f64)
}

fn compared(what: &str, over: Option<(f64, &AttackReport)>, beside: &str) -> Bar {
    let bar = format!("at most {P99_OF_QUIET_BAR} × the quiet");
    match over {
        None => {
            Bar::new(what, bar, format!("fewer than {P99_PEOPLE_MIN} pages to compare{beside}"), Outcome::NotMeasured)
        }
        Some((ratio, attack)) => {
            let (took, quiet) = (ms(attack.pass_holders.p99_ms), ms(attack.quiet.p99_ms));
            let measured = format!("{took} ({}, {ratio:.1} × {quiet}){beside}", attack.name);
            Bar::new(what, bar, measured, if ratio <= P99_OF_QUIET_BAR { Outcome::Met } else { Outcome::Over })
        }
    }
}

fn alone(report: &Report) -> Bar {
    let alone: Vec<&AttackReport> = report.attacks.iter().filter(|attack| !attack.together).collect();
    let ratios: Vec<(f64, &AttackReport)> = alone.iter().filter_map(|attack| Some((ratio(attack)?, *attack))).collect();
    let within = ratios.iter().filter(|(ratio, _)| *ratio <= P99_OF_QUIET_BAR).count();
    let beside = format!("; {within} of {} attacks within the bar, {} with enough people", alone.len(), ratios.len());
    let worst = ratios.into_iter().max_by(|(one, _), (other, _)| one.total_cmp(other));
    compared("p99 of people with a pass while one attack is on, the worst", worst, &beside)
}

fn together(report: &Report) -> Option<Bar> {
    let any = report.attacks.iter().find(|attack| attack.together)?;
    let ratio = ratio(any).map(|ratio| (ratio, any));
    let mut bar = compared("p99 of people with a pass while all attacks are on", ratio, "");
    bar.measured = bar.measured.replace(&format!("{}, ", any.name), "");
    Some(bar)
}

fn machine(report: &Report) -> Vec<Bar> {
    let machine = &report.machine;
    let within = |ok: bool| if ok { Outcome::Met } else { Outcome::Missed };
    let soft = |ok: bool| if ok { Outcome::Met } else { Outcome::Over };
    vec![
        Bar::new(
            "memory of the server",
            format!("{} MiB", grouped(MEMORY_KIB_BAR / 1_024)),
            format!("{} MiB at the most", machine.memory_kib_most / 1_024),
            within(machine.memory_kib_most <= MEMORY_KIB_BAR),
        ),
        Bar::new(
            "its descriptors",
            grouped(DESCRIPTORS_BAR),
            format!(
                "{} at the most, {} at the end",
                grouped(machine.descriptors_most),
                grouped(machine.descriptors_last)
            ),
            within(machine.descriptors_most <= DESCRIPTORS_BAR),
        ),
        Bar::new(
            "the rehearsal’s own clock: late",
            format!("p99 within {LAG_MS_BAR} ms"),
            format!("{} (longest {})", ms(report.lag.p99_ms), ms(report.lag.max_ms)),
            soft(report.lag.p99_ms <= LAG_MS_BAR),
        ),
    ]
}
