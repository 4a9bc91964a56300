mod grades;
mod spring;

use super::*;
use crate::limits::{CALENDAR_BYTES_MAX, RULES_MAX};
use jiff::civil::date;
use proptest::prelude::*;

fn year(text: &str) -> Result<Year, CalendarError> {
    Draft::parse(text)?.year()
}

#[test]
fn ready_calendars_read_and_go_round() {
    assert_eq!(ready::years().len(), ready::READY.len());
    for (name, text) in ready::READY {
        let draft = Draft::parse(text).unwrap();
        assert_eq!(Draft::parse(&draft.to_text()).unwrap(), draft, "{name}");
        assert!(!draft.year().unwrap().rules.is_empty(), "{name}");
        assert_eq!(draft.extends, None, "{name} stands by itself");
    }
}

#[test]
fn easter_falls_where_the_almanac_has_it() {
    for (year, month, day) in [
        (1818, 3, 22),
        (1954, 4, 18),
        (2000, 4, 23),
        (2021, 4, 4),
        (2024, 3, 31),
        (2026, 4, 5),
        (2027, 3, 28),
        (2038, 4, 25),
    ] {
        assert_eq!(easter(year), date(year, month, day));
    }
}

#[test]
fn public_holidays_are_those_of_the_place() {
    let check = |day, departement: &str, expect| {
        assert_eq!(public_holiday(day, departement.parse().ok()), expect, "{day} {departement}");
    };
    check(date(2021, 4, 5), "93", Some(PublicHoliday::EasterMonday));
    check(date(2021, 5, 13), "93", Some(PublicHoliday::Ascension));
    check(date(2021, 5, 24), "93", Some(PublicHoliday::WhitMonday));
    check(date(2021, 4, 2), "67", Some(PublicHoliday::GoodFriday));
    check(date(2021, 4, 2), "93", None);
    check(date(2026, 12, 26), "57", Some(PublicHoliday::SaintStephen));
    check(date(2027, 5, 27), "971", Some(PublicHoliday::Abolition));
    check(date(2027, 5, 22), "972", Some(PublicHoliday::Abolition));
    check(date(2026, 12, 20), "974", Some(PublicHoliday::Abolition));
    check(date(2026, 11, 11), "", Some(PublicHoliday::Armistice));
}

#[test]
fn every_departement_has_its_zone() {
    let all: Vec<_> = Departement::metropolitan().collect();
    assert_eq!(all.len(), 96);
    let count = |zone| all.iter().filter(|it| it.zone() == Some(zone)).count();
    assert_eq!([Zone::A, Zone::B, Zone::C, Zone::Corsica].map(count), [32, 41, 21, 2]);
    for (uai, expect) in [
        ("0930123X", Some(("93", Zone::C))),
        ("0040001A", Some(("04", Zone::B))),
        ("6200001A", Some(("2A", Zone::Corsica))),
        ("9740001A", Some(("974", Zone::Reunion))),
        ("9840001A", Some(("987", Zone::Polynesia))),
        ("0200001A", None),
        ("09", None),
        ("é930123X", None),
    ] {
        let found = Departement::of_school_code(uai);
        let found = found.and_then(|it| Some((it.as_str().to_owned(), it.zone()?)));
        assert_eq!(found, expect.map(|(code, zone)| (code.to_owned(), zone)), "{uai}");
    }
}

#[test]
fn a_wrong_calendar_says_where() {
    let head = "name = \"x\"\nfirst = 2026-09-01\nlast = 2027-07-02\n";
    let rule = |body: &str| format!("{head}[[rule]]\nlabel = \"x\"\n{body}\n");
    for (text, expect) in [
        ("name = ", "line 1: "),
        ("\n\nnom = \"x\"", "line 3: "),
        ("name = \"x\"\nlast = 2027-07-02", "first is missing"),
        ("name = \"x\"\nfirst = 2026-09-01\nlast = 2026-08-31", "last: "),
        ("name = \"x\"\nfirst = 2026-09-01\nlast = 2028-07-01", "last: "),
        ("name = \"x\"\nfirst = 2026-09-01T10:00:00\nlast = 2027-07-01", "first: "),
        (&rule("from = 2026-10-01\nto = 2026-10-02\nmode = \"nap\""), "rule 1: unknown mode \"nap\""),
        (&rule("from = 2026-10-03\nto = 2026-10-02\nmode = \"distance\""), "rule 1: ends before it begins"),
        (&rule("from_evening = 2026-10-02\nto = 2026-10-02\nmode = \"distance\""), "rule 1: ends before"),
        (&rule("from = 2026-10-02\nmode = \"distance\""), "rule 1: needs one of"),
        (&rule("from = 2026-10-02\nto = 2026-10-02\nmode = \"distance\"\nzones = [\"D\"]"), "rule 1: unknown zone"),
        (&rule("from = 2026-10-02\nto = 2026-10-02\nmode = \"distance\"\ngrades = [\"7e\"]"), "rule 1: unknown grade"),
        (
            &rule("from = 2026-10-02\nto = 2026-10-02\nmode = \"distance\"\ndepartements = [\"20\"]"),
            "rule 1: \"20\" is no",
        ),
        (&rule("from = 2026-10-02\nto = 2026-10-02\nmode = \"distance\"\ndepartements_of = \"x\""), "rule 1: no list"),
        ("extends = \"mars-2021\"", "there is no ready calendar"),
        ("weekdays = [\"lun\"]", "weekdays: \"lun\" is none of"),
    ] {
        let error = year(text).expect_err(text).to_string();
        assert!(error.starts_with(expect), "{text}: {error}");
    }
    assert_eq!(Draft::parse(&"#".repeat(CALENDAR_BYTES_MAX + 1)), Err(CalendarError::TooLong));
    let many = rule("from = 2026-10-02\nto = 2026-10-02\nmode = \"distance\"").replace(head, "").repeat(RULES_MAX + 1);
    assert_eq!(Draft::parse(&many), Err(CalendarError::TooMany("rules")));
}

