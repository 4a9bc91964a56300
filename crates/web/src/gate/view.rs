//! A snapshot of the gate, in words: what the console's template shows.

use super::curve::Curve;
use super::words::Words;
use crate::lang::Lang;
use crate::times::NBSP;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use preau_base::{Instant, Level};
use preau_gate::snapshot::{SignatureState, VerdictKind};
use preau_gate::{Doors, Lane, Snapshot, Standing};

/// Everything that `gate/console.html` shows.
pub(crate) struct View {
    pub words: Words,
    pub at: String,
    pub verdict: String,
    /// The class of the verdict's box: good, now or bad.
    pub tone: &'static str,
    pub since: String,
    pub grounds: Vec<String>,
    pub level: String,
    pub level_why: String,
    pub figures: Vec<Figure>,
    pub curve: Option<Curve>,
    pub curve_says: String,
    pub lanes: Vec<LaneRow>,
    pub reason: Option<String>,
    pub signatures: Vec<SignatureRow>,
    pub networks: Vec<NetworkRow>,
    pub blocked: Vec<(String, String)>,
    pub switches: Switches,
}

pub(crate) struct Figure {
    pub name: String,
    pub value: String,
    pub beside: String,
}

pub(crate) struct LaneRow {
    pub name: String,
    pub numbers: [String; 4],
}

pub(crate) struct SignatureRow {
    pub id: u64,
    pub says: String,
    pub hits: String,
    pub baseline: String,
    pub ends: String,
    pub pinned: bool,
}

pub(crate) struct NetworkRow {
    pub network: String,
    pub numbers: [String; 3],
}

/// What is set by hand now, as the forms show it.
pub(crate) struct Switches {
    pub levels: Vec<(u8, String, bool)>,
    pub doors: &'static str,
    pub opens: String,
    pub inside_max: String,
    pub newcomers_max: String,
    pub concurrency_max: String,
    pub priority: Vec<(&'static str, String, bool)>,
    pub note: String,
}

impl Switches {
    /// The quotas: what is set, the key of its name, the number in force.
    pub fn numbers(&self) -> [(&'static str, &'static str, &str); 3] {
        [
            ("inside", "gate-set-inside", &self.inside_max),
            ("newcomers", "gate-set-newcomers", &self.newcomers_max),
            ("concurrency", "gate-set-concurrency", &self.concurrency_max),
        ]
    }
}

impl View {
    pub fn of(snapshot: &Snapshot, lang: Lang, zone: &TimeZone) -> Self {
        let words = Words::new(lang);
        let clock = |at: Instant| clock(lang, zone, at);
        let verdict = &snapshot.verdict;
        let curve = Curve::of(&snapshot.curve);
        let curve_says = curve.as_ref().map_or_else(String::new, |curve| {
            let (from, to) = (clock(curve.from), clock(curve.to));
            words.t3("gate-curve-say", ("from", from), ("to", to), ("most", words.count(curve.most)))
        });
        Self {
            words,
            at: words.t1("gate-as-of", "time", clock_seconds(zone, snapshot.at)),
            verdict: words.verdict(verdict),
            tone: tone(verdict.kind),
            since: if verdict.since == Instant::EPOCH {
                String::new()
            } else {
                words.t1("gate-since", "time", clock(verdict.since))
            },
            grounds: verdict.grounds.iter().map(|ground| words.ground(ground)).collect(),
            level: words.level(snapshot.ladder.level),
            level_why: if snapshot.ladder.by_hand {
                words.t("gate-by-hand")
            } else {
                words.cause(snapshot.ladder.cause)
            },
            figures: figures(words, snapshot),
            curve,
            curve_says,
            lanes: lanes(words, snapshot),
            reason: snapshot.room.reason.map(|reason| words.reason(reason)),
            signatures: snapshot.signatures.iter().map(|found| signature(words, found, &clock)).collect(),
            networks: networks(words, snapshot),
            blocked: blocked(words, snapshot, &clock),
            switches: switches(words, snapshot, &clock),
        }
    }
}

/// Each blocked network with its end and the time until then; those whose end has come are blocked no longer.
fn blocked(words: Words, snapshot: &Snapshot, clock: &impl Fn(Instant) -> String) -> Vec<(String, String)> {
    let on = snapshot.settings.blocked.iter().filter(|(_, until)| snapshot.at < *until);
    on.map(|(net, until)| (net.to_string(), format!("{} ({})", clock(*until), words.left(until.since(snapshot.at)))))
        .collect()
}

const fn tone(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Calm | VerdictKind::ExpectedCrowd => "good",
        VerdictKind::UnexpectedCrowd | VerdictKind::OurSlowness => "now",
        VerdictKind::Attack(_) => "bad",
    }
}

