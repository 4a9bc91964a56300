//! A gate that is stopped and started while people wait.

use super::site::{Browser, START, Site, ipv4, minutes};
use crate::decision::Decision;
use crate::gate::Gate;
use crate::request::Kind;
use crate::settings::{Doors, Settings};
use crate::waiting::SavedError;
use preau_base::SeededRng;
use std::time::Duration;

#[test]
fn whoever_waits_keeps_their_place_over_a_restart() {
    let opens = START.plus(minutes(2));
    let settings = Settings { doors: Doors::OpenAt { at: opens }, ..Settings::default() };
    let mut site = Site::new(5, settings.clone(), 1, Duration::from_millis(500));
    assert!(site.gate.line(site.now).is_none(), "nobody waits");
    let mut browsers: Vec<_> = (0..40).map(|number| Browser::at(ipv4(number))).collect();
    for _ in 0..3 {
        browsers.iter_mut().for_each(|browser| site.visits(browser, Kind::Page));
        site.pass_time(Duration::from_secs(3));
    }
    let before = site.gate.snapshot(site.now);
    assert_eq!(before.people.waiting, 40);
    let kept = site.gate.line(site.now).unwrap().into_bytes();

    site.now = site.now.plus(minutes(4));
    site.gate = Gate::new(settings, site.now, &mut SeededRng::new(99));
    assert_eq!(site.gate.restore_line(b"something else", site.now), Err(SavedError::Format));
    site.gate.restore_line(&kept, site.now).unwrap();
    let after = site.gate.snapshot(site.now);
    assert_eq!((after.people.waiting, after.room.seed_hash), (40, before.room.seed_hash));
    let mut came_in = 0;
    for _ in 0..120 {
        site.pass_time(Duration::from_secs(1));
        for browser in &mut browsers {
            if browser.entry.is_some() {
                continue;
            }
            let ticket = browser.ticket.unwrap();
            if let Decision::Admit(_) = site.visit(browser, Kind::Page) {
                let entry = browser.entry.unwrap();
                assert_eq!((entry.room, entry.serial), (ticket.room, ticket.serial), "in their own place");
                came_in += 1;
            }
        }
    }
    assert_eq!(came_in, 40);
}
