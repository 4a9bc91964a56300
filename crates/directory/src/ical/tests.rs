use super::*;
use jiff::Timestamp;
use jiff::civil::{date, time};
use proptest::prelude::*;

fn options() -> Options {
    Options { zone: TimeZone::get("Europe/Paris").unwrap(), from: date(2026, 9, 1), to: date(2027, 7, 3) }
}

fn read_event(lines: &str) -> Timetable {
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a@b\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    read(text.as_bytes(), "x.ics", &options())
}

fn one(lines: &str) -> Recurring {
    let found = read_event(lines);
    assert_eq!((found.refusals.as_slice(), found.lessons.len()), (&[][..], 1), "{found:?}");
    found.lessons.into_iter().next().unwrap()
}

#[test]
fn a_weekly_lesson_keeps_its_hour_over_clock_changes() {
    let lesson = one("DTSTART;TZID=Europe/Paris:20261020T080500\r\nDTEND;TZID=Europe/Paris:20261020T090000\r\n\
         RRULE:FREQ=WEEKLY;UNTIL=20261110T070500Z\r\nEXDATE;TZID=Europe/Paris:20261103T080500\r\n\
         SUMMARY:Histoire-\r\n géo\\, 6e B\r\nLOCATION:B 204");
    assert_eq!((lesson.start, lesson.end), (time(8, 5, 0, 0), time(9, 0, 0, 0)));
    // Clocks change on 25 October; UNTIL is 8 h 05 on the last day, by winter time.
    assert_eq!(lesson.days, [date(2026, 10, 20), date(2026, 10, 27), date(2026, 11, 10)]);
    assert_eq!((lesson.subject.label.as_str(), lesson.room.as_str()), ("Histoire-géo, 6e B", "B 204"));
}

#[test]
fn every_second_week_and_a_moved_one() {
    let found = read_event(
        "DTSTART:20260907T090000\r\nDURATION:PT55M\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3\r\nSUMMARY:SVT\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:a@b\r\nRECURRENCE-ID:20260921T090000\r\nDTSTART:20260922T100000\r\nDURATION:PT55M\r\nSUMMARY:SVT",
    );
    let told: Vec<_> = found.lessons.iter().map(|lesson| (lesson.start, lesson.days.clone())).collect();
    let expect =
        [(time(9, 0, 0, 0), vec![date(2026, 9, 7), date(2026, 10, 5)]), (time(10, 0, 0, 0), vec![date(2026, 9, 22)])];
    assert_eq!(told, expect);
    assert_ne!(found.lessons[0].key, found.lessons[1].key);
}

#[test]
fn zones_are_honoured() {
    let check =
        |start: &str, hour: i8| assert_eq!(one(&format!("{start}\r\nDURATION:PT1H")).start.hour(), hour, "{start}");
    check("DTSTART:20261201T080000Z", 9);
    check("DTSTART;TZID=America/New_York:20261201T030000", 9);
    check("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Paris:20261201T090000", 9);
    check("DTSTART;TZID=\"Europe/London\":20261201T080000", 9);
    check("DTSTART;TZID=UTC:20261201T080000", 9);
    check("DTSTART;TZID=GMT:20261201T080000", 9);
    check("DTSTART;TZID=EET:20261201T100000", 9);
    check("DTSTART;TZID=Etc/GMT+4:20261201T040000", 9);
    check("DTSTART;TZID=GMT Standard Time:20261201T080000", 9);
    check("DTSTART;TZID=gmt standard time:20261201T080000", 9);
    check("DTSTART;TZID=SA Western Standard Time:20261201T040000", 9);
    check("DTSTART;TZID=Mauritius Standard Time:20261201T120000", 9);
    check("DTSTART;TZID=Central Pacific Standard Time:20261201T190000", 9);
    check("DTSTART;TZID=:20261201T090000", 9);
    // What is in UTC needs no zone.
    check("DTSTART;TZID=Nowhere:20261201T080000Z", 9);
}

