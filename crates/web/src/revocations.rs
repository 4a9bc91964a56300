//! Brings what has been revoked, on this machine or another, into the memory that passes are checked against.

use crate::app::App;
use crate::limits::{REVOCATIONS_OVERLAP, REVOCATIONS_POLL};
use preau_base::Instant;
use preau_gate::limits::{CLOCK_SKEW_MAX, PASS_LIFE};
use preau_gate::{Revocation, forgotten_after};
use preau_store::{StoreError, sessions};
use std::sync::PoisonError;
use std::time::Duration;

/// Prunes once an hour.
const PRUNE_AFTER_POLLS: u32 = 1_800;

/// Loads every revocation that concerns a living pass. Call it before the first connection is accepted.
///
/// # Errors
/// The store's; then no pass may be accepted yet.
pub async fn load(app: &App) -> Result<(), StoreError> {
    let now = app.now();
    refresh(app, now.minus(PASS_LIFE + CLOCK_SKEW_MAX * 2)).await
}

/// Asks for news every [`REVOCATIONS_POLL`], for as long as it is polled. While the store does not answer, what is
/// known keeps counting.
pub async fn poll(app: App) {
    let mut asked = app.now();
    let mut failing = false;
    for round in 1_u32.. {
        tokio::time::sleep(REVOCATIONS_POLL).await;
        let now = app.now();
        match refresh(&app, asked.minus(REVOCATIONS_OVERLAP)).await {
            Ok(()) => {
                asked = now;
                failing = false;
            }
            Err(error) if !failing => {
                tracing::error!(%error, "revocations cannot be read; those known so far keep counting");
                failing = true;
            }
            Err(_) => {}
        }
        if round.is_multiple_of(PRUNE_AFTER_POLLS) {
            app.revocations_mut().prune(now);
        }
    }
}

/// Takes in what was revoked since `since`.
///
/// # Errors
/// The store’s.
pub async fn refresh(app: &App, since: Instant) -> Result<(), StoreError> {
    let now = app.now();
    let mut conn = app.store.read().await?;
    let sessions = sessions::revoked_since(&mut conn, since, now).await?;
    let people = sessions::raised_since(&mut conn, since).await?;
    let until = forgotten_after(now, false).plus(Duration::from_secs(1));
    let news = sessions.into_iter().map(|revoked| Revocation::Session { session: revoked.id, until }).chain(
        people.into_iter().map(|raised| Revocation::Person {
            person: raised.person_id,
            epoch: u32::try_from(raised.epoch).unwrap_or(u32::MAX),
            until,
        }),
    );
    for revocation in news {
        app.revoke(revocation);
    }
    Ok(())
}

impl App {
    pub(crate) fn revocations_mut(&self) -> std::sync::RwLockWriteGuard<'_, preau_gate::Revocations> {
        self.revocations.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a revocation that has just been stored count on this machine at once.
    pub fn revoke(&self, revocation: Revocation) {
        let is_news = self.revocations_mut().apply(revocation);
        if is_news {
            (self.on_revoked)(revocation);
        }
    }
}
