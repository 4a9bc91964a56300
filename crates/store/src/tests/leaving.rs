//! What is left of somebody who has left: counts and acts, of a number without a name.

use super::copies::some_data;
use super::on_both;
use super::world::{LESSON, NOW, Place, World};
use crate::absences::{self, NewAbsence};
use crate::audit::{self, Entry};
use crate::db::Raw;
use crate::lessons::{self, By};
use crate::people::{self, Merged, Take};
use crate::{Conn, StoreError};
use preau_base::{AbsenceId, Instant, PersonId, SchoolId};
use preau_school::Profile;
use preau_school::attendance::{ExcuseState, HalfDay, Reason};
use sqlx::AssertSqlSafe;

const LATER: Instant = Instant::from_secs(1_800_000_060);

async fn note(conn: &mut Conn, actor: PersonId, words: (&str, &str, &str), school: SchoolId) -> Result<(), StoreError> {
    let (action, target, detail) = words;
    let entry = Entry { actor: Some(actor), action, target, school: Some(school), detail };
    audit::append(conn, &entry, NOW).await
}

async fn declare(conn: &mut Conn, world: &mut World, pupil: PersonId, reason: Reason) -> AbsenceId {
    let half: HalfDay = "2027-01-15-am".parse().expect("a half-day");
    let id = AbsenceId::new(NOW, &mut world.rng);
    let absence = NewAbsence {
        id,
        school: world.school,
        pupil,
        first: half,
        last: half,
        reason,
        detail: "Dit par la mère",
        state: ExcuseState::Accepted,
        by: world.mother,
    };
    absences::declare(conn, &absence, NOW).await.expect("declared");
    let target = id.to_string();
    note(conn, world.mother, ("absence.declare", &target, reason.as_str()), world.school).await.expect("noted");
    id
}

async fn lines(conn: &mut Conn) -> Vec<[String; 4]> {
    let rows = audit::list(conn, None, i64::MAX).await.expect("a list");
    rows.into_iter().rev().map(|row| [row.actor, row.action, row.target, row.detail]).collect()
}

on_both! {
    async fn no_name_login_or_reason_is_left_of_somebody_who_is_forgotten(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (max, ines, teacher, school) = (world.max, world.ines, world.teacher, world.school);
        let ill = declare(&mut tx, &mut world, max, Reason::Health).await;
        let offline = declare(&mut tx, &mut world, max, Reason::NoConnection).await;
        let hers = declare(&mut tx, &mut world, ines, Reason::Religion).await;
        for words in [
            ("code.renew", "max.leroy", ""),
            ("relation.bar", "anne.leroy", "max.leroy"),
            ("code.renew", "max.leroyer", ""),
            ("group.rename", "6E B", "max.leroy"),
        ] {
            note(&mut tx, teacher, words, school).await.expect("noted");
        }
        note(&mut tx, max, ("self.act", "", ""), school).await.expect("noted");

        people::unaffiliate(&mut tx, max, school, Profile::Pupil).await.expect("left");
        people::mark_left(&mut tx, max, NOW).await.expect("left");
        tx.commit().await.expect("committed");
        // Dropped before its end, it has taken nothing away: one transaction does all of it.
        let mut tx = place.store.write().await.expect("a transaction");
        assert_eq!(people::forget_left(&mut tx, LATER, 10, LATER).await.expect("forgotten"), [max]);
        drop(tx);
        let mut tx = place.store.write().await.expect("a transaction");
        assert!(lines(&mut tx).await.iter().any(|line| line[2] == "max.leroy"));
        assert_eq!(people::forget_left(&mut tx, LATER, 10, LATER).await.expect("forgotten"), [max]);
        tx.commit().await.expect("committed");

        let mut conn = place.store.read().await.expect("a connection");
        let number = format!("~{}", max.uuid().simple());
        let all = lines(&mut conn).await;
        let expect: [[&str; 4]; 8] = [
            ["anne.leroy", "absence.declare", &ill.to_string(), ""],
            ["anne.leroy", "absence.declare", &offline.to_string(), ""],
            ["anne.leroy", "absence.declare", &hers.to_string(), "religion"],
            ["claire.fontaine", "code.renew", &number, ""],
            ["claire.fontaine", "relation.bar", "anne.leroy", &number],
            ["claire.fontaine", "code.renew", "max.leroyer", ""],
            // The name that a class was given is no login.
            ["claire.fontaine", "group.rename", "6E B", "max.leroy"],
            [&number, "self.act", "", ""],
        ];
        assert_eq!(all, expect.map(|line| line.map(str::to_owned)));
        let from: HalfDay = "2027-01-01-am".parse().expect("a half-day");
        for (pupil, id, reason, detail) in [
            (max, ill, Reason::Other, ""),
            (max, offline, Reason::NoConnection, ""),
            (ines, hers, Reason::Religion, "Dit par la mère"),
        ] {
            let of_pupil = absences::of_pupil(&mut conn, school, pupil, from).await.expect("absences");
            let one = of_pupil.iter().find(|it| it.id == id).expect("it counts as before");
            assert_eq!((one.reason, one.detail.reveal().as_str(), one.state), (reason, detail, ExcuseState::Accepted));
        }
    }

    async fn a_login_that_a_merge_ends_is_in_no_act(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        let (keep, gone) = (world.teacher, world.mother);
        for login in ["claire.fontaine", "anne.leroy"] {
            note(&mut tx, world.max, ("code.renew", login, ""), world.school).await.expect("noted");
        }
        let take = Take { login: true, ..Take::default() };
        let merged = people::merge(&mut tx, keep, gone, take, LATER).await.expect("merged");
        assert!(matches!(merged, Merged::Done { .. }), "{merged:?}");
        let targets: Vec<_> = lines(&mut tx).await.into_iter().map(|[_, _, target, _]| target).collect();
        assert_eq!(targets, ["anne.leroy", "anne.leroy"], "both were of who is left, under the login that is left");
        people::forget(&mut tx, keep, LATER).await.expect("forgotten");
        let targets: Vec<_> = lines(&mut tx).await.into_iter().map(|[_, _, target, _]| target).collect();
        let number = format!("~{}", keep.uuid().simple());
        assert_eq!(targets, [number.clone(), number]);
    }

    async fn no_lesson_names_whoever_taught_it_before(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (replaced, moved) = (world.lesson(&mut tx, NOW, "Histoire").await, world.lesson(&mut tx, NOW, "Latin").await);
        let sami = world.person(&mut tx, "sami.benali", "Sami", "Benali", Profile::Teacher).await;
        let by = By { person: sami, note: "" };
        for at in [NOW, LATER] {
            lessons::set_teachers(&mut tx, replaced, &[sami], by, at).await.expect("replaced");
        }
        lessons::change(&mut tx, &world.new_lesson(moved, NOW.plus(LESSON), "Latin"), by, NOW).await.expect("moved");
        let before = lessons::by_id(&mut tx, replaced).await.expect("read").expect("there");
        assert_eq!((before.teachers_were(), before.teachers.as_str()), (Some("Mme Fontaine"), "Mme Benali"));

        people::forget(&mut tx, world.teacher, LATER).await.expect("forgotten");
        let after = lessons::by_id(&mut tx, replaced).await.expect("read").expect("there");
        assert_eq!((after.teachers_were(), after.teachers.as_str()), (Some("—"), "Mme Benali"));
        let after = lessons::by_id(&mut tx, moved).await.expect("read").expect("there");
        assert_eq!(after.teachers_were(), None, "it was moved, and is of the same person still");
    }
}

