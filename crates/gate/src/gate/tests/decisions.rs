//! One request, one answer.

use super::site::{Browser, Site, holder, ipv4, lesson, minutes};
use crate::decision::{Away, Decision, Lane};
use crate::gate::promises::Promises;
use crate::limits::{ENTRY_RENEWED_AFTER, INSIDE_IDLE_MAX};
use crate::pass::Standing;
use crate::request::{Holder, Kind, Request, Shape, Shown};
use crate::settings::Settings;
use std::time::Duration;

fn lane(decision: Decision) -> Option<Lane> {
    match decision {
        Decision::Admit(admission) => Some(admission.lane),
        _ => None,
    }
}

fn why(decision: Decision) -> Option<Away> {
    match decision {
        Decision::TurnAway { why, .. } => Some(why),
        _ => None,
    }
}

#[test]
fn lanes_are_told_by_what_is_shown() {
    let mut site = Site::quick(Settings::default());
    let soon = lesson(1, site.now.plus(minutes(10)));
    let later = lesson(2, site.now.plus(minutes(40)));
    site.timetable([(1, soon), (2, later)]);
    let mut with_lesson = Browser::with_pass(ipv4(1), holder(1));
    let mut known = Browser::with_pass(ipv4(2), holder(2));
    let mut nobody = Browser::at(ipv4(3));
    assert_eq!(lane(site.visit(&mut with_lesson, Kind::Page)), Some(Lane::Lesson));
    assert_eq!(lane(site.visit(&mut known, Kind::Page)), Some(Lane::Known));
    assert_eq!(lane(site.visit(&mut nobody, Kind::Page)), Some(Lane::Newcomer));
    assert!(nobody.entry.is_some(), "in at once, and known to be in from now on");
    assert_eq!(lane(site.visit(&mut nobody, Kind::Page)), Some(Lane::Entered));
    let people = site.gate.snapshot(site.now).people;
    assert_eq!((people.inside, people.inside_with_lesson, people.entered_total), (3, 1, 3));
}

#[test]
fn whoever_signs_in_is_counted_once() {
    let mut site = Site::quick(Settings::default());
    let mut browser = Browser::at(ipv4(3));
    site.visits(&mut browser, Kind::SignIn);
    site.visits(&mut browser, Kind::SignIn);
    browser.shown = Shown::Valid(holder(1));
    assert_eq!(lane(site.visit(&mut browser, Kind::Page)), Some(Lane::Known));
    let people = site.gate.snapshot(site.now).people;
    assert_eq!((people.inside, people.entered_total), (1, 1));
}

#[test]
fn the_idle_leave_and_an_entry_lives_as_long_as_it_is_used() {
    let mut site = Site::quick(Settings::default());
    let mut browser = Browser::at(ipv4(3));
    site.visits(&mut browser, Kind::Page);
    for _ in 0..12 {
        site.now = site.now.plus(INSIDE_IDLE_MAX - minutes(1));
        assert_eq!(lane(site.visit(&mut browser, Kind::Page)), Some(Lane::Entered));
    }
    site.now = site.now.plus(INSIDE_IDLE_MAX + ENTRY_RENEWED_AFTER);
    assert_eq!(lane(site.visit(&mut browser, Kind::Page)), Some(Lane::Newcomer));
}

#[test]
fn an_entry_outlives_a_restart() {
    let mut browser = Browser::at(ipv4(3));
    Site::quick(Settings::default()).visits(&mut browser, Kind::Page);
    let mut again = Site::new(2, Settings::default(), 1_000, Duration::from_millis(20));
    assert_eq!(lane(again.visit(&mut browser, Kind::Page)), Some(Lane::Entered));
}

#[test]
fn a_lesson_is_entered_with_a_pass_only() {
    let mut site = Site::quick(Settings::default());
    let browser = Browser::at(ipv4(3));
    let socket = Request { navigates: false, ..browser.request(Kind::Live) };
    assert_eq!(why(site.ask(0, &socket)), Some(Away::NoPass));
    let forged = Request { shown: Shown::Forged, ..socket };
    assert_eq!(why(site.ask(0, &forged)), Some(Away::NoPass));
    let door = browser.request(Kind::Live);
    assert_eq!(lane(site.ask(0, &door)), Some(Lane::Newcomer), "a person who goes to the door is led to sign in");
    let valid = Request { shown: Shown::Valid(holder(1)), ..socket };
    assert_eq!(lane(site.ask(0, &valid)), Some(Lane::Known));
}

