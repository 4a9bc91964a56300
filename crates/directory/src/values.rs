//! Values that both formats have: dates, school codes, mail addresses.

use crate::limits::MAIL_CHARS_MAX;
use jiff::civil::Date;

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

#[cfg(test)]
mod tests {
    use super::*;

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
