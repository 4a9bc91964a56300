//! Guests of one lesson, invited by its teacher: their link is stored as a hash and used once, by one browser.

use crate::limits::{GUEST_KEPT, GUESTS_PER_LESSON_MAX, SWEPT_ROWS_MAX};
use crate::people::{self, NewPerson};
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, PersonId, Pii, SessionId};
use preau_school::rights::ENTRY_AFTER_END;
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Guest {
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    #[sqlx(try_from = "String")]
    pub name: Pii<String>,
    /// Title and name of the teacher who has invited them.
    pub invited_by: String,
    pub email: Option<String>,
    until_at: Option<i64>,
    ends_at: i64,
    prolonged_until: Option<i64>,
    pub entered_at: Option<i64>,
    session_id: Option<Uuid>,
    pub revoked_at: Option<i64>,
}

impl Guest {
    /// Until when the lesson may be entered, wherever it was moved to.
    pub fn lesson_ends_at(&self) -> Instant {
        let ends_at = self.prolonged_until.map_or(self.ends_at, |until| until.max(self.ends_at));
        Instant::from_millis(ends_at).plus(ENTRY_AFTER_END)
    }

    /// Until when the link may be used: as long as the lesson, or as the teacher has said if that is sooner.
    pub fn expires_at(&self) -> Instant {
        let end = self.lesson_ends_at();
        self.until_at.map_or(end, |until| end.min(Instant::from_millis(until)))
    }

    /// The link may still be used.
    pub fn is_open(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.entered_at.is_none() && now < self.expires_at()
    }

    /// Whether this is the browser that has used the link.
    pub fn entered_as(&self, session: SessionId) -> bool {
        self.revoked_at.is_none() && self.session_id == Some(session.uuid())
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewGuest<'a> {
    pub lesson: LessonId,
    /// A new id: the guest becomes a person without any school, so that attendance and chat can name them.
    pub person: PersonId,
    pub name: &'a str,
    pub email: Option<&'a str>,
    pub invited_by: PersonId,
    pub secret_hash: &'a [u8],
    /// The teacher's own limit; without one the link is good as long as the lesson may be entered.
    pub until: Option<Instant>,
}

/// # Errors
/// [`StoreError::Limit`] when the lesson has [`GUESTS_PER_LESSON_MAX`] already, those revoked counted: whoever invites and
/// revokes makes people without end.
pub async fn invite(conn: &mut Conn, guest: &NewGuest<'_>, now: Instant) -> Result<(), StoreError> {
    let found = fetch_number!(conn, "SELECT count(*) FROM lesson_guest WHERE lesson_id = $1", guest.lesson.uuid())?;
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    if found >= GUESTS_PER_LESSON_MAX {
        return Err(StoreError::Limit { what: "the guests of a lesson", found, most: GUESTS_PER_LESSON_MAX });
    }
    let (given_name, family_name) = guest.name.split_once(' ').unwrap_or(("", guest.name));
    let person = NewPerson {
        id: guest.person,
        // No login that anybody could type, nor a password: nobody signs in as a guest.
        login: &format!("~{}", guest.person.uuid().simple()),
        given_name,
        family_name,
        title: "",
        birth_day: None,
        ine: None,
        email: None,
        source: "guest",
        external_id: None,
    };
    people::create(conn, &person, now).await?;
    execute!(
        conn,
        "INSERT INTO lesson_guest (lesson_id, person_id, invited_by, secret_hash, email, created_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        guest.lesson.uuid(),
        guest.person.uuid(),
        guest.invited_by.uuid(),
        guest.secret_hash,
        guest.email,
        now.as_millis(),
        guest.until.map(Instant::as_millis)
    )?;
    Ok(())
}

/// Those invited into a lesson, in the order of their invitations, also those revoked.
pub async fn of_lesson(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Guest>, StoreError> {
    Ok(fetch_all!(
        conn,
        Guest,
        "SELECT g.lesson_id, g.person_id, trim(p.given_name || ' ' || p.family_name) AS name, \
         trim(i.title || ' ' || i.given_name || ' ' || i.family_name) AS invited_by, g.email, g.until_at, l.ends_at, \
         l.prolonged_until, g.entered_at, g.session_id, g.revoked_at FROM lesson_guest g \
         JOIN lesson l ON l.id = g.lesson_id JOIN person p ON p.id = g.person_id JOIN person i ON i.id = g.invited_by WHERE g.lesson_id = $1 ORDER BY g.created_at, g.person_id",
        lesson.uuid()
    )?)
}

/// The guest of this link. Looking does not use it up.
pub async fn by_secret(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<Guest>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Guest,
        "SELECT g.lesson_id, g.person_id, trim(p.given_name || ' ' || p.family_name) AS name, \
         trim(i.title || ' ' || i.given_name || ' ' || i.family_name) AS invited_by, g.email, g.until_at, l.ends_at, \
         l.prolonged_until, g.entered_at, g.session_id, g.revoked_at FROM lesson_guest g \
         JOIN lesson l ON l.id = g.lesson_id JOIN person p ON p.id = g.person_id JOIN person i ON i.id = g.invited_by WHERE g.secret_hash = $1",
        secret_hash
    )?)
}

