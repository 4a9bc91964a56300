//! Jobs that run in the background: of several machines one does each, and each run is recorded.

use crate::limits::{JOB_RUN_KEPT, JOB_RUNS_LISTED_MAX};
use crate::{Conn, StoreError};
use preau_base::Instant;
use std::time::Duration;

/// One run of a job.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Run {
    pub name: String,
    /// The process that ran it.
    pub holder: String,
    #[sqlx(try_from = "i64")]
    pub started_at: Instant,
    #[sqlx(try_from = "i64")]
    pub finished_at: Instant,
    /// How many things were done.
    pub done: i64,
    /// Empty when it went well.
    pub failure: String,
}

/// Takes the job if it is due and nobody holds it; held until `now + lease`. Whoever has it calls [`finish`].
pub async fn take(
    conn: &mut Conn,
    name: &str,
    holder: &str,
    lease: Duration,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "INSERT INTO job (name, holder, held_until, next_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until \
         WHERE job.held_until <= $4 AND job.next_at <= $4",
        name,
        holder,
        now.plus(lease).as_millis(),
        now.as_millis()
    )?;
    Ok(changed > 0)
}

/// Lets the job go, to run again from `next_at` on. A run that did something, or failed, is recorded.
pub async fn finish(conn: &mut Conn, run: &Run, next_at: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE job SET held_until = 0, next_at = $3 WHERE name = $1 AND holder = $2",
        run.name.as_str(),
        run.holder.as_str(),
        next_at.as_millis()
    )?;
    if run.done == 0 && run.failure.is_empty() {
        return Ok(());
    }
    execute!(
        conn,
        "INSERT INTO job_run (name, started_at, holder, finished_at, done, failure) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (name, started_at, holder) DO NOTHING",
        run.name.as_str(),
        run.started_at.as_millis(),
        run.holder.as_str(),
        run.finished_at.as_millis(),
        run.done,
        run.failure.as_str()
    )?;
    Ok(())
}

/// The latest runs, latest first, at most [`JOB_RUNS_LISTED_MAX`].
pub async fn runs(conn: &mut Conn) -> Result<Vec<Run>, StoreError> {
    Ok(fetch_all!(
        conn,
        Run,
        "SELECT name, holder, started_at, finished_at, done, failure FROM job_run \
         ORDER BY started_at DESC, name LIMIT CAST($1 AS BIGINT)",
        JOB_RUNS_LISTED_MAX
    )?)
}

/// Removes the record of runs older than [`JOB_RUN_KEPT`]. Gives how many.
pub async fn sweep_runs(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(conn, "DELETE FROM job_run WHERE started_at < $1", now.minus(JOB_RUN_KEPT).as_millis())?)
}
