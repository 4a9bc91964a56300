//! What operators set.

use super::site::{Browser, START, Site, holder, ipv4, minutes};
use crate::decision::{Away, Decision};
use crate::limits::{BLOCKED_MAX, CONCURRENCY_MAX, NOTE_CHARS_MAX};
use crate::pass::Standing;
use crate::request::{Holder, Kind};
use crate::settings::{Command, CommandRefusal, Doors, Settings};
use preau_base::{Instant, Level};
use std::time::Duration;

#[test]
fn commands_are_kept_as_settings_and_come_back_from_json() {
    let mut site = Site::quick(Settings::default());
    let opens = START.plus(minutes(5));
    let commands = [
        Command::Level { level: Some(Level::Plain) },
        Command::InsideMax { people: Some(5_000) },
        Command::NewcomersPerMinuteMax { people: Some(600) },
        Command::ConcurrencyMax { requests: Some(50) },
        Command::Doors(Doors::OpenAt { at: opens }),
        Command::Priority { standings: vec![Standing::Teacher, Standing::Teacher, Standing::Pupil] },
        Command::Note { text: Some("  Les cours du matin sont maintenus. ".to_owned()) },
        Command::Block { network: "198.51.100.0/24".parse().unwrap(), until: opens },
    ];
    for command in commands {
        site.gate.apply(command, START).unwrap();
    }
    let settings = site.gate.settings().clone();
    assert_eq!(settings.priority, [Standing::Teacher, Standing::Pupil]);
    assert_eq!(settings.note.as_deref(), Some("Les cours du matin sont maintenus."));
    let json = serde_json::to_string(&settings).unwrap();
    let again = Site::quick(serde_json::from_str(&json).unwrap());
    assert_eq!(again.gate.settings(), &settings);
    assert_eq!(again.gate.level(), Level::Plain);
    let snapshot = again.gate.snapshot(START);
    assert!(snapshot.ladder.by_hand && !snapshot.room.open);
    assert_eq!(snapshot.room.opens, Some(opens));
    assert!(snapshot.limit.limit <= 50);
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut site = Site::quick(Settings::default());
    let block = |network: &str, until: Instant| Command::Block { network: network.parse().unwrap(), until };
    let later = START.plus(minutes(1));
    let check = |site: &mut Site, command: Command| {
        assert!(site.gate.apply(command.clone(), START).is_err(), "{command:?}");
        assert_eq!(site.gate.settings(), &Settings::default());
    };
    check(&mut site, Command::InsideMax { people: Some(0) });
    check(&mut site, Command::NewcomersPerMinuteMax { people: Some(0) });
    check(&mut site, Command::ConcurrencyMax { requests: Some(0) });
    check(&mut site, Command::ConcurrencyMax { requests: Some(CONCURRENCY_MAX + 1) });
    check(&mut site, Command::Doors(Doors::OpenAt { at: START }));
    check(&mut site, Command::Note { text: Some("é".repeat(NOTE_CHARS_MAX + 1)) });
    check(&mut site, Command::PinSignature { id: 7 });
    check(&mut site, Command::DropSignature { id: 7 });
    check(&mut site, block("10.0.0.0/8", later));
    check(&mut site, block("2001::/16", later));
    check(&mut site, block("192.0.2.0/24", START));
    check(&mut site, Command::Unblock { network: "192.0.2.0/24".parse().unwrap() });
    for number in 0..BLOCKED_MAX {
        site.gate.apply(block(&format!("10.{}.{}.0/24", number / 256, number % 256), later), START).unwrap();
    }
    let refusal = site.gate.apply(block("192.0.2.0/24", later), START).unwrap_err();
    assert_eq!(refusal, CommandRefusal::TooManyBlocked { max: BLOCKED_MAX });
    site.gate.apply(block("10.0.7.0/24", later.plus(minutes(1))), START).unwrap();
    assert_eq!(site.gate.settings().blocked.len(), BLOCKED_MAX);
}

#[test]
fn a_blocked_network_is_blocked_for_all_but_those_who_can_undo_it_until_its_end() {
    let mut site = Site::quick(Settings::default());
    let network = "192.0.2.0/24".parse().unwrap();
    site.gate.apply(Command::Block { network, until: site.now.plus(minutes(1)) }, site.now).unwrap();
    let address = "192.0.2.9".parse().unwrap();
    let blocked = |decision| matches!(decision, Decision::TurnAway { why: Away::Blocked, .. });
    let mut pupil = Browser::with_pass(address, holder(1));
    let mut staff = Browser::with_pass(address, Holder { standing: Standing::Staff, ..holder(2) });
    assert!(blocked(site.visit(&mut Browser::at(address), Kind::Page)));
    assert!(blocked(site.visit(&mut pupil, Kind::Page)));
    assert!(blocked(site.visit(&mut pupil, Kind::Console)));
    assert!(blocked(site.visit(&mut staff, Kind::Page)));
    assert!(!blocked(site.visit(&mut staff, Kind::Console)));
    assert!(!blocked(site.visit(&mut Browser::at(ipv4(9)), Kind::Page)));
    site.now = site.now.plus(minutes(1));
    assert!(!blocked(site.visit(&mut pupil, Kind::Page)));
    site.step();
    site.pass_time(Duration::from_secs(1));
    assert!(site.gate.settings().blocked.is_empty());
}

#[test]
fn an_upper_bound_holds_at_once_and_is_given_back() {
    let mut site = Site::new(1, Settings::default(), 1, minutes(60));
    site.gate.apply(Command::ConcurrencyMax { requests: Some(3) }, site.now).unwrap();
    let admitted = |site: &mut Site, from: u128| {
        let come = |person: u128, site: &mut Site| {
            matches!(site.visit(&mut Browser::with_pass(ipv4(1), holder(person)), Kind::Page), Decision::Admit(_))
        };
        (from..from + 100).filter(|person| come(*person, site)).count()
    };
    assert_eq!(admitted(&mut site, 0), 2, "the third is for signing in");
    site.gate.apply(Command::ConcurrencyMax { requests: None }, site.now).unwrap();
    assert!(admitted(&mut site, 1_000) > 10);
}
