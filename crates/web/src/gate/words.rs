//! What the gate says, in words: for the console page and for the terminal.

use crate::lang::Lang;
use crate::texts::{self, Arg, Voice};
use crate::times::NBSP;
use fluent_bundle::FluentArgs;
use preau_base::Level;
use preau_gate::snapshot::{AttackKind, Cause, Fact, Ground, Verdict, VerdictKind};
use preau_gate::{Lane, Reason};
use std::time::Duration;

/// The gate's words in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(Lang);

/// What a ground's numbers are.
#[derive(Clone, Copy)]
enum Unit {
    Count,
    Share,
    Milliseconds,
}

impl Words {
    pub const fn new(lang: Lang) -> Self {
        Self(lang)
    }

    pub const fn lang(self) -> Lang {
        self.0
    }

    /// The text of `key`.
    pub fn t(self, key: &str) -> String {
        texts::text(self.0, Voice::Vous, key, FluentArgs::new())
    }

    /// The text of `key` with one argument.
    pub fn t1(self, key: &str, name: &str, value: impl Arg) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.value());
        texts::text(self.0, Voice::Vous, key, args)
    }

    /// The text of `key` with three arguments.
    pub fn t3(self, key: &str, first: (&str, impl Arg), second: (&str, impl Arg), third: (&str, impl Arg)) -> String {
        let mut args = FluentArgs::new();
        args.set(first.0, first.1.value());
        args.set(second.0, second.1.value());
        args.set(third.0, third.1.value());
        texts::text(self.0, Voice::Vous, key, args)
    }

    /// One sentence: what goes on.
    pub fn verdict(self, verdict: &Verdict) -> String {
        match verdict.attacks.as_slice() {
            [] | [_] => self.kind(verdict.kind),
            attacks => {
                let names: Vec<String> = attacks.iter().map(|attack| self.attack(*attack)).collect();
                self.t1("gate-verdict-attacks", "attacks", names.join(", "))
            }
        }
    }

    pub fn kind(self, kind: VerdictKind) -> String {
        match kind {
            VerdictKind::Calm => self.t("gate-verdict-calm"),
            VerdictKind::ExpectedCrowd => self.t("gate-verdict-expected"),
            VerdictKind::UnexpectedCrowd => self.t("gate-verdict-unexpected"),
            VerdictKind::OurSlowness => self.t("gate-verdict-slow"),
            VerdictKind::Attack(attack) => self.t1("gate-verdict-attack", "attack", self.attack(attack)),
        }
    }

    pub fn attack(self, attack: AttackKind) -> String {
        self.t(match attack {
            AttackKind::ConnectionFlood => "gate-attack-connections",
            AttackKind::HandshakeFlood => "gate-attack-handshakes",
            AttackKind::SlowConnections => "gate-attack-slow",
            AttackKind::HttpFlood => "gate-attack-http",
            AttackKind::CacheBusting => "gate-attack-cache",
            AttackKind::Http2Abuse => "gate-attack-http2",
            AttackKind::LargeRequests => "gate-attack-large",
            AttackKind::Smuggling => "gate-attack-smuggling",
            AttackKind::PasswordStuffing => "gate-attack-passwords",
            AttackKind::TicketFarming => "gate-attack-tickets",
            AttackKind::ForgedPasses => "gate-attack-forged",
            AttackKind::SharedPass => "gate-attack-shared",
        })
    }

    /// A fact with its number, and what it is held against where there is something.
    pub fn ground(self, ground: &Ground) -> String {
        let (key, unit) = fact(ground.fact);
        let name = match ground.fact {
            Fact::Connections(sign) => {
                let ended = self.t(&format!("gate-sign-{}", sign.name().replace('_', "-")));
                self.t1(key, "ended", ended)
            }
            _ => self.t(key),
        };
        let colon = if self.0 == Lang::Fr { "\u{a0}: " } else { ": " };
        let value = self.measure(ground.value, unit);
        if ground.usual > 0.0 {
            let usual = self.t1("gate-ground-usual", "usual", self.measure(ground.usual, unit));
            format!("{name}{colon}{value} ({usual})")
        } else {
            format!("{name}{colon}{value}")
        }
    }

    pub fn level(self, level: Level) -> String {
        self.t(&format!("gate-level-{}", level.name().replace('_', "-")))
    }

    pub fn cause(self, cause: Cause) -> String {
        self.t(match cause {
            Cause::Calm => "gate-cause-calm",
            Cause::Queue => "gate-cause-queue",
            Cause::Latency => "gate-cause-latency",
            Cause::Errors => "gate-cause-errors",
            Cause::Machine => "gate-cause-machine",
            Cause::Hand => "gate-cause-hand",
        })
    }

    pub fn lane(self, lane: Lane) -> String {
        self.t(&format!("gate-lane-{}", lane.name()))
    }

    pub fn reason(self, reason: Reason) -> String {
        self.t(&format!("gate-reason-{}", reason.name().replace('_', "-")))
    }

    /// How long something still lasts, in whole minutes begun: `encore 42 min`, `1 h 05 left`.
    pub fn left(self, time: Duration) -> String {
        let minutes = time.as_secs().div_ceil(60);
        let said = match (minutes, self.0) {
            (0..60, _) => format!("{minutes}{NBSP}min"),
            (60..1_440, _) => format!("{}{NBSP}h{NBSP}{:02}", minutes / 60, minutes % 60),
            (_, Lang::Fr) => format!("{}{NBSP}j", minutes / 1_440),
            (_, Lang::En) => format!("{}{NBSP}d", minutes / 1_440),
        };
        self.t1("gate-left", "time", said)
    }

    /// `2 040`, `2,040`.
    pub fn count(self, count: u64) -> String {
        let digits = count.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(if self.0 == Lang::Fr { '\u{202f}' } else { ',' });
            }
            text.push(digit);
        }
        text
    }

    /// With one digit behind the point below ten, without above.
    pub fn number(self, number: f64) -> String {
        if !number.is_finite() {
            return "–".to_owned();
        }
        if number.abs() < 10.0 && number.fract() != 0.0 {
            let text = format!("{number:.1}");
            return if self.0 == Lang::Fr { text.replace('.', ",") } else { text };
        }
        self.count(number.max(0.0).round() as u64)
    }

    fn measure(self, number: f64, unit: Unit) -> String {
        match unit {
            Unit::Count => self.number(number),
            Unit::Share if self.0 == Lang::Fr => format!("{}{NBSP}%", self.number(number * 100.0)),
            Unit::Share => format!("{}%", self.number(number * 100.0)),
            Unit::Milliseconds => format!("{}{NBSP}ms", self.number(number)),
        }
    }
}

