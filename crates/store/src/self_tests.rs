//! What people's devices and lines can do, as they sent it to school life.

use crate::limits::{PAGE_ROWS_MAX, SELF_TEST_BYTES_MAX, SELF_TEST_KEPT, SWEPT_ROWS_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, Pii, SchoolId, SelfTestId};
use sqlx::types::Uuid;

#[derive(Clone, Debug)]
pub struct NewSelfTest<'a> {
    pub id: SelfTestId,
    pub school: SchoolId,
    pub person: PersonId,
    pub browser: &'a str,
    /// Opaque JSON of at most [`SELF_TEST_BYTES_MAX`] bytes.
    pub results: &'a str,
}

/// # Errors
/// [`StoreError::Limit`] when the results are too long.
pub async fn add(conn: &mut Conn, test: &NewSelfTest<'_>, now: Instant) -> Result<(), StoreError> {
    let found = test.results.len() + test.browser.len();
    if found > SELF_TEST_BYTES_MAX {
        return Err(StoreError::Limit { what: "a self-test", found, most: SELF_TEST_BYTES_MAX });
    }
    execute!(
        conn,
        "INSERT INTO self_test (id, school_id, person_id, browser, results, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        test.id.uuid(),
        test.school.uuid(),
        test.person.uuid(),
        test.browser,
        test.results,
        now.as_millis()
    )?;
    Ok(())
}

/// How many self-tests a person has sent since `from`.
pub async fn sent_since(conn: &mut Conn, person: PersonId, from: Instant) -> Result<i64, StoreError> {
    Ok(fetch_number!(
        conn,
        "SELECT count(*) FROM self_test WHERE person_id = $1 AND made_at > $2",
        person.uuid(),
        from.as_millis()
    )?)
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    #[sqlx(try_from = "Uuid")]
    pub id: SelfTestId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    #[sqlx(try_from = "String")]
    pub name: Pii<String>,
    pub browser: String,
    pub results: String,
    #[sqlx(try_from = "i64")]
    pub made_at: Instant,
}

/// Self-tests of a school, latest first; a page of [`PAGE_ROWS_MAX`] and one more.
pub async fn list(conn: &mut Conn, school: SchoolId, offset: i64) -> Result<Vec<Listed>, StoreError> {
    Ok(fetch_all!(
        conn,
        Listed,
        "SELECT t.id, t.person_id, trim(p.given_name || ' ' || p.family_name) AS name, t.browser, t.results, t.made_at \
         FROM self_test t JOIN person p ON p.id = t.person_id WHERE t.school_id = $1 \
         ORDER BY t.made_at DESC, t.id DESC LIMIT CAST($2 AS BIGINT) OFFSET $3",
        school.uuid(),
        PAGE_ROWS_MAX + 1,
        offset
    )?)
}

/// Removes what was sent longer ago than [`SELF_TEST_KEPT`], at most [`SWEPT_ROWS_MAX`]. Gives how many.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM self_test WHERE id IN (SELECT id FROM self_test WHERE made_at < $1 ORDER BY id LIMIT CAST($2 AS BIGINT))",
        now.minus(SELF_TEST_KEPT).as_millis(),
        SWEPT_ROWS_MAX
    )?)
}
