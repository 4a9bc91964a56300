//! Rows in bulk, for benches and tests that need whole years of data: nothing here looks at a rule of the school, the
//! database alone holds its keys. Pages and imports use the functions of the entities.

mod rows;

pub use crate::many::Value;
pub use rows::rows;

use crate::{Conn, StoreError, many};

/// A table, as the statement that inserts one row of `N` values.
#[derive(Clone, Copy, Debug)]
pub struct Table<const N: usize>(&'static str);

pub const PERSON: Table<12> = Table(
    "INSERT INTO person (id, login, given_name, family_name, title, search_name, email, source, password_hash, \
     password_changed_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);
pub const AFFILIATION: Table<4> =
    Table("INSERT INTO affiliation (person_id, school_id, profile, source) VALUES ($1, $2, $3, $4)");
pub const RELATION: Table<4> =
    Table("INSERT INTO relation (relative_id, pupil_id, kind, source) VALUES ($1, $2, $3, $4)");
pub const MEMBERSHIP: Table<5> =
    Table("INSERT INTO membership (group_id, person_id, role, subject_code, source) VALUES ($1, $2, $3, $4, $5)");
pub const SESSION: Table<7> = Table(
    "INSERT INTO session (id, person_id, created_at, renewed_at, expires_at, shared_device, browser) VALUES \
     ($1, $2, $3, $4, $5, $6, $7)",
);
pub const SERIES: Table<15> = Table(
    "INSERT INTO series (id, school_id, subject_name, room, weekday, starts_min, ends_min, from_day, to_day, \
     version, published_version, published_at, source, changed_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, \
     $7, $8, $9, $10, $11, $12, $13, $14, $15)",
);
pub const SERIES_GROUP: Table<2> = Table("INSERT INTO series_group (series_id, group_id) VALUES ($1, $2)");
pub const SERIES_TEACHER: Table<2> = Table("INSERT INTO series_teacher (series_id, person_id) VALUES ($1, $2)");
pub const LESSON: Table<12> = Table(
    "INSERT INTO lesson (id, school_id, subject_name, room, starts_at, ends_at, source, created_at, \
     updated_at, series_id, series_day, mode) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);
pub const LESSON_GROUP: Table<3> =
    Table("INSERT INTO lesson_group (lesson_id, group_id, starts_at) VALUES ($1, $2, $3)");
pub const LESSON_TEACHER: Table<3> =
    Table("INSERT INTO lesson_teacher (lesson_id, person_id, starts_at) VALUES ($1, $2, $3)");
pub const LOG_ENTRY: Table<11> = Table(
    "INSERT INTO log_entry (id, school_id, lesson_id, author_id, body, published_at, signed_at, signed_by, \
     version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);
pub const HOMEWORK: Table<13> = Table(
    "INSERT INTO homework (id, school_id, group_id, author_id, lesson_id, subject_name, title, body, due_day, \
     ways, deadline_at, minutes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
);
pub const HAND_IN: Table<9> = Table(
    "INSERT INTO hand_in (id, homework_id, person_id, created_at, done_at, mark, comment, returned_at, \
     corrected_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
pub const RECEIPT: Table<7> = Table(
    "INSERT INTO receipt (id, hand_in_id, idempotency_key, body, late, sha256, handed_at) VALUES ($1, $2, $3, \
     $4, $5, $6, $7)",
);
pub const FILE: Table<7> = Table(
    "INSERT INTO file (id, owner_id, name, kind, bytes, sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6, \
     $7)",
);
pub const ATTACHMENT: Table<4> =
    Table("INSERT INTO attachment (place, of_id, file_id, position) VALUES ($1, $2, $3, $4)");
pub const ROLL: Table<8> = Table(
    "INSERT INTO roll (lesson_id, school_id, half_day, version, confirmed_at, confirmed_by, changed_at, \
     changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
pub const ROLL_ENTRY: Table<6> = Table(
    "INSERT INTO roll_entry (lesson_id, pupil_id, school_id, half_day, status, minutes) VALUES ($1, $2, $3, \
     $4, $5, $6)",
);
pub const ABSENCE: Table<10> = Table(
    "INSERT INTO absence (id, school_id, pupil_id, first_half, last_half, reason, detail, state, declared_at, \
     declared_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);
pub const FOLLOW_UP: Table<8> = Table(
    "INSERT INTO follow_up (id, school_id, pupil_id, made_at, made_by, means, result, note) VALUES ($1, $2, \
     $3, $4, $5, $6, $7, $8)",
);
pub const FAILED_TRY: Table<3> = Table("INSERT INTO failed_try (person_id, minute_at, why) VALUES ($1, $2, $3)");
pub const VISIT: Table<6> =
    Table("INSERT INTO visit (id, lesson_id, person_id, role, joined_at, left_at) VALUES ($1, $2, $3, $4, $5, $6)");
pub const NOTICE: Table<8> = Table(
    "INSERT INTO notice (id, person_id, kind, arguments, link, once_key, created_at, read_at) VALUES ($1, $2, \
     $3, $4, $5, $6, $7, $8)",
);
pub const MAIL: Table<10> = Table(
    "INSERT INTO mail (id, once_key, person_id, kind, address, subject, body, created_at, not_before, sent_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);
pub const AUDIT: Table<6> =
    Table("INSERT INTO audit (at, actor_id, action, target, school_id, detail) VALUES ($1, $2, $3, $4, $5, $6)");

/// Inserts `rows`, in few statements.
///
/// # Errors
/// [`StoreError::Taken`] when a key is there already; the database's error.
pub async fn insert<const N: usize>(conn: &mut Conn, table: Table<N>, rows: &[[Value; N]]) -> Result<(), StoreError> {
    many::insert(conn, table.0, rows).await
}

/// Makes room in memory for the indexes that the rows of this transaction go into.
///
/// # Errors
/// The database's error.
pub async fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    if let crate::db::Raw::Sqlite(conn) = conn.raw() {
        sqlx::query("PRAGMA cache_size = -524288").execute(conn).await?;
    }
    Ok(())
}

/// Gives PostgreSQL its statistics, and its map of what everybody may see, at once, as it would by itself some minutes later.
/// Not within a transaction.
pub async fn settle(conn: &mut Conn) -> Result<(), StoreError> {
    if let crate::db::Raw::Postgres(conn) = conn.raw() {
        sqlx::query("VACUUM (ANALYZE)").execute(conn).await?;
    }
    Ok(())
}