#[test]
fn a_school_overseas_reads_the_hours_of_paris() {
    let options = Options { zone: TimeZone::get("America/Martinique").unwrap(), ..options() };
    for zone in [
        "Romance Standard Time",
        "\"W. Europe Standard Time\"",
        "Central Europe Standard Time",
        "CET",
        "MET",
        "Europe/Paris",
    ] {
        let text = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART;TZID={zone}:20261201T140000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR"
        );
        let found = read(text.as_bytes(), "x.ics", &options);
        assert_eq!(found.lessons.first().map(|lesson| lesson.start), Some(time(9, 0, 0, 0)), "{zone}: {found:?}");
    }
}

#[test]
fn every_name_of_windows_leads_to_a_zone() {
    for (name, iana) in times::WINDOWS {
        let zone = times::zone(Some(name), &TimeZone::unknown()).expect("a zone");
        assert_eq!(zone, TimeZone::get(iana).unwrap(), "{name}");
    }
}

#[test]
fn an_event_in_an_unknown_zone_is_refused_and_names_it() {
    let good = "DTSTART:20261201T080000\r\nDURATION:PT1H";
    for (lines, zone) in [
        ("DTSTART;TZID=Heure de Paris:20261201T080000\r\nDURATION:PT1H".to_owned(), "Heure de Paris"),
        ("DTSTART:20261201T080000\r\nDTEND;TZID=Etc/Unknown:20261201T090000".to_owned(), "Etc/Unknown"),
        (format!("{good}\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEXDATE;TZID=Ici:20261202T080000"), "Ici"),
        (format!("{good}\r\nRDATE;TZID=Ici:20261202T080000"), "Ici"),
        (format!("{good}\r\nRECURRENCE-ID;TZID=Ici:20261202T080000"), "Ici"),
    ] {
        let found = read_event(&lines);
        assert!(found.lessons.is_empty(), "{lines}: {found:?}");
        let reason = found.refusals[0].reason.to_string();
        assert_eq!(reason, format!("calendar-unknown-zone zone=\"{zone}\""), "{lines}");
        assert_eq!(found.refusals[0].position.line, 3, "{lines}");
    }
}

/// Outlook's way of telling a zone: from 1601 on, by rules.
const OWN_ZONE: &str = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n\
    BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
    BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n\
    END:VTIMEZONE\n";

fn read_in(zones: &str, lines: &str, options: &Options) -> Timetable {
    let event = format!("BEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT");
    read(format!("BEGIN:VCALENDAR\n{zones}{event}\nEND:VCALENDAR").as_bytes(), "x.ics", options)
}

#[test]
fn a_zone_that_the_file_defines_has_its_rules() {
    let utc = Options { zone: TimeZone::UTC, ..options() };
    let lines = "DTSTART;TZID=Customized Time Zone:20261020T080500\nDURATION:PT55M\nRRULE:FREQ=WEEKLY;UNTIL=20261028T000000Z\n\
        EXDATE;TZID=Customized Time Zone:20261103T080500";
    let found = read_in(OWN_ZONE, lines, &utc);
    assert_eq!(found.refusals, []);
    let told: Vec<_> = found.lessons.iter().map(|lesson| (lesson.start, lesson.days.clone())).collect();
    // Clocks change on 25 October: what is at 8 h 05 in that zone is an hour later in UTC.
    let expect = [(time(6, 5, 0, 0), vec![date(2026, 10, 20)]), (time(7, 5, 0, 0), vec![date(2026, 10, 27)])];
    assert_eq!(told, expect);
    // In Paris, whose rules these are, it is the same hour all the year.
    let paris = read_in(
        OWN_ZONE,
        "DTSTART;TZID=Customized Time Zone:20260907T080500\nDURATION:PT55M\nRRULE:FREQ=WEEKLY",
        &options(),
    );
    assert_eq!((paris.lessons.len(), paris.lessons[0].start), (1, time(8, 5, 0, 0)), "{paris:?}");
    // The definition may stand behind the event, tell its changes one by one, and have seconds.
    let single = "END:VEVENT\nBEGIN:VTIMEZONE\nTZID:Ici\nBEGIN:STANDARD\nDTSTART:20260101T000000\nTZOFFSETFROM:+000000\n\
        TZOFFSETTO:+003000\nRDATE:20261101T000000\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:20261001T000000\nTZOFFSETFROM:+0030\n\
        TZOFFSETTO:-0130\nEND:DAYLIGHT\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:b";
    let check = |day: &str, hour: i8, minute: i8| {
        let found = read_in("", &format!("DTSTART;TZID=Ici:{day}T080000\nDURATION:PT1H\n{single}"), &utc);
        assert_eq!(found.lessons[0].start, time(hour, minute, 0, 0), "{day}: {found:?}");
    };
    check("20260915", 7, 30);
    check("20261015", 9, 30);
    check("20261115", 7, 30);
}

