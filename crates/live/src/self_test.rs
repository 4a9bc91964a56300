//! The media side of the self-test: a room of one test for half a minute, in which one connection hears the other. Two tests
//! of one person, on two devices, have a room each.

use preau_base::{PersonId, Rng as _, SystemRng};
use preau_media::{Declared, Media, MediaError, PeerId, PublishRights, Room};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// Self-tests of this process at a time.
pub const SELF_TESTS_MAX: usize = 16;
/// Of these, tests of one person.
pub const SELF_TESTS_EACH_MAX: usize = 3;
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
    /// As many tests are on as may be, in all or of this person, or this one has had its offers.
    Busy,
    BadOffer,
    /// The media does not answer.
    NoMedia,
}

/// All self-tests of this process. Cheap to clone.
#[derive(Clone)]
pub struct SelfTests {
    media: Option<Arc<Media>>,
    on: Arc<Mutex<HashMap<Run, Test>>>,
    lasting: Duration,
}

/// A person's test, and the number that the page has drawn for it.
pub type Run = (PersonId, u32);

struct Test {
    room: Arc<Room>,
    offers: u64,
}

impl SelfTests {
    pub fn new(media: Option<Arc<Media>>) -> Self {
        Self { media, on: Arc::default(), lasting: SELF_TEST_TIME }
    }

    /// Answers an offer of a test, which begins with the first one.
    ///
    /// # Errors
    /// [`Refused`] says why there is no answer.
    pub async fn answer(&self, run: Run, offer: String) -> Result<String, Refused> {
        let (room, peer) = self.place(run)?;
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

    fn place(&self, run: Run) -> Result<(Arc<Room>, PeerId), Refused> {
        let media = self.media.as_ref().ok_or(Refused::NoMedia)?;
        let mut on = self.on();
        if let Some(test) = on.get_mut(&run) {
            if test.offers >= SELF_TEST_OFFERS_MAX {
                return Err(Refused::Busy);
            }
            test.offers += 1;
            return Ok((Arc::clone(&test.room), PeerId(test.offers)));
        }
        let of_person = on.keys().filter(|(person, _)| *person == run.0).count();
        if on.len() >= SELF_TESTS_MAX || of_person >= SELF_TESTS_EACH_MAX {
            return Err(Refused::Busy);
        }
        let (events, receiver) = mpsc::channel(EVENTS_MAX);
        let room = media
            .open_room(SystemRng.next_u64().into(), Declared::of(TESTERS, 1, media.mode()), events)
            .map_err(|_| Refused::Busy)?;
        let room = Arc::new(room);
        on.insert(run, Test { room: Arc::clone(&room), offers: 1 });
        drop(on);
        self.end_later(run, receiver);
        Ok((room, PeerId(1)))
    }

    /// The room lives as long as somebody reads its events.
    fn end_later(&self, run: Run, mut events: mpsc::Receiver<preau_media::MediaEvent>) {
        let tests = self.clone();
        tokio::spawn(async move {
            let drained = async { while events.recv().await.is_some() {} };
            let _ = tokio::time::timeout(tests.lasting, drained).await;
            tests.on().remove(&run);
        });
    }

    fn on(&self) -> MutexGuard<'_, HashMap<Run, Test>> {
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
        let offer = |person: usize, run: u32| tests.answer((people[person], run), "no offer".to_owned());
        for person in 0..SELF_TESTS_MAX {
            assert_eq!(offer(person, 7).await, Err(Refused::BadOffer));
        }
        assert_eq!(offer(SELF_TESTS_MAX, 7).await, Err(Refused::Busy));
        for _ in 1..SELF_TEST_OFFERS_MAX {
            assert_eq!(offer(0, 7).await, Err(Refused::BadOffer));
        }
        assert_eq!(offer(0, 7).await, Err(Refused::Busy));
        assert_eq!(tests.count(), SELF_TESTS_MAX);
    }

    #[tokio::test]
    async fn two_browsers_of_one_person_have_a_room_each_and_many_have_none() {
        let tests = SelfTests::new(Some(media()));
        let [one, two] = people(2)[..] else { panic!("two people") };
        let (first, _) = tests.place((one, 1)).expect("a room");
        let (second, peer) = tests.place((one, 2)).expect("another room");
        assert!(!Arc::ptr_eq(&first, &second), "nobody hears the other's tone");
        assert_eq!(peer, PeerId(1));
        let (again, peer) = tests.place((one, 1)).expect("the same room");
        assert!(Arc::ptr_eq(&first, &again) && peer == PeerId(2));
        let more = u32::try_from(SELF_TESTS_EACH_MAX).unwrap() - 2;
        for run in 0..more {
            assert!(tests.place((one, 10 + run)).is_ok());
        }
        assert!(matches!(tests.place((one, 99)), Err(Refused::Busy)), "nobody has all of them");
        assert_eq!(tests.count(), SELF_TESTS_EACH_MAX);
        assert!(tests.place((two, 1)).is_ok(), "others have theirs");
    }

    #[tokio::test]
    async fn a_test_ends_by_itself() {
        let tests = SelfTests { lasting: Duration::from_millis(1), ..SelfTests::new(Some(media())) };
        let (_room, _) = tests.place((people(1)[0], 1)).expect("a room");
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
        assert_eq!(tests.answer((people(1)[0], 1), String::new()).await, Err(Refused::NoMedia));
    }
}
