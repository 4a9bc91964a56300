//! One SQL text for both databases.
//!
//! [`sql!`] marks a statement; a test collects every marked statement from the sources and prepares it on both
//! databases. The other macros run one on a [`crate::Conn`], whichever database it leads to.

/// Marks a statement. Must be given a literal, so that the test finds it.
macro_rules! sql {
    ($text:literal) => {
        $text
    };
}

/// Runs a statement and gives the number of rows it changed.
macro_rules! execute {
    ($conn:expr, $sql:literal $(, $bind:expr)* $(,)?) => {
        match $conn.raw() {
            $crate::db::Raw::Sqlite(c) => sqlx::query(sql!($sql))$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()),
            $crate::db::Raw::Postgres(c) => sqlx::query(sql!($sql))$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()),
        }
    };
}

/// All rows of a query, each read into `$row`.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:literal $(, $bind:expr)* $(,)?) => {
        match $conn.raw() {
            $crate::db::Raw::Sqlite(c) => sqlx::query_as::<_, $row>(sql!($sql))$(.bind($bind))*.fetch_all(c).await,
            $crate::db::Raw::Postgres(c) => sqlx::query_as::<_, $row>(sql!($sql))$(.bind($bind))*.fetch_all(c).await,
        }
    };
}

/// The first row of a query, if there is one.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:literal $(, $bind:expr)* $(,)?) => {
        match $conn.raw() {
            $crate::db::Raw::Sqlite(c) => sqlx::query_as::<_, $row>(sql!($sql))$(.bind($bind))*.fetch_optional(c).await,
            $crate::db::Raw::Postgres(c) => sqlx::query_as::<_, $row>(sql!($sql))$(.bind($bind))*.fetch_optional(c).await,
        }
    };
}

/// The one number that a query such as `SELECT count(*)` gives.
macro_rules! fetch_number {
    ($conn:expr, $sql:literal $(, $bind:expr)* $(,)?) => {
        match $conn.raw() {
            $crate::db::Raw::Sqlite(c) => sqlx::query_scalar::<_, i64>(sql!($sql))$(.bind($bind))*.fetch_one(c).await,
            $crate::db::Raw::Postgres(c) => sqlx::query_scalar::<_, i64>(sql!($sql))$(.bind($bind))*.fetch_one(c).await,
        }
    };
}
