//! The spring of 2021: every day from 29 March to 14 May, every grade, every zone, with and without the list.

use crate::calendar::{
    Calendar, Decision, Departement, Draft, Grade, Kind, Mode, Place, PublicHoliday, Reason, Stage, Zone, ready,
};
use jiff::civil::{Date, Weekday, date};

fn calendar(departement: &str, kind: Kind) -> Calendar {
    let departement: Departement = departement.parse().unwrap();
    Calendar::new(Place { zone: departement.zone(), departement: Some(departement), kind: Some(kind) }, ready::years())
}

fn april(day: i8) -> Date {
    date(2021, 4, day)
}

/// What was decided, written down once more and otherwise: day by day instead of by rules.
fn decided(day: Date, grade: Grade, listed: bool) -> Mode {
    let secondary = grade >= Grade::Sixth;
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return Mode::NoSchool;
    }
    match day {
        // Lessons on site up to the evening of Friday 2 April.
        day if day <= april(2) => Mode::OnSite,
        // Easter Monday.
        day if day == april(5) => Mode::NoSchool,
        day if day <= april(9) => Mode::Distance,
        day if day <= april(25) => Mode::NoSchool,
        day if day <= april(30) && secondary => Mode::Distance,
        day if day <= april(30) => Mode::OnSite,
        // Ascension and the day after.
        day if day == date(2021, 5, 13) || day == date(2021, 5, 14) => Mode::NoSchool,
        _ if grade >= Grade::Second => Mode::HalfGroups,
        _ if listed && (grade == Grade::Fourth || grade == Grade::Third) => Mode::HalfGroups,
        _ => Mode::OnSite,
    }
}

