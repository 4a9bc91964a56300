//! The gate on a terminal: the same as its page, in lines of 80 columns.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use preau_base::Instant;
use preau_gate::snapshot::{Minute, SignatureState};
use preau_gate::{Doors, Lane, Snapshot};
use preau_web::{Lang, Words};
use std::fmt::Write as _;

/// Minutes that are drawn, one a column: an hour that was, and what is to come.
const COLUMNS: usize = 72;
const PAST_COLUMNS: usize = 52;
const ROWS: usize = 5;
/// Eighths of a row.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const EXPECTED: char = '·';
/// Networks and signatures that are listed.
const LISTED_MAX: usize = 8;

pub fn draw(snapshot: &Snapshot, words: Words, zone: &TimeZone) -> String {
    let mut out = String::new();
    let view = View { words, zone };
    view.head(&mut out, snapshot);
    view.people(&mut out, snapshot);
    view.curve(&mut out, snapshot);
    view.lanes(&mut out, snapshot);
    view.attackers(&mut out, snapshot);
    view.settings(&mut out, snapshot);
    out
}

struct View<'a> {
    words: Words,
    zone: &'a TimeZone,
}

/// Writing to a string cannot fail.
macro_rules! line {
    ($out:expr, $($text:tt)*) => {
        let _ = writeln!($out, $($text)*);
    };
}