fn clock(lang: Lang, zone: &TimeZone, at: Instant) -> String {
    let at = Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(zone.clone());
    match lang {
        Lang::Fr => format!("{}{NBSP}h{NBSP}{:02}", at.hour(), at.minute()),
        Lang::En => format!("{}:{:02}", at.hour(), at.minute()),
    }
}

fn clock_seconds(zone: &TimeZone, at: Instant) -> String {
    let at = Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(zone.clone());
    format!("{}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

fn figures(words: Words, snapshot: &Snapshot) -> Vec<Figure> {
    let (people, room, limit) = (&snapshot.people, &snapshot.room, &snapshot.limit);
    let figure = |key: &str, value: String, beside: String| Figure { name: words.t(key), value, beside };
    let beside = |key: &str, count: u64| format!("{} {}", words.t(key), words.count(count));
    let ms = |number: f64| format!("{}{NBSP}ms", words.number(number));
    vec![
        figure("gate-inside", words.count(people.inside), beside("gate-inside-lesson", people.inside_with_lesson)),
        figure("gate-waiting", words.count(people.waiting), beside("gate-known-waiting", people.known_waiting)),
        figure("gate-rate", words.number(room.people_per_minute), String::new()),
        figure("gate-entered", words.count(people.entered_total), String::new()),
        figure(
            "gate-at-work",
            words.count(u64::from(limit.at_work)),
            format!(
                "{}, {} {}",
                words.t1("gate-of-limit", "limit", words.count(u64::from(limit.limit))),
                words.count(u64::from(limit.held)),
                words.t("gate-held"),
            ),
        ),
        figure(
            "gate-latency",
            ms(limit.latency_ms),
            words.t1("gate-latency-floor", "floor", ms(limit.latency_floor_ms)),
        ),
    ]
}

fn lanes(words: Words, snapshot: &Snapshot) -> Vec<LaneRow> {
    let row = |lane: Lane| {
        let state = snapshot.lanes.iter().find(|state| state.lane == lane);
        let numbers = state.map_or([0; 4], |state| [state.admitted, state.held, state.waits, state.turned_away]);
        LaneRow { name: words.lane(lane), numbers: numbers.map(|number| words.count(number)) }
    };
    Lane::ALL.into_iter().map(row).collect()
}

fn signature(words: Words, found: &SignatureState, clock: &dyn Fn(Instant) -> String) -> SignatureRow {
    let attributes: Vec<String> = found.attributes.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    SignatureRow {
        id: found.id,
        says: attributes.join(" · "),
        hits: words.count(found.hits),
        baseline: format!("{}{NBSP}%", words.number(found.baseline_share * 100.0)),
        ends: if found.pinned {
            words.t("gate-signature-pinned")
        } else {
            words.t1("gate-signature-expires", "time", clock(found.expires))
        },
        pinned: found.pinned,
    }
}

fn networks(words: Words, snapshot: &Snapshot) -> Vec<NetworkRow> {
    let row = |state: &preau_gate::snapshot::NetworkState| NetworkRow {
        network: state.network.to_string(),
        numbers: [
            words.number(state.requests_per_second),
            words.number(state.turned_away_per_second),
            words.count(u64::from(state.passes)),
        ],
    };
    snapshot.networks.iter().map(row).collect()
}

fn switches(words: Words, snapshot: &Snapshot, clock: &dyn Fn(Instant) -> String) -> Switches {
    let set = &snapshot.settings;
    let text = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let (doors, opens) = match &set.doors {
        Doors::Open => ("open", String::new()),
        Doors::Closed => ("closed", String::new()),
        Doors::OpenAt { at } => ("at", clock(*at)),
    };
    let standings = [
        ("teacher", Standing::Teacher),
        ("pupil", Standing::Pupil),
        ("staff", Standing::Staff),
        ("relative", Standing::Relative),
    ];
    Switches {
        levels: Level::ALL.map(|level| (level.number(), words.level(level), set.level == Some(level))).into(),
        doors,
        opens,
        inside_max: text(set.inside_max),
        newcomers_max: text(set.newcomers_per_minute_max.map(u64::from)),
        concurrency_max: text(set.concurrency_max.map(u64::from)),
        priority: standings
            .map(|(name, standing)| (name, words.t(&format!("gate-standing-{name}")), set.priority.contains(&standing)))
            .into(),
        note: set.note.clone().unwrap_or_default(),
    }
}