#[test]
fn every_day_and_grade_is_as_it_was_decided() {
    // 69 (zone A), 59 and 2A (B and Corsica), 93 (C): Rhône, Nord and Seine-Saint-Denis are on the list.
    let mut compared = 0;
    for (departement, listed) in
        [("69", true), ("26", false), ("59", true), ("04", false), ("93", true), ("31", false), ("2A", false)]
    {
        for grade in Grade::ALL {
            let calendar = calendar(departement, grade.kind());
            for day in Calendar::days(date(2021, 3, 29), date(2021, 5, 14)) {
                let found = calendar.day(day, Some(*grade));
                assert_eq!(found.mode, decided(day, *grade, listed), "{departement} {grade:?} {day}");
                assert_eq!(found.on_site.is_some(), found.mode == Mode::HalfGroups, "{departement} {grade:?} {day}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 7 * 15 * 47);
}

#[test]
fn its_days_say_why() {
    let calendar = calendar("04", Kind::College);
    let why = |day| calendar.day(day, Some(Grade::Sixth)).reason;
    let label = |day| match why(day) {
        Reason::Rule(rule) => rule.label.fr.clone(),
        other => format!("{other:?}"),
    };
    assert_eq!(why(april(2)), Reason::Ordinary);
    assert_eq!(why(april(5)), Reason::Public(PublicHoliday::EasterMonday));
    assert_eq!(label(april(6)), "Enseignement à distance");
    assert_eq!(label(april(12)), "Vacances de printemps");
    assert_eq!(label(april(26)), "Enseignement à distance");
    assert_eq!(why(date(2021, 5, 3)), Reason::Ordinary);
    assert_eq!(why(date(2021, 5, 13)), Reason::Public(PublicHoliday::Ascension));
}

#[test]
fn one_holiday_takes_the_place_of_each_zones_own() {
    // Zone B would have been on holiday from 24 April to 9 May, zone C from 17 April to 2 May.
    for (departement, zone) in [("69", Zone::A), ("59", Zone::B), ("93", Zone::C)] {
        let calendar = calendar(departement, Kind::Primary);
        assert_eq!(calendar.place.zone, Some(zone));
        let days = Calendar::days(april(1), date(2021, 5, 12));
        let closed: Vec<Date> = days
            .filter(|day| matches!(calendar.day(*day, Some(Grade::Cp)).reason, Reason::Rule(rule) if rule.mode == Mode::NoSchool))
            .collect();
        assert_eq!((closed.first(), closed.last(), closed.len()), (Some(&april(12)), Some(&april(25)), 14));
    }
}

#[test]
fn the_list_of_departements_is_a_setting() {
    let own = "extends = \"france-2020-2021\"\n[lists]\nhalf_groups = [\"04\"]\n";
    let year = Draft::parse(own).unwrap().year().unwrap();
    let mode = |departement: &str, grade| {
        let departement: Departement = departement.parse().unwrap();
        let place = Place { zone: departement.zone(), departement: Some(departement), kind: Some(Kind::College) };
        Calendar::new(place, vec![year.clone()]).day(date(2021, 5, 3), Some(grade)).mode
    };
    assert_eq!(mode("04", Grade::Third), Mode::HalfGroups);
    assert_eq!(mode("04", Grade::Fifth), Mode::OnSite);
    assert_eq!(mode("93", Grade::Third), Mode::OnSite, "no longer on the list");
}

#[test]
fn territories_decide_the_list_for_their_own_departements_and_the_nearest_decides() {
    let decision = |codes: &[&str]| Decision {
        begins: 2020,
        list: "half_groups".to_owned(),
        departements: codes.iter().map(|code| code.parse().unwrap()).collect(),
    };
    let mode = |text: &str, departement: &str, decisions: &[Decision]| {
        let departement: Departement = departement.parse().unwrap();
        let place = Place { zone: departement.zone(), departement: Some(departement), kind: Some(Kind::College) };
        let year = Draft::parse(text).unwrap().year_for(Some(departement), decisions).unwrap();
        Calendar::new(place, vec![year]).day(date(2021, 5, 3), Some(Grade::Third)).mode
    };
    let ready = "extends = \"france-2020-2021\"\n";
    // Widest first: région, académie, département.
    let check = |departement: &str, decisions: &[Decision], expect| {
        assert_eq!(mode(ready, departement, decisions), expect, "{departement} {decisions:?}");
    };
    check("04", &[], Mode::OnSite);
    check("69", &[], Mode::HalfGroups);
    check("04", &[decision(&["04", "13"])], Mode::HalfGroups);
    check("69", &[decision(&["01"])], Mode::OnSite);
    check("04", &[decision(&["04"]), decision(&[])], Mode::OnSite);
    check("04", &[decision(&[]), decision(&["04"])], Mode::HalfGroups);
    // A list that the calendar does not have, and another year, change nothing.
    check("04", &[Decision { list: "snow".to_owned(), ..decision(&["04"]) }], Mode::OnSite);
    check("04", &[Decision { begins: 2026, ..decision(&["04"]) }], Mode::OnSite);
    // What a school has of its own comes last.
    let own = format!("{ready}[lists]\nhalf_groups = []\n");
    assert_eq!(mode(&own, "04", &[decision(&["04"])]), Mode::OnSite);
}

#[test]
fn a_group_without_a_grade_is_as_its_whole_school() {
    let mode = |kind, day| calendar("93", kind).day(day, None).mode;
    assert_eq!(mode(Kind::Primary, april(27)), Mode::OnSite);
    assert_eq!(mode(Kind::College, april(27)), Mode::Distance);
    assert_eq!(mode(Kind::Lycee, date(2021, 5, 4)), Mode::HalfGroups);
    assert_eq!(mode(Kind::College, date(2021, 5, 4)), Mode::OnSite, "not all grades of a collège are in half groups");
}

#[test]
fn overseas_goes_its_own_way() {
    let calendar = calendar("974", Kind::College);
    assert_eq!(calendar.day(april(7), Some(Grade::Sixth)).mode, Mode::OnSite);
}

#[test]
fn the_halves_of_a_lycee_change_places_each_week() {
    let calendar = calendar("93", Kind::Lycee);
    let half = |month, day| calendar.day(date(2021, month, day), Some(Grade::Second)).on_site.unwrap();
    assert_eq!(half(5, 3), half(5, 7));
    assert_eq!(half(5, 3).other(), half(5, 10));
    assert!(
        Stage::Lycee.grades().iter().all(|grade| calendar.day(date(2021, 5, 3), Some(*grade)).mode == Mode::HalfGroups)
    );
}