impl View<'_> {
    fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    /// `9 h 05`, `9:05`.
    fn clock(&self, at: Instant) -> String {
        let at = Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(self.zone.clone());
        match self.words.lang() {
            Lang::Fr => format!("{} h {:02}", at.hour(), at.minute()),
            Lang::En => format!("{}:{:02}", at.hour(), at.minute()),
        }
    }

    fn colon(&self) -> &'static str {
        if self.words.lang() == Lang::Fr { " : " } else { ": " }
    }

    fn head(&self, out: &mut String, snapshot: &Snapshot) {
        let (words, verdict, ladder) = (self.words, &snapshot.verdict, &snapshot.ladder);
        line!(out, "{} · {}", self.t("gate-title"), words.t1("gate-as-of", "time", self.clock(snapshot.at)));
        line!(out, "");
        let since = match verdict.since {
            Instant::EPOCH => String::new(),
            since => format!(" ({})", words.t1("gate-since", "time", self.clock(since))),
        };
        line!(out, "{}{since}", words.verdict(verdict));
        for ground in &verdict.grounds {
            line!(out, "  - {}", words.ground(ground));
        }
        let why = if ladder.by_hand { self.t("gate-by-hand") } else { words.cause(ladder.cause) };
        let (name, colon, level) = (self.t("gate-level"), self.colon(), words.level(ladder.level));
        line!(out, "{name}{colon}{level} ({why}, {} %)", ladder.pressure_percent);
        if let Some(reason) = snapshot.room.reason {
            line!(out, "{}{colon}{}", self.t("gate-waiting"), words.reason(reason));
        }
        line!(out, "");
    }

    fn people(&self, out: &mut String, snapshot: &Snapshot) {
        let (words, people, limit) = (self.words, &snapshot.people, &snapshot.limit);
        let row = |out: &mut String, key: &str, value: String, beside: String| {
            let beside = if beside.is_empty() { beside } else { format!("  ({beside})") };
            line!(out, "  {} {value:>9}{beside}", pad(&self.t(key), 28));
        };
        let with = |key: &str, count: u64| format!("{} {}", self.t(key), words.count(count));
        row(out, "gate-inside", words.count(people.inside), with("gate-inside-lesson", people.inside_with_lesson));
        row(out, "gate-waiting", words.count(people.waiting), with("gate-known-waiting", people.known_waiting));
        row(out, "gate-entered", words.count(people.entered_total), String::new());
        row(out, "gate-rate", words.number(snapshot.room.people_per_minute), String::new());
        let of = words.t1("gate-of-limit", "limit", words.count(u64::from(limit.limit)));
        let held = format!("{} {}", words.count(u64::from(limit.held)), self.t("gate-held"));
        row(out, "gate-at-work", words.count(u64::from(limit.at_work)), format!("{of}, {held}"));
        let ms = |ms: f64| format!("{} ms", words.number(ms));
        let floor = words.t1("gate-latency-floor", "floor", ms(limit.latency_floor_ms));
        row(out, "gate-latency", ms(limit.latency_ms), floor);
        line!(out, "");
    }

    fn curve(&self, out: &mut String, snapshot: &Snapshot) {
        line!(out, "{}", self.t("gate-curve-title"));
        let minutes = drawn(&snapshot.curve);
        let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else {
            line!(out, "  {}", self.t("gate-curve-none"));
            line!(out, "");
            return;
        };
        let most = minutes.iter().map(highest).fold(1.0, f64::max);
        for row in (0..ROWS).rev() {
            let label = if row + 1 == ROWS { self.words.number(most) } else { String::new() };
            let cells: String = minutes.iter().map(|minute| cell(minute, row, most)).collect();
            line!(out, "{label:>7} {cells}");
        }
        let (from, to) = (self.clock(first.starts), self.clock(last.starts));
        let gap = minutes.len().saturating_sub(from.chars().count() + to.chars().count()).max(1);
        line!(out, "        {from}{}{to}", " ".repeat(gap));
        let (expected, arrived) = (self.t("gate-curve-expected"), self.t("gate-curve-arrived"));
        line!(out, "        {EXPECTED} {expected}   {} {arrived}", BLOCKS[8]);
        line!(out, "");
    }

    fn lanes(&self, out: &mut String, snapshot: &Snapshot) {
        let outcomes = ["gate-outcome-admitted", "gate-outcome-held", "gate-outcome-waits", "gate-outcome-away"];
        let heads: String = outcomes.iter().map(|key| format!(" {:>10}", self.t(key))).collect();
        line!(out, "{}{heads}", pad(&self.t("gate-lanes"), 34));
        for lane in Lane::ALL {
            let state = snapshot.lanes.iter().find(|state| state.lane == lane);
            let numbers = state.map_or([0; 4], |state| [state.admitted, state.held, state.waits, state.turned_away]);
            let cells: String = numbers.iter().map(|number| format!(" {:>10}", self.words.count(*number))).collect();
            line!(out, "{}{cells}", pad(&format!("  {}", self.words.lane(lane)), 34));
        }
        line!(out, "");
    }

    fn attackers(&self, out: &mut String, snapshot: &Snapshot) {
        if !snapshot.signatures.is_empty() {
            line!(out, "{}", self.t("gate-signatures"));
            for found in snapshot.signatures.iter().take(LISTED_MAX) {
                line!(out, "  {}", self.signature(found));
            }
            line!(out, "");
        }
        if !snapshot.networks.is_empty() {
            line!(out, "{}", self.t("gate-networks"));
            for state in snapshot.networks.iter().take(LISTED_MAX) {
                let (requests, away) =
                    (self.words.number(state.requests_per_second), self.words.number(state.turned_away_per_second));
                let network = pad(&state.network.to_string(), 24);
                let passes = self.words.count(u64::from(state.passes));
                line!(
                    out,
                    "  {network} {requests:>8} {} {away:>8} {} {passes:>6} {}",
                    self.t("gate-network-requests"),
                    self.t("gate-network-away"),
                    self.t("gate-network-passes")
                );
            }
            line!(out, "");
        }
    }

    fn signature(&self, found: &SignatureState) -> String {
        let says: Vec<String> =
            found.attributes.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
        let ends = match found.pinned {
            true => self.t("gate-signature-pinned"),
            false => self.words.t1("gate-signature-expires", "time", self.clock(found.expires)),
        };
        let hits = format!("{} {}", self.words.count(found.hits), self.t("gate-signature-hits"));
        format!("#{} {}: {hits}, {ends}", found.id, says.join(" "))
    }

    fn settings(&self, out: &mut String, snapshot: &Snapshot) {
        let set = &snapshot.settings;
        let auto = |number: Option<u64>| number.map_or_else(|| self.t("gate-auto"), |number| self.words.count(number));
        let doors = match &set.doors {
            Doors::Open => self.t("gate-doors-open"),
            Doors::Closed => self.t("gate-doors-closed"),
            Doors::OpenAt { at } => format!("{} {}", self.t("gate-doors-at"), self.clock(*at)),
        };
        let colon = self.colon();
        line!(out, "{}", self.t("gate-switches"));
        line!(out, "  {}{colon}{doors}", self.t("gate-set-doors"));
        for (key, number) in [
            ("gate-set-inside", set.inside_max),
            ("gate-set-newcomers", set.newcomers_per_minute_max.map(u64::from)),
            ("gate-set-concurrency", set.concurrency_max.map(u64::from)),
        ] {
            line!(out, "  {}{colon}{}", self.t(key), auto(number));
        }
        if let Some(note) = &set.note {
            line!(out, "  {}{colon}{}", self.t("gate-set-note"), shown(note));
        }
        for (network, until) in set.blocked.iter().filter(|(_, until)| snapshot.at < *until) {
            let left = self.words.left(until.since(snapshot.at));
            line!(out, "  {}{colon}{network} → {} ({left})", self.t("gate-blocked"), self.clock(*until));
        }
    }
}

/// The last minutes that were, and the next to come, as many as fit.
fn drawn(curve: &[Minute]) -> &[Minute] {
    let past = curve.iter().take_while(|minute| minute.arrived.is_some()).count();
    let from = past.saturating_sub(PAST_COLUMNS);
    let to = curve.len().min(from + COLUMNS);
    curve.get(from..to).unwrap_or_default()
}

