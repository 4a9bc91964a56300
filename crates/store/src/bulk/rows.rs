use crate::backup::TABLES;
use crate::db::Raw;
use crate::{Conn, StoreError};
use sqlx::{AssertSqlSafe, Row as _};

/// Every row of every table as text: the table's name, a colon, the values in the database's own writing. What a test compares
/// that must know whether anything was changed.
///
/// # Errors
/// The database's error.
pub async fn rows(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let mut all = Vec::new();
    for table in TABLES {
        let rows: Vec<String> = match conn.raw() {
            Raw::Sqlite(conn) => {
                let about =
                    sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})"))).fetch_all(&mut *conn).await?;
                let quoted: Vec<_> =
                    about.iter().map(|column| format!("quote({})", column.get::<String, _>("name"))).collect();
                let statement = ["SELECT", &quoted.join(" || ' ' || "), "FROM", table].join(" ");
                sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(conn).await?
            }
            Raw::Postgres(conn) => {
                let statement = ["SELECT", "CAST(t AS TEXT)", "FROM", table, "t"].join(" ");
                sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(conn).await?
            }
        };
        all.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    Ok(all)
}