#[test]
fn a_school_goes_on_from_a_ready_calendar() {
    let own = "extends = \"france-2026-2027\"\nweekdays = [\"mon\", \"tue\", \"thu\", \"fri\", \"sat\"]\n\
               [[rule]]\nlabel = \"Travaux\"\nfrom = 2026-11-23\nto = 2026-11-24\nmode = \"distance\"\ngrades = [\"6e\"]\n\
               [[rule]]\nlabel = \"Rattrapage\"\nfrom = 2026-11-24\nto = 2026-11-24\nmode = \"on_site\"\n";
    let place = Place::of_school(Some("0040001A"), "college", None, None);
    let calendar = Calendar::new(place, vec![year(own).unwrap()]);
    let mode = |month, day, grade| calendar.day(date(2026, month, day), Some(grade)).mode;
    assert_eq!(mode(10, 20, Grade::Sixth), Mode::NoSchool, "the ready calendar's holidays");
    assert_eq!(mode(11, 23, Grade::Sixth), Mode::Distance);
    assert_eq!(mode(11, 23, Grade::Fifth), Mode::OnSite);
    assert_eq!(mode(11, 24, Grade::Sixth), Mode::OnSite, "the last rule that fits decides");
    assert_eq!(mode(11, 25, Grade::Sixth), Mode::NoSchool, "no school on Wednesdays");
    assert_eq!(mode(11, 28, Grade::Sixth), Mode::OnSite, "but on Saturdays");
    assert_eq!(calendar.day(date(2027, 8, 3), None).reason, Reason::Ordinary, "a year nobody has written down");
    assert_eq!(calendar.day(date(2027, 7, 14), None).reason, Reason::Summer);
    assert_eq!(calendar.day(date(2028, 7, 14), None).reason, Reason::Public(PublicHoliday::National));
}

#[test]
fn weeks_alternate_over_weeks_with_school() {
    let place = Place::of_school(Some("0040001A"), "college", None, None);
    let calendar = Calendar::new(place, ready::years());
    let letter = |month, day| calendar.letter(date(2026, month, day)).unwrap();
    assert_eq!(letter(9, 1), Letter::A);
    assert_eq!(letter(9, 7), Letter::B);
    // 1, 7, 14, 21, 28 September, 5, 12 October: seven weeks, then a fortnight of holidays.
    assert_eq!((letter(10, 12), letter(11, 2)), (Letter::A, Letter::B));
    assert_eq!(letter(10, 20), Letter::B, "a week of holidays has the letter of the next with school");
    let iso = year("extends = \"france-2026-2027\"\nweeks = \"iso\"\nfirst_week = \"B\"").unwrap();
    let calendar = Calendar::new(place, vec![iso]);
    // 2 November 2026 is in week 45.
    assert_eq!(calendar.letter(date(2026, 11, 2)), Some(Letter::B));
    assert_eq!(calendar.letter(date(2026, 11, 9)), Some(Letter::A));
}

#[test]
fn halves_take_turns() {
    let text = |turns: &str| {
        format!(
            "extends = \"france-2026-2027\"\n[[rule]]\nlabel = \"x\"\nfrom = 2026-11-02\nto = 2026-11-30\n\
             mode = \"half_groups\"\nturns = \"{turns}\"\n"
        )
    };
    let halves = |turns, from: i8| -> Vec<Option<Half>> {
        let calendar = Calendar::new(Place::default(), vec![year(&text(turns)).unwrap()]);
        (from..from + 5).map(|day| calendar.day(date(2026, 11, day), None).on_site).collect()
    };
    let (one, two) = (Some(Half::First), Some(Half::Second));
    assert_eq!(halves("week", 16), [two; 5], "16 November is in a week B of a place without a zone");
    assert_eq!(halves("week", 23), [one; 5]);
    assert_eq!(halves("day", 16), [two, one, two, one, two]);
    assert_eq!(halves("day", 23), [one, two, one, two, one]);
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        let _ = year(&text);
    }

    #[test]
    fn no_toml_makes_the_parser_panic(
        field in "(from|to|back|from_evening|mode|zones|grades|label|turns|kinds)",
        value in "(\"[a-zA-Z0-9-]{0,8}\"|[0-9]{4}-[0-9]{2}-[0-9]{2}|\\[\"[A-Z0-9a-z]{0,4}\"\\]|[0-9]{1,4})",
    ) {
        let _ = year(&format!("name = \"x\"\nfirst = 2026-09-01\nlast = 2027-07-02\n[[rule]]\n{field} = {value}\n"));
    }

    #[test]
    fn every_day_of_a_week_has_one_letter(days in 0_i64..300) {
        use jiff::ToSpan as _;
        let calendar = Calendar::new(Place::default(), ready::years());
        let day = date(2026, 9, 1).checked_add(days.days()).unwrap();
        let monday = year::monday_of(day).max(date(2026, 9, 1));
        prop_assert_eq!(calendar.letter(day), calendar.letter(monday));
    }

    #[test]
    fn departements_read_back(text in "[0-9AB]{0,4}") {
        if let Ok(departement) = text.parse::<Departement>() {
            prop_assert_eq!(departement.as_str(), text);
            prop_assert!(departement.zone().is_some() || departement.as_str() == "984");
        }
    }
}