/// The key of a fact, and the unit of its numbers.
const fn fact(fact: Fact) -> (&'static str, Unit) {
    match fact {
        Fact::Arrivals => ("gate-fact-arrivals", Unit::Count),
        Fact::KnownNetworksShare => ("gate-fact-known-networks", Unit::Share),
        Fact::PagesWithoutAssetsShare => ("gate-fact-pages-alone", Unit::Share),
        Fact::RequestsPerSecond => ("gate-fact-requests", Unit::Count),
        Fact::BusiestNetwork => ("gate-fact-busiest", Unit::Count),
        Fact::TurnedAwayPerSecond => ("gate-fact-turned-away", Unit::Count),
        Fact::Connections(_) => ("gate-fact-connections", Unit::Count),
        Fact::NewQueriesShare => ("gate-fact-new-queries", Unit::Share),
        Fact::WrongPasswords => ("gate-fact-wrong-passwords", Unit::Count),
        Fact::LoginsTried => ("gate-fact-logins", Unit::Count),
        Fact::ForgedPasses => ("gate-fact-forged", Unit::Count),
        Fact::NetworksOfOnePass => ("gate-fact-shared", Unit::Count),
        Fact::TicketsNeverBackShare => ("gate-fact-tickets", Unit::Share),
        Fact::LatencyMs => ("gate-fact-latency", Unit::Milliseconds),
        Fact::ErrorsShare => ("gate-fact-errors", Unit::Share),
        Fact::SignatureHits => ("gate-fact-signature", Unit::Count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_gate::Sign;

    #[test]
    fn numbers_are_written_as_each_language_does() {
        let (fr, en) = (Words::new(Lang::Fr), Words::new(Lang::En));
        assert_eq!(
            (fr.count(1_412_806).as_str(), en.count(1_412_806).as_str()),
            ("1\u{202f}412\u{202f}806", "1,412,806")
        );
        assert_eq!((fr.count(999).as_str(), fr.number(0.25).as_str(), fr.number(12.4).as_str()), ("999", "0,2", "12"));
        assert_eq!(fr.number(f64::NAN), "–");
    }

    #[test]
    fn what_is_left_is_said_in_minutes_begun() {
        let left = |lang, seconds| Words::new(lang).left(Duration::from_secs(seconds)).replace(NBSP, " ");
        assert_eq!(left(Lang::Fr, 61), "encore 2 min");
        assert_eq!(left(Lang::En, 3_900), "1 h 05 left");
        assert_eq!(left(Lang::Fr, 200_000), "encore 2 j");
    }

    #[test]
    fn a_ground_names_its_number_and_what_is_usual() {
        let ground = Ground { fact: Fact::Arrivals, value: 2_040.0, usual: 1_980.0 };
        let said = Words::new(Lang::Fr).ground(&ground);
        assert!(said.contains("2\u{202f}040") && said.contains("1\u{202f}980"), "{said}");
        let alone = Ground { fact: Fact::ErrorsShare, value: 0.4, usual: 0.0 };
        assert!(Words::new(Lang::En).ground(&alone).ends_with(": 40%"));
    }

    #[test]
    fn everything_has_words_in_both_languages() {
        for lang in Lang::ALL {
            let words = Words::new(lang);
            let mut said: Vec<String> = AttackKind::ALL.iter().map(|attack| words.attack(*attack)).collect();
            said.extend(Level::ALL.iter().map(|level| words.level(*level)));
            said.extend(Lane::ALL.iter().map(|lane| words.lane(*lane)));
            said.extend(Reason::ALL.iter().map(|reason| words.reason(*reason)));
            said.extend(
                Sign::ALL
                    .iter()
                    .map(|sign| words.ground(&Ground { fact: Fact::Connections(*sign), value: 3.0, usual: 1.0 })),
            );
            // A missing text gives its key.
            assert!(said.iter().all(|text| !text.is_empty() && !text.contains("gate-")), "{said:?}");
        }
    }
}