/// A guest of a lesson, revoked or not.
pub async fn of_person(conn: &mut Conn, lesson: LessonId, person: PersonId) -> Result<Option<Guest>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Guest,
        "SELECT g.lesson_id, g.person_id, trim(p.given_name || ' ' || p.family_name) AS name, \
         trim(i.title || ' ' || i.given_name || ' ' || i.family_name) AS invited_by, g.email, g.until_at, l.ends_at, \
         l.prolonged_until, g.entered_at, g.session_id, g.revoked_at FROM lesson_guest g \
         JOIN lesson l ON l.id = g.lesson_id JOIN person p ON p.id = g.person_id JOIN person i ON i.id = g.invited_by WHERE g.lesson_id = $1 AND g.person_id = $2",
        lesson.uuid(),
        person.uuid()
    )?)
}

/// Uses a link up for one browser. `false` when another was faster, or the link is no longer good.
pub async fn enter(conn: &mut Conn, secret_hash: &[u8], session: SessionId, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE lesson_guest SET entered_at = $3, session_id = $2 WHERE secret_hash = $1 AND entered_at IS NULL \
         AND revoked_at IS NULL AND (until_at IS NULL OR until_at > $3) AND EXISTS (SELECT 1 FROM lesson l \
         WHERE l.id = lesson_guest.lesson_id AND (l.ends_at > $4 OR l.prolonged_until > $4))",
        secret_hash,
        session.uuid(),
        now.as_millis(),
        now.minus(ENTRY_AFTER_END).as_millis()
    )?;
    Ok(changed > 0)
}

/// Ends an invitation, used or not. `false` when there is none that stands.
pub async fn revoke(conn: &mut Conn, lesson: LessonId, person: PersonId, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE lesson_guest SET revoked_at = $3 WHERE lesson_id = $1 AND person_id = $2 AND revoked_at IS NULL",
        lesson.uuid(),
        person.uuid(),
        now.as_millis()
    )?;
    Ok(changed > 0)
}

#[derive(sqlx::FromRow)]
struct Gone {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
}

/// Forgets guests whose lesson ended longer ago than [`GUEST_KEPT`]: name, address and link. That somebody was there stays in
/// the lesson's attendance, without a name. Gives how many.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    let gone = fetch_all!(
        conn,
        Gone,
        "SELECT g.person_id FROM lesson_guest g JOIN lesson l ON l.id = g.lesson_id WHERE l.ends_at < $1 \
         ORDER BY l.ends_at, g.person_id LIMIT CAST($2 AS BIGINT)",
        now.minus(GUEST_KEPT).as_millis(),
        SWEPT_ROWS_MAX
    )?;
    for one in &gone {
        people::forget(conn, one.person_id, now).await?;
    }
    Ok(gone.len() as u64)
}
