//! A day is closed while its lessons begin: two transactions of PostgreSQL, each in the order that hurts.

use super::world::{NOW, Place, World};
use crate::db::Raw;
use crate::{Conn, Store, Tx, calendars, lessons, log, series, visits};
use jiff::tz::TimeZone;
use preau_base::{LessonId, LogEntryId, SeededRng, VisitId};
use preau_school::LessonRole;
use preau_school::timetable::LessonMode;
use std::time::Duration;

const RULE: &str = "[[rule]]\nlabel = \"Crue\"\nfrom = 2027-01-15\nto = 2027-01-15\nmode = \"no_school\"\n";
/// Nothing here takes longer on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// What shows that a lesson takes place.
#[derive(Clone, Copy, Debug)]
enum Shown {
    Joined,
    /// An entry that there was not before.
    Written,
    /// An entry that was a draft.
    Published,
}

struct School {
    place: Place,
    world: World,
    lesson: LessonId,
}

impl School {
    /// With a lesson that began half an hour ago, and a draft in its log where `shown` publishes one.
    async fn new(shown: Shown) -> Self {
        let place = Place::postgres().await;
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW.minus(Duration::from_secs(30 * 60)), "Histoire").await;
        lessons::set_mode(&mut tx, lesson, LessonMode::OnSite, false, NOW).await.expect("by the calendar");
        let school = Self { place, world, lesson };
        if matches!(shown, Shown::Published) {
            school.write(&mut tx, 0, false).await;
        }
        tx.commit().await.expect("kept");
        school
    }

    fn store(&self) -> Store {
        self.place.store.clone()
    }

    async fn write(&self, conn: &mut Conn, base: i64, publish: bool) {
        let text = self.world.text(self.lesson, "La Grèce", publish);
        let id = LogEntryId::new(NOW, &mut SeededRng::new(7));
        assert_eq!(log::save(conn, id, &text, base, NOW).await.expect("saved"), log::Saved::Kept(base + 1));
    }

    async fn show(&self, conn: &mut Conn, shown: Shown) {
        match shown {
            Shown::Joined => {
                let visit = VisitId::new(NOW, &mut SeededRng::new(8));
                visits::join(conn, visit, self.lesson, self.world.max, LessonRole::Pupil, NOW).await.expect("joined");
            }
            Shown::Written => self.write(conn, 0, true).await,
            Shown::Published => self.write(conn, 1, true).await,
        }
    }

    async fn close(&self, conn: &mut Conn) {
        let own = calendars::Own { year: 2026, body: format!("extends = \"france-2026-2027\"\n{RULE}"), version: 0 };
        assert!(calendars::save(conn, self.world.school, &own, None, NOW).await.expect("saved"));
        let calendar = calendars::of_school(conn, self.world.school).await.expect("a calendar");
        let paris = TimeZone::get("Europe/Paris").expect("a zone");
        series::remode(conn, self.world.school, &calendar, &paris, (NOW, NOW)).await.expect("closed");
    }

    /// Runs `second` while the transaction `first` is open, until it is done or waits for a lock, then ends `first`.
    async fn beside<F: Future<Output = Tx>>(&self, first: Tx, second: F) {
        let mut watch = self.place.store.read().await.expect("a connection");
        let mut second = std::pin::pin!(second);
        let waits = async {
            while blocked(&mut watch).await == 0 {
                tokio::task::yield_now().await;
            }
        };
        let both = async {
            let done = tokio::select! {
                done = &mut second => Some(done),
                () = waits => None,
            };
            first.commit().await.expect("kept");
            match done {
                Some(done) => done,
                None => second.await,
            }
        };
        let second = tokio::time::timeout(PATIENCE, both).await.expect("neither waits for ever");
        second.commit().await.expect("kept");
    }

    async fn counts(&self) -> bool {
        let mut conn = self.place.store.read().await.expect("a connection");
        !lessons::facts(&mut conn, self.lesson).await.expect("read").expect("there").no_school
    }
}

/// How many connections to this database wait for a lock.
async fn blocked(conn: &mut Conn) -> i64 {
    let Raw::Postgres(conn) = conn.raw() else { unreachable!("a place on PostgreSQL") };
    let text = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sqlx::query_scalar(text).fetch_one(conn).await.expect("asked")
}

async fn counts_whoever_commits_first(shown: Shown) {
    let school = Box::pin(School::new(shown)).await;
    let mut first = school.store().write().await.expect("a transaction");
    school.show(&mut first, shown).await;
    let closing = Box::pin(async {
        let mut tx = school.store().write().await.expect("a transaction");
        school.close(&mut tx).await;
        tx
    });
    Box::pin(school.beside(first, closing)).await;
    assert!(school.counts().await, "{shown:?}, then closed");

    let school = Box::pin(School::new(shown)).await;
    let mut first = school.store().write().await.expect("a transaction");
    Box::pin(school.close(&mut first)).await;
    let showing = Box::pin(async {
        let mut tx = school.store().write().await.expect("a transaction");
        school.show(&mut tx, shown).await;
        tx
    });
    Box::pin(school.beside(first, showing)).await;
    assert!(school.counts().await, "closed, then {shown:?}");
}

#[tokio::test]
async fn a_pupil_who_comes_while_the_day_is_closed_is_seen() {
    Box::pin(counts_whoever_commits_first(Shown::Joined)).await;
}

#[tokio::test]
async fn what_is_written_while_the_day_is_closed_is_seen() {
    Box::pin(counts_whoever_commits_first(Shown::Written)).await;
}

#[tokio::test]
async fn what_is_published_while_the_day_is_closed_is_seen() {
    Box::pin(counts_whoever_commits_first(Shown::Published)).await;
}

#[tokio::test]
async fn a_class_fills_up_without_waiting_for_itself() {
    let school = Box::pin(School::new(Shown::Joined)).await;
    let mut first = school.store().write().await.expect("a transaction");
    school.show(&mut first, Shown::Joined).await;
    let mut second = school.store().write().await.expect("a transaction");
    let visit = VisitId::new(NOW, &mut SeededRng::new(9));
    let joining = visits::join(&mut second, visit, school.lesson, school.world.ines, LessonRole::Pupil, NOW);
    tokio::time::timeout(PATIENCE, joining).await.expect("it does not wait").expect("joined");
    second.commit().await.expect("kept");
    first.commit().await.expect("kept");
    let mut tx = school.store().write().await.expect("a transaction");
    Box::pin(school.close(&mut tx)).await;
    tx.commit().await.expect("kept");
    assert!(school.counts().await);
}