#[test]
fn whoever_has_the_token_of_a_lesson_gets_its_socket_whatever_is_at_work() {
    let mut site = Site::new(1, Settings::default(), 1, minutes(60));
    site.timetable((0..400).map(|person| (person, lesson(1, site.now))).collect::<Vec<_>>());
    for person in 0..200 {
        site.visits(&mut Browser::with_pass(ipv4(person), holder(u128::from(person))), Kind::Page);
    }
    let pupil = Browser::with_pass(ipv4(9), holder(300));
    let socket = Request { navigates: false, ..pupil.request(Kind::Live) };
    let token = Request { shape: Shape { method: "POST", ..socket.shape }, ..socket };
    let asked = site.ask(1, &token);
    assert!(lane(asked).is_none(), "everything is full: {asked:?}");
    let Decision::Admit(joins) = site.ask(1, &socket) else {
        panic!("the last step into a lesson is refused to nobody")
    };
    assert!(!joins.counted, "a place would be taken from those who come");
    let stranger = Browser::with_pass(ipv4(9), holder(500));
    let theirs = site.ask(2, &Request { navigates: false, ..stranger.request(Kind::Live) });
    assert!(lane(theirs).is_none(), "neither in nor with a lesson: {theirs:?}");
}

#[test]
fn the_console_answers_those_who_operate_whatever_is_at_work() {
    let mut site = Site::new(1, Settings::default(), 1, minutes(60));
    let staff = Holder { standing: Standing::Staff, ..holder(500) };
    for person in 0..200 {
        site.visits(&mut Browser::with_pass(ipv4(person), holder(u128::from(person))), Kind::Page);
    }
    let mut operator = Browser::with_pass(ipv4(9), staff);
    assert_eq!(lane(site.visit(&mut operator, Kind::Page)), None, "everything is full");
    assert_eq!(lane(site.visit(&mut operator, Kind::Console)), Some(Lane::Known));
    let mut pupil = Browser::with_pass(ipv4(9), holder(501));
    assert_eq!(lane(site.visit(&mut pupil, Kind::Console)), None, "a page like any other");
}

#[test]
fn files_take_no_place_and_make_nobody_an_inmate() {
    let mut site = Site::quick(Settings::default());
    let mut browser = Browser::at(ipv4(3));
    let Decision::Admit(admission) = site.visit(&mut browser, Kind::Asset) else { panic!("a file is given") };
    assert!(!admission.counted && admission.entry.is_none());
    let mut known = Browser::with_pass(ipv4(3), holder(1));
    site.visits(&mut known, Kind::Queue);
    assert_eq!(site.gate.snapshot(site.now).people.inside, 0);
}

#[test]
fn a_pass_has_a_budget_that_no_person_spends() {
    let mut site = Site::quick(Settings::default());
    let mut browser = Browser::with_pass(ipv4(3), holder(1));
    let admitted = (0..2_000).filter(|_| lane(site.visit(&mut browser, Kind::Asset)).is_some()).count();
    assert_eq!(admitted, 2_000);
    site.pass_time(Duration::from_secs(30));
    let pages = (0..1_000).take_while(|_| why(site.visit(&mut browser, Kind::Page)) != Some(Away::Budget)).count();
    assert!((300..320).contains(&pages), "{pages}");
}

#[test]
fn scripts_of_strangers_are_told_to_come_again_where_pages_are_told_to_wait() {
    let mut site = Site::new(1, Settings::default(), 1, minutes(60));
    for person in 0..200 {
        site.visits(&mut Browser::with_pass(ipv4(person), holder(u128::from(person))), Kind::Page);
    }
    let mut browser = Browser::at(ipv4(1_000));
    assert_eq!(why(site.visit(&mut browser, Kind::Call)), Some(Away::Busy));
    let Decision::Wait(wait) = site.visit(&mut browser, Kind::Page) else { panic!("a page waits") };
    assert!(wait.ticket.is_some() && wait.place.is_none() && wait.lesson.is_none());
    let Decision::Wait(wait) = site.visit(&mut browser, Kind::Page) else { panic!("still waits") };
    assert_eq!(wait.place.map(|place| place.ahead), Some(0));
    assert_eq!(wait.lane, Lane::Returning);
    assert_eq!(site.gate.snapshot(site.now).people.waiting, 1);
}

/// A form that was held and never got room costs no place in line: places are given at a pace.
#[test]
fn a_sign_in_that_was_given_up_gets_a_promise_and_no_place() {
    let mut site = Site::new(1, Settings::default(), 1, Duration::from_secs(60));
    let shape = Shape { method: "POST", ..Shape::of_path("/sign-in") };
    let given_up = (1..1_000_u32).find_map(|network| {
        let asked = Request { shape, ..Browser::at(ipv4(network * 256)).request(Kind::SignIn) };
        match site.gate.decide(&asked, site.now) {
            Decision::Hold { id, .. } => Some(site.gate.give_up(id, site.now)),
            _ => None,
        }
    });
    let Some(Decision::Wait(wait)) = given_up else { panic!("{given_up:?}") };
    assert!(wait.ticket.is_some_and(|ticket| Promises::is_promise(&ticket)), "{wait:?}");
}
