//! Values that both formats have: dates, school codes, mail addresses.

use crate::limits::MAIL_CHARS_MAX;
use jiff::civil::{Date, Time};
use preau_school::feed::timetable::Recurring;
use std::collections::BTreeMap;

/// `dd/mm/yyyy`, also with `-` or `.`, and ISO 8601's `yyyy-mm-dd`.
pub(crate) fn date(text: &str) -> Option<Date> {
    let mut parts = text.trim().split(['/', '-', '.']);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || ![first, second, third].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let (year, month, day) = match (first.len(), third.len()) {
        (4, 1..=2) => (first, second, third),
        (1..=2, 4) => (third, second, first),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A school's code: 7 digits and a letter, written large.
pub(crate) fn uai(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_uppercase();
    let (digits, letter) = text.split_at_checked(7)?;
    let good = digits.bytes().all(|b| b.is_ascii_digit())
        && letter.len() == 1
        && letter.bytes().all(|b| b.is_ascii_uppercase());
    good.then_some(text)
}

/// Something to write to: one `@` with something on both sides, no spaces. Whether mail arrives, only mail tells.
pub(crate) fn mail(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.split_once('@')?;
    let good = !local.is_empty()
        && domain.contains('.')
        && !domain.contains('@')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.chars().count() <= MAIL_CHARS_MAX
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'));
    good.then(|| text.to_owned())
}

/// A time of day as exports write it: `8h30`, `08h`, `08:30`, `08:30:00`, `0830`. Seconds are left out.
pub(crate) fn clock(text: &str) -> Option<Time> {
    let text = text.trim();
    let parts: Vec<&str> = match text.split_once(['h', 'H', ':']) {
        Some((hour, "")) => vec![hour, "0"],
        Some((hour, rest)) => vec![hour, rest.split([':', 'm']).next().unwrap_or(rest)],
        None if text.len() == 4 && text.is_ascii() => vec![&text[..2], &text[2..]],
        None => return None,
    };
    let number = |part: &str| {
        let good = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        good.then(|| part.parse().ok()).flatten()
    };
    Time::new(number(parts[0])?, number(parts[1])?, 0, 0).ok()
}

/// Characters of a key that are shown as they are; the rest is in its hash.
const KEY_SHOWN_CHARS: usize = 120;

/// Gives a lesson that comes back its key: when, what and whom, so that the next delivery names it the same. Two that
/// are alike in all of these are told apart by their order. `lesson.key` holds what the format knows of the time.
pub(crate) fn feed_key(taken: &mut BTreeMap<String, u32>, lesson: &mut Recurring) {
    let mut key = format!("{} {}", lesson.key, lesson.subject.code);
    for group in &lesson.groups {
        key.push_str(&format!(" {}", group.name));
    }
    for teacher in &lesson.teachers {
        key.push_str(&format!(" {} {}", teacher.family_name, teacher.given_name));
    }
    if key.chars().count() > KEY_SHOWN_CHARS {
        let hash = fnv(key.as_bytes());
        key = format!("{}…{hash:016x}", key.chars().take(KEY_SHOWN_CHARS).collect::<String>());
    }
    let count = taken.entry(key.clone()).or_default();
    *count += 1;
    lesson.key = if *count == 1 { key } else { format!("{key} #{count}") };
}

/// FNV-1a, 64 bits: the same in every version of this program.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(clock(text).map(|time| time.strftime("%H:%M").to_string()).as_deref(), expect, "{text}");
        };
        for (text, expect) in
            [("8h30", "08:30"), ("08h", "08:00"), ("08:30:00", "08:30"), ("0830", "08:30"), ("23:59", "23:59")]
        {
            check(text, Some(expect));
        }
        for wrong in ["", "8", "24h00", "8h60", "a:b", "8h3a", "-8h00", "8:123", "éé"] {
            check(wrong, None);
        }
    }

    #[test]
    fn dates() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(date(text).map(|date| date.to_string()).as_deref(), expect, "{text}");
        };
        check("14/09/1995", Some("1995-09-14"));
        check(" 1/9/2014 ", Some("2014-09-01"));
        check("2014-09-01", Some("2014-09-01"));
        check("01.09.2014", Some("2014-09-01"));
        for wrong in ["", "31/02/2014", "14/09/95", "14/09", "1/1/2014/5", "aa/bb/cccc", "+1/01/2014", "99999-01-01"] {
            check(wrong, None);
        }
    }

    #[test]
    fn codes_and_addresses() {
        assert_eq!(uai(" 0931234x").as_deref(), Some("0931234X"));
        for wrong in ["", "0931234", "093123XX", "0931234é", "0931234XY"] {
            assert_eq!(uai(wrong), None, "{wrong}");
        }
        assert_eq!(mail(" a@b.fr ").as_deref(), Some("a@b.fr"));
        for wrong in ["", "a", "a@b", "@b.fr", "a@b@c.fr", "a b@c.fr", "a@c.fr;d@e.fr", "a@.fr", "a@fr."] {
            assert_eq!(mail(wrong), None, "{wrong}");
        }
    }
}
