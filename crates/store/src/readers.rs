//! SQLite's connections that only read.
//!
//! They are handed on as they come back: no connection to a file goes away by itself, and a statement whose answer nobody
//! waits for any more ends before the next begins. The pool of sqlx asks each that comes back whether it is well, two changes
//! of thread each time; here that is done once in a while.

use crate::limits::{ACQUIRE_MAX, SQLITE_USES_BETWEEN_TESTS};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    places: u32,
    free: Arc<Semaphore>,
    idle: Mutex<Vec<Kept>>,
}

struct Kept {
    conn: SqliteConnection,
    uses: u32,
}

/// A connection, until it is dropped.
pub(crate) struct Reader {
    kept: Option<Kept>,
    home: Arc<Inner>,
    _permit: OwnedSemaphorePermit,
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    /// `places` connections at the most, opened when they are needed.
    pub(crate) fn new(options: SqliteConnectOptions, places: u32) -> Self {
        let free = Arc::new(Semaphore::new(places as usize));
        Self(Arc::new(Inner { options, places, free, idle: Mutex::default() }))
    }

    /// Waits for a place, those who have waited longest first.
    ///
    /// # Errors
    /// When none gets free within [`ACQUIRE_MAX`], none can be opened, or all were closed.
    pub(crate) async fn acquire(&self) -> Result<Reader, sqlx::Error> {
        let permit = tokio::time::timeout(ACQUIRE_MAX, Arc::clone(&self.0.free).acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let kept = match self.tested().await {
            Some(kept) => kept,
            None => Kept { conn: SqliteConnection::connect_with(&self.0.options).await?, uses: 0 },
        };
        Ok(Reader { kept: Some(kept), home: Arc::clone(&self.0), _permit: permit })
    }

    /// One that was given back; none when there is none, or it turns out to be broken.
    async fn tested(&self) -> Option<Kept> {
        let mut kept = self.0.idle().pop()?;
        kept.uses = kept.uses.wrapping_add(1);
        if kept.uses.is_multiple_of(SQLITE_USES_BETWEEN_TESTS)
            && let Err(error) = kept.conn.ping().await
        {
            tracing::warn!(%error, "a connection that reads was broken");
            return None;
        }
        Some(kept)
    }

    /// Closes all connections, waiting for those in use.
    pub(crate) async fn close(&self) {
        // An error means that they were closed before.
        let all = self.0.free.acquire_many(self.0.places).await;
        self.0.free.close();
        drop(all);
        let idle = std::mem::take(&mut *self.0.idle());
        for kept in idle {
            if let Err(error) = kept.conn.close().await {
                tracing::warn!(%error, "a connection that reads did not close");
            }
        }
    }
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readers").field("free", &self.0.free.available_permits()).finish_non_exhaustive()
    }
}

impl Reader {
    pub(crate) fn conn(&mut self) -> &mut SqliteConnection {
        #[expect(clippy::expect_used, reason = "taken out by drop alone")]
        let kept = self.kept.as_mut().expect("a connection until it is dropped");
        &mut kept.conn
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Before the permit goes, so that whoever gets it finds the connection.
        self.home.idle().extend(self.kept.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::SQLITE_READERS_MAX;

    fn readers(folder: &std::path::Path) -> Readers {
        let options = SqliteConnectOptions::new().filename(folder.join("a.sqlite")).create_if_missing(true);
        Readers::new(options, SQLITE_READERS_MAX)
    }

    async fn one(reader: &mut Reader) -> i64 {
        sqlx::query_scalar("SELECT 1").fetch_one(reader.conn()).await.expect("an answer")
    }

    #[tokio::test]
    async fn connections_are_handed_on_and_no_more_are_opened_than_may_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let readers = readers(folder.path());
        for _ in 0..SQLITE_USES_BETWEEN_TESTS * 2 + 1 {
            assert_eq!(one(&mut readers.acquire().await.expect("one")).await, 1);
        }
        assert_eq!(readers.0.idle().len(), 1, "one after the other, always the same");

        let mut all = Vec::new();
        for _ in 0..SQLITE_READERS_MAX {
            all.push(readers.acquire().await.expect("one"));
        }
        let (waiting, waiter) = (readers.clone(), readers.clone());
        let next = tokio::spawn(async move { one(&mut waiting.acquire().await.expect("when one is free")).await });
        tokio::task::yield_now().await;
        assert!(!next.is_finished() && readers.0.free.available_permits() == 0);
        all.pop();
        assert_eq!(next.await.expect("ends"), 1);
        let closing = tokio::spawn(async move { waiter.close().await });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished(), "some are in use");
        drop(all);
        closing.await.expect("ends");
        assert!(matches!(readers.acquire().await, Err(sqlx::Error::PoolClosed)) && readers.0.idle().is_empty());
    }

    #[tokio::test]
    async fn whoever_goes_in_the_middle_leaves_a_connection_that_answers() {
        let folder = tempfile::tempdir().expect("a folder");
        let readers = readers(folder.path());
        let long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n";
        for _ in 0..20 {
            let mut reader = readers.acquire().await.expect("one");
            let asked = sqlx::query_scalar::<_, i64>(long).fetch_all(reader.conn());
            assert!(tokio::time::timeout(std::time::Duration::from_millis(1), asked).await.is_err(), "cut off");
            drop(reader);
            assert_eq!(one(&mut readers.acquire().await.expect("one")).await, 1);
        }
        assert_eq!(readers.0.idle().len(), 1);
    }
}
