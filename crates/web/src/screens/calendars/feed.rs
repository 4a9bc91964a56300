use crate::limits::{CALENDAR_DAYS_AHEAD, CALENDAR_DAYS_BACK, CALENDAR_FRESH};
use crate::{Answer, Page, PageError};
use axum::extract::Path;
use axum::response::IntoResponse as _;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use preau_base::{Instant, PersonId};
use preau_directory::ical::{Calendar, Entry, Status, write};
use preau_gate::LinkToken;
use preau_school::{Act, Actor, Profile, may};
use preau_store::lessons::{self, Lesson};
use preau_store::people::{self, Person};
use preau_store::{Conn, calendar_feeds, schools};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// A list of lessons is read at most this many days at a time: no more lessons fit into it than a list may have.
const STEP_DAYS: i64 = 28;

/// `GET /calendars/{secret}/preau.ics`: what a calendar program gets. Whoever holds the address reads the timetable; the
/// right of its maker to see it is asked for again at each request.
pub(crate) async fn serve(page: Page, Path(secret): Path<String>, headers: HeaderMap) -> Answer {
    let token = LinkToken::parse(&secret).ok_or(PageError::NotFound)?;
    let digest = token.digest(&page.app().keys());
    let mut conn = page.app().store.read().await?;
    let feed = calendar_feeds::by_secret(&mut conn, digest.as_bytes()).await?.ok_or(PageError::NotFound)?;
    let maker = people::actor(&mut conn, feed.person_id).await?.ok_or(PageError::NotFound)?;
    let facts = people::facts(&mut conn, feed.of_person).await?.ok_or(PageError::NotFound)?;
    may(&maker, Act::SeeDayOf(&facts), page.now()).map_err(|_| PageError::NotFound)?;
    let person = people::by_id(&mut conn, feed.of_person).await?.ok_or(PageError::NotFound)?;
    let of = people::actor(&mut conn, feed.of_person).await?.ok_or(PageError::NotFound)?;
    let (zone, zone_name) = zone(&mut conn, &of).await?;
    let lessons = all(&page, &mut conn, &zone, feed.of_person).await?;
    drop(conn);
    let teaches = of.is_somewhere(Profile::Teacher);
    let entries: Vec<Entry> = lessons.iter().map(|lesson| entry(&page, lesson, teaches)).collect();
    let name = page.t1("calendars-name", "name", person_name(&person));
    let body = write(&Calendar { name: &name, zone: &zone, zone_name: &zone_name, entries: &entries });
    note(&page, &feed).await?;
    Ok(answer(&headers, body))
}

async fn zone(conn: &mut Conn, of: &Actor) -> Result<(TimeZone, String), PageError> {
    if let Some((school, _)) = of.affiliations.first()
        && let Some(school) = schools::by_id(conn, *school).await?
        && let Ok(zone) = TimeZone::get(&school.time_zone)
    {
        return Ok((zone, school.time_zone));
    }
    let name = "Europe/Paris";
    Ok((TimeZone::get(name).unwrap_or(TimeZone::UTC), name.to_owned()))
}

/// The lessons of some weeks back and of the months to come.
async fn all(page: &Page, conn: &mut Conn, zone: &TimeZone, of: PersonId) -> Result<Vec<Lesson>, PageError> {
    let today = page.zoned(page.now()).with_time_zone(zone.clone()).date();
    let start = |days: i64| {
        let day = today.saturating_add(days.days());
        let at = day.to_zoned(zone.clone()).map_or(0, |at| at.timestamp().as_millisecond());
        Instant::from_millis(at)
    };
    let mut found: Vec<Lesson> = Vec::new();
    let mut from = -CALENDAR_DAYS_BACK;
    while from < CALENDAR_DAYS_AHEAD {
        let next = lessons::of_person(conn, of, start(from), start(from + STEP_DAYS)).await?;
        // One that is on at midnight between two steps is in both.
        found.extend(next.into_iter().filter(|lesson| lesson.starts_at >= start(from)));
        from += STEP_DAYS;
    }
    Ok(found)
}

fn entry(page: &Page, lesson: &Lesson, teaches: bool) -> Entry {
    let at = |instant: Instant| Timestamp::from_millisecond(instant.as_millis()).unwrap_or_default();
    let live = lesson.mode().is_some_and(|mode| mode.is_live_for(None));
    let mut lines = Vec::new();
    if live {
        lines.push(page.t("calendars-live"));
    }
    lines.extend([&lesson.groups, &lesson.teachers, &lesson.note].into_iter().filter(|line| !line.is_empty()).cloned());
    let summary = match teaches && !lesson.groups.is_empty() {
        true => format!("{} · {}", lesson.subject_name, lesson.groups),
        false => lesson.subject_name.clone(),
    };
    let cancelled = lesson.cancelled_at.is_some();
    Entry {
        uid: format!("{}@preau", lesson.id),
        sequence: u32::try_from(lesson.sequence).unwrap_or(u32::MAX),
        changed_at: at(lesson.updated_at),
        starts_at: at(lesson.starts_at),
        ends_at: at(lesson.ends_at),
        summary: if cancelled { page.t1("calendars-cancelled", "subject", summary) } else { summary },
        location: lesson.room.clone(),
        description: lines.join("\n"),
        url: live.then(|| format!("{}/lessons/{}", page.origin(), lesson.id)),
        status: if cancelled { Status::Cancelled } else { Status::Confirmed },
    }
}

fn person_name(person: &Person) -> String {
    person.full_name()
}

/// Writes down that a program asked, at most once an hour.
async fn note(page: &Page, feed: &calendar_feeds::CalendarFeed) -> Result<(), PageError> {
    const HOUR_MS: i64 = 3_600_000;
    let now = page.now();
    if feed.used_at.is_some_and(|at| now.as_millis() - at < HOUR_MS)
        || page.app().level() >= preau_base::Level::ReadOnly
    {
        return Ok(());
    }
    let mut tx = page.app().store.write().await?;
    calendar_feeds::used(&mut tx, feed.id, now).await?;
    Ok(tx.commit().await?)
}

/// Programs ask again and again: what has not changed is not sent again (RFC 9110 §13.1.2).
fn answer(headers: &HeaderMap, body: String) -> axum::response::Response {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let same = asked.split(',').any(|one| one.trim() == tag);
    let mut answer = if same { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let fresh = format!("private, max-age={}", CALENDAR_FRESH.as_secs());
    let values = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, fresh),
        (header::ETAG, tag),
        (header::CONTENT_DISPOSITION, "inline; filename=\"preau.ics\"".to_owned()),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}
