//! What the lessons of PostgreSQL need, which lets several write at once.

use crate::{Conn, StoreError, many};
use sqlx::types::Uuid;

/// Of these lessons, locks those of which nothing shows yet that they took place: waits until everybody who is writing a row
/// that names one of them (a visit, a roll, an entry of the log) has committed, and lets nobody write another before this
/// transaction ends, because a foreign key asks for the row. The next statement sees what was committed meanwhile. SQLite
/// has one writer at a time.
pub(crate) async fn lock_unheld(conn: &mut Conn, ids: &[Uuid]) -> Result<(), StoreError> {
    if conn.is_sqlite() {
        return Ok(());
    }
    many::among(
        conn,
        "SELECT l.id FROM lesson l WHERE l.id IN ($1) AND NOT EXISTS (SELECT 1 FROM roll r WHERE r.lesson_id = l.id) \
         AND NOT EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = l.id AND e.published_at >= l.starts_at) \
         AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.lesson_id = l.id AND v.role = 'pupil') \
         ORDER BY l.id FOR UPDATE OF l",
        &[],
        ids,
    )
    .await
}
