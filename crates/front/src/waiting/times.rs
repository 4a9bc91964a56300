//! Times, durations and numbers as French schools write them (9 h 04, 12 408) and as English readers do (9:04, 12,408).

use super::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use preau_base::Instant;
use std::time::Duration;

/// Between a number and what it counts (U+00A0).
pub(super) const NBSP: char = '\u{a0}';

/// `9 h 04`, `9:04`; with the day where it is another than today.
pub(super) fn clock(at: Instant, now: Instant, zone: &TimeZone, lang: Lang) -> String {
    let [at, now] = [at, now].map(|at| timestamp(at).to_zoned(zone.clone()));
    let (hour, minute) = (at.hour(), at.minute());
    let time = match lang {
        Lang::Fr => format!("{hour}{NBSP}h{NBSP}{minute:02}"),
        Lang::En => format!("{hour}:{minute:02}"),
    };
    match lang {
        _ if at.date() == now.date() => time,
        Lang::Fr => format!("{time} le {:02}/{:02}", at.day(), at.month()),
        Lang::En => format!("{time} on {:02}/{:02}", at.day(), at.month()),
    }
}

/// The next whole minute: a time that is said is never earlier than the one that is meant.
pub(super) fn minute_after(at: Instant) -> Instant {
    Instant::from_secs(at.as_secs().div_euclid(60).saturating_add(1).saturating_mul(60))
}

/// For the `datetime` attribute of `<time>`.
pub(super) fn machine(at: Instant) -> String {
    timestamp(at).to_string()
}

fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_millisecond(at.as_millis()).unwrap_or_default()
}

/// `12 408` with narrow spaces, `12,408`.
pub(super) fn number(number: u64, lang: Lang) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(if lang == Lang::Fr { '\u{202f}' } else { ',' });
        }
        text.push(digit);
    }
    text
}

/// `20 secondes`, `2 minutes`, rounded up.
pub(super) fn wait(wait: Duration, lang: Lang) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let (count, unit) = if seconds < 60 { (seconds.max(1), "seconde") } else { (seconds.div_ceil(60), "minute") };
    let unit = if lang == Lang::En && unit == "seconde" { "second" } else { unit };
    let plural = if count > 1 { "s" } else { "" };
    format!("{count}{NBSP}{unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_schools_write_them() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        // 2026-11-23 08:04 UTC is 9:04 in Paris.
        let at = Instant::from_secs(1_795_421_040);
        assert_eq!(clock(at, at, &zone, Lang::Fr), "9\u{a0}h\u{a0}04");
        assert_eq!(clock(at, at, &zone, Lang::En), "9:04");
        assert_eq!(clock(at, at.minus(Duration::from_secs(86_400)), &zone, Lang::Fr), "9\u{a0}h\u{a0}04 le 23/11");
        assert_eq!(machine(at), "2026-11-23T08:04:00Z");
        assert_eq!(minute_after(at), at.plus(Duration::from_secs(60)));
        assert_eq!(minute_after(at.plus(Duration::from_secs(59))), at.plus(Duration::from_secs(60)));
    }

    #[test]
    fn numbers_and_waits() {
        assert_eq!([0, 999, 1_000, 12_400_000].map(|n| number(n, Lang::En)), ["0", "999", "1,000", "12,400,000"]);
        assert_eq!(number(412_806, Lang::Fr), "412\u{202f}806");
        let text = |ms, lang| wait(Duration::from_millis(ms), lang);
        assert_eq!(text(0, Lang::Fr), "1\u{a0}seconde");
        assert_eq!(text(19_001, Lang::Fr), "20\u{a0}secondes");
        assert_eq!(text(20_000, Lang::En), "20\u{a0}seconds");
        assert_eq!(text(60_001, Lang::En), "2\u{a0}minutes");
    }
}