#[test]
fn a_zone_whose_definition_cannot_be_followed_is_refused_with_its_name() {
    let broken = |from: &str, to: &str| OWN_ZONE.replace(from, to);
    for zones in [
        broken("TZOFFSETTO:+0100", "TZOFFSETTO:soon"),
        broken("TZOFFSETTO:+0100", "TZOFFSETTO:+0170"),
        broken("TZOFFSETFROM:+0200\n", ""),
        broken("DTSTART:16010101T030000\n", ""),
        broken("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "FREQ=OFTEN"),
        broken("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "FREQ=HOURLY"),
        broken("TZID:Customized Time Zone", "TZID:Another"),
        "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nEND:VTIMEZONE\n".to_owned(),
    ] {
        let found = read_in(&zones, "DTSTART;TZID=Customized Time Zone:20261020T080500\nDURATION:PT1H", &options());
        assert!(found.lessons.is_empty(), "{zones}: {found:?}");
        let reason = found.refusals[0].reason.to_string();
        assert_eq!(reason, "calendar-unknown-zone zone=\"Customized Time Zone\"", "{zones}");
    }
}

#[test]
fn a_whole_day_can_be_taken_out() {
    let rule = "DURATION:PT55M\r\nRRULE:FREQ=DAILY;COUNT=4\r\nSUMMARY:Maths";
    for start in ["DTSTART;TZID=Europe/Paris:20261201T080500", "DTSTART:20261201T070500Z", "DTSTART:20261201T080500"] {
        let lesson = one(&format!("{start}\r\n{rule}\r\nEXDATE;VALUE=DATE:20261202,20261204"));
        assert_eq!(lesson.days, [date(2026, 12, 1), date(2026, 12, 3)], "{start}");
    }
    // A day is a day of the school's, for what is written in UTC: in Nouméa the lesson of 2 December begins on the 1st there.
    let noumea = Options { zone: TimeZone::get("Pacific/Noumea").unwrap(), ..options() };
    let found = read_in(
        "",
        "DTSTART:20261201T210000Z\nDURATION:PT55M\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20261202",
        &noumea,
    );
    assert_eq!(found.lessons[0].days, [date(2026, 12, 3)]);
}

#[test]
fn a_change_from_one_lesson_on_holds_for_all_that_follow() {
    let master =
        "DTSTART;TZID=Europe/Paris:20261006T090000\r\nDURATION:PT55M\r\nRRULE:FREQ=WEEKLY;COUNT=6\r\nSUMMARY:SVT";
    let change =
        |id: &str, more: &str| format!("END:VEVENT\r\nBEGIN:VEVENT\r\nUID:a@b\r\nRECURRENCE-ID;{id}\r\n{more}\r\n");
    // Two days later and in another room from the third on, over the clock change; the fifth is moved by itself.
    let onwards = change(
        "RANGE=THISANDFUTURE;TZID=Europe/Paris:20261020T090000",
        "DTSTART;TZID=Europe/Paris:20261022T100000\r\nDURATION:PT1H50M\r\nSUMMARY:SVT\r\nLOCATION:Labo",
    );
    let single =
        change("TZID=Europe/Paris:20261103T090000", "DTSTART:20261106T140000\r\nDURATION:PT55M\r\nSUMMARY:SVT");
    let found = read_event(format!("{master}\r\n{onwards}{single}").trim_end());
    assert_eq!(found.refusals, []);
    let told: Vec<_> =
        found.lessons.iter().map(|it| (it.start.hour(), it.end.hour(), it.room.as_str(), it.days.clone())).collect();
    let expect = [
        (9, 9, "", vec![date(2026, 10, 6), date(2026, 10, 13)]),
        (10, 11, "Labo", vec![date(2026, 10, 22), date(2026, 10, 29), date(2026, 11, 12)]),
        (14, 14, "", vec![date(2026, 11, 6)]),
    ];
    assert_eq!(told, expect);

    // The end of it: all that follow are cancelled.
    let end = change(
        "RANGE=THISANDFUTURE:20261027T090000",
        "DTSTART:20261027T090000\r\nDURATION:PT55M\r\nSUMMARY:SVT\r\nSTATUS:CANCELLED",
    );
    let found = read_event(format!("{master}\r\n{onwards}{end}").trim_end());
    let cancelled: Vec<_> = found.lessons.iter().flat_map(|lesson| lesson.cancelled.clone()).collect();
    assert_eq!(cancelled, [date(2026, 10, 27), date(2026, 11, 3), date(2026, 11, 10)], "{found:?}");

    // A change that cannot be read: it is told, and nothing is made of the lessons that it is about.
    let wrong = change("RANGE=THISANDFUTURE:20261027T090000", "DTSTART;TZID=Ici:20261027T090000\r\nDURATION:PT55M");
    let found = read_event(format!("{master}\r\n{wrong}").trim_end());
    assert_eq!(found.lessons[0].days, [date(2026, 10, 6), date(2026, 10, 13), date(2026, 10, 20)]);
    assert_eq!(found.refusals[0].reason.to_string(), "calendar-unknown-zone zone=\"Ici\"");
    let wrong = change("RANGE=THISANDPRIOR:20261027T090000", "DTSTART:20261027T090000\r\nDURATION:PT55M");
    let found = read_event(format!("{master}\r\n{wrong}").trim_end());
    assert_eq!(found.refusals[0].reason.to_string(), "calendar-bad-rule part=\"RANGE\"");
}

#[test]
fn a_rule_without_end_stops_with_the_year() {
    let lesson = one("DTSTART:20200901T080000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;BYDAY=TU");
    assert_eq!(lesson.days.first(), Some(&date(2026, 9, 1)));
    assert_eq!(lesson.days.last(), Some(&date(2027, 6, 29)));
}

#[test]
fn cancelled_ones_are_told() {
    let lesson = one("DTSTART:20261201T080000\r\nDURATION:PT1H\r\nSTATUS:CANCELLED");
    assert_eq!(lesson.cancelled, lesson.days);
}

#[test]
fn what_is_no_lesson_is_refused_with_its_line() {
    for (lines, expect) in [
        ("DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261202", "whole-day"),
        ("DTSTART:20261201T230000\r\nDURATION:PT2H", "other-day"),
        ("DTSTART:20261201T230000\r\nDTEND:20261201T220000", "ends-before-it-begins"),
        ("DTEND:20261201T220000", "no-start"),
        ("DTSTART:20261301T230000\r\nDURATION:PT1H", "bad-time property=\"DTSTART\""),
        ("DTSTART:20261201T080000\r\nDURATION:PT1H\r\nRRULE:FREQ=OFTEN", "bad-rule"),
        ("DTSTART:20261201T080000\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY;BYHOUR=99", "bad-rule"),
    ] {
        let found = read_event(lines);
        assert!(found.lessons.is_empty(), "{lines}: {found:?}");
        assert!(found.refusals[0].reason.to_string().contains(expect), "{lines}: {:?}", found.refusals);
        assert_eq!(found.refusals[0].position.line, 3, "{lines}");
    }
    assert!(read(b"hello", "x", &options()).refusals.iter().any(|one| one.reason.to_string().contains("no-calendar")));
    let cut = read(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n", "x", &options());
    assert!(cut.refusals[0].reason.to_string().contains("cut-off"));
}

fn entry(text: &str, at: &str) -> Entry {
    let starts_at: Timestamp = at.parse().unwrap();
    Entry {
        uid: "lesson@preau".to_owned(),
        sequence: 2,
        changed_at: "2026-09-01T06:00:00Z".parse().unwrap(),
        starts_at,
        ends_at: starts_at + jiff::SignedDuration::from_mins(55),
        summary: text.to_owned(),
        location: text.to_owned(),
        description: text.to_owned(),
        url: Some("https://ecole.example/lessons/1".to_owned()),
        status: Status::Confirmed,
    }
}

fn written(entries: &[Entry]) -> String {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    write(&Calendar { name: "6e B", zone: &zone, zone_name: "Europe/Paris", entries })
}

#[test]
fn a_written_calendar_describes_its_zone() {
    let text = written(&[entry("Maths", "2026-10-01T06:05:00Z"), entry("Maths", "2026-11-02T07:05:00Z")]);
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}

/// `e2e/scenarios/other-programs.test.mjs` reads this snapshot with a library of others: each title is its instant.
#[test]
fn a_calendar_goes_over_both_clock_changes() {
    let days = ["2026-10-24", "2026-10-25", "2026-10-26", "2027-03-27", "2027-03-28", "2027-03-29"];
    let hours = ["02:05", "06:05", "07:05", "22:15"];
    let instants = days.iter().flat_map(|day| hours.map(|hour| format!("{day}T{hour}:00Z")));
    let entries: Vec<_> = instants.map(|at| entry(&at, &at)).collect();
    insta::assert_snapshot!(written(&entries).replace("\r\n", "\n"));
}

proptest! {
    #[test]
    fn what_is_written_reads_back(summary in "[^\\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200e}\u{200f}\u{61c}\u{feff}]{0,150}", minutes in 0_i64..400_000) {
        let at = Timestamp::from_second(1_788_220_800 + minutes * 60).unwrap();
        let mut one = entry(&summary, "2026-09-01T06:00:00Z");
        (one.starts_at, one.ends_at) = (at, at + jiff::SignedDuration::from_mins(1));
        let text = written(std::slice::from_ref(&one));
        prop_assert!(text.lines().all(|line| line.len() <= 75));
        let found = read(text.as_bytes(), "x.ics", &options());
        let local = at.to_zoned(options().zone);
        let over_midnight = local.time() >= time(23, 59, 0, 0);
        let outside = local.date() > options().to;
        if !over_midnight && !outside {
            let lesson = &found.lessons[0];
            prop_assert_eq!((lesson.days[0], lesson.start), (local.date(), local.time()));
            prop_assert_eq!(&lesson.subject.label, &tidy(&summary));
        }
    }

    #[test]
    fn no_definition_of_a_zone_makes_it_panic(lines in proptest::collection::vec("(BEGIN:STANDARD|END:STANDARD|BEGIN:DAYLIGHT|TZOFFSETTO:[+-][0-9]{4}|TZOFFSETFROM:[+-][0-9]{4,6}|DTSTART:(1601|2026)[01][0-9]{3}T[0-9]{6}|RDATE:\\PC{0,20}|RRULE:FREQ=YEARLY;BYMONTH=[0-9]|TZID:Z|\\PC{0,20})", 0..14)) {
        let zones = format!("BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:20260101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n{}\nEND:VTIMEZONE\n", lines.join("\n"));
        for lesson in read_in(&zones, "DTSTART;TZID=Z:20261020T080500\nDURATION:PT1H\nRRULE:FREQ=WEEKLY", &options()).lessons {
            prop_assert!(lesson.start < lesson.end && !lesson.days.is_empty());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(lines in proptest::collection::vec("(BEGIN:VEVENT|END:VEVENT|RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T080000|DTSTART|DTEND|RRULE|EXDATE|UID|DURATION)?[;:=A-Z0-9,\\-+\"]{0,40}|\\PC{0,40}", 0..20), rule in "(FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY);?)?((INTERVAL|COUNT|BYDAY|BYMONTH|BYSETPOS|UNTIL|BYHOUR)=[-0-9A-Z,]{0,9};?){0,3}") {
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20261201T080000\nDURATION:PT1H\nRRULE:{rule}\n{}\nEND:VEVENT\nEND:VCALENDAR", lines.join("\n"));
        for lesson in read(text.as_bytes(), "x.ics", &options()).lessons {
            prop_assert!(lesson.start < lesson.end && !lesson.days.is_empty());
        }
    }
}
