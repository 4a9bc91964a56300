//! The gate in front of Préau's own pages: what it asks them, what they ask it, and the timetable that it goes by.

use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use jiff::ToSpan as _;
use preau_base::{ClientFacts, Instant, LessonId, Level, PersonId, SharedClock};
use preau_front::{Application, Asked, Gatekeeper};
use preau_gate::limits::{TICK, TIMETABLE_HORIZON};
use preau_gate::{
    Command, CommandRefusal, HolderKey, KeyRing, Kind, LessonSoon, Revocations, Shown, Sign, Snapshot, Timetable,
};
use preau_media::Media;
use preau_store::{Store, StoreError, expected};
use preau_web::at_gate;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Between two readings of the timetable.
const TIMETABLE_EVERY: Duration = Duration::from_secs(30);
/// Reading the timetable takes at most this share of the time: one part in so many.
const TIMETABLE_SHARE: u32 = 50;

/// Our pages, as the gate asks them.
pub struct PagesAtGate {
    pub keys: Arc<RwLock<KeyRing>>,
    pub revocations: Arc<RwLock<Revocations>>,
    /// Browsers keep the day.
    pub keeps_offline: bool,
}

impl Application for PagesAtGate {
    fn shown(&self, headers: &HeaderMap, client: &ClientFacts, now: Instant) -> Shown {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let revoked = self.revocations.read().unwrap_or_else(PoisonError::into_inner);
        at_gate::shown(headers, client.secure, &keys, &revoked, now)
    }

    fn kind(&self, method: &Method, path: &str) -> Kind {
        at_gate::kind_of(method, path)
    }

    fn failed(&self, _asked: &Asked, answer: &Parts) -> bool {
        at_gate::failed(answer.status, &answer.extensions)
    }

    fn sign_of(&self, asked: &Asked, answer: &Parts) -> Option<Sign> {
        at_gate::sign_of(&asked.method, asked.uri.path(), answer.status)
    }

    fn forget(&self, client: &ClientFacts) -> Vec<HeaderValue> {
        at_gate::forget_pass(client.secure).into_iter().collect()
    }

    fn sign_in_path(&self) -> &str {
        at_gate::SIGN_IN_PATH
    }

    fn kept_page(&self) -> Option<&str> {
        self.keeps_offline.then_some(at_gate::KEPT_PAGE)
    }

    fn has_kept(&self, headers: &HeaderMap, now: Instant) -> bool {
        at_gate::has_kept_day(headers, now)
    }
}

/// The gate, as our pages ask it.
pub struct GateOfPages(pub Arc<Gatekeeper>);

impl preau_web::Gate for GateOfPages {
    fn level(&self) -> Level {
        self.0.level()
    }

    fn waiting_for(&self, lesson: LessonId) -> u32 {
        self.0.waiting_for(lesson)
    }

    fn snapshot(&self) -> Snapshot {
        self.0.snapshot()
    }

    fn apply(&self, command: Command, by: PersonId) -> Result<(), CommandRefusal> {
        self.0.apply(command, &by.to_string())
    }
}

/// Tells the lessons which level holds: pictures go before people do.
pub async fn keep_level(keeper: Arc<Gatekeeper>, media: Arc<Media>) {
    let mut told = Level::Full;
    loop {
        tokio::time::sleep(TICK).await;
        let level = keeper.level();
        if level != told {
            media.set_level(level);
            told = level;
        }
    }
}

/// Tells the gate again and again who is expected in which lesson. While the store does not answer, the last timetable
/// keeps counting.
pub async fn keep_timetable(keeper: Arc<Gatekeeper>, store: Store, clock: SharedClock) {
    let mut failing = false;
    loop {
        let begun = tokio::time::Instant::now();
        match timetable(&store, clock.now()).await {
            Ok(timetable) => {
                keeper.set_timetable(timetable);
                failing = false;
            }
            Err(error) if !failing => {
                tracing::error!(%error, "the gate cannot read the timetable; the last one keeps counting");
                failing = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(TIMETABLE_EVERY.max(begun.elapsed() * TIMETABLE_SHARE)).await;
    }
}

async fn timetable(store: &Store, now: Instant) -> Result<Timetable, StoreError> {
    let mut conn = store.read().await?;
    let people = expected::in_lessons(&mut conn, now, now.plus(TIMETABLE_HORIZON)).await?;
    let (from, to) = day_of(now);
    let bells = expected::first_bells(&mut conn, from, to).await?;
    let mut timetable = Timetable::default();
    for person in people {
        let key = HolderKey(person.person_id.uuid().as_u128());
        let lesson =
            LessonSoon { lesson: person.lesson_id.uuid().as_u128(), starts: person.starts_at, ends: person.ends_at };
        // In order of time: the first one is on, or begins next.
        timetable.lessons.entry(key).or_insert(lesson);
    }
    timetable.bells =
        bells.iter().map(|bell| (bell.starts_at, u32::try_from(bell.people).unwrap_or(u32::MAX))).collect();
    Ok(timetable)
}

/// From midnight to midnight, where the schools are.
fn day_of(now: Instant) -> (Instant, Instant) {
    let day = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    let midnight = day.to_zoned(crate::gatehouse::zone()).start_of_day();
    let from = midnight.as_ref().map_or(now, |at| Instant::from_millis(at.timestamp().as_millisecond()));
    let next = midnight.and_then(|at| at.checked_add(1.day()));
    let to =
        next.map_or(from.plus(Duration::from_secs(86_400)), |at| Instant::from_millis(at.timestamp().as_millisecond()));
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_testkit::{TestApp, Who};

    #[tokio::test]
    async fn the_gate_knows_who_is_expected_where() {
        let world = TestApp::start().await;
        let now = world.app.now();
        let timetable = Box::pin(timetable(&world.store, now)).await.expect("read");
        let of = |who| timetable.lessons.get(&HolderKey(world.seed.person(who).uuid().as_u128()));
        let lesson = world.seed.lesson_now().uuid().as_u128();
        for who in [Who::Pupil, Who::Teacher] {
            let expected = of(who).expect("a lesson");
            assert_eq!(expected.lesson, lesson);
            assert!(expected.starts < now && now < expected.ends);
        }
        assert!(of(Who::Parent).is_none() && of(Who::Head).is_none());
        let nine = of(Who::Pupil).map(|lesson| lesson.starts).expect("a lesson");
        assert_eq!(timetable.bells, [(nine, 4)], "three pupils and a teacher, with their first lesson of the day");
    }

    #[test]
    fn a_day_is_that_of_the_schools_in_summer_and_winter_and_between() {
        for (now, from, hours) in [
            ("2026-11-22T23:30:00Z", "2026-11-22T23:00:00Z", 24),
            ("2026-07-01T12:00:00Z", "2026-06-30T22:00:00Z", 24),
            ("2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", 25),
        ] {
            let at = |text: &str| {
                Instant::from_millis(text.parse::<jiff::Timestamp>().expect("an instant").as_millisecond())
            };
            let (day, next) = day_of(at(now));
            assert_eq!((day, next.since(day)), (at(from), Duration::from_secs(hours * 3_600)), "{now}");
        }
    }
}
