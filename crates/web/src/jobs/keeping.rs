//! What is not to be kept any longer of live lessons goes: chat when the school's rule says so, what was drawn and set, reports
//! that were handled long ago, old self-tests.

use crate::App;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use preau_base::Instant;
use preau_school::log::{days_of_year, year_of};
use preau_store::limits::{SCHOOLS_SWEPT_MAX, SWEPT_ROWS_MAX};
use preau_store::{StoreError, documents, keeping, reports, self_tests};
use std::time::Duration;

/// Transactions of one run for one thing; what is left is done by the next run.
const ROUNDS_MAX: usize = 20;

/// Deletes what is over its time, a bounded number of rows in each transaction. Gives how many.
///
/// # Errors
/// The store's; what was deleted before stays deleted.
pub async fn keep_classes(app: &App) -> Result<u64, StoreError> {
    let now = app.now();
    let mut done = 0;
    for round in 0..ROUNDS_MAX {
        let mut tx = app.store.write().await?;
        let mut swept = keeping::sweep_chat_of_years(&mut tx, year_began(now)).await?;
        swept += keeping::sweep_facts(&mut tx, now).await?;
        swept += documents::sweep(&mut tx, now).await?;
        swept += reports::sweep(&mut tx, now).await?;
        swept += self_tests::sweep(&mut tx, now).await?;
        tx.commit().await?;
        done += swept;
        if (swept as i64) < SWEPT_ROWS_MAX || round + 1 == ROUNDS_MAX {
            break;
        }
    }
    Ok(done + chat_by_days(app, now).await?)
}

/// The chat of schools that keep it for a number of days.
async fn chat_by_days(app: &App, now: Instant) -> Result<u64, StoreError> {
    let (mut done, mut after) = (0, None);
    loop {
        let mut conn = app.store.read().await?;
        let schools = keeping::by_days(&mut conn, after).await?;
        drop(conn);
        for (school, days) in &schools {
            let kept = Duration::from_secs(u64::try_from(*days).unwrap_or(0) * 86_400);
            let mut tx = app.store.write().await?;
            done += keeping::sweep_chat_of(&mut tx, *school, now.minus(kept)).await?;
            tx.commit().await?;
        }
        after = schools.last().map(|(school, _)| *school);
        if (schools.len() as i64) < SCHOOLS_SWEPT_MAX {
            return Ok(done);
        }
    }
}

/// The first instant of the school year of `now`. In UTC: between two school years lies a summer, not an hour.
fn year_began(now: Instant) -> Instant {
    let at = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let (first, _): (Date, Date) = days_of_year(year_of(at.to_zoned(TimeZone::UTC).date()));
    let began = first.to_zoned(TimeZone::UTC).map_or(0, |at| at.timestamp().as_millisecond());
    Instant::from_millis(began)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chat_of_the_school_year_stays_until_the_next_one() {
        // 22 November 2026, 30 July 2027, 2 August 2027.
        for (seconds, expect) in [(1_795_305_600, "2026"), (1_816_905_600, "2026"), (1_817_164_800, "2027")] {
            let began = jiff::Timestamp::from_millisecond(year_began(Instant::from_secs(seconds)).as_millis()).unwrap();
            assert_eq!(began.to_zoned(TimeZone::UTC).date().year().to_string(), expect);
        }
    }
}
