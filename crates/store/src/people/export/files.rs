//! The files of a person: those that they have sent, what a teacher has given back to them, and where they are heard or seen
//! in recorded lessons. Not a copy that they have corrected, which is the pupil's.

use crate::{Conn, StoreError};
use preau_base::{FileId, PersonId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CopyFile {
    #[sqlx(try_from = "Uuid")]
    pub id: FileId,
    /// A clean name, yet any text.
    pub name: String,
    pub bytes: i64,
    /// 32 bytes.
    pub sha256: Vec<u8>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// A word of [`crate::files::Place`]; empty for a file that is used nowhere.
    pub place: String,
}

/// `most` files, after the first `from` of them: the oldest first, recordings behind all others, since they are large.
pub async fn export_files(
    conn: &mut Conn,
    person: PersonId,
    from: i64,
    most: i64,
) -> Result<Vec<CopyFile>, StoreError> {
    Ok(fetch_all!(
        conn,
        CopyFile,
        "SELECT f.id, f.name, f.bytes, f.sha256, f.created_at, \
         COALESCE((SELECT MAX(a.place) FROM attachment a WHERE a.file_id = f.id), '') AS place FROM file f WHERE f.id IN \
         (SELECT o.id FROM file o WHERE o.owner_id = $1 \
           AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file_id = o.id AND a.place = 'returned') \
          UNION SELECT a.file_id FROM hand_in h JOIN attachment a ON a.place = 'returned' AND a.of_id = h.id \
           WHERE h.person_id = $1 AND h.returned_at IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM recording_track t JOIN recording r ON r.id = t.recording_id WHERE t.file_id = f.id \
           AND (r.deleted_at IS NOT NULL OR t.kind NOT IN ('voice', 'camera', 'screen'))) \
         ORDER BY (CASE WHEN EXISTS (SELECT 1 FROM recording_track t WHERE t.file_id = f.id) THEN 1 ELSE 0 END), \
         f.created_at, f.id LIMIT $2 OFFSET $3",
        person.uuid(),
        most,
        from
    )?)
}

#[derive(sqlx::FromRow)]
struct Sum {
    files: i64,
    bytes: i64,
}

/// How many files [`export_files`] gives, and their bytes.
pub(super) async fn weight(conn: &mut Conn, person: PersonId) -> Result<(i64, i64), StoreError> {
    let sum = fetch_optional!(
        conn,
        Sum,
        "SELECT count(*) AS files, CAST(COALESCE(SUM(f.bytes), 0) AS BIGINT) AS bytes FROM file f WHERE f.id IN \
         (SELECT o.id FROM file o WHERE o.owner_id = $1 \
           AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file_id = o.id AND a.place = 'returned') \
          UNION SELECT a.file_id FROM hand_in h JOIN attachment a ON a.place = 'returned' AND a.of_id = h.id \
           WHERE h.person_id = $1 AND h.returned_at IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM recording_track t JOIN recording r ON r.id = t.recording_id WHERE t.file_id = f.id \
           AND (r.deleted_at IS NOT NULL OR t.kind NOT IN ('voice', 'camera', 'screen')))",
        person.uuid()
    )?;
    Ok(sum.map_or((0, 0), |sum| (sum.files, sum.bytes)))
}
