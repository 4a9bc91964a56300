use crate::limits::{
    ATTEMPT_OF_KEY_EVERY, ATTEMPTS_KEPT_MAX, ATTEMPTS_OF_KEY_AT_ONCE_MAX, WRONG_KEY_EVERY, WRONG_KEYS_AT_ONCE_MAX,
};
use preau_base::{Cidr, Instant, StreamKeyId};
use preau_classroom::Bucket;
use std::collections::HashMap;
use std::time::Duration;

/// How often a key may begin, and how often a network may show keys that are none. A valid key pays for itself alone: a
/// school is behind one address.
#[derive(Default)]
pub(crate) struct Attempts(HashMap<Whose, Bucket>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Key(StreamKeyId),
    Network(Cidr),
}

impl Attempts {
    /// `false`: too often; again after [`Self::pause`].
    pub fn of_key(&mut self, key: StreamKeyId, now: Instant) -> bool {
        self.take(Whose::Key(key), Bucket::new(ATTEMPT_OF_KEY_EVERY, ATTEMPTS_OF_KEY_AT_ONCE_MAX), now)
    }

    pub fn wrong_from(&mut self, network: Cidr, now: Instant) -> bool {
        self.take(Whose::Network(network), Bucket::new(WRONG_KEY_EVERY, WRONG_KEYS_AT_ONCE_MAX), now)
    }

    pub const fn pause() -> Duration {
        WRONG_KEY_EVERY
    }

    /// With as many counted as may be, nobody new begins: those who were quiet are forgotten first.
    fn take(&mut self, whose: Whose, new: Bucket, now: Instant) -> bool {
        if self.0.len() >= ATTEMPTS_KEPT_MAX && !self.0.contains_key(&whose) {
            self.0.retain(|_, bucket| !bucket.is_full(now));
            if self.0.len() >= ATTEMPTS_KEPT_MAX {
                return false;
            }
        }
        self.0.entry(whose).or_insert(new).take(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use std::net::IpAddr;

    #[test]
    fn each_key_and_each_network_has_its_measure() {
        let (mut attempts, mut rng) = (Attempts::default(), SeededRng::new(1));
        let now = Instant::from_secs(1_800_000_000);
        let keys = [(); 2].map(|()| StreamKeyId::new(now, &mut rng));
        let begun = |attempts: &mut Attempts, key, now| (0..50).filter(|_| attempts.of_key(key, now)).count();
        assert_eq!(begun(&mut attempts, keys[0], now), 5);
        assert_eq!(begun(&mut attempts, keys[1], now), 5, "another key is another matter");
        assert_eq!(begun(&mut attempts, keys[0], now.plus(Duration::from_secs(2))), 1);
        let network = Cidr::of_client(IpAddr::from([192, 0, 2, 1]));
        assert_eq!((0..50).filter(|_| attempts.wrong_from(network, now)).count(), 20);
        assert!(attempts.wrong_from(network, now.plus(Attempts::pause())));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_quiet_are_forgotten() {
        let (mut attempts, mut rng) = (Attempts::default(), SeededRng::new(1));
        let now = Instant::from_secs(1_800_000_000);
        for _ in 0..ATTEMPTS_KEPT_MAX {
            assert!(attempts.of_key(StreamKeyId::new(now, &mut rng), now));
        }
        assert!(!attempts.of_key(StreamKeyId::new(now, &mut rng), now));
        let later = now.plus(Duration::from_secs(10));
        assert!(attempts.of_key(StreamKeyId::new(now, &mut rng), later));
        assert_eq!(attempts.0.len(), 1);
    }
}
