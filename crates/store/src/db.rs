//! Pools, connections and transactions.

use crate::limits::{
    ACQUIRE_MAX, POSTGRES_CONNECTIONS_MAX, POSTGRES_IDLE_UNTESTED_MAX, RESERVE_CONNECTIONS_MAX, SQLITE_BUSY_MAX,
    SQLITE_CACHE_KIB, SQLITE_READERS_MAX, SQLITE_ROWS_AHEAD_MAX, STATEMENTS_KEPT_MAX,
};
use crate::readers::{Reader, Readers};
use crate::{StoreError, migrate};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Executor as _, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where the data is.
#[derive(Clone)]
pub enum Database {
    /// One file; the folder must exist.
    Sqlite { path: PathBuf },
    /// A `postgres://` URL. Contains a password: never printed.
    Postgres { url: String },
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite { path } => write!(f, "SQLite {}", path.display()),
            Self::Postgres { .. } => f.write_str("PostgreSQL"),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    Sqlite { readers: Readers, writer: SqlitePool },
    Postgres(PgPool),
}

/// Connections that only read, for those who look after the installation: they wait behind nobody else.
#[derive(Clone, Debug)]
enum Reserve {
    Sqlite(Readers),
    Postgres(PgPool),
}

/// The opened database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pools: Pools,
    reserve: Reserve,
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings its schema up to date.
    ///
    /// `backups` is the folder that takes a copy of a SQLite file before a migration changes it.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when a newer version wrote it; database and file errors.
    pub async fn open(database: &Database, backups: &Path) -> Result<Self, StoreError> {
        let store = Self::connect(database).await?;
        migrate::run(&store, database, backups).await?;
        Ok(store)
    }

    pub(crate) async fn connect(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::Sqlite { path } => sqlite_pools(path).await,
            Database::Postgres { url } => {
                let options = PgConnectOptions::from_str(url)?
                    .application_name("preau")
                    .statement_cache_capacity(STATEMENTS_KEPT_MAX);
                let pool = postgres_pool(POSTGRES_CONNECTIONS_MAX).connect_with(options.clone()).await?;
                let reserve = postgres_pool(RESERVE_CONNECTIONS_MAX).connect_lazy_with(options);
                Ok(Self { pools: Pools::Postgres(pool), reserve: Reserve::Postgres(reserve) })
            }
        }
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When none gets free within [`ACQUIRE_MAX`].
    pub async fn read(&self) -> Result<Conn, StoreError> {
        Ok(Conn(match &self.pools {
            Pools::Sqlite { readers, .. } => Handle::Sqlite(readers.acquire().await?),
            Pools::Postgres(pool) => Handle::Postgres(pool.acquire().await?),
        }))
    }

    /// The same from a reserve of [`RESERVE_CONNECTIONS_MAX`], for the operator's console and for whoever watches over the
    /// installation: it is there when all others are taken by pages.
    ///
    /// # Errors
    /// When none gets free within [`ACQUIRE_MAX`].
    pub async fn read_in_reserve(&self) -> Result<Conn, StoreError> {
        Ok(Conn(match &self.reserve {
            Reserve::Sqlite(readers) => Handle::Sqlite(readers.acquire().await?),
            Reserve::Postgres(pool) => Handle::Postgres(pool.acquire().await?),
        }))
    }

    /// A transaction for writing; dropped without [`Tx::commit`], it leaves nothing.
    ///
    /// # Errors
    /// When no connection gets free within [`ACQUIRE_MAX`].
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(Tx(Conn(match &self.pools {
            Pools::Sqlite { writer, .. } => Handle::SqliteTx(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Handle::PostgresTx(pool.begin().await?),
        })))
    }

    pub const fn is_sqlite(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// Answers when the database does, however many pages wait for it.
    ///
    /// # Errors
    /// The database's error.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut conn = self.read_in_reserve().await?;
        fetch_number!(conn, "SELECT CAST(1 AS BIGINT)")?;
        Ok(())
    }

    /// Closes all connections, waiting for those in use.
    pub async fn close(&self) {
        match &self.reserve {
            Reserve::Sqlite(readers) => readers.close().await,
            Reserve::Postgres(pool) => pool.close().await,
        }
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

fn postgres_pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_MAX)
        // What pages ask runs in less time than its compilation takes.
        .after_connect(|conn, _| Box::pin(async move { conn.execute("SET jit = off").await.map(drop) }))
        // A server may have gone away meanwhile; one that was used a moment ago has not.
        .test_before_acquire(false)
        .before_acquire(|conn, about| {
            Box::pin(async move {
                if about.idle_for > POSTGRES_IDLE_UNTESTED_MAX {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
}

async fn sqlite_pools(path: &Path) -> Result<Store, StoreError> {
    make_private(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(SQLITE_BUSY_MAX)
        .statement_cache_capacity(STATEMENTS_KEPT_MAX)
        .row_buffer_size(SQLITE_ROWS_AHEAD_MAX)
        .pragma("cache_size", format!("-{SQLITE_CACHE_KIB}"));
    // When the disk is full, SQLite ends the transaction by itself, and the driver still counts it as open: such a
    // connection would refuse every later transaction, so it is closed instead of being given back.
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .acquire_timeout(SQLITE_BUSY_MAX)
        .after_release(|conn, _| {
            Box::pin(async move {
                conn.ping().await?;
                Ok(!conn.is_in_transaction())
            })
        })
        .connect_with(options.clone())
        .await?;
    let reserve = Reserve::Sqlite(Readers::new(options.clone(), RESERVE_CONNECTIONS_MAX));
    Ok(Store { pools: Pools::Sqlite { readers: Readers::new(options, SQLITE_READERS_MAX), writer }, reserve })
}

/// Makes the database file before SQLite does, readable by its owner alone.
fn make_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(StoreError::file("cannot open the database", path))
}

enum Handle {
    Sqlite(Reader),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// A connection, or a transaction behind [`Tx`]. The functions of this crate take it.
pub struct Conn(Handle);

pub(crate) enum Raw<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Conn {
    /// For one statement, which is counted.
    pub(crate) fn raw(&mut self) -> Raw<'_> {
        crate::statements::sent();
        self.inner()
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.0, Handle::Sqlite(_) | Handle::SqliteTx(_))
    }

    fn inner(&mut self) -> Raw<'_> {
        match &mut self.0 {
            Handle::Sqlite(reader) => Raw::Sqlite(reader.conn()),
            Handle::SqliteTx(tx) => Raw::Sqlite(tx),
            Handle::Postgres(conn) => Raw::Postgres(conn),
            Handle::PostgresTx(tx) => Raw::Postgres(tx),
        }
    }
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing.
#[must_use = "a transaction that is not committed leaves nothing"]
pub struct Tx(Conn);

impl Tx {
    /// Keeps what was written. When this returns, it is on the disk.
    ///
    /// # Errors
    /// The database's error; then nothing was kept.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0.0 {
            Handle::SqliteTx(tx) => tx.commit().await?,
            Handle::PostgresTx(tx) => tx.commit().await?,
            Handle::Sqlite(_) | Handle::Postgres(_) => {}
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
