//! Many rows in few statements.

use crate::db::Raw;
use crate::{Conn, StoreError};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, FromRow, SqlSafeStr};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Values of one statement: few enough for both databases (32,766 and 65,535), many enough that the way to them costs little.
const VALUES_MAX: usize = 2_000;
/// Ids in the list of one statement. They have names on both databases, among which SQLite searches for each.
pub(crate) const LISTED_MAX: usize = 500;

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Id(Option<Uuid>),
    Number(Option<i64>),
    Text(Option<Cow<'static, str>>),
    Flag(bool),
    Bytes(Vec<u8>),
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(Some(Cow::Borrowed(text)))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(Cow::Owned(text)))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(Some(id))
    }
}

impl From<Option<Uuid>> for Value {
    fn from(id: Option<Uuid>) -> Self {
        Self::Id(id)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// `one` with room for `rows` rows; the values of a row are `$1`, `$2` … in order, once each. SQLite searches among the
/// names of all values for each, so there they have none.
fn widened(one: &str, (columns, rows): (usize, usize), named: bool) -> String {
    let (head, row) = one.rsplit_once("VALUES").unwrap_or((one, ""));
    let tail = row.split_once(')').map_or("", |(_, tail)| tail);
    let mut text = String::with_capacity(one.len() + rows * columns * 6);
    text.push_str(head);
    text.push_str("VALUES ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            text.push_str(if column == 0 { "" } else { ", " });
            if named {
                let _ = write!(text, "${}", row * columns + column + 1);
            } else {
                text.push('?');
            }
        }
        text.push(')');
    }
    text.push_str(tail);
    text
}

/// `one` with room for `count` ids in its list, `IN ($N)`, after the values that it has before.
fn listed(one: &str, before: usize, count: usize) -> String {
    let list = format!("(${})", before + 1);
    let (head, tail) = one.split_once(&list).unwrap_or((one, ""));
    let mut text = String::with_capacity(one.len() + count * 6);
    text.push_str(head);
    for at in 1..=count {
        let _ = write!(text, "{}${}", if at == 1 { "(" } else { ", " }, before + at);
    }
    text.push(')');
    text.push_str(tail);
    text
}

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Id(id) => query.bind(*id),
                Value::Number(number) => query.bind(*number),
                Value::Text(text) => query.bind(text.as_deref()),
                Value::Flag(flag) => query.bind(*flag),
                Value::Bytes(bytes) => query.bind(bytes.as_slice()),
            };
        }
        query
    }};
}

macro_rules! run {
    ($conn:expr, $text:expr, $values:expr, $kept:expr) => {{
        let query = sqlx::query(AssertSqlSafe($text).into_sql_str()).persistent($kept);
        bound!(query, $values).execute($conn).await?;
    }};
}

/// Runs `one`, whose list `IN ($N)` has one id and is the last of its values, for all of `ids`, some hundreds at a time.
pub(crate) async fn among(
    conn: &mut Conn,
    one: &'static str,
    before: &[Value],
    ids: &[Uuid],
) -> Result<(), StoreError> {
    for some in ids.chunks(LISTED_MAX) {
        let text = listed(one, before.len(), some.len());
        let some: Vec<Value> = some.iter().map(|id| Value::from(*id)).collect();
        let is_whole = some.len() == LISTED_MAX;
        match conn.raw() {
            Raw::Sqlite(c) => run!(c, text, before.iter().chain(&some), is_whole),
            Raw::Postgres(c) => run!(c, text, before.iter().chain(&some), is_whole),
        }
    }
    Ok(())
}

/// The rows that `one` gives, whose list `IN ($1)` has one id and is its only value, for all of `ids`.
pub(crate) async fn fetch_among<R>(conn: &mut Conn, one: &'static str, ids: &[Uuid]) -> Result<Vec<R>, StoreError>
where
    R: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    let mut found = Vec::new();
    for some in ids.chunks(LISTED_MAX) {
        let text = AssertSqlSafe(listed(one, 0, some.len())).into_sql_str();
        let some: Vec<Value> = some.iter().map(|id| Value::from(*id)).collect();
        let is_whole = some.len() == LISTED_MAX;
        found.extend(match conn.raw() {
            Raw::Sqlite(c) => bound!(sqlx::query_as::<_, R>(text).persistent(is_whole), &some).fetch_all(c).await?,
            Raw::Postgres(c) => bound!(sqlx::query_as::<_, R>(text).persistent(is_whole), &some).fetch_all(c).await?,
        });
    }
    Ok(found)
}

/// Runs `one`, the statement that inserts one row with its `VALUES ($1, …)`, for all of `rows` at once. No value comes after
/// the row.
pub(crate) async fn insert<const N: usize>(
    conn: &mut Conn,
    one: &'static str,
    rows: &[[Value; N]],
) -> Result<(), StoreError> {
    let last = one.rsplit_once("VALUES").and_then(|(_, row)| row.split_once(')')).map_or("", |(row, _)| row);
    debug_assert!(last.ends_with(&format!("${N}")), "{one} has not {N} values");
    let at_once = (VALUES_MAX / N.max(1)).max(1);
    let named = !conn.is_sqlite();
    let whole = widened(one, (N, at_once), named);
    for some in rows.chunks(at_once) {
        // The last statement is of a length that seldom comes again.
        let is_whole = some.len() == at_once;
        let text = if is_whole { whole.clone() } else { widened(one, (N, some.len()), named) };
        match conn.raw() {
            Raw::Sqlite(c) => run!(c, text, some.iter().flatten(), is_whole),
            Raw::Postgres(c) => run!(c, text, some.iter().flatten(), is_whole),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{listed, widened};

    #[test]
    fn numbers_the_values_of_every_row() {
        let one = "INTO t (a, b) VALUES ($1, $2)";
        assert_eq!(widened(one, (2, 1), true), one);
        assert_eq!(widened(one, (2, 3), true), "INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6)");
        assert_eq!(widened(one, (2, 2), false), "INTO t (a, b) VALUES (?, ?), (?, ?)");
        let over = "INTO t (a) VALUES ($1) ON CONFLICT (a) DO NOTHING";
        assert_eq!(widened(over, (1, 2), true), "INTO t (a) VALUES ($1), ($2) ON CONFLICT (a) DO NOTHING");
    }

    #[test]
    fn numbers_the_ids_of_a_list_after_the_values_before_it() {
        let one = "t SET a = $1 WHERE id IN ($2) AND b";
        assert_eq!(listed(one, 1, 1), one);
        assert_eq!(listed(one, 1, 3), "t SET a = $1 WHERE id IN ($2, $3, $4) AND b");
    }
}
