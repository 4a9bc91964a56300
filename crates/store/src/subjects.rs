//! Subjects taught in a school.

use crate::{Conn, StoreError};
use preau_base::{SchoolId, SubjectId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Subject {
    #[sqlx(try_from = "Uuid")]
    pub id: SubjectId,
    pub code: String,
    pub name: String,
}

pub async fn create(
    conn: &mut Conn,
    id: SubjectId,
    school: SchoolId,
    code: &str,
    name: &str,
    source: &str,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO subject (id, school_id, code, name, source) VALUES ($1, $2, $3, $4, $5)",
        id.uuid(),
        school.uuid(),
        code,
        name,
        source
    )?;
    Ok(())
}

pub async fn list(conn: &mut Conn, school: SchoolId) -> Result<Vec<Subject>, StoreError> {
    Ok(fetch_all!(
        conn,
        Subject,
        "SELECT id, code, name FROM subject WHERE school_id = $1 ORDER BY name, code",
        school.uuid()
    )?)
}
