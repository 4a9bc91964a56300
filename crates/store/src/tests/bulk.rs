use super::world::{NOW, World};
use crate::bulk::{self, Value};
use crate::lessons::{self, By, NewLesson};
use crate::statements::counted;
use crate::{StoreError, people, schools};
use preau_base::{Instant, LessonId, SessionId};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn session(world: &mut World, browser: String) -> [Value; 7] {
    let id = SessionId::new(NOW, &mut world.rng);
    let at = NOW.as_millis();
    [id.uuid().into(), world.max.uuid().into(), at.into(), at.into(), (at + 1).into(), true.into(), browser.into()]
}

super::on_both! {
    async fn rows_in_bulk_are_rows(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        bulk::begin(&mut tx).await.expect("begins");
        let mut world = World::make(&mut tx).await;
        // More than go into one statement, and not a multiple of what does.
        let rows: Vec<_> = (0..601).map(|number| session(&mut world, format!("Browser {number}"))).collect();
        let (done, sent) = counted(bulk::insert(&mut tx, bulk::SESSION, &rows)).await;
        done.expect("inserted");
        assert_eq!(sent, 3);
        let kept = fetch_number!(tx, "SELECT count(DISTINCT browser) FROM session WHERE shared_device = true");
        let last = fetch_number!(tx, "SELECT count(*) FROM session WHERE browser = 'Browser 600'");
        assert_eq!((kept.expect("counts"), last.expect("counts")), (601, 1));
        tx.commit().await.expect("commits");
        bulk::settle(&mut place.store.read().await.expect("a connection")).await.expect("settles");
    }

    async fn all_rows_are_read_and_show_a_change(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let before = bulk::rows(&mut tx).await.expect("rows");
        let of_max: Vec<_> = before.iter().filter(|row| row.contains("max.leroy")).collect();
        assert!(of_max.len() == 1 && of_max[0].starts_with("person: "), "{of_max:?}");
        let number = world.max.uuid().simple().to_string();
        let names = |row: &&String| row.to_lowercase().replace('-', "").contains(&number);
        assert_eq!(before.iter().filter(names).count(), 4, "person, affiliation, membership, relation");
        people::set_locale(&mut tx, world.max, "en").await.expect("set");
        let after = bulk::rows(&mut tx).await.expect("rows");
        let changed: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
        assert_eq!((changed.len(), after.len()), (1, before.len()), "{changed:?}");
    }

    async fn a_key_that_is_there_is_taken(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let row = session(&mut world, String::new());
        let twice = bulk::insert(&mut tx, bulk::SESSION, &[row.clone(), row]).await;
        assert!(matches!(twice, Err(StoreError::Taken(_))), "{twice:?}");
    }

    async fn a_lesson_that_is_moved_takes_its_place_in_everybodys_day_along(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let id = LessonId::new(NOW, &mut world.rng);
        let (groups, teachers) = ([world.class], [world.teacher]);
        let at = |starts_at: Instant| NewLesson {
            id,
            school: world.school,
            subject_name: "Latin",
            room: "",
            starts_at,
            ends_at: starts_at.plus(HOUR),
            groups: &groups,
            teachers: &teachers,
            created_by: None,
            source: "hand",
        };
        lessons::create(&mut tx, &at(NOW), NOW).await.expect("a lesson");
        let by = By { person: world.teacher, note: "" };
        let later = NOW.plus(HOUR * 100);
        lessons::change(&mut tx, &at(later), by, NOW).await.expect("moved");
        for person in [world.max, world.teacher] {
            let then = lessons::of_person(&mut tx, person, NOW, NOW.plus(HOUR)).await.expect("a day");
            let now = lessons::of_person(&mut tx, person, later, later.plus(HOUR)).await.expect("a day");
            assert_eq!((then.len(), now.len()), (0, 1));
        }
    }

    async fn statements_are_counted(place) {
        let mut conn = place.store.read().await.expect("a connection");
        let two = async {
            people::count(&mut conn).await.expect("counts");
            schools::count(&mut conn).await.expect("counts");
        };
        assert_eq!(counted(two).await.1, 2);
        let ((), none) = counted(async {}).await;
        assert_eq!(none, 0);
    }
}
