//! What points to one row points to another from now on: for merging two accounts, or two groups.

use crate::db::Raw;
use crate::{Conn, StoreError};
use sqlx::types::Uuid;

/// Runs a statement of [`repoint_columns`], which is put together of literals.
pub(crate) async fn point(conn: &mut Conn, sql: &'static str, keep: Uuid, gone: Uuid) -> Result<(), StoreError> {
    match conn.raw() {
        Raw::Sqlite(c) => sqlx::query(sql).bind(keep).bind(gone).execute(c).await.map(drop)?,
        Raw::Postgres(c) => sqlx::query(sql).bind(keep).bind(gone).execute(c).await.map(drop)?,
    }
    Ok(())
}

/// Declares columns that name something, and a function `repoint` that runs over them: with `all` every row goes over; with
/// `once (…)` a row stays behind where the one that stays has a row with the same other columns, and with `drop` such a row
/// goes away. A test holds the list to the foreign keys of the schema.
macro_rules! repoint_columns {
    ($(#[$doc:meta])* $($table:literal $column:literal $how:ident $(($($other:literal),+))?;)*) => {
        async fn repoint(
            conn: &mut crate::Conn,
            keep: sqlx::types::Uuid,
            gone: sqlx::types::Uuid,
        ) -> Result<(), crate::StoreError> {
            $(repoint_columns!(@$how conn, keep, gone, $table, $column $(, $($other),+)?);)*
            Ok(())
        }

        $(#[$doc])*
        #[cfg(test)]
        pub(crate) const COLUMNS: &[(&str, &str)] = &[$(($table, $column)),*];
    };
    (@all $conn:ident, $keep:ident, $gone:ident, $table:literal, $column:literal) => {
        crate::repoint::point($conn, concat!("UPDATE", " ", $table, " SET ", $column, " = $1 WHERE ", $column, " = $2"), $keep, $gone)
            .await?;
    };
    (@once $conn:ident, $keep:ident, $gone:ident, $table:literal, $column:literal, $($other:literal),+) => {
        crate::repoint::point($conn, concat!(
            "UPDATE", " ", $table, " SET ", $column, " = $1 WHERE ", $column, " = $2 AND NOT EXISTS (SELECT 1 FROM ", $table,
            " o WHERE o.", $column, " = $1" $(, " AND o.", $other, " = ", $table, ".", $other)+, ")"
        ), $keep, $gone).await?;
    };
    (@drop $conn:ident, $keep:ident, $gone:ident, $table:literal, $column:literal, $($other:literal),+) => {
        repoint_columns!(@once $conn, $keep, $gone, $table, $column, $($other),+);
        crate::repoint::point($conn, concat!("DELETE", " FROM ", $table, " WHERE ", $column, " = $2 AND $1 <> $2"), $keep, $gone)
            .await?;
    };
}