/// The columns of the database that hold a word, in any letter case.
async fn columns_with(place: &Place, word: &str) -> Vec<String> {
    let mut conn = place.store.read().await.expect("a connection");
    let Raw::Sqlite(conn) = conn.raw() else { unreachable!("a place on SQLite") };
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.type = 'TEXT' AND m.name NOT LIKE '_sqlx%'",
    )
    .fetch_all(&mut *conn)
    .await
    .expect("the columns");
    assert!(columns.len() > 100, "{} columns", columns.len());
    let mut found = Vec::new();
    for (table, column) in columns {
        let sql = format!("SELECT count(*) FROM \"{table}\" WHERE instr(lower(\"{column}\"), $1) > 0");
        let count: i64 =
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(word).fetch_one(&mut *conn).await.expect("a count");
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

#[tokio::test]
async fn no_column_holds_the_name_of_somebody_who_is_forgotten() {
    let place = Place::sqlite().await;
    let mut tx = place.store.write().await.expect("a transaction");
    let mut world = World::make(&mut tx).await;
    some_data(&mut tx, &mut world).await;
    let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
    let sami = world.person(&mut tx, "sami.benali", "Sami", "Benali", Profile::Teacher).await;
    let by = By { person: sami, note: "" };
    lessons::set_teachers(&mut tx, lesson, &[sami], by, NOW).await.expect("replaced");
    for login in ["claire.fontaine", "max.leroy"] {
        note(&mut tx, sami, ("code.renew", login, ""), world.school).await.expect("noted");
    }
    tx.commit().await.expect("committed");
    for (person, words) in [(world.teacher, ["claire", "fontaine"]), (world.max, ["max", "max.leroy"])] {
        for word in words {
            assert!(!columns_with(&place, word).await.is_empty(), "{word} is there before");
        }
        let mut tx = place.store.write().await.expect("a transaction");
        people::forget(&mut tx, person, LATER).await.expect("forgotten");
        tx.commit().await.expect("committed");
        for word in words {
            assert_eq!(columns_with(&place, word).await, [""; 0], "{word}");
        }
    }
}
