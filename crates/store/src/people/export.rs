//! Everything that is kept about one person, for the person (GDPR, articles 15 and 20).

use crate::limits::EXPORT_ROWS_MAX;
use crate::{Conn, StoreError};
use preau_base::PersonId;

/// One kind of data as a table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Section {
    /// A word with dashes; pages have a text for it (`export-…`).
    pub name: &'static str,
    /// Names of the columns, likewise. Those that end in `_at` are milliseconds since 1970.
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<String>>,
}

/// Puts rows of a tuple's columns, in order, into a [`Section`].
macro_rules! section {
    ($conn:ident, $person:ident, $name:literal, ($($column:ident: $kind:ty),+ $(,)?), $sql:literal) => {{
        let rows = fetch_all!($conn, ($($kind,)+), $sql, $person.uuid(), EXPORT_ROWS_MAX)?;
        Section {
            name: $name,
            columns: &[$(stringify!($column)),+],
            rows: rows.into_iter().map(|($($column,)+)| vec![$(Cell::text(&$column)),+]).collect(),
        }
    }};
}

trait Cell {
    fn text(&self) -> String;
}

impl Cell for String {
    fn text(&self) -> String {
        self.clone()
    }
}

impl Cell for i64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Cell for bool {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map(Cell::text).unwrap_or_default()
    }
}

/// All that is kept about a person, at most [`EXPORT_ROWS_MAX`] rows of each kind, the latest first. Not what others have written
/// for themselves, nor secrets, of which there are only digests.
pub async fn export(conn: &mut Conn, person: PersonId) -> Result<Vec<Section>, StoreError> {
    let mut all = account(conn, person).await?;
    all.extend(school_life(conn, person).await?);
    all.extend(work(conn, person).await?);
    Ok(all)
}

async fn account(conn: &mut Conn, person: PersonId) -> Result<Vec<Section>, StoreError> {
    Ok(vec![
        section!(conn, person, "person",
            (login: String, title: String, given_name: String, family_name: String, birth_day: Option<String>,
             ine: Option<String>, email: Option<String>, locale: Option<String>, source: String,
             external_id: Option<String>, created_at: i64, updated_at: i64, password_changed_at: Option<i64>,
             suspended_at: Option<i64>, left_at: Option<i64>),
            "SELECT login, title, given_name, family_name, birth_day, ine, email, locale, source, external_id, created_at, \
             updated_at, password_changed_at, suspended_at, left_at FROM person WHERE id = $1 LIMIT $2"),
        section!(conn, person, "profiles", (school: String, uai: Option<String>, profile: String),
            "SELECT s.name, s.uai, a.profile FROM affiliation a JOIN school s ON s.id = a.school_id \
             WHERE a.person_id = $1 ORDER BY s.name, a.profile LIMIT $2"),
        section!(conn, person, "groups", (school: String, group: String, year: String, role: String, subject: String),
            "SELECT s.name, g.name, g.school_year, m.role, m.subject_code FROM membership m \
             JOIN school_group g ON g.id = m.group_id JOIN school s ON s.id = g.school_id WHERE m.person_id = $1 \
             ORDER BY s.name, g.school_year DESC, g.name LIMIT $2"),
        section!(conn, person, "family",
            (relative: String, pupil: String, kind: String, sees_day: bool, sees_attendance: bool, may_declare: bool,
             may_sign: bool),
            "SELECT trim(p.given_name || ' ' || p.family_name), trim(c.given_name || ' ' || c.family_name), r.kind, r.sees_day, \
             r.sees_attendance, r.may_declare, r.may_sign FROM relation r JOIN person p ON p.id = r.relative_id \
             JOIN person c ON c.id = r.pupil_id WHERE r.relative_id = $1 OR (r.pupil_id = $1 AND r.barred_at IS NULL) \
             ORDER BY p.search_name LIMIT $2"),
        section!(conn, person, "devices", (browser: String, shared: bool, created_at: i64, renewed_at: i64),
            "SELECT browser, shared_device, created_at, renewed_at FROM session WHERE person_id = $1 \
             ORDER BY created_at DESC LIMIT $2"),
        section!(conn, person, "cards", (made_at: i64, used_at: Option<i64>, revoked_at: Option<i64>),
            "SELECT made_at, used_at, revoked_at FROM card WHERE person_id = $1 ORDER BY made_at DESC LIMIT $2"),
    ])
}

