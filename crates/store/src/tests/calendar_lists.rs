//! What territories decide about the lists of départements in calendars.

use super::on_both;
use super::world::{NOW, World};
use crate::calendars::{self, NewDecision};
use crate::{Conn, territories};
use jiff::civil::date;
use preau_base::TerritoryId;
use preau_school::TerritoryKind;
use preau_school::calendar::{Calendar, Departement, Grade, Mode};
use std::time::Duration;

const LIST: &str = "half_groups";
/// Of a decision made now.
const FIRST: i64 = NOW.as_millis();

fn new<'a>(world: &World, territory: TerritoryId, list: Option<&'a [Departement]>, seen: i64) -> NewDecision<'a> {
    NewDecision { territory, begins: 2020, list: LIST, departements: list, seen, by: world.teacher }
}

/// Of a 3e on 3 May 2021, when the list matters.
fn mode(calendar: &Calendar) -> Mode {
    calendar.day(date(2021, 5, 3), Some(Grade::Third)).mode
}

async fn now(conn: &mut Conn, world: &World) -> Mode {
    mode(&calendars::of_school(conn, world.school).await.expect("a calendar"))
}

/// The world's school in the 93, which the ready calendar has on its list; its territories, the widest first.
async fn placed(conn: &mut Conn, world: &mut World) -> Vec<TerritoryId> {
    let whereabouts = (Some("0931234X"), "93000", "Oraison");
    territories::place(conn, world.school, whereabouts, NOW, &mut world.rng).await.expect("placed");
    let found = territories::by_code(conn, TerritoryKind::Department, "93").await.expect("read").expect("there");
    territories::path(conn, found.id).await.expect("a path").iter().map(|it| it.id).collect()
}

on_both! {
    async fn the_nearest_territory_decides_a_list_and_the_school_last(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let path = placed(&mut tx, &mut world).await;
        let own: [Departement; 1] = ["93".parse().expect("a département")];
        assert_eq!(now(&mut tx, &world).await, Mode::HalfGroups, "as the ready calendar has it");

        assert!(calendars::decide(&mut tx, &new(&world, path[0], Some(&[]), 0), NOW).await.expect("decided"));
        assert_eq!(now(&mut tx, &world).await, Mode::OnSite);
        assert!(calendars::decide(&mut tx, &new(&world, path[2], Some(&own), 0), NOW).await.expect("decided"));
        assert_eq!(now(&mut tx, &world).await, Mode::HalfGroups, "the département is nearer than the région");
        let stale = calendars::decide(&mut tx, &new(&world, path[2], Some(&[]), 0), NOW).await.expect("asked");
        assert!(!stale, "somebody else has decided meanwhile");
        let around = calendars::around(&mut tx, path[1]).await.expect("read");
        assert_eq!(around.iter().map(|it| (it.territory, it.version)).collect::<Vec<_>>(), [(path[0], FIRST), (path[2], FIRST)]);
        assert_eq!(around[1].decision.departements, own);

        let body = "extends = \"france-2020-2021\"\n[lists]\nhalf_groups = []\n".to_owned();
        let last = calendars::Own { year: 2020, body, version: 0 };
        assert!(calendars::save(&mut tx, world.school, &last, None, NOW).await.expect("saved"));
        assert_eq!(now(&mut tx, &world).await, Mode::OnSite, "the school for itself");
        let (own, decisions) = calendars::own_and_decided(&mut tx, world.school).await.expect("read");
        assert_eq!((own.len(), decisions.len()), (1, 2));
    }

    async fn schools_follow_a_decision_once_from_what_they_had_before(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let path = placed(&mut tx, &mut world).await;
        assert!(calendars::due(&mut tx).await.expect("read").is_empty());
        let modes = |(before, after): &(Calendar, Calendar)| (mode(before), mode(after));

        // Twice before anybody follows: what counts is what was before the first.
        assert!(calendars::decide(&mut tx, &new(&world, path[1], Some(&[]), 0), NOW).await.expect("decided"));
        let elsewhere: [Departement; 1] = ["94".parse().expect("a département")];
        assert!(calendars::decide(&mut tx, &new(&world, path[1], Some(&elsewhere), FIRST), NOW).await.expect("decided"));
        assert_eq!(calendars::due(&mut tx).await.expect("read"), [world.school]);
        let both = calendars::follow(&mut tx, world.school).await.expect("followed");
        assert_eq!(modes(&both), (Mode::HalfGroups, Mode::OnSite));
        assert!(calendars::due(&mut tx).await.expect("read").is_empty());

        // The same again asks nobody to follow; to decide nothing any more does.
        assert!(calendars::decide(&mut tx, &new(&world, path[1], Some(&elsewhere), FIRST + 1), NOW).await.expect("decided"));
        assert!(calendars::due(&mut tx).await.expect("read").is_empty());
        assert!(calendars::decide(&mut tx, &new(&world, path[1], None, FIRST + 1), NOW).await.expect("decided"));
        let both = calendars::follow(&mut tx, world.school).await.expect("followed");
        assert_eq!(modes(&both), (Mode::OnSite, Mode::HalfGroups));
    }

    async fn a_decision_that_was_taken_back_and_made_anew_is_another(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let path = placed(&mut tx, &mut world).await;
        let own: [Departement; 1] = ["93".parse().expect("a département")];
        let later = NOW.plus(Duration::from_secs(60));
        assert!(calendars::decide(&mut tx, &new(&world, path[1], Some(&[]), 0), NOW).await.expect("decided"));
        assert!(calendars::decide(&mut tx, &new(&world, path[1], None, FIRST), NOW).await.expect("taken back"));
        assert!(calendars::decide(&mut tx, &new(&world, path[1], Some(&own), 0), later).await.expect("decided"));
        // Whoever still has the first on the screen overwrites nothing that they have not seen.
        assert!(!calendars::decide(&mut tx, &new(&world, path[1], Some(&[]), FIRST), later).await.expect("asked"));
        assert!(!calendars::decide(&mut tx, &new(&world, path[1], None, FIRST), later).await.expect("asked"));
        assert_eq!(now(&mut tx, &world).await, Mode::HalfGroups);
        let again = new(&world, path[1], Some(&[]), later.as_millis());
        assert!(calendars::decide(&mut tx, &again, later).await.expect("decided"));
    }
}
