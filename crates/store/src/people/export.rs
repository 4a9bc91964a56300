//! Everything that is kept about one person, for the person (GDPR, articles 15 and 20).
//!
//! A copy is read a page at a time, each page from whichever connection is free: neither the person's years nor a slow
//! browser hold memory, a connection or the writer.
//!
//! Left out on purpose, and said so in the copy: secrets, of which there are only digests; what others have written for
//! themselves; what school life has noted in its own words (the notes of a follow-up and of the reception on site), and
//! reports by others, since both tell of other people (GDPR, article 15, paragraph 4). Those are asked for at the school,
//! where somebody reads them first.

#[macro_use]
mod kinds;
mod account;
mod acts;
mod files;
mod lessons;
mod work;

pub use files::{CopyFile, export_files};

use crate::{Conn, StoreError};
use preau_base::PersonId;
use serde_json::Value;

/// One kind of data, as a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataKind {
    /// A word with dashes; pages have a text for it (`export-…`).
    pub name: &'static str,
    /// Names of the columns, likewise (`export-column-…`). Those that end in `_at` are milliseconds since 1970.
    pub columns: &'static [&'static str],
    area: Area,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Area {
    Account,
    Lessons,
    Work,
    Acts,
}

/// The values of one line, in the order of its columns: text, number, true or false, or nothing.
pub type Line = Vec<Value>;

/// All kinds but the files, which are [`export_files`], in the order of a copy.
pub fn data_kinds() -> impl Iterator<Item = &'static DataKind> {
    account::KINDS.iter().chain(lessons::KINDS).chain(work::KINDS).chain(acts::KINDS)
}

/// `most` lines of a kind, after the first `from` of them, the oldest first: what comes to be meanwhile comes last.
pub async fn export_lines(
    conn: &mut Conn,
    kind: &DataKind,
    person: PersonId,
    from: i64,
    most: i64,
) -> Result<Vec<Line>, StoreError> {
    match kind.area {
        Area::Account => account::lines(conn, kind.name, person, from, most).await,
        Area::Lessons => lessons::lines(conn, kind.name, person, from, most).await,
        Area::Work => work::lines(conn, kind.name, person, from, most).await,
        Area::Acts => acts::lines(conn, kind.name, person, from, most).await,
    }
}

/// How much there is for a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Weight {
    /// Lines of the kind that has most, of those that grow with the years.
    pub lines: i64,
    pub files: i64,
    /// Of all files together.
    pub bytes: i64,
}

/// What [`export_lines`] and [`export_files`] will give, without reading it.
pub async fn export_weight(conn: &mut Conn, person: PersonId) -> Result<Weight, StoreError> {
    let lines = fetch_number!(
        conn,
        "SELECT CAST(MAX(kind.n) AS BIGINT) FROM (SELECT count(*) AS n FROM visit WHERE person_id = $1 \
         UNION ALL SELECT count(*) FROM lesson_teacher WHERE person_id = $1 \
         UNION ALL SELECT count(*) FROM chat_message WHERE person_id = $1 \
         UNION ALL SELECT count(*) FROM notice WHERE person_id = $1 \
         UNION ALL SELECT count(*) FROM mail WHERE person_id = $1 \
         UNION ALL SELECT count(*) FROM roll_entry WHERE pupil_id = $1 \
         UNION ALL SELECT count(*) FROM receipt r JOIN hand_in h ON h.id = r.hand_in_id WHERE h.person_id = $1 \
         UNION ALL SELECT count(*) FROM homework WHERE author_id = $1 \
         UNION ALL SELECT count(*) FROM log_entry WHERE author_id = $1 \
         UNION ALL SELECT count(*) FROM log_revision WHERE author_id = $1 \
         UNION ALL SELECT count(*) FROM audit WHERE actor_id = $1) kind",
        person.uuid()
    )?;
    let (files, bytes) = files::weight(conn, person).await?;
    Ok(Weight { lines, files, bytes })
}