async fn school_life(conn: &mut Conn, person: PersonId) -> Result<Vec<Section>, StoreError> {
    Ok(vec![
        section!(conn, person, "classes", (subject: String, starts_at: i64, joined_at: i64, left_at: Option<i64>),
            "SELECT l.subject_name, l.starts_at, v.joined_at, v.left_at FROM visit v JOIN lesson l ON l.id = v.lesson_id \
             WHERE v.person_id = $1 ORDER BY v.joined_at DESC LIMIT $2"),
        section!(conn, person, "chat", (subject: String, sent_at: i64, text: String),
            "SELECT l.subject_name, c.sent_at, c.body FROM chat_message c JOIN lesson l ON l.id = c.lesson_id \
             WHERE c.person_id = $1 ORDER BY c.sent_at DESC LIMIT $2"),
        section!(conn, person, "reports", (subject: String, created_at: i64, text: String),
            "SELECT l.subject_name, r.made_at, r.body FROM report r JOIN lesson l ON l.id = r.lesson_id \
             WHERE r.reporter_id = $1 ORDER BY r.made_at DESC LIMIT $2"),
        section!(conn, person, "self-tests", (browser: String, created_at: i64, text: String),
            "SELECT browser, made_at, results FROM self_test WHERE person_id = $1 ORDER BY made_at DESC LIMIT $2"),
        section!(conn, person, "invitations", (subject: String, starts_at: i64, email: Option<String>, created_at: i64),
            "SELECT l.subject_name, l.starts_at, g.email, g.created_at FROM lesson_guest g JOIN lesson l ON l.id = g.lesson_id \
             WHERE g.person_id = $1 ORDER BY g.created_at DESC LIMIT $2"),
        section!(conn, person, "stream-keys", (subject: String, name: String, created_at: i64),
            "SELECT l.subject_name, k.name, k.created_at FROM stream_key k JOIN lesson l ON l.id = k.lesson_id \
             WHERE k.person_id = $1 ORDER BY k.created_at DESC LIMIT $2"),
        section!(conn, person, "helps", (subject: String, role: String, updated_at: i64),
            "SELECT COALESCE(l.subject_name, s.subject_name), p.help, s.changed_at FROM class_setup_person p \
             JOIN class_setup s ON s.id = p.setup_id LEFT JOIN lesson l ON l.id = s.lesson_id \
             WHERE p.person_id = $1 AND p.place = 0 ORDER BY s.changed_at DESC LIMIT $2"),
        section!(conn, person, "attendance", (half_day: String, status: String, minutes: i64),
            "SELECT half_day, status, CAST(minutes AS BIGINT) FROM roll_entry WHERE pupil_id = $1 ORDER BY half_day DESC LIMIT $2"),
        section!(conn, person, "absences", (first: String, last: String, reason: String, text: String, declared_at: i64),
            "SELECT first_half, last_half, reason, detail, declared_at FROM absence WHERE pupil_id = $1 \
             ORDER BY first_half DESC LIMIT $2"),
        section!(conn, person, "notices", (kind: String, created_at: i64, read_at: Option<i64>, text: String),
            "SELECT kind, created_at, read_at, arguments FROM notice WHERE person_id = $1 ORDER BY created_at DESC LIMIT $2"),
        section!(conn, person, "mails", (email: String, subject: String, text: String, created_at: i64),
            "SELECT address, subject, body, created_at FROM mail WHERE person_id = $1 ORDER BY created_at DESC LIMIT $2"),
    ])
}

async fn work(conn: &mut Conn, person: PersonId) -> Result<Vec<Section>, StoreError> {
    Ok(vec![
        section!(conn, person, "hand-ins", (subject: String, work: String, handed_at: i64, late: bool, text: String),
            "SELECT w.subject_name, w.title, r.handed_at, r.late, r.body FROM receipt r JOIN hand_in h ON h.id = r.hand_in_id \
             JOIN homework w ON w.id = h.homework_id WHERE h.person_id = $1 ORDER BY r.handed_at DESC LIMIT $2"),
        section!(conn, person, "corrections",
            (subject: String, work: String, returned_at: Option<i64>, mark_hundredths: Option<i64>, levels: String, text: String),
            "SELECT w.subject_name, w.title, h.returned_at, CAST(h.mark AS BIGINT), h.levels, h.comment FROM hand_in h \
             JOIN homework w ON w.id = h.homework_id WHERE h.person_id = $1 AND h.returned_at IS NOT NULL \
             ORDER BY h.returned_at DESC LIMIT $2"),
        section!(conn, person, "homework", (subject: String, work: String, due_day: String, text: String),
            "SELECT subject_name, title, due_day, body FROM homework WHERE author_id = $1 ORDER BY due_day DESC LIMIT $2"),
        section!(conn, person, "notes", (updated_at: i64, text: String),
            "SELECT updated_at, body FROM log_note WHERE person_id = $1 ORDER BY updated_at DESC LIMIT $2"),
        section!(conn, person, "files", (name: String, kind: String, bytes: i64, created_at: i64),
            "SELECT name, kind, CAST(bytes AS BIGINT), created_at FROM file WHERE owner_id = $1 ORDER BY created_at DESC LIMIT $2"),
    ])
}
