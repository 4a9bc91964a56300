//! Many rows in few statements.

use crate::db::Raw;
use crate::{Conn, StoreError};
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, SqlSafeStr};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Values of one statement: few enough for both databases (32,766 and 65,535), many enough that the way to them costs little.
const VALUES_MAX: usize = 2_000;

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

/// `one` with room for `rows` rows; the values of a row are `$1`, `$2` … in order, once each, at its end. SQLite searches
/// among the names of all values for each, so there they have none.
fn widened(one: &str, (columns, rows): (usize, usize), named: bool) -> String {
    let head = one.rsplit_once("VALUES").map_or(one, |(head, _)| head);
    let mut text = String::with_capacity(head.len() + rows * columns * 6);
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
    text
}

macro_rules! run {
    ($conn:expr, $text:expr, $rows:expr, $kept:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($text).into_sql_str()).persistent($kept);
        for value in $rows.iter().flatten() {
            query = match value {
                Value::Id(id) => query.bind(*id),
                Value::Number(number) => query.bind(*number),
                Value::Text(text) => query.bind(text.as_deref()),
                Value::Flag(flag) => query.bind(*flag),
                Value::Bytes(bytes) => query.bind(bytes.as_slice()),
            };
        }
        query.execute($conn).await?;
    }};
}

/// Runs `one`, the statement that inserts one row and ends with its `VALUES ($1, …)`, for all of `rows` at once.
pub(crate) async fn insert<const N: usize>(
    conn: &mut Conn,
    one: &'static str,
    rows: &[[Value; N]],
) -> Result<(), StoreError> {
    debug_assert!(one.ends_with(&format!("${N})")), "{one} has not {N} values");
    let at_once = (VALUES_MAX / N.max(1)).max(1);
    let named = !conn.is_sqlite();
    let whole = widened(one, (N, at_once), named);
    for some in rows.chunks(at_once) {
        // The last statement is of a length that seldom comes again.
        let is_whole = some.len() == at_once;
        let text = if is_whole { whole.clone() } else { widened(one, (N, some.len()), named) };
        match conn.raw() {
            Raw::Sqlite(c) => run!(c, text, some, is_whole),
            Raw::Postgres(c) => run!(c, text, some, is_whole),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::widened;

    #[test]
    fn numbers_the_values_of_every_row() {
        let one = "INTO t (a, b) VALUES ($1, $2)";
        assert_eq!(widened(one, (2, 1), true), one);
        assert_eq!(widened(one, (2, 3), true), "INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6)");
        assert_eq!(widened(one, (2, 2), false), "INTO t (a, b) VALUES (?, ?), (?, ?)");
    }
}
