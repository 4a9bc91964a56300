//! The media side of the self-test: a room of one person for half a minute, in which one connection hears the other.

use preau_base::{PersonId, Rng as _, SystemRng};
use preau_media::{Declared, Media, MediaError, PeerId, PublishRights, Room};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// Self-tests of this process at a time.
pub const SELF_TESTS_MAX: usize = 16;
/// How long one test's room is there.
pub const SELF_TEST_TIME: Duration = Duration::from_secs(30);
/// Offers of one test: one that speaks and one that hears by UDP, one by TCP, one by the relay, one to spare.
pub const SELF_TEST_OFFERS_MAX: u64 = 5;
/// Connections of one test at the same time: one that speaks, one that hears.
const TESTERS: usize = 2;
/// Events of a test's room; nobody reads them, so few are kept.
const EVENTS_MAX: usize = 256;

/// Why an offer was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// As many tests are on as may be, or this one has had its offers.
    Busy,
    BadOffer,
    /// The media does not answer.
    NoMedia,
}

/// All self-tests of this process. Cheap to clone.
#[derive(Clone)]
pub struct SelfTests {
    media: Option<Arc<Media>>,
    on: Arc<Mutex<HashMap<PersonId, Test>>>,
    lasting: Duration,
}

struct Test {
    room: Arc<Room>,
    number: u64,
    offers: u64,
}

impl SelfTests {
    pub fn new(media: Option<Arc<Media>>) -> Self {
        Self { media, on: Arc::default(), lasting: SELF_TEST_TIME }
    }

    /// Answers an offer of this person's test, which begins with the first one.
    ///
    /// # Errors
    /// [`Refused`] says why there is no answer.
    pub async fn answer(&self, person: PersonId, offer: String) -> Result<String, Refused> {
        let (room, peer) = self.place(person)?;
        room.join(peer, PublishRights::ALL, offer).await.map_err(|error| match error {
            MediaError::Offer(_) => Refused::BadOffer,
            MediaError::Busy | MediaError::RoomsFull(_) | MediaError::RoomFull(_) => Refused::Busy,
            _ => Refused::NoMedia,
        })
    }

    /// How many tests are on.
    pub fn count(&self) -> usize {
        self.on().len()
    }

    fn place(&self, person: PersonId) -> Result<(Arc<Room>, PeerId), Refused> {
        let media = self.media.as_ref().ok_or(Refused::NoMedia)?;
        let mut on = self.on();
        if let Some(test) = on.get_mut(&person) {
            if test.offers >= SELF_TEST_OFFERS_MAX {
                return Err(Refused::Busy);
            }
            test.offers += 1;
            return Ok((Arc::clone(&test.room), PeerId(test.offers)));
        }
        if on.len() >= SELF_TESTS_MAX {
            return Err(Refused::Busy);
        }
        let (events, receiver) = mpsc::channel(EVENTS_MAX);
        let number = SystemRng.next_u64();
        let room = media
            .open_room(person.uuid().as_u128(), Declared::of(TESTERS, 1, media.mode()), events)
            .map_err(|_| Refused::Busy)?;
        let room = Arc::new(room);
        on.insert(person, Test { room: Arc::clone(&room), number, offers: 1 });
        drop(on);
        self.end_later(person, number, receiver);
        Ok((room, PeerId(1)))
    }

    /// The room lives as long as somebody reads its events.
    fn end_later(&self, person: PersonId, number: u64, mut events: mpsc::Receiver<preau_media::MediaEvent>) {
        let tests = self.clone();
        tokio::spawn(async move {
            let drained = async { while events.recv().await.is_some() {} };
            let _ = tokio::time::timeout(tests.lasting, drained).await;
            let mut on = tests.on();
            if on.get(&person).is_some_and(|test| test.number == number) {
                on.remove(&person);
            }
        });
    }

    fn on(&self) -> MutexGuard<'_, HashMap<PersonId, Test>> {
        self.on.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, SeededRng};
    use preau_media::MediaConfig;

    fn media() -> Arc<Media> {
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let config = MediaConfig { udp_bind: any, tcp_bind: None, ..MediaConfig::default() };
        Arc::new(Media::start(config, Box::new(SystemRng)).expect("media"))
    }

    fn people(count: usize) -> Vec<PersonId> {
        let rng = &mut SeededRng::new(1);
        (0..count).map(|_| PersonId::new(Instant::EPOCH, rng)).collect()
    }

    #[tokio::test]
    async fn tests_are_few_and_each_has_few_offers() {
        let tests = SelfTests::new(Some(media()));
        let people = people(SELF_TESTS_MAX + 1);
        for person in &people[..SELF_TESTS_MAX] {
            assert_eq!(tests.answer(*person, "no offer".to_owned()).await, Err(Refused::BadOffer));
        }
        assert_eq!(tests.answer(people[SELF_TESTS_MAX], "v=0".to_owned()).await, Err(Refused::Busy));
        for _ in 1..SELF_TEST_OFFERS_MAX {
            assert_eq!(tests.answer(people[0], "no offer".to_owned()).await, Err(Refused::BadOffer));
        }
        assert_eq!(tests.answer(people[0], "no offer".to_owned()).await, Err(Refused::Busy));
        assert_eq!(tests.count(), SELF_TESTS_MAX);
    }

    #[tokio::test]
    async fn a_test_ends_by_itself() {
        let tests = SelfTests { lasting: Duration::from_millis(1), ..SelfTests::new(Some(media())) };
        let (_room, _) = tests.place(people(1)[0]).expect("a room");
        assert_eq!(tests.count(), 1);
        let ended = async {
            while tests.count() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SELF_TEST_TIME, ended).await.expect("the test ends");
    }

    #[tokio::test]
    async fn without_media_it_is_said() {
        let tests = SelfTests::new(None);
        assert_eq!(tests.answer(people(1)[0], String::new()).await, Err(Refused::NoMedia));
    }
}