fn highest(minute: &Minute) -> f64 {
    let expected = if minute.expected.is_finite() { minute.expected } else { 0.0 };
    expected.max(minute.arrived.unwrap_or(0) as f64)
}

/// One cell: the bar of those who came, or a point where those are who were expected.
fn cell(minute: &Minute, row: usize, most: f64) -> char {
    let eighths = |people: f64| (people / most * (ROWS * 8) as f64).clamp(0.0, (ROWS * 8) as f64).round() as usize;
    let bar = eighths(minute.arrived.unwrap_or(0) as f64).saturating_sub(row * 8).min(8);
    let expected = eighths(minute.expected);
    let expected_row = expected.saturating_sub(1) / 8;
    if bar == 0 && expected > 0 && expected_row == row { EXPECTED } else { BLOCKS[bar] }
}

/// Padded to a width in characters; what is longer stays whole.
fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.chars().count())))
}

/// What came from a client is shown without what would move a terminal's cursor.
fn shown(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Level, SeededRng};
    use preau_gate::snapshot::{AttackKind, Fact, Ground, NetworkState, VerdictKind};
    use preau_gate::{Gate, Settings};

    /// Monday 23 November 2026, 9:12 in Paris.
    const NOW: Instant = Instant::from_secs(1_795_421_520);

    fn snapshot() -> Snapshot {
        let hour = std::time::Duration::from_secs(3_600);
        let blocked = vec![("198.51.100.0/24".parse().expect("a network"), NOW.plus(hour))];
        let settings = Settings { note: Some("Bonjour\x1b[2J".to_owned()), blocked, ..Settings::default() };
        let mut snapshot = Gate::new(settings, NOW, &mut SeededRng::new(1)).snapshot(NOW);
        snapshot.people.inside = 1_234;
        snapshot.ladder.level = Level::Light;
        snapshot.verdict.kind = VerdictKind::Attack(AttackKind::HttpFlood);
        snapshot.verdict.attacks = vec![AttackKind::HttpFlood];
        snapshot.verdict.grounds = vec![Ground { fact: Fact::RequestsPerSecond, value: 900.0, usual: 30.0 }];
        snapshot.curve = (0..90)
            .map(|minute| Minute {
                starts: NOW
                    .minus(std::time::Duration::from_secs(60 * 60))
                    .plus(std::time::Duration::from_secs(60 * minute)),
                expected: 40.0,
                arrived: (minute < 60).then_some(minute),
                ..Minute::default()
            })
            .collect();
        snapshot.signatures = vec![SignatureState {
            id: 12,
            attributes: vec![("path".to_owned(), "/search\x1b[31m".to_owned())],
            since: NOW,
            expires: NOW,
            pinned: false,
            hits: 4_512,
            baseline_share: 0.0,
        }];
        snapshot.networks = vec![NetworkState {
            network: "192.0.2.7".parse().expect("a network"),
            requests_per_second: 90.0,
            turned_away_per_second: 80.0,
            passes: 0,
            known: false,
        }];
        snapshot
    }

    #[test]
    fn everything_has_its_words_in_both_languages() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        for (lang, people, time) in [(Lang::Fr, "1\u{202f}234", "9 h 12"), (Lang::En, "1,234", "9:12")] {
            let text = draw(&snapshot(), Words::new(lang), &zone);
            assert!(text.contains(people) && text.contains(time) && text.contains("#12"), "{text}");
            assert!(text.contains("198.51.100.0/24") && text.contains("1\u{a0}h\u{a0}00"), "how long remains: {text}");
            assert!(text.contains("192.0.2.7") && text.contains('█') && text.contains(EXPECTED), "{text}");
            // A missing text gives its key.
            assert!(!text.contains("gate-"), "{text}");
            assert!(!text.contains('\x1b'), "nobody else moves the cursor: {text:?}");
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        }
    }

    #[test]
    fn the_curve_shows_the_past_and_what_is_to_come() {
        let curve = snapshot().curve;
        let minutes = drawn(&curve);
        assert_eq!(minutes.len(), COLUMNS);
        assert_eq!(minutes.iter().filter(|minute| minute.arrived.is_some()).count(), PAST_COLUMNS);
        let full = Minute { arrived: Some(8), expected: 0.0, ..Minute::default() };
        let column = |minute: &Minute| (0..ROWS).map(|row| cell(minute, row, 8.0)).collect::<String>();
        assert_eq!(column(&full), "█████");
        assert_eq!(column(&Minute { arrived: None, expected: 8.0, ..Minute::default() }), "    ·");
        assert_eq!(column(&Minute { arrived: Some(4), expected: 4.0, ..Minute::default() }), "██▄  ");
        assert_eq!(column(&Minute::default()), "     ");
        assert_eq!(drawn(&[]).len(), 0);
    }
}
