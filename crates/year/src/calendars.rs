//! The address under which a calendar program gets somebody's timetable.

use crate::{Actor, School};
use preau_base::{FeedId, Instant, Rng};
use preau_gate::{KeyRing, LinkToken};
use preau_store::calendar_feeds::{self, NewFeed};
use preau_store::{Store, StoreError};

/// A secret for the address of the pupil's timetable.
pub(crate) fn draw(rng: &mut dyn Rng) -> String {
    LinkToken::draw(rng).to_text().into_inner()
}

/// Opens that address for a server with these keys: the database has only a hash of the secret, made with them, so what was
/// opened for other keys ends.
///
/// # Errors
/// The store's.
pub async fn open_calendar(
    store: &Store,
    school: &School,
    keys: &KeyRing,
    now: Instant,
    rng: &mut dyn Rng,
) -> Result<(), StoreError> {
    let person = school.person(Actor::Pupil);
    let token = LinkToken::parse(&school.calendar)
        .ok_or_else(|| StoreError::Import("the address of the calendar is none".to_owned()))?;
    let digest = token.digest(keys);
    let mut tx = store.write().await?;
    for feed in calendar_feeds::of_maker(&mut tx, person).await? {
        calendar_feeds::revoke(&mut tx, feed.id, person, now).await?;
    }
    let feed = NewFeed {
        id: FeedId::new(now, rng),
        person,
        of_person: person,
        secret_hash: digest.as_bytes(),
        name: "Téléphone",
    };
    calendar_feeds::create(&mut tx, &feed, now).await?;
    tx.commit().await
}
